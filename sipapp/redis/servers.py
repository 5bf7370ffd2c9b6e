# -*- test-case-name: tests.redis.test_servers -*-
"""servers: the Redis servers of a script by name, and the ways of a cluster from one to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sipapp.backend.names import Lookup
from sipapp.errors import ConfigError, RedisError
from sipapp.log import Logger
from sipapp.nearest import nearest
from sipapp.redis.address import Address, place
from sipapp.redis.commands import slot
from sipapp.redis.protocol import ErrorReply, Reply
from sipapp.redis.server import Command, RedisServer

log = Logger()

_MOST_REDIRECTIONS = 5


class RedisServers:
    """cluster: follow MOVED and ASK; dynamic: also to nodes that have not been named, entered as the one that says so.
    `options` are those of RedisServer."""

    def __init__(
        self, reactor: Any, lookup: Lookup, *, cluster: bool = False, dynamic: bool = False, **options: Any
    ) -> None:
        self._reactor = reactor
        self._lookup = lookup
        self._options = options
        self.cluster = cluster
        self.dynamic = dynamic
        self.by_name: dict[str, RedisServer] = {}
        self._owners: dict[int, RedisServer] = {}  # of slots, as far as somebody has said so

    def add(self, address: Address, name: str = "") -> RedisServer:
        """A server by its own name, or by another where several share that."""
        made = self.by_name[name or address.name] = RedisServer(self._reactor, address, self._lookup, **self._options)
        return made

    def get(self, name: str) -> RedisServer:
        """Raises ConfigError: there is none."""
        found = self.by_name.get(name)
        if found is None:
            raise ConfigError(f"no redis server {name!r}{nearest(name, self.by_name)}")
        return found

    def close(self) -> None:
        for server in self.by_name.values():
            server.close()

    async def command(self, server: RedisServer, command: Command) -> Reply:
        """The reply of whichever server has it. Raises RedisError."""
        if not self.cluster:
            return await server.command(command)
        number = slot(command[1]) if len(command) > 1 else -1
        owner = self._owners.get(number)
        if owner is not None:
            try:
                return await self._followed(owner, command)
            except RedisError:  # gone, perhaps: the server that the script names knows who took its place
                self._owners.pop(number, None)
        return await self._followed(server, command)

    async def _followed(self, server: RedisServer, command: Command) -> Reply:
        """The reply at the end of the way that starts here."""
        asking = False
        for _ in range(_MOST_REDIRECTIONS):
            reply = await server.command(command, asking)
            way = _redirection(reply)
            if way is None:
                return reply
            kind, moved, where = way
            other = self._node(where, server)
            if other is None:
                log.error("redis {name}: {where} is no server of ours", name=server.address.name, where=where)
                return reply
            server, asking = other, kind == b"ASK"
            if not asking:
                self._owners[moved] = server
        raise RedisError(f"{server.address.name}: redirected more than {_MOST_REDIRECTIONS} times")

    def _node(self, where: str, teller: RedisServer) -> RedisServer | None:
        """The server of a place: named so, or there, or new."""
        found = self.by_name.get(where)
        if found is not None:
            return found
        host, port = place(where, teller.address.port)
        host = host or teller.address.host
        for server in self.by_name.values():
            if (server.address.host, server.address.port) == (host, port):
                return server
        if not self.dynamic:
            return None
        return self.add(replace(teller.address, name=where, host=host, port=port, unix=None, sentinels=()))


def _redirection(reply: Reply) -> tuple[bytes, int, str] | None:
    """`MOVED 3999 192.0.2.7:6381`: (MOVED, 3999, place)."""
    if not isinstance(reply, ErrorReply):
        return None
    pieces: Sequence[bytes] = reply.split()
    if len(pieces) != 3 or pieces[0] not in (b"MOVED", b"ASK") or not pieces[1].isdigit():
        return None
    return pieces[0], int(pieces[1]), pieces[2].decode(errors="replace")
