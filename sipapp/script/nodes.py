# -*- test-case-name: tests.script.test_nodes -*-
"""nodes: what the parser makes of a script. Every node knows its place; none knows what its names mean.

`at` is where a node begins; of an operation, where its operator stands; of anything that a define was replaced by,
where the define's name stands.
"""

from __future__ import annotations

from typing import Any

from sipapp.errors import ConfigError
from sipapp.script.node import Node, NodeType

# -- expressions


class Number(Node):
    """An integer; also `yes`, `no`, `on`, `off`, `true`, `false`, `enabled`, `disabled`."""

    value: int


class String(Node):
    """A quoted text, escapes resolved, adjoining texts joined. Variables in it are whoever takes it's business."""

    value: bytes


class Variable(Node):
    """A pseudo-variable as written: `$rU`, `$(hdr(Via)[1]{s.len})`. An AVP of the SER dialect, `%name` or `$name[2]`,
    is written anew: `$avp(name)`, `$(avp(name)[2])`."""

    text: bytes
    or_avp: bool = False  # a bare `$name` outside the Kamailio dialect: an AVP if no variable is called that


class Select(Node):
    """`@via[1].host`, `@cfg_get.grp.name`: the text behind the @."""

    text: bytes


class Word(Node):
    """A bare word where a value may stand: `myself`, `INVITE`, `udp`, a host name, a route's name, `*`, a socket
    `udp:192.0.2.1:5060`."""

    value: bytes


class Network(Node):
    """An address or network: `192.0.2.0/24`, `[2001:db8::]/32`; `value` is the text as written."""

    value: bytes


class Operand(Node):
    """One of the core's bare condition operands: `method`, `uri`, `src_ip`, `msg:len`, ..., always the left side of a
    comparison (`==`, `!=`, `=~`, `<`, ...); and `uri:host`, `uri:port` as arguments of forward()."""

    name: str


class Unary(Node):
    """`!`, `-`, `~`, `defined`, `notdefined`, `strlen`, `strempty`, `(int)`, `(str)`."""

    operator: str
    operand: Expression


class Binary(Node):
    """Two operands. Operators are spelled canonically: `||`, `&&`, `|`, `&`, `^`, `<<`, `>>`, `==`, `!=`, `=~`,
    `!~`, `eq`, `ne`, `ieq`, `ine`, `<`, `>`, `<=`, `>=`, `+`, `-`, `*`, `/`, `mod`; their place is the operator's."""

    operator: str
    left: Expression
    right: Expression


class Selval(Node):
    """`selval(condition, yes, no)`."""

    condition: Expression
    yes: Expression
    no: Expression


class Call(Node):
    """A core or module function by name, with its arguments. The core's go by one name, whichever of theirs the script
    used: `sethost` is `rewritehost`. A flag's name is replaced by its number."""

    name: str
    arguments: list[Expression] = []


class RouteCall(Node):
    """`route(NAME)`, `route("$var(x)")`, `route(1 + 2)`."""

    target: Expression


class Sequence(Node):
    """A block or an assignment where a value may stand: `if ({ a(); b(); })`, `if (($var(x) = 1))`."""

    body: list[Statement]


class Omitted(Node):
    """An argument left out, which only functions inside async() and launch() may have: `exec("id", , $avp(x))`."""


class Async(Node):
    """`async(call, route[, seconds])` of the OpenSIPS dialect: a statement, and an expression that has no value."""

    call: Call
    route: str
    seconds: int | None = None


class Launch(Node):
    """`launch(call[, route[, parameter]])` of the OpenSIPS dialect: a statement, and an expression."""

    call: Call
    route: str | None = None
    parameter: Expression | None = None


Expression = (
    Number
    | String
    | Variable
    | Select
    | Word
    | Network
    | Operand
    | Unary
    | Binary
    | Selval
    | Call
    | RouteCall
    | Sequence
    | Omitted
    | Async
    | Launch
)


# -- statements


class Do(Node):
    """An expression for its effect: a call as a statement."""

    expression: Expression


