"""private: a reactor of one's own, turned by hand, for tests that talk to a server and must say what time it is."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from twisted.internet.error import ConnectionAborted
from twisted.internet.selectreactor import SelectReactor
from twisted.python.failure import Failure

from sipapp.redis.protocol import Connection


class PrivateReactor:
    """`reactor` is given to what is tested."""

    def __init__(self, test: Any) -> None:
        self.reactor = SelectReactor()
        test.patch(Connection, "callLater", self.reactor.callLater)
        test.addCleanup(self._end)

    def until(self, done: Callable[[], object], seconds: float = 20.0) -> None:
        """Turn it until `done()`."""
        end = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < end, f"not within {seconds} s"
            self.reactor.iterate(0.005)

    def _end(self) -> None:
        for _ in range(3):
            self.reactor.iterate(0)
        for selectable in self.reactor.removeAll():
            selectable.connectionLost(Failure(ConnectionAborted()))
        for call in self.reactor.getDelayedCalls():
            call.cancel()
        waker: Any = self.reactor.waker
        for end in (waker.i, waker.o):
            os.close(end)
