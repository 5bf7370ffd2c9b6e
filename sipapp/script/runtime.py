# -*- test-case-name: tests.script.test_runtime -*-
"""runtime: one run of a route: what it works on, how it ends, and how it waits.

A route that cannot suspend is a plain function `(ctx) -> int`; one that can is a coroutine function. `execute`
runs either. The driver of a coroutine is our own `send()` loop (`Run`), for it costs a fifth of a Deferred's.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import suppress
from sys import getrefcount
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

from twisted.internet.defer import CancelledError, Deferred
from twisted.python.failure import Failure

from sipapp.errors import PeerError, Position, ScriptError, TooManySuspended
from sipapp.interfaces.route import RouteType
from sipapp.interfaces.server import ISuspension
from sipapp.log import Logger
from sipapp.message.resting import resting
from sipapp.script.awaiting import Awaited, Awaiting, give_up
from sipapp.script.pause import Pause
from sipapp.script.stack import routes_of, shown

if TYPE_CHECKING:
    from sipapp.interfaces.script import Value
    from sipapp.interfaces.server import IServer
    from sipapp.message.draft import Draft
    from sipapp.message.request import Request
    from sipapp.message.response import Response

log = Logger()

ReturnCode = int
"""Kamailio's number: positive is true, negative false, 0 ends the script."""

FAILED = "failed"
"""`ctx.extra[FAILED]` is the exception that ended the run; its `status`, where it has one, is the answer that is owed,
else 500."""

UNDO = "undo"
"""`ctx.extra[UNDO]` is a list of what is called, without arguments, should the run be cancelled: what it holds, such as
a lock, is let go."""


class ScriptExit(BaseException):
    """`exit`, `drop`, or a function that answered 0: the whole run ends here.

    A BaseException, so that no module's `except Exception` keeps a script alive that wanted to end.
    """

    def __init__(self, code: int = 0, dropped: bool = False) -> None:
        self.code = code
        self.dropped = dropped


class ScriptJump(BaseException):
    """The run goes on in another route, with all that it has; nothing is left of the callers of this one."""

    def __init__(self, route: Route) -> None:
        self.route = route


class CallSite(NamedTuple):
    """A function call in the script: what a suspended run is said to wait for."""

    function: str
    module: str
    at: Position
    route: str

    def __str__(self) -> str:
        return f"{self.at}: {self.function}()"


class Route:
    """One compiled route block. `function` takes the Context."""

    __slots__ = ("at", "function", "kind", "name", "suspends")

    def __init__(self, kind: str, name: str, at: Position, function: Callable[..., Any], suspends: bool) -> None:
        self.kind = kind  # the keyword: request_route, route, failure_route, ...
        self.name = name
        self.at = at
        self.function = function
        self.suspends = suspends

    def __str__(self) -> str:
        return f"{self.kind}[{self.name}]" if self.name else self.kind

    __repr__ = __str__


class Context:
    """One run of the script on one message: everything that a statement may see or change.

    The message is as received and never changes; what the script did to it is in `draft`.
    """

    __slots__ = (
        "avps",
        "branch",
        "draft",
        "dropped",
        "extra",
        "message",
        "rc",
        "response",
        "route_type",
        "run",
        "script_flags",
        "server",
        "transaction",
        "vars",
        "xavis",
        "xavps",
        "xavus",
    )

    def __init__(
        self,
        server: IServer,
        message: Request | Response,
        draft: Draft,
        route_type: RouteType = RouteType.REQUEST,
        avps: Any = None,
    ) -> None:
        self.server = server
        self.message = message
        self.draft = draft
        self.route_type = route_type
        self.rc = 0  # $rc
        self.avps: dict[Any, list[Any]] = {} if avps is None else avps  # $avp; the transaction's once there is one
        self.xavps: Any = None  # $xavp, $xavu, $xavi: made on first use
        self.xavus: Any = None
        self.xavis: Any = None
        self.vars: dict[bytes, Value] = {}  # $var; a name that was never set is 0
        self.script_flags = 0
        self.transaction: Any = None  # tm's, where there is one
        self.branch: int = -1  # the branch that a branch, reply or failure route is about
        self.response: Response | None = None  # failure_route: the response that won
        self.dropped = False  # `drop` ended the run
        self.run: Run | None = None  # the driver, while the route is a coroutine
        self.extra: dict[str, Any] = {}  # what modules keep for this run, by their own names

    def forget(self) -> None:
        """Its run waits, perhaps with a hundred thousand others: keep nothing that can be had again."""
        self.message.forget()
        self.draft.forget()
        missing = [name for name in ("vars", "extra") if not getattr(self, name) and _holders(self, name) == _ONE]
        for name in missing:
            delattr(self, name)
        if missing:
            self.__class__ = resting(Context)

    def remember(self) -> None:
        for name in ("vars", "extra"):
            if not hasattr(self, name):
                setattr(self, name, {})


