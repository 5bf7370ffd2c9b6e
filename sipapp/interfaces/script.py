# -*- test-case-name: tests.script.test_resolve -*-
"""script: what the script engine asks of whoever offers functions, variables and transformations.

The engine (sipapp.script) sees nothing but these interfaces; sipapp.module makes providers of them
from decorated methods, and a provider built by hand works as well.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from zope.interface import Attribute, Interface

if TYPE_CHECKING:
    from sipapp.errors import ConfigError, Position
    from sipapp.interfaces.route import RouteType
    from sipapp.script.runtime import Context

Value = int | bytes | None
"""What a script computes with; None is $null. Integers are kept in Kamailio's 32 signed bits."""

Getter = Callable[["Context"], Value]
Setter = Callable[["Context", Value], None]


class Access(NamedTuple):
    """A variable bound to its place in the script: how to read it and, where it is writable, how to write it."""

    get: Getter
    set: Setter | None = None
    constant: bool = False  # the same in every run: it may be evaluated at load
    integer: bool = False  # always an integer or null: the checker may type it
    shown: Getter | None = None  # what stands for it in a text, where that is not its value


class Kind(Enum):
    """What a function parameter takes, and when that is known."""

    INT = "int"  # a number, or a variable that holds one
    STR = "str"  # text in which variables are evaluated
    TEXT = "text"  # text taken as it stands
    NAME = "name"  # a variable to read or write
    REGEX = "regex"  # a POSIX extended regular expression
    SUBST = "subst"  # /expression/replacement/flags
    ROUTE = "route"  # a route's name; checked at load where it is constant
    SECONDS = "seconds"  # a length of time, fractions allowed
    VALUE = "value"  # any value, unconverted
    FORMAT = "format"  # text with variables, to be evaluated by the function when it wants


class Parameter(NamedTuple):
    """One declared parameter of a script function."""

    name: str
    kind: Kind
    optional: bool = False
    parse: Callable[..., Any] | None = None
    """What a Kind.TEXT argument, or a constant one of Kind.VALUE, becomes, once, when the script loads.

    It raises ConfigError for a wrong one.
    """
    binds: bool = False  # parse takes (text, IBinder): the text has variables that it binds itself
    late: bool = False  # a Kind.TEXT that may be an expression: it is evaluated, and parsed, whenever the script runs


class IScriptFunction(Interface):
    """One function of the script, one arity range. Several may share a name where their arities differ."""

    name: str = Attribute("its name in the script")
    module: str = Attribute("the module that offers it; 'core' for the language's own")
    parameters: tuple[Parameter, ...] = Attribute("what it takes, in order")
    routes: RouteType = Attribute("the kinds of route block it may stand in")
    wants_context: bool = Attribute("`call` takes the Context first")
    suspends: bool = Attribute("`call` may answer a Deferred or a coroutine")
    asynchronous: bool = Attribute("async() and launch() may wrap it: it suspends for a result, not for its own needs")
    constant_route: RouteType | None = Attribute("the kind of route that Kind.ROUTE parameters name; None: route[NAME]")
    call: Callable[..., Any] = Attribute(
        "(ctx, *arguments) or (*arguments) -> int (Kamailio's return code), bool, None (true), "
        "bytes (a value, true), a Deferred or coroutine of these"
    )


class IPseudoVariable(Interface):
    """One pseudo-variable: `$name`, `$name(inner)`, `$(name(inner)[index])`."""

    name: str = Attribute("its name, without the $")
    module: str = Attribute("the module that offers it")

    def bind(inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """The variable as it stands in the script.

        Raises ConfigError: an inner name or index that this variable does not know.
        """


class ITransformation(Interface):
    """One transformation: `{class.name,argument,...}`."""

    name: str = Attribute("class and name: 's.len'")
    module: str = Attribute("the module that offers it")

    def bind(arguments: bytes, binder: IBinder) -> Callable[[Context, Value], Value]:
        """The transformation with its arguments: `arguments` is the raw text between the name and the brace,
        its leading separator included, b"" where there is none.

        Raises ConfigError: wrong arguments.
        """


class IBinder(Interface):
    """What a variable or transformation may ask while it is bound: the engine's own means."""

    at: Position = Attribute("where in the script")

    def text(source: bytes) -> Getter:
        """A text with variables in it, `call $rU at $rd`, as one getter of bytes."""

    def variable(source: bytes) -> Access:
        """One variable with its $: `$avp(x)`, `$(hdr(Via)[1]{s.len})`."""

    def is_constant(source: bytes) -> bool:
        """The text holds no variable."""


class IRegistry(Interface):
    """All names that the loaded modules offer."""

    def functions(name: str) -> list[IScriptFunction]:
        """The functions of this name, in order of registration; empty where there is none."""

    def variable(name: str) -> IPseudoVariable | None:
        """The variable of this name."""

    def transformation(name: str) -> ITransformation | None:
        """The transformation of this name."""

    def elsewhere() -> IRegistry:
        """The names of all modules that there are, loaded or not."""

    def unknown(name: str) -> ConfigError:
        """What to say of a name that no loaded module offers: `function()`, `$variable`, `{class.name}`. It tells
        the module that does offer it, or the name that was probably meant."""
