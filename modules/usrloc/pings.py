# -*- test-case-name: tests.modules.usrloc.test_pings -*-
"""pings: the contacts that nathelper pings through their NATs, and what becomes of those that answer no more."""

from __future__ import annotations

from collections.abc import Iterator
from zlib import crc32

from sipapp.interfaces.keepalive import PingTarget
from sipapp.interfaces.location import Contact
from sipapp.interfaces.server import IServer
from sipapp.module.hashes import kamailio_hash
from sipapp.module.sockets import named_socket
from sipapp.modules.usrloc.location import Location

GRACE = 10
"""For so long (s) a contact stays that has answered no ping."""


class Pings:
    """An IPingTargets."""

    server: IServer
    tables: dict[bytes, Location]

    def start_pings(self, timeout: int) -> None:
        self.keepalive_timeout = timeout
        self.answered: dict[bytes, float] = {}  # ruid -> when (s of the clock)
        self._parts: list[list[tuple[Location, bytes]]] = []

    def ping_targets(self, flags: int, part: int, parts: int, own: bool) -> Iterator[PingTarget]:
        server_id = self.server.config.server_id
        if part == 0 or len(self._parts) != parts:
            self._divide(parts)
        for table, aor in self._parts[part]:
            contacts = table.get(aor)
            wanted = [c for c in contacts if c.branch_flags & flags == flags and not (own and c.server_id != server_id)]
            silent = [c.ruid for c in wanted if self._is_silent(c)]
            if silent:
                table.shorten(aor, silent, GRACE)
            for c in wanted:
                if c.ruid not in silent:
                    yield self._target(c, kamailio_hash(aor))

    def _divide(self, parts: int) -> None:
        """Look through all addresses once for all parts: who registers meanwhile has a turn in the next round. Answers
        that are too old to count are forgotten."""
        heard = self.server.clock.seconds() - self.keepalive_timeout
        self.answered = {ruid: at for ruid, at in self.answered.items() if at >= heard}
        self._parts = [[] for _ in range(parts)]
        for table in self.tables.values():
            for aor in table.addresses():
                self._parts[crc32(aor) % parts].append((table, aor))

    def _target(self, c: Contact, aor_hash: int) -> PingTarget:
        socket = named_socket(self.server.transport, c.socket) if c.socket else None
        return PingTarget(c.uri, c.received, c.path, socket, c.branch_flags, c.ruid, aor_hash)

    def _is_silent(self, c: Contact) -> bool:
        """It is reached by datagrams, and has neither registered nor answered for too long."""
        if self.keepalive_timeout <= 0 or not c.socket.startswith(b"udp:"):
            return False
        return max(c.modified, self.answered.get(c.ruid, 0)) + self.keepalive_timeout < self.server.clock.seconds()

    def set_keepalive_timeout(self, seconds: int) -> None:
        self.keepalive_timeout = seconds

    def keepalive_answered(self, aor_hash: int, ruid: bytes) -> None:
        self.answered[ruid] = self.server.clock.seconds()
