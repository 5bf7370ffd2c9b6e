# -*- test-case-name: tests.cli.test_manual -*-
"""functions: @script_function, and what a script function's annotations mean."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property
from re import Pattern
from typing import Any, NamedTuple, NewType, TypeVar, get_args, get_origin, get_type_hints

from twisted.internet.defer import Deferred
from zope.interface import implementer

from sipapp.errors import ConfigError
from sipapp.interfaces.route import ANY, RouteType
from sipapp.interfaces.script import Access, IScriptFunction, Kind, Parameter, Value
from sipapp.interfaces.threads import IThreads
from sipapp.script.posix import Substitution
from sipapp.script.runtime import Context

_F = TypeVar("_F", bound=Callable[..., Any])

# -- parameter types, beside int, str, bytes

Text = NewType("Text", bytes)
"""Text taken as it stands: no variable in it is evaluated."""

Seconds = NewType("Seconds", float)
"""A length of time (s)."""

RouteName = NewType("RouteName", str)
"""The name of a route; a constant one is checked when the script loads."""

Regex = Pattern[bytes]
"""A compiled pattern over bytes, written as a POSIX extended regular expression."""

Subst = Substitution
"""A compiled /expression/replacement/flags."""

PvRef = Access
"""A variable to read and write: `ref.get(ctx)`, `ref.set(ctx, value)`."""

Format = Callable[[Context], bytes]
"""Text with variables, evaluated by the function when it calls this."""

_KINDS: dict[Any, Kind] = {
    int: Kind.INT,
    str: Kind.STR,
    bytes: Kind.STR,
    Text: Kind.TEXT,
    Seconds: Kind.SECONDS,
    float: Kind.SECONDS,
    RouteName: Kind.ROUTE,
    Regex: Kind.REGEX,
    Subst: Kind.SUBST,
    PvRef: Kind.NAME,
    Format: Kind.FORMAT,
    Value: Kind.VALUE,
}


class _Shape(NamedTuple):
    """What a function's annotations say."""

    parameters: tuple[Parameter, ...]
    decode: tuple[bool, ...]  # str parameters are decoded for the author's comfort; bytes are handed over as they are
    wants_context: bool
    waits: bool


@implementer(IScriptFunction)
class ScriptFunction:
    """A decorated method, bound to its module. Its annotations are read when somebody asks: most functions that a
    script loads it never calls."""

    def __init__(self, module: str, method: Callable[..., Any], facts: _FunctionFacts) -> None:
        self.module = module
        self.name = facts.name
        self.method = method
        self.call = _in_thread(method) if facts.blocking else method
        self.routes = facts.routes
        self.constant_route = facts.route_kind
        self.timeout_code = facts.timeout_code
        self._facts = facts

    @cached_property
    def _shape(self) -> _Shape:
        facts = self._facts
        hints, signature, waits = _read(getattr(self.method, "__func__", self.method))
        wants_context = hints.get("ctx") is Context
        names = [n for n in signature if not (n == "ctx" and wants_context)]
        parameters = tuple(
            Parameter(
                n.rstrip("_"),
                _kind(facts.name, hints, n, n in facts.parse),
                signature[n].default is not inspect.Parameter.empty,
                *_parser(facts.parse.get(n), self.method),
                late=facts.late,
            )
            for n in names
        )
        decode = tuple(_base(hints[n]) is str for n in names)
        return _Shape(parameters, decode, wants_context or facts.blocking, waits or facts.blocking)

    @property
    def doc(self) -> str:
        return inspect.getdoc(self.method) or ""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return self._shape.parameters

    @property
    def decode(self) -> tuple[bool, ...]:
        return self._shape.decode

    @property
    def wants_context(self) -> bool:
        return self._shape.wants_context

    @property
    def suspends(self) -> bool:
        told = self._facts.suspends
        return self._shape.waits if told is None else told

    @property
    def asynchronous(self) -> bool:
        told = self._facts.asynchronous
        return self._shape.waits if told is None else told

    def __repr__(self) -> str:
        return f"<{self.module}.{self.name}/{len(self.parameters)}>"


@cache
def _read(function: Callable[..., Any]) -> tuple[dict[str, Any], Mapping[str, inspect.Parameter], bool]:
    """The annotations of a function but for the answer's, its parameters without `self`, whether it may wait."""
    hints = get_type_hints(function)
    answer = hints.pop("return", None)
    parameters = {n: p for n, p in inspect.signature(function).parameters.items() if n != "self"}
    return hints, parameters, inspect.iscoroutinefunction(function) or _may_wait(answer)


def writable(variable: Access) -> Access:
    """For `parse={"result": writable}`: a variable that the function writes. Raises ConfigError: it is read-only."""
    if variable.set is None:
        raise ConfigError("this variable cannot be written")
    return variable


