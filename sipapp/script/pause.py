# -*- test-case-name: tests.script.test_pause -*-
"""pause: a wait for a time, of which there may be a hundred thousand: an entry of the timer wheel, and nothing else."""

from __future__ import annotations

from collections.abc import Generator
from math import inf
from typing import Any, Protocol

from twisted.internet.defer import CancelledError
from twisted.python.failure import Failure

from sipapp.message.alike import maker

_NEVER = inf


class Waiter(Protocol):
    """Who is told how a wait has ended: the driver of a script."""

    def resume(self, result: Any) -> None: ...


class Pause:
    """What a script may wait for, as for a Deferred: its result is 1, at the time `due` (s of the clock), or it is
    cancelled. Where others than scripts wait, `sipapp.module.sleep.Sleep` is the same as a Deferred."""

    __slots__ = ("due", "slot", "waiter")

    def __init__(self, wheel: Any, due: float) -> None:
        self.due = due
        self.slot = 0
        self.waiter: Waiter | None = None
        if wheel is not None:
            wheel.start(self)

    def __await__(self) -> Generator[Pause, int, int]:
        return (yield self)

    def tell(self, waiter: Waiter) -> None:
        """Resume this one when it is over."""
        if self.due == _NEVER:
            waiter.resume(1)
        else:
            self.waiter = waiter

    def cancel(self) -> None:
        """Who waits is told of a CancelledError; no harm where it is over."""
        self.due = _NEVER
        waiter, self.waiter = self.waiter, None
        if waiter is not None:
            waiter.resume(Failure(CancelledError()))

    def expired(self) -> None:
        """The wheel: it is time."""
        self.due = _NEVER
        waiter, self.waiter = self.waiter, None
        if waiter is not None:
            waiter.resume(1)


new_pause = maker(Pause, None, _NEVER, filled=("due",))
"""One that no wheel knows yet, until this time: it is to be started."""
