# -*- test-case-name: tests.testing.test_threads -*-
"""threads: IThreads without threads: a call is made when the clock moves on, be it by nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, maybeDeferred
from zope.interface import implementer

from sipapp.interfaces.threads import IThreads


@implementer(IThreads)
class Threads:
    """What a function that blocks answers is there at once, but no sooner than that of any other that waits."""

    def __init__(self, clock: Any) -> None:
        self._clock = clock

    def run(self, function: Callable[..., Any], *arguments: Any) -> Deferred[Any]:
        waiting: Deferred[Any] = Deferred(lambda _: call.cancel())
        call = self._clock.callLater(0, lambda: maybeDeferred(function, *arguments).chainDeferred(waiting))
        return waiting
