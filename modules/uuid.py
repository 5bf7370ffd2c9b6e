# -*- test-case-name: tests.modules.test_uuid -*-
"""uuid: $uuid(...): a new universally unique identifier. RFC 9562."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from sipapp.interfaces.script import IBinder
from sipapp.module import Access, ConfigError, module, pseudo_variable

_MAKERS: dict[bytes, Callable[[], uuid.UUID]] = {b"t": uuid.uuid1, b"s": uuid.uuid1}
"""By the first letter of the name, in lower case; all others are random."""


@module("uuid")
class Uuid:
    """New identifiers."""

    @pseudo_variable("uuid", bind=True)
    def pv_uuid(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$uuid(g): a new UUID each time that it is read; $uuid(r) the same: a random one; $uuid(t), $uuid(s): one of
        time and machine, which no other process makes too. Only the first letter counts, in any case; any other
        stands for g."""
        if inner is None or index is not None:
            raise ConfigError("$uuid: needs a name and takes no index: $uuid(g)")
        make = _MAKERS.get(inner[:1].lower(), uuid.uuid4)
        return Access(lambda ctx: str(make()).encode())
