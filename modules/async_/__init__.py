# -*- test-case-name: tests.modules.async_.test_async -*-
"""async: routes that wait, go on elsewhere, or run beside the call.

Nothing here needs a worker process. A script that waits keeps everything it has; `async_sleep()` goes on at the next
statement, wherever that is, `async_route()` in the named route, in the kind of route that it was called from.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NoReturn

from twisted.internet.defer import CancelledError

from sipapp.interfaces.tm import ITm
from sipapp.log import Logger
from sipapp.message.alike import maker
from sipapp.module import (
    ANY,
    FAILURE,
    REQUEST,
    Context,
    IServer,
    RouteName,
    ScriptError,
    Value,
    modparam,
    module,
    pseudo_variable,
    script_function,
)
from sipapp.module.sleep import Sleep, Wait, pause
from sipapp.script.awaiting import Leaving
from sipapp.script.runtime import Route

from .groups import DEFAULT, group_names

log = Logger()

TASK = "async"  # ctx.extra: {b"gname": ..., b"data": ...}
EVENT = "atkv"  # ctx.extra: {b"type": ..., b"key": ..., b"val": ..., b"gname": ...}; corex shows it as $atkv(...)
LONGEST_VALUE = 1024  # bytes


@module("async")
class Async:
    """Asynchronous processing of requests, as Kamailio's module of this name."""

    event_routes = {"async:cancelled": "A request was cancelled while its script waited; the script does not go on."}

    workers: int = modparam(
        default=1, minimum=0, doc="processes for async_route() and async_sleep() in Kamailio; without effect here"
    )
    ms_timer: int = modparam(
        default=0,
        minimum=0,
        unit="ms",
        doc="resolution of the ms functions in Kamailio, 0 switches them off; without effect here: they always work, "
        "to 10 ms",
    )
    return_: int = modparam(
        default=0,
        name="return",
        doc="what the functions that continue in another route return: 0 ends the script there; anything else lets "
        "it go on beside the suspended request",
    )
    mode: int = modparam(
        default=0, minimum=0, maximum=1, doc="1: not bound to tm in Kamailio; without effect here, tm is used if loaded"
    )

    def start(self, server: IServer) -> None:
        self.server = server
        self.stopped = False
        config = server.config
        self.groups = group_names(config.async_workers_group)
        self.event_group = (config.async_tkv_gname or "").encode()
        self.event_route = config.async_tkv_evcb or ""

    def stop(self) -> None:
        """What was to run beside a script does not begin any more."""
        self.stopped = True

    # -- wait, then go on

    @script_function(routes=REQUEST | FAILURE, asynchronous=True)
    def async_sleep(self, seconds: int) -> Wait:
        """Wait for `seconds` (s), then go on at the next statement. -1 for zero and less."""
        return self._sleep(seconds, 1.0)

    @script_function(routes=REQUEST | FAILURE, asynchronous=True)
    def async_ms_sleep(self, milliseconds: int) -> Wait:
        """Wait for `milliseconds` (ms), then go on at the next statement. -1 for zero and less."""
        return self._sleep(milliseconds, 0.001)

    @script_function(routes=REQUEST | FAILURE, suspends=True, asynchronous=False)
    def async_route(self, ctx: Context, routename: RouteName, seconds: int) -> Leaving | int:
        """Wait for `seconds` (s), then go on in route[`routename`]; nothing after this call runs.

        -1 for an unknown route and for zero seconds and less: nothing waits, the script goes on.
        """
        return self._continue(ctx, routename, DEFAULT, seconds, 1.0)

    @script_function(routes=REQUEST | FAILURE, suspends=True, asynchronous=False)
    def async_ms_route(self, ctx: Context, routename: RouteName, milliseconds: int) -> Leaving | int:
        """Wait for `milliseconds` (ms), then go on in route[`routename`]; else as async_route()."""
        return self._continue(ctx, routename, DEFAULT, milliseconds, 0.001)

    @script_function(routes=REQUEST | FAILURE, suspends=True, asynchronous=False)
    def async_task_route(self, ctx: Context, routename: RouteName) -> Leaving | int:
        """Go on in route[`routename`] at once, after whatever else is due; nothing after this call runs."""
        return self._continue(ctx, routename, DEFAULT)

    @script_function(routes=REQUEST | FAILURE, suspends=True, asynchronous=False)
    def async_task_group_route(self, ctx: Context, routename: RouteName, groupname: bytes) -> Leaving | int:
        """As async_task_route(), in the worker group `groupname`; -1 where there is no such group."""
        self._check_group(groupname)
        return self._continue(ctx, routename, groupname)

    # -- beside the call

    @script_function(routes=ANY)
    def async_task_data(self, routename: RouteName, data: bytes) -> int:
        """Run route[`routename`] on a made-up request, with `data` as $async(data); this script goes on at once."""
        return self._run_beside(routename, DEFAULT, data)

    @script_function(routes=ANY)
    def async_task_group_data(self, routename: RouteName, groupname: bytes, data: bytes) -> int:
        """As async_task_data(), in the worker group `groupname`; -1 where there is no such group."""
        self._check_group(groupname)
        return self._run_beside(routename, groupname, data)

    @script_function(routes=ANY)
    def async_tkv_emit(self, type: int, key: bytes, value: bytes) -> int:
        """Tell event_route[core:tkv] of a `type`, `key` and `value`, there $atkv(type), $atkv(key) and $atkv(val).

        -1 where `async_tkv_gname` or `async_tkv_evcb` is not set, or there is no such event_route, and for a value
        of more than 1024 bytes.
        """
        route = self.server.event_route(self.event_route) if self.event_route else None
        if route is None or self.event_group not in self.groups or len(value) > LONGEST_VALUE:
            return -1
        event = {b"type": type, b"key": key, b"val": value, b"gname": self.event_group}
        self.server.clock.callLater(0, self._beside, route, EVENT, event)
        return 1

    @pseudo_variable("async", keys=("data", "gname"))
    def pv_async(self, ctx: Context, inner: bytes) -> Value:
        """$async(data): what async_task_data() was given; $async(gname): the group that the task runs in. Null
        outside of tasks."""
        task: dict[bytes, Value] = ctx.extra.get(TASK, {})
        return task.get(inner)

    # -- how

    def _sleep(self, amount: int, unit: float) -> Wait:
        return pause(self.server, _seconds(amount, unit))

    def _continue(
        self, ctx: Context, name: str, group: bytes, amount: int | None = None, unit: float = 0
    ) -> Leaving | int:
        """Wait, then leave for route[name]: the rest of this script is not run."""
        route = self._route(name)
        if ctx.transaction is not None and ctx.transaction.status >= 200:
            raise ScriptError("failed to suspend the processing: the request has its final response")
        seconds = 0.0 if amount is None else _seconds(amount, unit)
        if self.return_ and (tm := self.server.find(ITm)) is not None:
            return self._leave_waiting(tm, ctx, _entered(route, _task(group)), seconds)
        return _new_leaving(ctx, pause(self.server, seconds), route, group)

    def _leave_waiting(self, tm: ITm, ctx: Context, route: Route, seconds: float) -> int:
        """modparam return: put the request aside as t_suspend() does, and let this script go on."""
        wait = Sleep(self.server, seconds)
        if tm.suspend(ctx, seconds + 1.0, wait.cancel) < 0 or (identity := tm.identity(ctx)) is None:
            wait.addErrback(lambda failure: None)
            wait.cancel()
            raise ScriptError("failed to suspend the processing")
        wait.addCallbacks(lambda _: tm.resume(*identity, route), lambda failure: failure.trap(CancelledError))
        return self.return_

    def _run_beside(self, name: str, group: bytes, data: bytes) -> int:
        task = {b"gname": group, b"data": data}
        self.server.clock.callLater(0, self._beside, self._route(name), TASK, task)
        return 1

    def _beside(self, route: Any, key: str, facts: dict[bytes, Value]) -> None:
        if self.stopped:
            return
        ctx = self.server.background()
        ctx.extra[key] = facts
        self.server.execute(route, ctx)

    def _route(self, name: str) -> Any:
        route = self.server.script.routes.get(name)
        if route is None:
            raise ScriptError(f"route block not found: {name}")
        return route

    def _check_group(self, name: bytes) -> None:
        if name not in self.groups:
            self._no_group(name)

    def _no_group(self, name: bytes) -> NoReturn:
        raise ScriptError(f"no worker group {name.decode(errors='replace')!r}: define it with async_workers_group")


