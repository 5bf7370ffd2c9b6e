# -*- test-case-name: tests.script.test_runtime -*-
"""runtime: one run of a route: what it works on, how it ends, and how it waits.

A route that cannot suspend is a plain function `(ctx) -> int`; one that can is a coroutine function. `execute`
runs either. The driver of a coroutine is our own `send()` loop (`Run`), for it costs a fifth of a Deferred's.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, NamedTuple

from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from sipapp.errors import Position, ScriptError
from sipapp.interfaces.route import RouteType

if TYPE_CHECKING:
    from sipapp.interfaces.script import Value
    from sipapp.interfaces.server import IServer
    from sipapp.message.draft import Draft
    from sipapp.message.request import Request
    from sipapp.message.response import Response

log = Logger()

ReturnCode = int
"""Kamailio's number: positive is true, negative false, 0 ends the script."""


class ScriptExit(BaseException):
    """`exit`, `drop`, or a function that answered 0: the whole run ends here.

    A BaseException, so that no module's `except Exception` keeps a script alive that wanted to end.
    """

    def __init__(self, code: int = 0, dropped: bool = False) -> None:
        self.code = code
        self.dropped = dropped


class CallSite(NamedTuple):
    """A function call in the script: what a suspended run is said to wait for."""

    function: str
    module: str
    at: Position
    route: str

    def __str__(self) -> str:
        return f"{self.at}: {self.function}()"


class Route:
    """One compiled route block."""

    __slots__ = ("at", "function", "kind", "name", "suspends")

    def __init__(self, kind: str, name: str, at: Position, function: Callable[..., Any], suspends: bool) -> None:
        self.kind = kind  # the keyword: request_route, route, failure_route, ...
        self.name = name
        self.at = at
        self.function = function
        self.suspends = suspends

    def __str__(self) -> str:
        return f"{self.kind}[{self.name}]" if self.name else self.kind


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
        self.vars: dict[bytes, Value] = {}  # $var; a name that was never set is 0
        self.avps: dict[Any, list[Any]] = {} if avps is None else avps  # $avp; the transaction's once there is one
        self.xavps: Any = None  # $xavp, $xavu, $xavi: made on first use
        self.xavus: Any = None
        self.xavis: Any = None
        self.script_flags = 0
        self.transaction: Any = None  # tm's, where there is one
        self.branch: int = -1  # the branch that a branch, reply or failure route is about
        self.response: Response | None = None  # failure_route: the response that won
        self.dropped = False  # `drop` ended the run
        self.run: Run | None = None  # the driver, while the route is a coroutine
        self.extra: dict[str, Any] = {}  # what modules keep for this run, by their own names


Done = Callable[[Context, int], None]


def execute(route: Route, ctx: Context, done: Done | None = None) -> None:
    """Run a route; `done(ctx, code)` when it has ended, before this returns if it did not wait.

    Nothing that the script does escapes: an unexpected exception is logged with the script's positions and
    counts as `exit`.
    """
    if route.suspends:
        Run(route, ctx, done).start()
        return
    try:
        code = route.function(ctx)
    except ScriptExit as end:
        ctx.dropped = end.dropped
        code = end.code
    except Exception:
        _failed(route, ctx)
        code = -1
    if done is not None:
        done(ctx, code)


def _failed(route: Route, ctx: Context) -> None:
    failure = Failure()
    places = [
        f"{frame[1]}:{frame[2]}" for frame in failure.frames if frame[0] not in ("_step", "execute") and frame[0]
    ]
    log.failure(
        "{route} failed on {call_id}: {error}",
        failure=failure,
        route=str(route),
        call_id=getattr(ctx.message, "call_id", b""),
        error=failure.getErrorMessage(),
        places=places,
    )
    ctx.extra["failed"] = failure.value


class Run:
    """The driver of one coroutine: sends results in, waits on the Deferreds that come out."""

    __slots__ = ("_alarm", "coroutine", "ctx", "done", "due", "over", "route", "site", "since", "waiting")

    def __init__(self, route: Route, ctx: Context, done: Done | None) -> None:
        self.route = route
        self.ctx = ctx
        self.done = done
        self.coroutine: Coroutine[Any, Any, int] | None = route.function(ctx)
        self.waiting: Deferred[Any] | None = None
        self.site: CallSite | None = None  # what it waits for
        self.since = 0.0  # s of the clock: when it began to wait
        self.due: float | None = None  # s of the clock: when the wait ends at the latest
        self.over = False
        self._alarm: Any = None

    def start(self) -> None:
        self.ctx.run = self
        self._step(None)

    def _step(self, result: Any) -> Any:
        """Go on with the result of what was waited for."""
        coroutine = self.coroutine
        self.waiting = None
        while coroutine is not None:
            try:
                if isinstance(result, Failure):
                    awaited = result.throwExceptionIntoGenerator(coroutine)
                else:
                    awaited = coroutine.send(result)
            except StopIteration as end:
                self._end(end.value)
                return None
            except ScriptExit as end:
                self.ctx.dropped = end.dropped
                self._end(end.code)
                return None
            except Exception:
                _failed(self.route, self.ctx)
                self._end(-1)
                return None
            if awaited.called and not awaited.paused and not isinstance(awaited.result, Deferred):
                # Already there: no need to go through its callbacks, nor to grow the stack.
                result = awaited.result
                if isinstance(result, Failure):
                    awaited.addErrback(lambda _: None)
                continue
            self.waiting = awaited
            awaited.addBoth(self._step)
            return None
        if isinstance(result, Failure) and not result.check(CancelledError):
            log.debug("late result of {site} dropped: {error}", site=self.site, error=result.getErrorMessage())
        return None

    def _end(self, code: int) -> None:
        self.over = True
        self.coroutine = None
        self.ctx.run = None
        done, self.done = self.done, None
        if done is not None:
            done(self.ctx, code)

    def cancel(self) -> None:
        """End the run where it stands: what it waits for is cancelled, its `done` is not called."""
        coroutine, self.coroutine = self.coroutine, None
        self.over = True
        self.done = None
        self.ctx.run = None
        waiting, self.waiting = self.waiting, None
        if waiting is not None:
            waiting.addErrback(lambda failure: failure.trap(CancelledError))
            waiting.cancel()
        if coroutine is not None:
            coroutine.close()


RESULTS: dict[Any, int] = {True: 1, False: -1, None: 1}


def result(ctx: Context, answer: Any) -> int:
    """The return code of a function that did not wait: Kamailio's number as it is, a bool or nothing as 1 or -1,
    a value as true (it is what `$var(x) = f();` gets). Ends the run on 0."""
    if answer.__class__ is int:
        code = answer
    else:
        code = 1 if answer is None or answer is True else -1 if answer is False else 1
    if code == 0:
        raise ScriptExit(0)
    ctx.rc = code
    return code


async def wait(ctx: Context, answer: Any, site: CallSite) -> Any:
    """What a suspending function answers in the end: waits for a Deferred or coroutine, hands on anything else."""
    if answer.__class__ is int or not (isinstance(answer, (Deferred, Coroutine))):
        return answer
    run = ctx.run
    assert run is not None
    if isinstance(answer, Deferred) and answer.called and not answer.paused:
        return await answer
    run.site = site
    try:
        return await ctx.server.suspend(ctx, answer, site)  # type: ignore[attr-defined]
    finally:
        run.site = None


def script_error(ctx: Context, error: ScriptError, site: CallSite) -> int:
    """A ScriptError of a function: one log line at its place, false to the script."""
    log.error("{at}: {function}(): {error}", at=site.at, function=site.function, error=str(error))
    ctx.rc = error.code
    return error.code
