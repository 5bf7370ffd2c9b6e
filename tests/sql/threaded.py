"""threaded: a reactor's part for connections in threads: what they call is called by the test, when it waits for it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from queue import Empty, Queue
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from sipapp.testing.clock import SteppingClock

LONGEST = 10.0  # s that a thread may take


class ThreadReactor(SteppingClock):
    """A clock that stands still, and calls out of threads."""

    def __init__(self) -> None:
        super().__init__()
        self._calls: Queue[Callable[[], None]] = Queue()

    def callFromThread(self, function: Callable[..., Any], *args: Any) -> None:
        self._calls.put(lambda: function(*args))

    def one(self) -> None:
        """Wait for a call, and make it."""
        self._calls.get(timeout=LONGEST)()

    def until(self, done: Callable[[], object]) -> None:
        """Make calls until `done()`."""
        while not done():
            self.one()

    def result(self, deferred: Deferred[Any]) -> Any:
        """What it comes to; raises what it fails with."""
        found: list[Any] = []
        deferred.addBoth(found.append)
        self.until(lambda: found)
        if isinstance(found[0], Failure):
            found[0].raiseException()
        return found[0]

    def settle(self, step: float) -> None:
        """Let time pass, by `step` (s), until nothing waits for it; threads have theirs in between."""
        while self.getDelayedCalls():
            self.advance(step)
            with suppress(Empty):
                self._calls.get(timeout=0.1)()
