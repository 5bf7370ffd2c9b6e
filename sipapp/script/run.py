# -*- test-case-name: tests.script.test_run -*-
"""run: how a route is run, and how it waits.

The driver of a coroutine is our own `send()` loop (`Run`), for it costs a fifth of a Deferred's.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.python.failure import Failure

from sipapp.errors import PeerError, ScriptError, TooManySuspended
from sipapp.interfaces.route import RouteType
from sipapp.interfaces.server import ISuspension
from sipapp.log import Logger
from sipapp.message.alike import maker
from sipapp.script.awaiting import Awaited, Awaiting, Leaving, give_up
from sipapp.script.pause import Pause
from sipapp.script.runtime import FAILED, UNDO, CallSite, Context, Route, ScriptExit, ScriptJump
from sipapp.script.stack import routes_of, shown
from sipapp.script.suspended import Waits

log = Logger()

Done = Callable[[Context, int], None]

_ENDED = object()


def execute(route: Route, ctx: Context, done: Done | None = None) -> None:
    """Run a route; `done(ctx, code)` when it has ended, before this returns if it did not wait.

    Nothing that the script does escapes: an unexpected exception is logged with the script's positions, kept in
    `ctx.extra[FAILED]`, and counts as `exit`.
    """
    while not route.suspends:
        function = route.function  # by itself: a method is looked for, where it is called at once, which is dear
        try:
            code = function(ctx)
        except ScriptJump as jump:
            route = jump.route
            continue
        except (ScriptExit, Exception) as why:
            code = _ended_by(why, route, ctx)
        if done is not None:
            done(ctx, code)
        return
    function = route.function
    coroutine = function(ctx)
    ctx.driver = _begun, route, done, coroutine  # what a Run is made of, where anything comes to wait
    try:  # the end of a coroutine that leaves its code is no StopIteration here, which costs as much as a function
        awaited = next(coroutine.__await__(), _ENDED) if route.leaves_code else coroutine.send(None)
    except StopIteration as end:
        code = _code_of(end, ctx)
    except ScriptJump as jump:
        Run.of(ctx).jump(jump.route)
        return
    except (ScriptExit, Exception) as why:
        code = _ended_by(why, route, ctx)
    else:
        if awaited is not _ENDED:
            run = ctx.driver
            (run if run.__class__ is Run else Run.of(ctx)).wait_for(awaited)  # the route has made it, to say where
            return
        code = ctx.code
    if ctx.driver.__class__ is not tuple:
        ctx.driver.end(code)
        return
    ctx.driver = None
    if done is not None:
        done(ctx, code)


def _ended_by(why: ScriptExit | Exception, route: Route, ctx: Context) -> int:
    """The code of a run that this has ended."""
    if isinstance(why, ScriptExit):
        ctx.dropped = why.dropped
        return why.code
    run = ctx.driver
    _failed(run.route if isinstance(run, Run) else route, ctx, why)  # the report route of launch(), say
    return -1


def _code_of(end: StopIteration, ctx: Context) -> int:
    """What a coroutine has ended with."""
    return ctx.code if end.value is None else end.value


def _failed(route: Route, ctx: Context, error: Exception) -> None:
    """Log what ended a run: with a traceback only where it is a bug of ours or of a module."""
    ctx.extra[FAILED] = error
    call_id = getattr(ctx.message, "call_id", b"").decode(errors="replace")
    levels = routes_of(error)
    facts: dict[str, Any] = {
        "at": levels[0].place if levels else str(route.at),
        "inside": shown(levels) or f"in {route}",
        "route": str(route),
        "call_id": call_id,
    }
    if isinstance(error, (PeerError, TooManySuspended)):
        log.warn("{at}: {error}: the script ends, {inside}, call {call_id}", error=str(error), **facts)
    else:
        log.failure("{at}: {error}, {inside}, call {call_id}", failure=Failure(error), error=repr(error), **facts)


class Run(Awaiting):
    """The driver of one coroutine: sends results in, waits on the Deferreds that come out."""

    __slots__ = (
        "coroutine",
        "ctx",
        "done",
        "id",
        "interrupted",
        "kept",
        "leaving",
        "over",
        "route",
        "since",
        "site",
        "until",
        "waiting",
        "waits",
    )

    waits: Waits  # what its wait is counted with

    def __init__(
        self, route: Route, ctx: Context, done: Done | None, coroutine: Coroutine[Any, Any, int] | None
    ) -> None:
        self._next = None
        self.route = route
        self.ctx = ctx
        self.done = done
        self.coroutine = coroutine
        self.waiting: Awaited | None = None
        self.leaving: Leaving | None = None  # where it goes when it has waited, if not on
        self.site: CallSite | None = None  # what it waits for
        self.id = 0  # counts the runs that have waited; 0: it has not
        self.since = 0.0  # s of the clock: when it began to wait
        self.until = 0.0  # when a time limit of its own ends the wait; 0: there is none
        self.kept: ISuspension | None = None  # who keeps the request, once asked
        self.interrupted = False  # the time limit of async() is over
        self.over = False

    @staticmethod
    def of(ctx: Context) -> Run:
        run = ctx.run
        assert run is not None
        return run

    def leave_by(self, answer: Any) -> Any:
        """What to await for the answer of a function, as `result_of`; None where the run waits already, to go on in
        another route: then this one is to end, which costs a third of throwing it away later.

        Raises what keeps it from waiting.
        """
        if not isinstance(answer, Leaving) or answer.wait.__class__ is not Pause or self.over:
            return self.result_of(answer)  # a Deferred may fail, and the script go on
        why = self._wait(answer)
        if why is not None:
            self.leaving = None
            why.raiseException()
        return None

    def wait_for(self, awaited: Any) -> None:
        """What its route has come to wait for, which has run by itself up to here."""
        why = self._wait(awaited)
        if why is not None:
            self._go(why)

    def jump(self, route: Route) -> None:
        """Go on in another route, with nothing left of the one that has run up to here."""
        if self._enter(route):
            self._go(None)

    def _go(self, result: Any) -> None:
        """Send a result in, until the coroutine waits for another or ends."""
        leaving = self.leaving
        if leaving is not None:
            self.leaving = None
            if not isinstance(result, Failure):
                return self._leave_for(leaving)
            if self.coroutine is None:  # its route has ended: there is nobody to tell
                return self.end(-1)
        while (coroutine := self.coroutine) is not None:
            try:
                if isinstance(result, Failure):
                    awaited = result.throwExceptionIntoGenerator(coroutine)
                else:
                    awaited = coroutine.send(result)
            except StopIteration as end:
                return self.end(_code_of(end, self.ctx))
            except ScriptJump as jump:
                if not self._enter(jump.route):
                    return None
                result = None
                continue
            except (ScriptExit, Exception) as why:
                return self.end(_ended_by(why, self.route, self.ctx))
            result = self._wait(awaited)
            if result is None:
                return None
        return None

    def _leave_for(self, leaving: Leaving) -> None:
        """It has waited, and nothing of the route that has goes on: that costs a third of a jump out of it."""
        route = leaving.leave()
        coroutine = self.coroutine
        if coroutine is not None:
            try:
                coroutine.close()
            except Exception as error:
                _failed(self.route, self.ctx, error)
                return self.end(-1)
        return self._go(None) if self._enter(route) else None

    def _enter(self, route: Route) -> bool:
        """Go on in another route. False where that is a plain function, and over with that."""
        self.route = route
        if self.kept is None:
            with suppress(ScriptError):
                self._keep()  # what async() is told at once needs a transaction as much as what it waits for
        if route.suspends:
            self.coroutine = route.function(self.ctx)
            return True
        done = self.leave()
        execute(route, self.ctx, done)
        return False

    def _wait(self, awaited: Any) -> Failure | None:
        """Wait for a Deferred; what keeps us from it, else."""
        if isinstance(awaited, Leaving):
            self.leaving, awaited = awaited, awaited.wait
        if self.over:  # cancelled by what it called
            coroutine = self.coroutine
            self.leave()
            self._discard(awaited, coroutine)
            return None
        suspended = self.ctx.server.suspended
        is_pause = awaited.__class__ is Pause
        if not is_pause and not isinstance(awaited, Deferred):
            return Failure(TypeError(f"{self.site}: a script waits for Deferreds, not for {awaited!r}"))
        try:
            suspended.enter(self)
            self._keep()
        except (ScriptError, TooManySuspended):
            why = Failure()
            suspended.leave(self, "errors")
            give_up(awaited)
            return why
        self.waiting = awaited
        if is_pause:
            awaited.tell(self)
        else:
            awaited.addBoth(self.resume)
        return None

    def _keep(self) -> None:
        """Have the request of this run survive. Raises ScriptError."""
        if self.kept is None and (self.ctx.route_type is _REQUEST or self.ctx.route_type in _KEPT):
            keeper = self.ctx.server.find(ISuspension)
            if keeper is not None and keeper.suspending(self.ctx):
                self.kept = keeper

    def resume(self, result: Any) -> None:
        """What it waits for is over."""
        if self.over:
            if isinstance(result, Failure) and not result.check(CancelledError):
                log.debug("{site}: late, dropped: {error}", site=self.site, error=result.getErrorMessage())
            return None
        self.waiting = None
        suspended = self.ctx.server.suspended
        suspended.leave(self, "errors" if isinstance(result, Failure) else "finished")
        watch = suspended.watch
        if watch is None or watch.depth:
            return self._go(result)
        watch.begin()
        try:
            self._go(result)
        finally:
            watch.end()
        return None

    def leave(self) -> Done | None:
        self.over = True
        self.coroutine = None
        self.ctx.driver = None
        done, self.done = self.done, None
        return done

    def end(self, code: int) -> None:
        """Its route has come to its end; where it waits, that was to go on in another (`leave_by`)."""
        if self.waiting is not None:
            self.coroutine = None
            return
        done = self.leave()
        if done is not None:
            done(self.ctx, code)

    def interrupt(self) -> None:
        """The time limit of what it waits for is over: that is cancelled, the run goes on."""
        self.interrupted = True
        if self.waiting is not None:
            self.waiting.cancel()

    def cancel(self, outcome: str = "cancelled") -> None:
        """End the run where it stands: what it waits for is cancelled, its `done` is not called."""
        if self.over:
            return
        self.over = True
        self.done = None
        waiting, self.waiting = self.waiting, None
        if waiting is None:
            return  # it is running right now, and asked for this itself: `_go` ends it at its next wait
        coroutine = self.coroutine
        self.leave()
        self.ctx.server.suspended.leave(self, outcome)
        waiting.cancel()
        self._close(coroutine)

    def abort(self, error: Exception, outcome: str = "cancelled") -> None:
        """End the run where it stands; `done` is called, and finds the error in `ctx.extra[FAILED]`."""
        if self.over:
            return
        done = self.done
        self.cancel(outcome)
        self.ctx.extra[FAILED] = error
        if done is not None:
            done(self.ctx, -1)

    def _discard(self, awaited: Any, coroutine: Coroutine[Any, Any, int] | None) -> None:
        if isinstance(awaited, Leaving):
            awaited = awaited.wait
        if isinstance(awaited, (Deferred, Pause)):
            give_up(awaited)
        self._close(coroutine)

    def _close(self, coroutine: Coroutine[Any, Any, int] | None) -> None:
        """Run the `finally` blocks of whatever was waiting."""
        if coroutine is not None:
            try:
                coroutine.close()
            except ScriptExit:
                pass
            except Exception:
                log.failure("{site}: failed while it was cancelled", site=self.site)
        for undo in self.ctx.extra.pop(UNDO, ()):
            undo()


_NOTHING: Any = None
_begun = maker(Run, _NOTHING, _NOTHING, None, None, filled=("route", "ctx", "done", "coroutine"))
"""As Run(), for each that waits."""


_REQUEST = RouteType.REQUEST  # by far the most; a look at a set of flags is a function of Python
_KEPT = RouteType.REQUEST | RouteType.FAILURE | RouteType.BRANCH_FAILURE | RouteType.ONREPLY | RouteType.REPLY
"""The routes whose message must survive a wait. A branch_route or onsend_route is part of the run that sends."""