def _base(hint: Any) -> Any:
    """`X | None` -> X; unions that are a kind of their own (Value) stay."""
    if hint in _KINDS:
        return hint
    alternatives = [a for a in get_args(hint) if a is not type(None)]
    return alternatives[0] if len(alternatives) == 1 else hint


def _kind(function: str, hints: dict[str, Any], name: str, parsed: bool) -> Kind:
    hint = _base(hints.get(name))
    if parsed and hint not in (Value, PvRef):
        return Kind.TEXT
    try:
        return _KINDS[hint]
    except (KeyError, TypeError):
        raise TypeError(f"{function}(): parameter {name!r} has no type that a script can give: {hint!r}") from None


def _parser(parse: Callable[..., Any] | str | None, method: Any) -> tuple[Callable[..., Any] | None, bool]:
    """What parses an argument, and whether it wants the binder too."""
    if parse is None:
        return None, False
    found: Callable[..., Any] = getattr(method.__self__, parse) if isinstance(parse, str) else parse
    wanted = [p for p in inspect.signature(found).parameters.values() if p.default is inspect.Parameter.empty]
    return found, len(wanted) > 1


def _may_wait(answer: Any) -> bool:
    alternatives = get_args(answer) if get_origin(answer) not in (None, Deferred) else (answer,)
    return any(a is Deferred or get_origin(a) is Deferred for a in (*alternatives, answer))


def _in_thread(method: Callable[..., Any]) -> Callable[..., Any]:
    """A method that blocks, as the script calls it: what it answers comes out of a thread."""

    def call(ctx: Context, *arguments: Any) -> Deferred[Any]:
        running: Deferred[Any] = ctx.server.get(IThreads).run(method, *arguments)
        return running

    signature = inspect.signature(method)
    context = inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    call.__signature__ = signature.replace(parameters=[context, *signature.parameters.values()])  # type: ignore[attr-defined]
    return call


class _FunctionFacts:
    def __init__(
        self,
        name: str,
        routes: RouteType,
        suspends: bool | None,
        asynchronous: bool | None,
        route_kind: RouteType | None,
        timeout_code: int,
        parse: Mapping[str, Callable[..., Any] | str],
        blocking: bool,
        late: bool,
    ) -> None:
        self.name = name
        self.routes = routes
        self.suspends = suspends
        self.asynchronous = asynchronous
        self.route_kind = route_kind
        self.timeout_code = timeout_code
        self.parse = parse
        self.blocking = blocking
        self.late = late


def script_function(
    name: str | Iterable[str] | None = None,
    *,
    routes: RouteType = ANY,
    suspends: bool | None = None,
    asynchronous: bool | None = None,
    route_kind: RouteType | None = None,
    timeout_code: int = -1,
    parse: Mapping[str, Callable[..., Any] | str] | None = None,
    blocking: bool = False,
    late: bool = False,
) -> Callable[[_F], _F]:
    """Make a method a script function.

    name: in the script, where it differs from the method's; several are aliases. Methods that share a name are
    told apart by their arity. routes: where it may stand. suspends: it may answer a Deferred (told from the
    annotations where not said). asynchronous: async() and launch() may wrap it (as `suspends` where not said).
    route_kind: what kind of route its RouteName parameters name (route[NAME] where not said).
    timeout_code: what async()'s time limit leaves in $rc. parse: for parameters of text that is not evaluated, what
    makes the function's own value of it when the script loads: `parse={"name": method_names}`; it raises ConfigError.
    A str names a method of the module; a second parameter gets the IBinder, for texts with variables of their own.
    A parameter of type Value may have one too: it is for constants (with an IBinder, for every text), variables are
    handed over as they are; one of type PvRef: it gets the variable, `writable` refuses those that cannot be written.
    blocking: the method is plain code that blocks: it runs in one of the core parameter `blocking_threads` threads,
    the script waits for it. It gets no Context, and must not touch what belongs to the reactor's thread.
    late: what it takes as it stands may be an expression outside quotes: its value is taken, and parsed, at run time.
    """
    names = [name] if isinstance(name, str) else list(name or [])

    def mark(method: _F) -> _F:
        if blocking and ("ctx" in inspect.signature(method).parameters or inspect.iscoroutinefunction(method)):
            raise TypeError(f"{method.__name__}(): a blocking function runs in a thread: no Context, no coroutine")
        facts = [
            _FunctionFacts(n, routes, suspends, asynchronous, route_kind, timeout_code, parse or {}, blocking, late)
            for n in names or [method.__name__]
        ]
        method.__sipapp_functions__ = facts  # type: ignore[attr-defined]
        return method

    return mark
