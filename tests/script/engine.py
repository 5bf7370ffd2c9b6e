"""A script engine without a server: a module of a few functions and variables, a clock, and what the script said."""

from __future__ import annotations

from typing import Any, cast

from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock

from sipapp.errors import ConfigError, ConfigErrors
from sipapp.interfaces.module import IModule
from sipapp.interfaces.route import RouteType
from sipapp.interfaces.trace import ITrace
from sipapp.interfaces.transport import Flow, Socket
from sipapp.log import Logger
from sipapp.message.draft import Draft
from sipapp.message.parse import parse
from sipapp.message.request import Request
from sipapp.module import (
    FAILURE,
    REQUEST,
    Context,
    Format,
    PvRef,
    Regex,
    RouteName,
    ScriptError,
    Seconds,
    Subst,
    Text,
    Value,
    module,
    pseudo_variable,
    script_function,
)
from sipapp.module.registry import Registry
from sipapp.script.check import Checked, check
from sipapp.script.compile import compile_program
from sipapp.script.parser import parse_text
from sipapp.script.program import Program
from sipapp.script.run import execute
from sipapp.script.runtime import ScriptJump
from sipapp.script.suspended import Suspended
from sipapp.script.values import TextWithNumber

log = Logger()


def _upper(text: bytes) -> bytes:
    return text.upper()


