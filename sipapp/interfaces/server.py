# -*- test-case-name: tests.interfaces.test_server -*-
"""server: what a module is given when it starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from zope.interface import Attribute, Interface

if TYPE_CHECKING:
    from twisted.internet.interfaces import IReactorTime

    from sipapp.script.runtime import Context, Route


class IServer(Interface):
    """The running server, as a module may see it."""

    clock: IReactorTime = Attribute("the only source of time")
    reactor: Any = Attribute("the reactor, for modules that open connections or run processes; a memory one in tests")
    wheel: Any = Attribute("sipapp.transaction.wheel.Wheel: cheap timers that are mostly cancelled, 10 ms apart")
    transport: Any = Attribute("ITransportLayer")
    transactions: Any = Attribute("ITransactionLayer")
    script: Any = Attribute("sipapp.script.compile.Program: the compiled routes, by kind and name")
    config: Any = Attribute("the core parameters: sipapp.core.parameters.CoreConfig")
    registry: Any = Attribute("IRegistry")
    ids: Any = Attribute("IIdSource")
    suspended: Any = Attribute("sipapp.script.suspended.Suspended: every script that waits")
    statistics: Any = Attribute("sipapp.statistics.Statistics")
    modules: dict[str, Any] = Attribute("the loaded modules by name")
    worker: int = Attribute("which of the processes that share the sockets this is; what is done once, 1 does")
    workers: int = Attribute("how many of them there are")
    begins: bool = Attribute("no other has served these tables before: false for a worker that replaces another")

    def get(interface: type[Interface]) -> Any:
        """The provider of an interface: a core service or a loaded module.

        Raises LocalError: nobody provides it.
        """

    def find(interface: type[Interface]) -> Any | None:
        """The same, or None."""

    def execute(route: Route, ctx: Context, done: Callable[[Context, int], None] | None = None) -> None:
        """Run a route. `done(ctx, code)` is called when it has ended: before this returns if it did not suspend."""

    def event_route(name: str) -> Route | None:
        """event_route[name] of the script, if it has one."""

    def background() -> Context:
        """A context for a route that runs beside the calls: on a made-up request, with no transaction."""


class IAfterStart(Interface):
    """A module with something to do once every module is started, before anything is listened to."""

    def started() -> Any:
        """May answer a Deferred or a coroutine; what it raises keeps the server from starting."""


class IBeforeScript(Interface):
    """A module that wants each request or response before its route runs.

    One that is about requests of some methods alone may name them in an attribute `before_methods` (a collection of
    bytes): it is not asked for others, nor for responses.
    """

    def before_script(ctx: Context) -> bool:
        """False: the message is dealt with, run no route.

        The context of a response is for this question alone: its route gets one of its own.
        """


class IAfterScript(Interface):
    """A module that wants to know when a route has ended (suspended ones: when they really have)."""

    def after_script(ctx: Context) -> None:
        """The run is over."""


class ISuspension(Interface):
    """Who keeps a request while its script waits; tm, where it is loaded."""

    def suspending(ctx: Context) -> bool:
        """The script of this context is about to wait: make sure that its message survives. Whether this one answers
        should the run be ended (`suspended_too_long`); where not, the run's `done` hears of it.

        Raises ScriptError: it cannot (an ACK has no transaction: allowed, the run just waits).
        """

    def waits_long(ctx: Context) -> None:
        """The run waits for a while already: keep nothing for it that can be had again."""

    def caller_gone(ctx: Context) -> None:
        """The connection is closed that the answer would go by: end the run, nobody waits for it."""

    def suspended_too_long(ctx: Context) -> None:
        """suspend_timeout is over; the run has been cancelled: answer."""
