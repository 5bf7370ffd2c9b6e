# -*- test-case-name: tests.script.test_nodes -*-
"""nodes: what the parser makes of a script. Every node knows its place; none knows what its names mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sipapp.errors import Position


@dataclass(slots=True)
class Node:
    """Anything of the script that has a place."""

    at: Position


# -- expressions


@dataclass(slots=True)
class Number(Node):
    """An integer; also `yes`, `no`, `on`, `off`, `true`, `false`, `enabled`, `disabled`."""

    value: int


@dataclass(slots=True)
class String(Node):
    """A quoted text, escapes resolved, adjoining texts joined. Variables in it are whoever takes it's business."""

    value: bytes


@dataclass(slots=True)
class Variable(Node):
    """A pseudo-variable as written: `$rU`, `$(hdr(Via)[1]{s.len})`."""

    text: bytes


@dataclass(slots=True)
class Select(Node):
    """`@via[1].host`, `@cfg_get.grp.name`: the text behind the @."""

    text: bytes


@dataclass(slots=True)
class Word(Node):
    """A bare word where a value may stand: `myself`, `INVITE`, `UDP`, `INET6`, a host name."""

    value: bytes


@dataclass(slots=True)
class Network(Node):
    """An address or network: `192.0.2.0/24`, `[2001:db8::]/32`; `value` is the text as written."""

    value: bytes


@dataclass(slots=True)
class Operand(Node):
    """One of the core's bare condition operands: `method`, `uri`, `src_ip`, `msg:len`, `uri:host`, ..."""

    name: str


@dataclass(slots=True)
class Unary(Node):
    """`!`, `-`, `~`, `defined`, `notdefined`, `strlen`, `strempty`, `(int)`, `(str)`."""

    operator: str
    operand: Expression


@dataclass(slots=True)
class Binary(Node):
    """Two operands. Operators are spelled canonically: `||`, `&&`, `|`, `&`, `^`, `<<`, `>>`, `==`, `!=`, `=~`,
    `!~`, `eq`, `ne`, `ieq`, `ine`, `<`, `>`, `<=`, `>=`, `+`, `-`, `*`, `/`, `mod`; their place is the operator's."""

    operator: str
    left: Expression
    right: Expression


@dataclass(slots=True)
class Selval(Node):
    """`selval(condition, yes, no)`."""

    condition: Expression
    yes: Expression
    no: Expression


@dataclass(slots=True)
class Call(Node):
    """A core or module function by name, with its arguments."""

    name: str
    arguments: list[Expression] = field(default_factory=list)


@dataclass(slots=True)
class RouteCall(Node):
    """`route(NAME)`, `route("$var(x)")`, `route(1 + 2)`."""

    target: Expression


@dataclass(slots=True)
class Sequence(Node):
    """A block or bare action where a value may stand: `if ({ a(); b(); })`."""

    body: list[Statement]


Expression = (
    Number | String | Variable | Select | Word | Network | Operand | Unary | Binary | Selval | Call | RouteCall | Sequence
)


# -- statements


@dataclass(slots=True)
class Do(Node):
    """An expression for its effect: a call as a statement."""

    expression: Expression


@dataclass(slots=True)
class Assign(Node):
    """`target = value;`; the target is a Variable, or a bare AVP name in the SER dialect."""

    target: Expression
    value: Expression


@dataclass(slots=True)
class If(Node):
    condition: Expression
    then: list[Statement]
    otherwise: list[Statement] | None = None


@dataclass(slots=True)
class While(Node):
    condition: Expression
    body: list[Statement]


@dataclass(slots=True)
class Case(Node):
    """One branch of a switch; no label is `default`. A `pattern` is `case /"expression":`."""

    label: Expression | None
    body: list[Statement]
    pattern: bool = False


@dataclass(slots=True)
class Switch(Node):
    subject: Expression
    cases: list[Case]


@dataclass(slots=True)
class Break(Node):
    pass


@dataclass(slots=True)
class Return(Node):
    value: Expression | None = None


@dataclass(slots=True)
class Exit(Node):
    value: Expression | None = None


@dataclass(slots=True)
class Drop(Node):
    value: Expression | None = None


@dataclass(slots=True)
class Async(Node):
    """`async(call, route[, seconds]);` of the OpenSIPS dialect."""

    call: Call
    route: str
    seconds: int | None = None


@dataclass(slots=True)
class Launch(Node):
    """`launch(call[, route[, parameter]]);` of the OpenSIPS dialect."""

    call: Call
    route: str | None = None
    parameter: Expression | None = None


Statement = Do | Assign | If | While | Switch | Break | Return | Exit | Drop | Async | Launch


# -- the top level


@dataclass(slots=True)
class RouteBlock(Node):
    """One route block. `kind` is its keyword, one of request_route, route, failure_route, onreply_route,
    reply_route, branch_route, onsend_route, event_route; `name` is empty for the unnamed ones.
    (`route {}` and `route[0]` are request_route, `onreply_route {}` and `onreply_route[0]` reply_route.)"""

    kind: str
    name: str
    body: list[Statement]


@dataclass(slots=True)
class LoadModule(Node):
    name: str
    options: str = ""
    evaluate: bool = False  # loadmodulex: $def(), $env() in the name


@dataclass(slots=True)
class LoadPath(Node):
    """`mpath=`, `loadpath`: folders, colon-separated."""

    path: str


@dataclass(slots=True)
class ModParam(Node):
    """`modparam("modules", "name", value)`; the module part may be several, separated by `|`, or a regex."""

    module: str
    name: str
    value: int | bytes
    evaluate: bool = False  # modparamx


@dataclass(slots=True)
class CoreParam(Node):
    """`name = value` of the core: value is an int, text, or what the parameter's own syntax makes of it
    (a Listen for listen=, a list of Alias for alias=, an Address, ...)."""

    name: str
    value: Any


@dataclass(slots=True)
class Listen(Node):
    """`listen=` and socket blocks. Host is an address, a name, an interface or `*`."""

    proto: str | None
    host: str
    port: int | None
    advertise_host: str | None = None
    advertise_port: int | None = None
    name: str | None = None
    virtual: bool = False


@dataclass(slots=True)
class Alias(Node):
    """One name of ours: `alias="example.com"`, `alias=udp:example.com:5060`."""

    proto: str | None
    host: str
    port: int | None


@dataclass(slots=True)
class CfgValue(Node):
    """`group.name = value desc "text"` and `group[id].name = value`: a custom global parameter."""

    group: str
    name: str
    value: int | bytes
    description: str = ""
    instance: int | None = None


@dataclass(slots=True)
class Flags(Node):
    """`flags NAME[:n], ...` and `avpflags NAME, ...`."""

    names: dict[str, int | None]
    avp: bool = False


Setting = LoadModule | LoadPath | ModParam | CoreParam | CfgValue | Flags


@dataclass(slots=True)
class Script:
    """A whole script: settings in order, the route blocks, and the defines left at its end."""

    file: str
    settings: list[Setting]
    routes: list[RouteBlock]
    defines: dict[str, bytes]
    dialect: str = "kamailio"  # "ser", "maxcompat": from the first line
