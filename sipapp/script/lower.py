# -*- test-case-name: tests.script.test_lower -*-
"""lower: bound expressions become Python expressions: as a number, a text, a value, or a condition.

What calls something becomes statements first, in the order of the script; the rest stays one expression. Common
cases are written out where they stand, so that most conditions cost no call but the variable's own.
"""

from __future__ import annotations

import ast
from typing import NamedTuple

from sipapp.script import bound, values
from sipapp.script.emit import Globals
from sipapp.script.traced import Traced

_INLINE = {"&": "&", "|": "|", "^": "^"}
_CHECKED = {"i+": "+", "+": "+", "-": "-", "*": "*"}  # may leave 32 bits
_HELPED = {"/": "divide", "mod": "modulo", "<<": "shift_left", ">>": "shift_right"}
_ORDERS = {"ieq": "==", "ine": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
_BOOLEAN = frozenset((*_ORDERS, "&&", "||", "==", "!=", "eq", "ne", "=~"))
_OPPOSITES: dict[type[ast.cmpop], ast.cmpop] = {
    ast.Gt: ast.LtE(),
    ast.LtE: ast.Gt(),
    ast.Lt: ast.GtE(),
    ast.GtE: ast.Lt(),
    ast.Eq: ast.NotEq(),
    ast.NotEq: ast.Eq(),
    ast.Is: ast.IsNot(),
    ast.IsNot: ast.Is(),
}
_QUESTIONS = frozenset(("!", "defined", "notdefined", "strempty"))


ACTIONS = (bound.Call, bound.RouteCall, bound.Block, bound.Async, bound.Launch)


def acts(node: bound.Expression) -> bool:
    """Whether something in it calls, assigns or waits: its place among the others must be kept."""
    match node:
        case bound.Unary(_, _, operand):
            return acts(operand)
        case bound.Binary(_, _, left, right):
            return acts(left) or acts(right)
        case bound.Selval(_, condition, yes, no):
            return acts(condition) or acts(yes) or acts(no)
    return isinstance(node, ACTIONS)


def may_fail(node: bound.Expression) -> bool:
    """Whether it may have no value: a division by zero, a wrong regular expression."""
    match node:
        case bound.Unary(_, _, operand):
            return may_fail(operand)
        case bound.Binary(_, operator, left, right):
            if operator in ("/", "mod") and not (isinstance(right, bound.Constant) and right.value):
                return True
            return (operator == "=~" and node.pattern is None) or may_fail(left) or may_fail(right)
        case bound.Selval(_, condition, yes, no):
            return may_fail(condition) or may_fail(yes) or may_fail(no)
    return False


class Plan(NamedTuple):
    """What a route is compiled with."""

    limits: bound.Limits
    functions: dict[str, str]  # the names of route blocks -> the Python functions
    waiting: frozenset[str]  # those that may suspend
    recursive: frozenset[str]  # those that may call themselves, over others too
    any_waits: bool  # a computed name may be of one that suspends


class Values(Traced):
    """Expressions. `action` (of the class that derives from it) emits calls and answers a local name."""

    def __init__(self, known: Globals, plan: Plan) -> None:
        super().__init__(known)
        self.plan = plan

    def action(self, node: bound.Expression, raw: bool = False) -> str:
        """Emit a call or a block; answers the local name that holds its return code (its value, where `raw`)."""
        raise NotImplementedError

    def spill(self, value: ast.expr) -> ast.expr:
        """Evaluate it here, before what is emitted next."""
        if isinstance(value, (ast.Constant, ast.Name)):
            return value
        name = self.temp()
        self.assign(name, value)
        return self.load(name)

    def read(self, node: bound.Read) -> ast.expr:
        """The variable's value: int, bytes or None."""
        getter = self.object(node.access.get, f"get_{node.text.decode(errors='replace')}")
        return self.call(getter, self.load("ctx"))

    # -- as a value: int, bytes or None

    def value(self, node: bound.Expression) -> ast.expr:
        self.stand_at(node.at)
        match node:
            case bound.Constant(_, value):
                return self.constant(value)
            case bound.Read():
                return self.read(node)
            case bound.Binary(_, "+", left, right):
                first, second = self._pair(left, right, "value", "value")
                return self.call("plus", first, second)
            case bound.Selval():
                return self._selval(node)
        return self.text(node) if node.type is bytes else self.integer(node)

    def raw(self, node: bound.Expression) -> ast.expr:
        """The same, where a function's own answer counts: `$var(x) = f()`."""
        if isinstance(node, (bound.Call, bound.RouteCall, bound.Block)):
            return self.load(self.action(node, raw=True))
        if isinstance(node, bound.Read) and not node.access.integer:
            return self._without_number(node)
        return self.value(node)

    def _without_number(self, node: bound.Read) -> ast.expr:
        """A variable that is given `$rm` has the text alone."""
        name = self.temp()
        test = self.class_is(self.walrus(name, self.read(node)), "TextWithNumber")
        return self.either(test, self.call("bytes", self.load(name)), self.load(name))

    def _selval(self, node: bound.Selval) -> ast.expr:
        """Null becomes an empty text."""
        test = self.condition(node.condition)
        if not acts(node.yes) and not acts(node.no):
            return self.either(test, self._no_null(node.yes), self._no_null(node.no))
        test = self.spill(test)
        name = self.temp()
        with self.apart() as yes:
            self.assign(name, self._no_null(node.yes))
        with self.apart() as no:
            self.assign(name, self._no_null(node.no))
        self.branch(test, yes, no)
        return self.load(name)

    def _no_null(self, node: bound.Expression) -> ast.expr:
        if not isinstance(node, bound.Read):
            return self.value(node)
        name = self.temp()
        test = self.compare(self.walrus(name, self.read(node)), "is", self.constant(None))
        return self.either(test, self.constant(b""), self.load(name))

    def _pair(self, left: bound.Expression, right: bound.Expression, how: str, other: str) -> tuple[ast.expr, ast.expr]:
        """Both operands, the left one first whatever the right one does."""
        first: ast.expr = getattr(self, how)(left)
        if acts(right):
            first = self.spill(first)
        return first, getattr(self, other)(right)

    # -- as a text

    def text(self, node: bound.Expression) -> ast.expr:
        self.stand_at(node.at)
        match node:
            case bound.Constant(_, value):
                return self.constant(values.text(value))
            case bound.Read():
                return self._read_as(node, "bytes", "text")
            case bound.Select(_, get, source):
                getter = self.object(get, f"select_{source.decode(errors='replace')}")
                return self.logical(ast.Or, self.call(getter, self.load("ctx")), self.constant(b""))
            case bound.Unary(_, "(str)", operand):
                return self.text(operand)
            case bound.Binary(_, "."):
                return self._concatenation(node)
        if node.type is None:
            return self.call("text", self.value(node))
        number = self.integer(node)
        return ast.BinOp(self.constant(b"%d"), ast.Mod(), number, lineno=number.lineno, col_offset=number.col_offset)

    def _read_as(self, node: bound.Read, wanted: str, converter: str) -> ast.expr:
        """`v if (v := get(ctx)).__class__ is bytes else text(v)`"""
        name = self.temp()
        test = self.class_is(self.walrus(name, self.read(node)), wanted)
        return self.either(test, self.load(name), self.call(converter, self.load(name)))

    def _concatenation(self, node: bound.Binary) -> ast.expr:
        """A chain of texts is joined at once."""
        chain: list[bound.Expression] = []
        rest: bound.Expression = node
        while isinstance(rest, bound.Binary) and rest.operator == ".":
            chain.append(rest.right)
            rest = rest.left
        chain.append(rest)
        chain.reverse()
        last = max((number for number, part in enumerate(chain) if acts(part)), default=0)
        parts = []
        for number, part in enumerate(chain):
            made = self.text(part)
            parts.append(self.spill(made) if number < last else made)
        self.stand_at(node.at)
        if len(parts) == 2:
            return self.binary(parts[0], "+", parts[1])
        return self.call(self.attribute(self.constant(b""), "join"), self.tuple(*parts))

    # -- as a number

    def integer(self, node: bound.Expression) -> ast.expr:
        self.stand_at(node.at)
        match node:
            case bound.Constant(_, value):
                return self.constant(values.integer(value))
            case bound.Read(_, access) if access.integer:
                return self.logical(ast.Or, self.read(node), self.constant(0))
            case bound.Read():
                return self._read_as(node, "int", "integer")
            case bound.Test(_, get, name):
                return self.call(self.object(get, f"test_{name}"), self.load("ctx"))
            case bound.Unary():
                return self._unary(node)
            case bound.Binary(_, operator, _, _) if operator in _BOOLEAN:
                return self._zero_or_one(self.condition(node))
            case bound.Binary():
                return self._arithmetic(node)
            case bound.Selval():
                return self.call("integer", self.value(node))
            case bound.Select():
                return self.call("integer", self.text(node))
        code = self.load(self.action(node))
        if self.plan.limits.return_mode == 1:
            return code
        return self._zero_or_one(self.compare(code, ">", self.constant(0)))

    def _zero_or_one(self, test: ast.expr) -> ast.expr:
        return self.either(test, self.constant(1), self.constant(0))

    def _unary(self, node: bound.Unary) -> ast.expr:
        match node.operator:
            case "-":
                return self.call("wrap", self._negative(self.integer(node.operand)))
            case "~":
                return self.inverted(self.integer(node.operand))
            case "(int)":
                return self.integer(node.operand)
            case "(str)":
                return self.call("integer", self.text(node.operand))
            case "strlen":
                return self.call("len", self.text(node.operand))
        return self._zero_or_one(self.condition(node))

    def _negative(self, number: ast.expr) -> ast.expr:
        return ast.UnaryOp(ast.USub(), number, lineno=number.lineno, col_offset=number.col_offset)

    def _arithmetic(self, node: bound.Binary) -> ast.expr:
        if node.operator == ".":
            return self.call("integer", self.text(node))
        left, right = self._pair(node.left, node.right, "integer", "integer")
        self.stand_at(node.at)
        if node.operator in _HELPED:
            return self.call(_HELPED[node.operator], left, right)
        if node.operator in _INLINE:
            return self.binary(left, _INLINE[node.operator], right)
        name = self.temp()
        result = self.walrus(name, self.binary(left, _CHECKED[node.operator], right))
        inside = self.compare(self.constant(values.LOWEST), "<=", result, "<=", self.constant(values.HIGHEST))
        return self.either(inside, self.load(name), self.call("wrap", self.load(name)))

    # -- as a condition: any Python truth value

    def condition(self, node: bound.Expression, nonzero: bool = False) -> ast.expr:
        """True where the number is above 0, or other than 0 where `nonzero`."""
        self.stand_at(node.at)
        match node:
            case bound.Constant(_, value):
                number = values.integer(value)
                return self.constant(bool(number) if nonzero else number > 0)
            case bound.Unary(_, "(int)", operand) if operand.type is None:
                return self.condition(operand, nonzero)
            case bound.Unary(_, operator, _) if operator in _QUESTIONS:
                return self._question(node)
            case bound.Binary(_, "&&" | "||", _, _):
                return self._logical(node)
            case bound.Binary(_, operator, left, right) if operator in _ORDERS:
                first, second = self._pair(left, right, "integer", "integer")
                return self.compare(first, _ORDERS[operator], second)
            case bound.Binary(_, "eq" | "ne" as operator, left, right):
                first, second = self._pair(left, right, "text", "text")
                return self.compare(first, "==" if operator == "eq" else "!=", second)
            case bound.Binary(_, "==" | "!=", _, _):
                return self._equality(node)
            case bound.Binary(_, "=~", _, _):
                return self._match(node)
        if isinstance(node, ACTIONS) and self.plan.limits.return_mode != 1:
            return self.compare(self.load(self.action(node)), ">", self.constant(0))
        number_now = self.integer(node)
        return number_now if nonzero else self.compare(number_now, ">", self.constant(0))

    def _question(self, node: bound.Unary) -> ast.expr:
        operand = node.operand
        if node.operator == "!":
            return self._opposite(self.condition(operand, nonzero=True))
        if node.operator == "strempty":
            if not isinstance(operand, bound.Read):
                return self.negated(self.text(operand))
            name = self.temp()
            null = self.compare(self.walrus(name, self.read(operand)), "is", self.constant(None))
            return self.logical(ast.Or, null, self.compare(self.load(name), "==", self.constant(b"")))
        defined = node.operator == "defined"
        if isinstance(operand, bound.Read):
            return self.compare(self.read(operand), "is not" if defined else "is", self.constant(None))
        if isinstance(operand, bound.Select):
            getter = self.object(operand.get, f"select_{operand.text.decode(errors='replace')}")
            value = self.call(getter, self.load("ctx"))
            return self.compare(value, "is not" if defined else "is", self.constant(None))
        return self.constant(defined)

    def _opposite(self, test: ast.expr) -> ast.expr:
        """`not`, without a second test where there is a comparison already."""
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and type(test.ops[0]) in _OPPOSITES:
            test.ops = [_OPPOSITES[type(test.ops[0])]]
            return test
        return self.negated(test)

    def _logical(self, node: bound.Binary) -> ast.expr:
        both = node.operator == "&&"
        left = self.condition(node.left, nonzero=True)
        if not acts(node.right):
            right = self.condition(node.right, nonzero=True)
            return self.logical(ast.And if both else ast.Or, left, right)
        name = self.temp("c")
        self.assign(name, left)
        with self.apart() as inner:
            self.assign(name, self.condition(node.right, nonzero=True))
        test = self.load(name)
        self.branch(test if both else self.negated(test), inner)
        return self.load(name)

    def _equality(self, node: bound.Binary) -> ast.expr:
        """The left side's type is only known when it runs."""
        same = node.operator == "=="
        if isinstance(node.left, bound.Read) and isinstance(node.right, bound.Constant):
            return self._equals_constant(node.left, node.right.value, same)
        left, right = self._pair(node.left, node.right, "value", "value")
        test = self.call("equal", left, right)
        return test if same else self.negated(test)

    def _equals_constant(self, left: bound.Read, right: int | bytes, same: bool) -> ast.expr:
        """`v == 5 if (v := get(ctx)).__class__ is int else v == b"5"`"""
        operator = "==" if same else "!="
        name = self.temp()
        value = self.walrus(name, self.read(left))
        as_text = self.compare(self.load(name), operator, self.constant(values.text(right)))
        if right == 0 or right == b"":  # null is equal to these
            null = self.compare(self.load(name), "is" if same else "is not", self.constant(None))
            as_text = self.logical(ast.Or if same else ast.And, null, as_text)
        as_number = self.compare(self.load(name), operator, self.constant(values.integer(right)))
        return self.either(self.class_is(value, "int"), as_number, as_text)

    def _match(self, node: bound.Binary) -> ast.expr:
        if node.pattern is None:
            subject, expression = self._pair(node.left, node.right, "text", "text")
            return self.call("matches", subject, expression)
        subject = self.text(node.left)
        search = self.globals.name(node.pattern, f"re_{node.pattern.pattern.decode(errors='replace')[:24]}")
        return self.call(self.attribute(self.load(search), "search"), subject)