@module("trial")
class Trial:
    """What the scripts of the tests call and read."""

    def start(self, server: Any = None) -> None:
        self.said: list[str] = []
        self.pending: list[Deferred[Any]] = []

    @script_function()
    def say(self, ctx: Context, what: bytes) -> int:
        """Note a text."""
        self.said.append(what.decode())
        return 1

    @script_function()
    def code(self, number: int) -> int:
        """Answer a number."""
        return number

    @script_function()
    def good(self) -> bool:
        return True

    @script_function()
    def bad(self) -> bool:
        return False

    @script_function()
    def nothing(self) -> None:
        """Nothing is true."""

    @script_function()
    def word(self, what: bytes) -> bytes:
        """Answer a value."""
        return what

    @script_function(timeout_code=28)
    def wait(self, ctx: Context, seconds: Seconds) -> Deferred[int]:
        """Answer 1 after a while."""
        done: Deferred[int] = Deferred(lambda _: call.cancel() if call.active() else None)
        call = ctx.server.clock.callLater(seconds, done.callback, 1)
        self.pending.append(done)
        return done

    @script_function(suspends=True, asynchronous=True)
    def at_once(self, number: int) -> int:
        """May wait, does not."""
        return number

    @script_function()
    async def slowly(self, ctx: Context, what: str) -> str:
        """A coroutine: wait a second, answer a text."""
        try:
            await self.wait(ctx, Seconds(1))
        finally:
            self.said.append(f"finally {what}")
        return what

    @script_function(suspends=True)
    def broken(self, ctx: Context) -> Deferred[int]:
        """A Deferred that somebody fires."""
        done: Deferred[int] = Deferred()
        self.pending.append(done)
        return done

    @script_function(suspends=True, asynchronous=True)
    def stumble(self) -> int:
        raise ScriptError("it stumbled", -3)

    @script_function(suspends=True, asynchronous=True)
    def crash(self) -> int:
        raise ZeroDivisionError("a crash")

    @script_function(suspends=True, asynchronous=True)
    def gaps(self, first: str, second: PvRef | None = None, third: str = "") -> int:
        self.said.append(f"{first} {second} {third}")
        return 1

    @script_function(suspends=False)
    def odd(self) -> Any:
        """Answer what a script cannot have."""
        return object()

    @script_function()
    def fail(self, ctx: Context, code: int = -1) -> int:
        raise ScriptError("it failed", code)

    @script_function(parse={"first": _upper}, late=True)
    def lately(self, first: bytes, second: Text) -> None:
        """Texts that may be expressions."""
        self.said.append(f"{first!r} {second!r}")

    @script_function()
    def warns(self) -> None:
        log.warn("something is odd")

    @script_function()
    def bug(self) -> int:
        raise ZeroDivisionError("a bug")

    @script_function()
    def ready(self) -> Deferred[int]:
        """A Deferred that has its result."""
        return succeed(1)

    @script_function()
    def suicide(self, ctx: Context) -> int:
        """Cancel the run that calls this."""
        assert ctx.run is not None
        ctx.run.cancel()
        return 1

    @script_function()
    def jump(self, ctx: Context, name: RouteName) -> int:
        """Go on in another route."""
        raise ScriptJump(ctx.server.script.routes[name])

    @script_function(routes=FAILURE)
    def only_failure(self) -> int:
        return 1

    @script_function(routes=RouteType.EVENT)
    def only_event(self) -> int:
        return 1

    @script_function()
    def two(self, first: bytes, second: str = "default") -> int:
        self.said.append(f"{first!r} {second!r}")
        return 1

    @script_function(parse={"name": _upper})
    def kinds(self, name: bytes, text: Text, expression: Regex, change: Subst) -> int:
        self.said.append(f"{name!r} {text!r} {expression.pattern!r} {change.source!r}")
        return 1

    @script_function()
    def any(self, value: Value) -> int:
        self.said.append(repr(value))
        return 1

    @script_function()
    def put(self, ctx: Context, into: PvRef, value: bytes) -> int:
        assert into.set is not None
        into.set(ctx, value)
        return 1

    @script_function()
    def lazily(self, ctx: Context, text: Format) -> int:
        self.said.append(text(ctx).decode())
        return 1

    @script_function()
    def run_route(self, ctx: Context, name: RouteName) -> int:
        self.said.append(f"route {name}")
        return 1

    @script_function(route_kind=FAILURE)
    def arm(self, name: RouteName) -> int:
        return 1

    @pseudo_variable("var")
    def pv_var(self, ctx: Context, inner: bytes) -> Value:
        return ctx.vars.get(inner, 0)

    @pv_var.setter
    def set_var(self, ctx: Context, inner: bytes, value: Value) -> None:
        if value == b"refused":
            raise ScriptError("no such value")
        ctx.vars[inner] = 0 if value is None else value

    @pseudo_variable("avp")
    def pv_avp(self, ctx: Context, inner: bytes) -> Value:
        return ctx.avps[inner][-1] if inner in ctx.avps else None

    @pv_avp.setter
    def set_avp(self, ctx: Context, inner: bytes, value: Value) -> None:
        if value is None:
            ctx.avps.pop(inner, None)
        else:
            ctx.avps[inner] = [value]

    @pseudo_variable("null")
    def pv_null(self, ctx: Context) -> Value:
        return None

    @pseudo_variable("rc", integer=True)
    def pv_rc(self, ctx: Context) -> Value:
        return ctx.rc

    @pseudo_variable("rU")
    def pv_rU(self, ctx: Context) -> Value:
        return b"bob"

    @pseudo_variable("rm")
    def pv_rm(self, ctx: Context) -> Value:
        return TextWithNumber(b"OPTIONS", 512)


REQUEST_TEXT = (
    b"OPTIONS sip:bob@192.0.2.10:5070 SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK-1\r\n"
    b"From: <sip:alice@atlanta.example>;tag=a1\r\n"
    b"To: <sip:bob@biloxi.example>\r\n"
    b"Call-ID: call-1\r\n"
    b"CSeq: 1 OPTIONS\r\n"
    b"Content-Length: 0\r\n\r\n"
)


def request(text: bytes = REQUEST_TEXT) -> Request:
    """A request that came in by UDP from 192.0.2.1:5060."""
    made = parse(text)
    assert isinstance(made, Request)
    made.flow = Flow(Socket("udp", "192.0.2.10", 5070), "192.0.2.1", 5060)
    return made


