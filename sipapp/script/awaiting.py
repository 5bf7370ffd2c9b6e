# -*- test-case-name: tests.script.test_awaiting -*-
"""awaiting: how the coroutine of a route awaits what a function has answered, for so long, or gives it up."""

from __future__ import annotations

from types import CoroutineType
from typing import Any, NoReturn

from twisted.internet.defer import Deferred

from sipapp.script.pause import Pause
from sipapp.script.runtime import Context, Route, ScriptJump

Awaited = Deferred[Any] | Pause
"""What the driver of a script waits for."""


class Awaiting:
    """What is awaited in the place of a Deferred, which would make a generator of 200 bytes for each that waits."""

    __slots__ = ("_next",)

    def __init__(self) -> None:
        self._next: Awaited | Leaving | None = None  # what is about to be waited for

    def result_of(self, answer: Any) -> Any:
        """What to await for the answer of a function: this, or what needs no waiting, or waits by itself."""
        kind = answer.__class__
        if kind is Pause or isinstance(answer, Leaving):
            pass
        elif (
            kind is CoroutineType
            or isinstance(answer, Awaiting)  # a class of its own; Deferred is an abstract one, which is asked in Python
            or not isinstance(answer, Deferred)
            or answer.called
        ):
            return answer
        self._next = answer
        return self

    def __await__(self) -> Awaiting:
        return self

    def __next__(self) -> Awaited | Leaving:
        awaited, self._next = self._next, None
        if awaited is None:
            raise StopIteration  # it was waited for, and its result is None
        return awaited

    def send(self, result: Any) -> None:
        raise StopIteration(result)


class Leaving(Awaiting):
    """Awaited: a wait, then a jump to a route. There may be many of them, and a coroutine for each would be larger."""

    __slots__ = ("ctx", "route", "wait")

    def __init__(self, ctx: Context, wait: Awaited, route: Route) -> None:
        self._next = None
        self.ctx = ctx
        self.wait = wait
        self.route = route

    def __next__(self) -> Awaited:
        return self.wait

    def leave(self) -> Route:
        """The wait is over: what is to be done before its route begins, and that."""
        return self.route

    def send(self, result: Any) -> NoReturn:
        """For whoever drives it as any other. `Run` asks where it leads, and throws away what has waited: a jump out of
        it would cost three times as much."""
        raise ScriptJump(self.leave())


def give_up(awaited: Awaited) -> None:
    """Cancel what nobody will wait for."""
    if isinstance(awaited, Deferred):
        awaited.addErrback(lambda failure: None)
    awaited.cancel()


async def within(ctx: Context, answer: Any, seconds: float, code: int) -> Any:
    """What a suspending function answers in the end, or `code` when that takes longer than `seconds`."""
    run = ctx.run
    assert run is not None
    alarm = ctx.server.clock.callLater(seconds, run.interrupt)
    run.until = ctx.server.clock.seconds() + seconds
    try:
        return await answer
    except Exception:
        if run.interrupted:
            return code
        raise
    finally:
        run.interrupted = False
        run.until = 0.0
        if alarm.active():
            alarm.cancel()
