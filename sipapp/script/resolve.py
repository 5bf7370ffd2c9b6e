# -*- test-case-name: tests.script.test_resolve -*-
"""resolve: names looked up and types checked in one expression of the script; what is constant is computed."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sipapp.errors import ConfigError, ConfigErrors, Position, each
from sipapp.interfaces.route import RouteType
from sipapp.interfaces.script import Access, IRegistry, IScriptFunction, Kind, Parameter
from sipapp.script import arguments, bound, nodes, operands, values
from sipapp.script.doubts import doubtful
from sipapp.script.fold import fold
from sipapp.script.operators import Mistake, check_binary, check_unary
from sipapp.script.posix import compile_regex
from sipapp.script.pv import Binder
from sipapp.script.pvsyntax import parse_variable
from sipapp.script.runtime import CallSite
from sipapp.script.selects import UnknownSelect, parse_select
from sipapp.script.show import inside_text

if TYPE_CHECKING:
    from sipapp.script.node import Node
    from sipapp.script.references import References

ALLOWED = {
    "request_route": RouteType.REQUEST | RouteType.EVENT,  # one of the two is enough
    "route": RouteType.REQUEST | RouteType.EVENT,  # wherever it is called from
    "failure_route": RouteType.FAILURE,
    "onreply_route": RouteType.ONREPLY,
    "reply_route": RouteType.REPLY,
    "branch_route": RouteType.BRANCH,
    "onsend_route": RouteType.ONSEND,
    "event_route": RouteType.REQUEST | RouteType.EVENT,
}
"""The kinds of function that may stand in a block."""

_TEXT = Parameter("parameter", Kind.STR)


class Resolver:
    """Binds the expressions of one route block after the other.

    A mistake is reported, and None stands for the expression: what it is part of is not judged any more.
    """

    def __init__(
        self,
        registry: IRegistry,
        references: References,
        report: Callable[[ConfigError], None],
        statements: Callable[[list[nodes.Statement]], list[bound.Statement]],
    ) -> None:
        self._registry = registry
        self._references = references
        self._report = report
        self._statements = statements
        self._variables: dict[bytes, Access | ConfigError] = {}
        self.kind = "request_route"
        self.route = "request_route"

    def mistake(self, at: Position, reason: str) -> None:
        self._report(ConfigError(reason, at))

    def bind(self, node: nodes.Expression) -> bound.Expression | None:
        """One expression, folded."""
        try:
            made: bound.Expression | None = _BINDERS[type(node)](self, node)
        except ConfigError as error:
            self._report_all(error, node.at)
            return None
        return None if made is None else fold(made)

    def _report_all(self, error: ConfigError, at: Position, prefix: str = "") -> None:
        for one in each(error, at, prefix):
            if one.offset and one.at == at:
                one.at = inside_text(at, one.offset)
            self._report(one)

    # -- leaves

    def _number(self, node: nodes.Number) -> bound.Constant:
        return bound.Constant(node.at, values.wrap(node.value))

    def _string(self, node: nodes.String) -> bound.Constant:
        self._references.mention(node.value)
        return bound.Constant(node.at, node.value)

    def variable(self, node: nodes.Variable) -> bound.Read:
        """Raises ConfigError: no such variable."""
        text = node.text
        if node.or_avp and self._is_avp(text[1:].decode(errors="replace")):
            text = b"$avp(%b)" % text[1:]
        found = self._variables.get(text)
        if found is None:
            try:
                found = Binder(self._registry, node.at).variable(text)
            except ConfigError as error:
                found = error
            self._variables[text] = found
        if isinstance(found, ConfigError):
            raise ConfigErrors(list(each(found, node.at)))
        return bound.Read(node.at, found, text)

    def _is_avp(self, name: str) -> bool:
        """A bare name is an AVP's where no variable is called that; without AVPs it is a variable that is missing."""
        return self._registry.variable(name) is None and self._registry.variable("avp") is not None

    def _select(self, node: nodes.Select) -> bound.Select:
        try:
            return bound.Select(node.at, parse_select(node.text), node.text)
        except UnknownSelect as error:
            self._references.doubt(ConfigError(f"{error.reason}: it has no value", node.at))
            return bound.Select(node.at, lambda ctx: None, node.text)
        except ConfigError as error:
            raise ConfigError(error.reason, node.at) from None

    def _word(self, node: nodes.Word | nodes.Network | nodes.Operand) -> None:
        what = node.name if isinstance(node, nodes.Operand) else node.value.decode(errors="replace")
        raise ConfigError(f"{what} has no value here; quote a text")

    def _nothing(self, node: nodes.Omitted) -> None:
        raise ConfigError("an argument is missing")

    # -- operations

    def _unary(self, node: nodes.Unary) -> bound.Expression | None:
        operand = self.bind(node.operand)
        if operand is None or not self._fits(check_unary(node.operator, operand)):
            return None
        return bound.Unary(node.at, node.operator, operand)

    def _binary(self, node: nodes.Binary) -> bound.Expression | None:
        if isinstance(node.left, nodes.Operand):
            return self._comparison(node, node.left)
        left, right = self.bind(node.left), self.bind(node.right)
        if left is None or right is None:
            return None
        if node.operator in _EQUALITIES and isinstance(node.right, nodes.Variable) and _is_null(node.right.text):
            operator = "defined" if node.operator in ("!=", "ine", "ne") else "notdefined"
            return bound.Unary(node.at, operator, left) if self._fits(check_unary(operator, left)) else None
        if not self._fits(check_binary(node.operator, left, right)):
            return None
        why = doubtful(node.operator, left, right)
        if why:
            self._references.doubt(ConfigError(why, node.at))
        made = bound.Binary(node.at, node.operator, left, right)
        if node.operator == "=~" and isinstance(right, bound.Constant):
            if not isinstance(right.value, bytes):
                raise ConfigError("'=~' wants a regular expression, got a number", right.at)
            made.pattern = compile_regex(right.value)
        return made

    def _comparison(self, node: nodes.Binary, operand: nodes.Operand) -> bound.Test | None:
        bare = isinstance(node.right, (nodes.Word, nodes.Network))
        right = node.right if bare else self.bind(node.right)
        if right is None:
            return None
        made = operands.compare(node.at, operand.name, node.operator, right)  # type: ignore[arg-type]
        nobody = operands.unresolved(operand.name, right) if node.operator in ("==", "!=") else ""  # type: ignore[arg-type]
        if nobody:
            self._references.doubt(ConfigError(f"no address is known for {nobody}: none will be equal to it", node.at))
        return made

    def _fits(self, mistake: Mistake | None) -> bool:
        if mistake is not None:
            self.mistake(mistake[0].at, mistake[1])
        return mistake is None

    def _selval(self, node: nodes.Selval) -> bound.Expression | None:
        condition, yes, no = self.bind(node.condition), self.bind(node.yes), self.bind(node.no)
        if condition is None or yes is None or no is None:
            return None
        return bound.Selval(node.at, condition, yes, no)

    def _block(self, node: nodes.Sequence) -> bound.Block:
        return bound.Block(node.at, self._statements(node.body))

    # -- calls

    def _route_call(self, node: nodes.RouteCall) -> bound.RouteCall | None:
        if self.kind == "onsend_route":
            raise ConfigError("route() is not allowed in onsend_route")
        if isinstance(node.target, nodes.Word):
            target: bound.Expression | None = bound.Constant(node.target.at, node.target.value)
        else:
            target = self.bind(node.target)
        if target is None:
            return None
        if not isinstance(target, bound.Constant):
            self._references.dynamic = True
            return bound.RouteCall(node.at, None, target)
        name = arguments.decoded(values.text(target.value))
        if not self._references.use("route", name):
            raise ConfigError(f"route({name}): there is no route[{name}]{self._references.near('route', name)}")
        return bound.RouteCall(node.at, name, target)

    def call(self, node: nodes.Call, within: bool = False) -> bound.Call | None:
        """A function call, with its arguments converted as far as they are known. Raises ConfigError. within: async()
        or launch(), where exec() is the module's, not the core's."""
        found = self._registry.functions(node.name)
        if within:
            found = [one for one in found if one.module != "core"] or found
        if not found:
            self._unknown(node)
            return None
        function = self._chosen(node, found)
        site = CallSite(function.name, function.module, node.at, self.route)
        made = [self._argument(function, index, argument) for index, argument in enumerate(node.arguments)]
        given = tuple(argument for argument in made if argument is not None)
        return bound.Call(node.at, function, given, site) if len(given) == len(made) else None

    def _unknown(self, node: nodes.Call) -> None:
        """What is wrong with its arguments is found all the same, as far as it is known what they should be."""
        self._report_all(self._registry.unknown(f"{node.name}()"), node.at)
        found = self._registry.elsewhere().functions(node.name)
        if found:
            function = self._chosen(node, found)
            for index, argument in enumerate(node.arguments):
                # its module, which has not been told its parameters, is not asked
                self._argument(function, index, argument, function.parameters[index]._replace(parse=None, binds=False))
        else:
            for argument in node.arguments:
                if not isinstance(argument, (nodes.Word, nodes.Network, nodes.Operand, nodes.Omitted)):
                    self.bind(argument)

    def _chosen(self, node: nodes.Call, found: list[IScriptFunction]) -> IScriptFunction:
        """The function of that name, arity and route. Raises ConfigError."""
        count = len(node.arguments)
        fitting = [f for f in found if _least(f) <= count <= len(f.parameters)]
        if not fitting:
            raise ConfigError(f"{node.name}() takes {_arity(found)}, got {count or 'none'}")
        allowed = [f for f in fitting if f.routes & ALLOWED[self.kind]]
        if not allowed:
            raise ConfigError(f"{node.name}() is not allowed in {self.kind}, only in {_kinds(fitting)}")
        return allowed[0]

    def _argument(
        self, function: IScriptFunction, index: int, node: nodes.Expression, parameter: Parameter | None = None
    ) -> bound.Argument | None:
        parameter = parameter or function.parameters[index]
        try:
            if isinstance(node, nodes.Omitted):
                return _omitted(function, index, node)
            given = self._value_of(function, parameter, node)
            if given is None:
                return None
            made = arguments.bind(parameter, _decode(function, index), given, Binder(self._registry, node.at))
        except ConfigError as error:
            self._report_all(error, node.at, f"{function.name}(): ")
            return None
        if parameter.kind is Kind.ROUTE:
            self._references.argument(function, made, node.at)
        return made

    def _value_of(
        self, function: IScriptFunction, parameter: Parameter, node: nodes.Expression
    ) -> bound.Expression | None:
        """The core's own functions take bare words: `forward(uri:host, uri:port)`, `forward(192.0.2.1, 5060)`,
        and variables by name: `setavpflag($x, FLAG)`."""
        if function.module == "core":
            if isinstance(node, nodes.Variable) and parameter.kind is Kind.TEXT:
                return bound.Constant(node.at, node.text)
            if isinstance(node, (nodes.Word, nodes.Network)):
                return bound.Constant(node.at, node.value)
            if isinstance(node, nodes.Operand):
                return bound.Constant(node.at, node.name.encode())
        return self.bind(node)

    # -- the OpenSIPS dialect

    def async_(self, node: nodes.Async) -> bound.Async | None:
        """Raises ConfigError."""
        call = self._waiting("async", node.call)
        known = self._resumes("async", node, node.route)
        return bound.Async(node.at, call, node.route, node.seconds) if call is not None and known else None

    def launch(self, node: nodes.Launch) -> bound.Launch | None:
        """Raises ConfigError."""
        call = self._waiting("launch", node.call)
        known = node.route is None or self._resumes("launch", node, node.route)
        parameter: bound.Argument | None = None
        if node.parameter is not None:
            given = self.bind(node.parameter)
            if given is None:
                return None
            parameter = arguments.bind(_TEXT, False, given, Binder(self._registry, node.at))
        return bound.Launch(node.at, call, node.route, parameter) if call is not None and known else None

    def _waiting(self, statement: str, node: nodes.Call) -> bound.Call | None:
        call = self.call(node, within=True)
        if call is not None and not call.function.asynchronous:
            raise ConfigError(f"{statement}(): {node.name}() never waits for anything", node.at)
        return call

    def _resumes(self, statement: str, node: Node, name: str) -> bool:
        if self._references.use("route", name):
            return True
        near = self._references.near("route", name)
        self.mistake(node.at, f"{statement}(): there is no route[{name}]{near}")
        return False


