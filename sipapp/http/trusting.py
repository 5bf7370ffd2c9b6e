# -*- test-case-name: tests.http.test_trusting -*-
"""trusting: TLS as parameters of modules define it; its packages are wanted only by who uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sipapp.errors import ConfigError, HttpError
from sipapp.interfaces.http import Profile
from sipapp.module.definitions import pairs

_FIELDS = {"certificate": "certificate", "key": "key", "ca": "ca_file"}


def tls_domain(text: str) -> tuple[str, dict[str, str]]:
    """`NAME=>certificate=FILE;key=FILE;ca=FILE`: the name, and fields of a Profile. Raises ConfigError."""
    name, arrow, rest = text.partition("=>")
    values = dict(pairs(rest))
    if not arrow or not name.strip() or values.keys() - _FIELDS.keys():
        raise ConfigError(f"not NAME=>certificate=FILE;key=FILE;ca=FILE: {text!r}")
    return name.strip(), {_FIELDS[key]: value for key, value in values.items()}


def trusting(profiles: Iterable[Profile]) -> Callable[[Profile, str], Any] | None:
    """What makes TLS options of a profile and a host; None where no profile is given.

    Raises ConfigError: the packages are missing, or a file of a profile cannot be used.
    """
    wanted = set(profiles)
    if not wanted:
        return None
    try:
        from sipapp.http.tls import Trust, context
    except ImportError:
        raise ConfigError("the packages of TLS are missing: pip install 'sipapp[http]'") from None
    for profile in wanted:
        try:
            context(profile)
        except HttpError as why:
            raise ConfigError(f"cannot be used: {why.reason}") from None
    return Trust
