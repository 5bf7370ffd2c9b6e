# -*- test-case-name: tests.module.test_owner -*-
"""owner: whose a FIFO or socket in the file system is."""

from __future__ import annotations

import grp
import os
import pwd
from typing import NamedTuple

from sipapp.module import ConfigError


class Owner(NamedTuple):
    """Permissions, user and group; -1: as they are."""

    mode: int
    user: int
    group: int

    def take(self, path: str) -> None:
        """Raises ConfigError: that is not allowed."""
        try:
            os.chmod(path, self.mode)
            if (self.user, self.group) != (-1, -1):
                os.chown(path, self.user, self.group)
        except OSError as why:
            raise ConfigError(f"{path}: {why.strerror}") from None


def user_id(text: str | int) -> int:
    """A user's number from its name or number. Raises ConfigError."""
    try:
        return text if isinstance(text, int) else int(text) if text.isdigit() else pwd.getpwnam(text).pw_uid
    except KeyError:
        raise ConfigError(f"no user {text!r}") from None


def group_id(text: str | int) -> int:
    """A group's number from its name or number. Raises ConfigError."""
    try:
        return text if isinstance(text, int) else int(text) if text.isdigit() else grp.getgrnam(text).gr_gid
    except KeyError:
        raise ConfigError(f"no group {text!r}") from None