class Assign(Node):
    """`target = value;`"""

    target: Variable
    value: Expression


class If(Node):
    condition: Expression
    then: list[Statement]
    otherwise: list[Statement] | None = None


class While(Node):
    condition: Expression
    body: list[Statement]


class Case(Node):
    """One branch of a switch; no label is `default`. A `pattern` is `case /"expression":`."""

    label: Expression | None
    body: list[Statement]
    pattern: bool = False


class Switch(Node):
    subject: Expression
    cases: list[Case]


class Break(Node):
    pass


class Return(Node):
    value: Expression | None = None


class Exit(Node):
    value: Expression | None = None


class Drop(Node):
    value: Expression | None = None


class Member(Node):
    """One of the statements of a parallel block, or a block in their row."""

    body: list[Statement]


class Parallel(Node):
    """`parallel(first, timeout=0.5) { a(); b(); { c(); d(); } }`"""

    members: list[Member]
    first: bool = False
    seconds: float | None = None


Statement = Do | Assign | If | While | Switch | Break | Return | Exit | Drop | Async | Launch | Parallel


# -- the top level


class RouteBlock(Node):
    """One route block. `kind` is its keyword, one of request_route, route, failure_route, onreply_route,
    reply_route, branch_route, onsend_route, event_route; `name` is empty for the unnamed ones.
    (`route {}` and `route[0]` are request_route, `onreply_route {}` and `onreply_route[0]` reply_route; a second
    unnamed block of a kind goes on where the first one ends.)"""

    kind: str
    name: str
    body: list[Statement]


class LoadModule(Node):
    name: str
    options: str = ""
    evaluate: bool = False  # loadmodulex: $def(), $env() in the name


class LoadPath(Node):
    """`mpath=`, `loadpath`: folders, colon-separated."""

    path: str


class ModParam(Node):
    """`modparam("modules", "name", value)`; the module part may be several, separated by `|`, or a regex."""

    module: str
    name: str
    value: int | bytes | Variable  # a Variable: modparamx only
    evaluate: bool = False  # modparamx: the variables in a text are evaluated at load


class CoreParam(Node):
    """`name = value` of the core, by its main name (`add_rport` is `force_rport`). The value is an int or bytes, a
    Listen for listen= and socket blocks, an Alias for alias= and domain=; one node each where a line names several."""

    name: str
    value: Any


class Listen(Node):
    """`listen=` and socket blocks. Host is an address, a name, an interface or `*`."""

    proto: str | None
    host: str
    port: int | None
    advertise_host: str | None = None
    advertise_port: int | None = None
    name: str | None = None
    virtual: bool = False
    advertise_proto: str | None = None
    group: str | None = None  # agname
    workers: int | None = None
    vrf: str | None = None
    last_port: int | None = None  # bind=udp:192.0.2.1:5060-5069


class Alias(Node):
    """One name of ours: `alias="example.com"`, `alias=udp:example.com:5060`."""

    proto: str | None
    host: str
    port: int | None


class CfgValue(Node):
    """`group.name = value desc "text"` and `group[id].name = value`: a custom global parameter."""

    group: str
    name: str
    value: int | bytes
    description: str = ""
    instance: int | None = None


class Flags(Node):
    """`flags NAME[:n], ...` and `avpflags NAME, ...`: the numbers that the flags have been given."""

    names: dict[str, int]
    avp: bool = False


Setting = LoadModule | LoadPath | ModParam | CoreParam | CfgValue | Flags


class Script(metaclass=NodeType):
    """A whole script: settings in order, the route blocks, and the defines left at its end."""

    file: str
    settings: list[Setting]
    routes: list[RouteBlock]
    defines: dict[str, bytes | None]  # None: defined without a value
    dialect: str = "maxcompat"  # "kamailio", "ser": from a line `#!KAMAILIO`, `#!SER`
    errors: list[ConfigError] = []  # mistakes that leave the tree whole: a duplicate route, an unknown flag
    warnings: list[ConfigError] = []  # what is accepted, but hardly meant
