# -*- test-case-name: tests.script.test_runtime -*-
"""runtime: one run of a route: what it works on, and how it ends. `run` has how it waits.

A route that cannot suspend is a plain function `(ctx) -> int`; one that can is a coroutine function. To a route that
has called it by route() it answers None where it was left by `exit`; to all others it raises ScriptExit.
"""

from __future__ import annotations

from collections.abc import Callable
from sys import getrefcount
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

from sipapp.errors import Position
from sipapp.interfaces.route import RouteType
from sipapp.log import Logger
from sipapp.message.resting import resting

if TYPE_CHECKING:
    from sipapp.interfaces.script import Value
    from sipapp.interfaces.server import IServer
    from sipapp.message.draft import Draft
    from sipapp.message.request import Request
    from sipapp.message.response import Response
    from sipapp.script.run import Run

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
    """`exit`, `drop`, or a function that answered 0: the whole run ends here, but see above for a plain `exit`.

    A BaseException, so that no module's `except Exception` keeps a script alive that wanted to end. Its slots spare it
    a dictionary: many a message ends by one.
    """

    __slots__ = ("code", "dropped")

    def __init__(self, code: int = 0, dropped: bool = False) -> None:
        self.code = code
        self.dropped = dropped


class ScriptJump(BaseException):
    """The run goes on in another route, with all that it has; nothing is left of the callers of this one."""

    __slots__ = ("route",)

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

    __slots__ = ("at", "function", "kind", "leaves_code", "name", "suspends")

    def __init__(
        self,
        kind: str,
        name: str,
        at: Position,
        function: Callable[..., Any],
        suspends: bool,
        leaves_code: bool = False,
    ) -> None:
        self.kind = kind  # the keyword: request_route, route, failure_route, ...
        self.name = name
        self.at = at
        self.function = function
        self.suspends = suspends
        self.leaves_code = leaves_code  # in `ctx.code`, and its coroutine ends with None

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
        "code",
        "draft",
        "driver",
        "dropped",
        "extra",
        "message",
        "rc",
        "response",
        "route_type",
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
        self.code = 1  # what a route that no other calls has ended with, where it is a coroutine
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
        self.driver: Any = None  # of a route that is a coroutine: what `run` is, or what that is made of
        self.extra: dict[str, Any] = {}  # what modules keep for this run, by their own names

    @property
    def run(self) -> Run | None:
        """The driver, while the route is a coroutine. Few ever wait, so it is made for who first asks for it."""
        return run_of(self)

    @run.setter
    def run(self, run: Run | None) -> None:
        self.driver = run

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


def run_of(ctx: Context) -> Run | None:
    """`ctx.run`, for a route that is about to wait: a property costs twice as much."""
    driver = ctx.driver
    if driver.__class__ is tuple:
        begin, route, done, coroutine = driver
        driver = ctx.driver = begin(route, ctx, done, coroutine)
    return driver  # type: ignore[no-any-return]


def _holders(owner: object, name: str) -> int:
    """How many hold the value of an attribute: a branch_route has the $var of its request's route."""
    return getrefcount(getattr(owner, name))


_ONE = _holders(SimpleNamespace(own={}), "own")
