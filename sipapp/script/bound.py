# -*- test-case-name: tests.script.test_bound -*-
"""bound: a script whose names are resolved and whose types fit: what the checker hands to the compiler.

Expressions know their static type as Kamailio does: `int`, `bytes` (a text), or None where only the run tells.
"""

from __future__ import annotations

from collections.abc import Callable
from re import Pattern
from typing import TYPE_CHECKING, Any, NamedTuple

from sipapp.script.node import Node

if TYPE_CHECKING:
    from sipapp.interfaces.script import Access, Getter, IScriptFunction
    from sipapp.script.runtime import CallSite, Context

Type = type[int] | type[bytes] | None

# -- expressions


class Constant(Node):
    value: int | bytes

    @property
    def type(self) -> Type:
        return bytes if isinstance(self.value, bytes) else int


class Read(Node):
    """A variable; only the run tells its type."""

    access: Access
    text: bytes
    type = None


class Select(Node):
    """A select: a text, or null."""

    get: Getter
    text: bytes
    type = bytes


class Test(Node):
    """A comparison of one of the core's bare operands: 1, 0, or -1 where it cannot be told."""

    get: Callable[[Context], int]
    text: str
    type = int


class Inline(Node):
    """A function's argument that is an expression; `kind` says what becomes of its value."""

    expression: Expression
    convert: Callable[[Any], Any] | None  # of a text, or of any value where `raw`; None: the text itself
    raw: bool = False


class Given(Node):
    """A function's argument that is known when the script loads: the very object. text: a variable or a text as it is
    written, for those who look for names in it."""

    value: Any
    text: bytes = b""


class Got(Node):
    """A function's argument that a callable makes of the context."""

    get: Callable[[Context], Any]
    text: bytes


Argument = Inline | Given | Got


class Call(Node):
    """A function call. As a number it is 1 or 0; assigned, it is its return code or value."""

    function: IScriptFunction
    arguments: tuple[Argument, ...]
    site: CallSite
    type = int


class RouteCall(Node):
    """route(NAME): `name` where it is known, else `target` tells when it runs."""

    name: str | None
    target: Expression
    type = int


class Block(Node):
    """Statements where a value may stand; `return` and `break` in them end only them."""

    body: list[Statement]
    type = int


class Unary(Node):
    """`!`, `-`, `~`, `defined`, `notdefined`, `strlen`, `strempty`, `(int)`, `(str)`."""

    operator: str
    operand: Expression

    @property
    def type(self) -> Type:
        return bytes if self.operator == "(str)" else int


class Binary(Node):
    """As in `nodes`, and where folding has found out more: `i+` adds numbers, `.` joins texts."""

    operator: str
    left: Expression
    right: Expression
    pattern: Pattern[bytes] | None = None  # of `=~`, where it is constant

    @property
    def type(self) -> Type:
        if self.operator == "+":
            return self.left.type
        return bytes if self.operator == "." else int


class Selval(Node):
    condition: Expression
    yes: Expression
    no: Expression
    type = None


class Async(Node):
    """async(call, route, seconds)."""

    call: Call
    route: str
    seconds: int | None
    type = int


class Launch(Node):
    """launch(call, route, parameter)."""

    call: Call
    route: str | None
    parameter: Argument | None
    type = int


Expression = Constant | Read | Select | Test | Call | RouteCall | Block | Unary | Binary | Selval | Async | Launch


# -- statements


class Do(Node):
    expression: Call | RouteCall | Block


class Assign(Node):
    target: Read
    value: Expression


class If(Node):
    condition: Expression
    then: list[Statement]
    otherwise: list[Statement]


class While(Node):
    condition: Expression
    body: list[Statement]


class Case(Node):
    """`label` is what is compared with, a pattern for `case /expression:`, None for `default`."""

    label: int | bytes | Pattern[bytes] | None
    body: list[Statement]


class Switch(Node):
    subject: Expression
    cases: list[Case]
    texts: bool  # the labels are texts, else numbers


class Break(Node):
    pass


class Return(Node):
    value: Expression | None


class Exit(Node):
    value: Expression | None


class Drop(Node):
    value: Expression | None


class Member(Node):
    """One statement of a parallel block; `return` ends only it."""

    body: list[Statement]


class Parallel(Node):
    """parallel(first, timeout=seconds) { members }."""

    members: list[Member]
    first: bool
    seconds: float | None
    site: CallSite


Statement = Do | Assign | If | While | Switch | Break | Return | Exit | Drop | Async | Launch | Parallel


class RouteBlock(Node):
    kind: str
    name: str
    body: list[Statement]


class Limits(NamedTuple):
    """The core parameters that the compiled routes know."""

    while_loops: int = 100
    depth: int = 256
    return_mode: int = 0
