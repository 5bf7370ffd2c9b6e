# -*- test-case-name: tests.modules.ipops.test_ipops -*-
"""ipops: IP addresses and host names."""

from __future__ import annotations

import socket
from functools import cached_property

from sipapp.interfaces.script import IBinder
from sipapp.interfaces.server import IServer
from sipapp.module import Access, ConfigError, module, pseudo_variable
from sipapp.modules.ipops.addresses import Addresses
from sipapp.modules.ipops.queries import Queries


@module("ipops")
class Ipops(Addresses, Queries):
    """Its parts, and this machine's name."""

    async def start(self, server: IServer) -> None:
        self.server = server
        if b"i" in self.names:
            found = await self._addresses(self.names[b"f"].decode())
            self.names[b"i"] = found[0].encode() if found else b""

    @cached_property
    def names(self) -> dict[bytes, bytes]:
        """The parts of $HN; the address only where the script asks for it."""
        full = socket.gethostname().encode()
        host, _, domain = full.partition(b".")
        return {b"n": host, b"f": full, b"d": domain}

    @pseudo_variable("HN", bind=True)
    def pv_hn(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$HN(n): this machine's name up to the first dot; $HN(f): all of it; $HN(d): what follows the first dot;
        $HN(i): its address, as it was when the server started. Null where there is none."""
        if inner not in (b"n", b"f", b"d", b"i") or index is not None:
            raise ConfigError(f"$HN: takes n, f, d or i, got {(inner or b'').decode(errors='replace')!r}")
        self.names.setdefault(inner, b"")
        return Access(lambda ctx: self.names[inner] or None)
