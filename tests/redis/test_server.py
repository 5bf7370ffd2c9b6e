"""sipapp.redis.server: a second try has no more time than the first has left. The rest is tried with real servers."""

from __future__ import annotations

from typing import Any

import txredisapi
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import RedisTimeout
from sipapp.redis.address import Address
from sipapp.redis.server import RedisServer


class Silent:
    """A connection on which nothing comes back."""

    why_lost = "the connection is lost"

    def __init__(self) -> None:
        self.replies: list[Deferred[Any]] = []

    def execute_command(self, *words: bytes) -> Deferred[Any]:
        self.replies.append(Deferred())
        return self.replies[-1]

    def abort(self) -> None:
        for reply in self.replies:
            if not reply.called:
                reply.errback(txredisapi.ConnectionError("lost"))


class TryingTests(SynchronousTestCase):
    def test_two_tries_take_no_longer_than_one_may(self) -> None:
        clock = Clock()
        server = RedisServer(clock, Address("a"), lambda kind, name: [], command_timeout=1.0)
        connections = [Silent(), Silent()]
        waiting = iter(connections)

        async def ready() -> Any:
            return next(waiting)

        server._ready = ready  # type: ignore[method-assign]
        asked = ensureDeferred(server.command((b"GET", b"k")))
        clock.advance(0.7)
        connections[0].abort()
        clock.advance(0.2)
        self.assertNoResult(asked)
        clock.advance(0.101)
        self.failureResultOf(asked, RedisTimeout)