class LeavingForTask(Leaving):
    """A wait, then the route as a task of a group."""

    __slots__ = ("group",)

    def __init__(self, ctx: Context, wait: Wait, route: Route, group: bytes) -> None:
        super().__init__(ctx, wait, route)
        self.group = group

    def leave(self) -> Route:
        ctx = self.ctx
        ctx.extra[TASK] = _task(self.group)
        ctx.rc = 0
        return self.route


_NOBODY: Any = None
_new_leaving = maker(LeavingForTask, _NOBODY, _NOBODY, _NOBODY, b"", filled=("ctx", "wait", "route", "group"))


def _seconds(amount: int, unit: float) -> float:
    if amount <= 0:
        raise ScriptError(f"negative or zero sleep time: {amount}")
    return amount * unit


@lru_cache(64)  # a script may name a group as it likes
def _task(group: bytes) -> dict[bytes, Value]:
    """What a task finds in `ctx.extra[TASK]`: never changed, so that those of a group have one."""
    return {b"gname": group, b"data": None}


def _entered(route: Route, task: dict[bytes, Value]) -> Route:
    """The route, for a run that is to be a task."""

    def enter(ctx: Context) -> Any:
        ctx.extra[TASK] = task
        return route.function(ctx)

    return Route(route.kind, route.name, route.at, enter, route.suspends)
