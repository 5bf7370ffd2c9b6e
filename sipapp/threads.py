# -*- test-case-name: tests.test_threads -*-
"""threads: a bounded pool of threads for calls that block, made as they are needed."""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from zope.interface import implementer

from sipapp.interfaces.threads import IThreads


class _Call:
    """One call, on its way to a thread and back."""

    __slots__ = ("arguments", "cancelled", "function", "waiting")

    def __init__(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        self.function = function
        self.arguments = arguments
        self.cancelled = False
        self.waiting: Deferred[Any] = Deferred(self._cancel)

    def _cancel(self, waiting: Deferred[Any]) -> None:
        self.cancelled = True


@implementer(IThreads)
class Threads:
    """At most `most` threads. They do not keep the process from ending, whatever they are stuck in."""

    def __init__(self, reactor: Any, most: int) -> None:
        self._reactor = reactor
        self.most = max(1, most)
        self.open = 0  # calls that wait for a thread or run in one
        self._threads = 0
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()

    def run(self, function: Callable[..., Any], *arguments: Any) -> Deferred[Any]:
        call = _Call(function, arguments)
        self.open += 1
        if self.open > self._threads < self.most:
            self._threads += 1
            Thread(target=self._work, name=f"blocking-{self._threads}", daemon=True).start()
        self._calls.put(call)
        return call.waiting

    def stop(self) -> None:
        """Let the threads end when they are free; nobody waits for them."""
        for _ in range(self._threads):
            self._calls.put(None)
        self._threads = 0

    def _work(self) -> None:
        """What a thread does, until there is no more to do."""
        while (call := self._calls.get()) is not None:
            result: Any = None
            if not call.cancelled:
                try:
                    result = call.function(*call.arguments)
                except BaseException:
                    result = Failure()
            self._reactor.callFromThread(self._done, call, result)

    def _done(self, call: _Call, result: Any) -> None:
        self.open -= 1
        if not call.cancelled:
            call.waiting.callback(result)