_EQUALITIES = frozenset(("==", "!=", "eq", "ne", "ieq", "ine", "=~"))


def _is_null(text: bytes) -> bool:
    written = parse_variable(text)
    return written.name == "null" and not written.transformations


def _least(function: IScriptFunction) -> int:
    return sum(not parameter.optional for parameter in function.parameters)


def _arity(functions: list[IScriptFunction]) -> str:
    """`2 arguments`, `1 to 3 arguments`, `1 or 4 arguments`."""
    counts = sorted({n for f in functions for n in range(_least(f), len(f.parameters) + 1)})
    if counts == [0]:
        return "no arguments"
    if len(counts) > 2 and counts[-1] - counts[0] == len(counts) - 1:
        return f"{counts[0]} to {counts[-1]} arguments"
    plural = "" if counts == [1] else "s"
    return f"{' or '.join(map(str, counts))} argument{plural}"


def _kinds(functions: list[IScriptFunction]) -> str:
    """The kinds of block that a function may stand in, as the script spells them."""
    routes = functions[0].routes
    for function in functions[1:]:
        routes |= function.routes
    named = [kind for kind, flags in ALLOWED.items() if routes & flags and kind != "route"]
    return ", ".join(named) or "nothing that a script can write"


def _decode(function: IScriptFunction, index: int) -> bool:
    """Whether an argument is wanted as str; a provider that was built by hand takes bytes unless it says so."""
    decode: tuple[bool, ...] = getattr(function, "decode", ())
    return index < len(decode) and decode[index]


def _omitted(function: IScriptFunction, index: int, node: nodes.Omitted) -> bound.Given:
    """The function's own default. Raises ConfigError: it has none."""
    parameter = function.parameters[index]
    if not parameter.optional:
        raise ConfigError(f"{parameter.name!r} cannot be left out")
    taken = list(inspect.signature(function.call).parameters.values())
    return bound.Given(node.at, taken[index + function.wants_context].default)


_BINDERS: dict[type, Callable[[Resolver, Any], Any]] = {
    nodes.Number: Resolver._number,
    nodes.String: Resolver._string,
    nodes.Variable: Resolver.variable,
    nodes.Select: Resolver._select,
    nodes.Word: Resolver._word,
    nodes.Network: Resolver._word,
    nodes.Operand: Resolver._word,
    nodes.Omitted: Resolver._nothing,
    nodes.Unary: Resolver._unary,
    nodes.Binary: Resolver._binary,
    nodes.Selval: Resolver._selval,
    nodes.Sequence: Resolver._block,
    nodes.Call: Resolver.call,
    nodes.RouteCall: Resolver._route_call,
    nodes.Async: Resolver.async_,
    nodes.Launch: Resolver.launch,
}