def _holders(owner: object, name: str) -> int:
    """How many hold the value of an attribute: a branch_route has the $var of its request's route."""
    return getrefcount(getattr(owner, name))


_ONE = _holders(SimpleNamespace(own={}), "own")


Done = Callable[[Context, int], None]


def execute(route: Route, ctx: Context, done: Done | None = None) -> None:
    """Run a route; `done(ctx, code)` when it has ended, before this returns if it did not wait.

    Nothing that the script does escapes: an unexpected exception is logged with the script's positions, kept in
    `ctx.extra[FAILED]`, and counts as `exit`.
    """
    code = -1
    while not route.suspends:
        try:
            code = route.function(ctx)
        except ScriptExit as end:
            ctx.dropped = end.dropped
            code = end.code
        except ScriptJump as jump:
            route = jump.route
            continue
        except Exception as error:
            _failed(route, ctx, error)
        if done is not None:
            done(ctx, code)
        return
    Run(route, ctx, done, route.function(ctx)).start()


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
        "over",
        "route",
        "since",
        "site",
        "until",
        "waiting",
    )

    def __init__(
        self, route: Route, ctx: Context, done: Done | None, coroutine: Coroutine[Any, Any, int] | None
    ) -> None:
        self._next = None
        self.route = route
        self.ctx = ctx
        self.done = done
        self.coroutine = coroutine
        self.waiting: Awaited | None = None
        self.site: CallSite | None = None  # what it waits for
        self.id = 0  # counts the runs that have waited; 0: it has not
        self.since = 0.0  # s of the clock: when it began to wait
        self.until = 0.0  # when a time limit of its own ends the wait; 0: there is none
        self.kept: ISuspension | None = None  # who keeps the request, once asked
        self.interrupted = False  # the time limit of async() is over
        self.over = False

    def start(self) -> None:
        self.ctx.run = self
        self._go(None)

    def _go(self, result: Any) -> None:
        """Send a result in, until the coroutine waits for another or ends."""
        while (coroutine := self.coroutine) is not None:
            try:
                if isinstance(result, Failure):
                    awaited = result.throwExceptionIntoGenerator(coroutine)
                else:
                    awaited = coroutine.send(result)
            except StopIteration as end:
                return self._end(end.value)
            except ScriptExit as end:
                self.ctx.dropped = end.dropped
                return self._end(end.code)
            except ScriptJump as jump:
                self.route = jump.route
                with suppress(ScriptError):
                    self._keep()  # what async() is told at once needs a transaction as much as what it waits for
                if not jump.route.suspends:
                    self.coroutine = None
                    return self._hand_over(jump.route)
                self.coroutine = jump.route.function(self.ctx)
                result = None
                continue
            except Exception as error:
                _failed(self.route, self.ctx, error)
                return self._end(-1)
            if self.over:  # cancelled by what it called
                self._leave()
                return self._discard(awaited, coroutine)
            why = self._wait(awaited)
            if why is None:
                return None
            result = why
        return None

    def _hand_over(self, route: Route) -> None:
        """The rest of the run is a plain function."""
        done = self._leave()
        execute(route, self.ctx, done)

    def _wait(self, awaited: Any) -> Failure | None:
        """Wait for a Deferred; what keeps us from it, else."""
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
        if self.kept is None and self.ctx.route_type in _KEPT:
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

    def _leave(self) -> Done | None:
        self.over = True
        self.coroutine = None
        self.ctx.run = None
        done, self.done = self.done, None
        return done

    def _end(self, code: int) -> None:
        done = self._leave()
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
        self._leave()
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

    def _discard(self, awaited: Any, coroutine: Coroutine[Any, Any, int]) -> None:
        if isinstance(awaited, (Deferred, Pause)):
            give_up(awaited)
        self._close(coroutine)

    def _close(self, coroutine: Coroutine[Any, Any, int] | None) -> None:
        """Run the `finally` blocks of whatever was waiting."""
        if coroutine is None:
            return
        try:
            coroutine.close()
        except ScriptExit:
            pass
        except Exception:
            log.failure("{site}: failed while it was cancelled", site=self.site)
        for undo in self.ctx.extra.pop(UNDO, ()):
            undo()


_KEPT = RouteType.REQUEST | RouteType.FAILURE | RouteType.BRANCH_FAILURE | RouteType.ONREPLY | RouteType.REPLY
"""The routes whose message must survive a wait. A branch_route or onsend_route is part of the run that sends."""