class Server:
    """As much of a server as a run needs."""

    worker = workers = 1

    def __init__(self, **config: Any) -> None:
        self.clock = Clock()
        self.config = type("Config", (), {"suspend_max": 100000, "suspend_timeout": 120, **config})()
        self.suspended = Suspended(self)  # type: ignore[arg-type]
        self.keeper: Any = None
        self.script: Any = None

    def find(self, interface: Any) -> Any:
        return self.keeper

    def background(self) -> Context:
        return Context(self, request(), Draft())  # type: ignore[arg-type]


class Keeper:
    """Who keeps requests, in place of tm."""

    def __init__(self, error: Exception | None = None) -> None:
        self.kept: list[Context] = []
        self.gone: list[Context] = []
        self.error = error

    def suspending(self, ctx: Context) -> bool:
        self.kept.append(ctx)
        if self.error is not None:
            raise self.error
        return True

    def waits_long(self, ctx: Context) -> None:
        ctx.forget()

    def suspended_too_long(self, ctx: Context) -> None:
        self.gone.append(ctx)


class Engine:
    """One script, compiled. `kind` is the block that `body` becomes; `routes` are further blocks."""

    def __init__(
        self, body: str, routes: str = "", kind: str = "request_route", trace: ITrace | None = None, **config: Any
    ) -> None:
        self.server = Server(**config)
        self.trial = Trial()
        self.trial.start()
        self.said = self.trial.said
        self.ended: list[int] = []
        self.checked = checked(f"{kind} {{\n{body}\n}}\n{routes}", self.trial, **config)
        if self.checked.errors:
            raise ConfigErrors(self.checked.errors)
        self.program: Program = compile_program(self.checked, trace)
        self.server.script = self.program

    def context(self, route_type: RouteType = REQUEST) -> Context:
        return Context(self.server, request(), Draft(), route_type)  # type: ignore[arg-type]

    def start(self, ctx: Context | None = None) -> Context:
        """Run request_route; `ended` gets its return code."""
        ctx = ctx or self.context()
        assert self.program.request_route is not None
        execute(self.program.request_route, ctx, lambda _, code: self.ended.append(code))
        return ctx

    def advance(self, seconds: float) -> None:
        self.server.clock.advance(seconds)

    def timers(self) -> int:
        """How many calls the clock still has, but for that of suspend_timeout."""
        return sum("Suspended" not in str(call) for call in self.server.clock.getDelayedCalls())


def checked(text: str, trial: Trial | None = None, **config: Any) -> Checked:
    """What the checker makes of a script."""
    return check(parse_text("#!KAMAILIO\n" + text, "app.cfg"), registry(trial), type("Config", (), config)())


def registry(trial: Trial | None = None) -> Registry:
    """Of the one module."""
    made = Registry()
    made.add(cast(IModule, trial or Trial()))
    return made


def lines(errors: list[ConfigError]) -> list[str]:
    return [str(error) for error in errors]


def mistakes(body: str, routes: str = "", kind: str = "request_route") -> list[str]:
    """The errors of a script, as they are shown. Its first line is line 3 of the file."""
    return lines(checked(f"{kind} {{\n{body}\n}}\n{routes}").errors)


def warnings(body: str, routes: str = "") -> list[str]:
    """What is accepted, but hardly meant."""
    return lines(checked(f"request_route {{\n{body}\n}}\n{routes}").warnings)


def said(body: str, routes: str = "", **config: Any) -> list[str]:
    """Run a script that does not wait; what it said."""
    engine = Engine(body, routes, **config)
    engine.start()
    return engine.said


def value(expression: str, before: str = "") -> Value:
    """What `$var(r)` is after `$var(r) = expression`."""
    engine = Engine(f'{before} $var(r) = "unset"; $var(r) = {expression};')
    return engine.start().vars[b"r"]


def truth(condition: str, before: str = "") -> bool:
    """Whether `if (condition)` takes its first branch."""
    return said(f'{before} if ({condition}) say("T"); else say("F");') == ["T"]
