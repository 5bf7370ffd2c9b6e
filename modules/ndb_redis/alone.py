# -*- test-case-name: tests.integration.test_redis -*-
"""alone: commands that need a connection for themselves: those between MULTI or WATCH and EXEC, and those that block.

All other calls of the server share one connection; what belongs together must not have theirs in between.
"""

from __future__ import annotations

from typing import Any

from sipapp.redis import RedisServer, Reply
from sipapp.redis.protocol import Connection

_BEGIN = frozenset((b"MULTI", b"WATCH"))
_END = frozenset((b"EXEC", b"DISCARD", b"UNWATCH"))
_BLOCKING = frozenset(
    b"BLPOP BRPOP BLMOVE BLMPOP BRPOPLPUSH BZPOPMIN BZPOPMAX BZMPOP XREAD XREADGROUP WAIT".split()
)  # fmt: skip

HELD = "ndb_redis.held"
"""`ctx.extra[HELD]`: server -> Held of this run."""


class Held:
    """A connection that a run has for itself; with the run it goes."""

    __slots__ = ("connection",)

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.abort()


async def reply_of(server: RedisServer, command: list[bytes], extra: dict[str, Any]) -> Reply | None:
    """The reply where the command is one of those. `extra` is the run's. Raises RedisError."""
    name = command[0].upper()
    held: dict[RedisServer, Held] = extra.setdefault(HELD, {})
    own = held.get(server)
    if own is None:
        own = Held(await server.connect())
        if name in _BEGIN:
            held[server] = own
    try:
        (reply,) = await server.on(own.connection, [command])
    except BaseException:
        held.pop(server, None)
        raise
    if name in _END:
        held.pop(server, None)
    return reply


def needed(server: RedisServer, command: list[bytes], extra: dict[str, Any]) -> bool:
    """Whether this command needs it."""
    if HELD in extra and server in extra[HELD]:
        return True
    name = command[0].upper()
    return name in _BEGIN or name in _BLOCKING
