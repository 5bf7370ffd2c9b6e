# -*- test-case-name: tests.script.test_fold -*-
"""fold: what can be computed of an expression when the script loads.

Kamailio does this before it runs a script, and its results can be seen: `$x && 1` is $x as a number and not 0 or 1,
`f() && 0` never calls f, `$x == ""` asks whether $x is empty even where it is a number. So the very same steps are
taken here, in the same order.
"""

from __future__ import annotations

from sipapp.script import values
from sipapp.script.bound import Binary, Constant, Expression, Selval, Unary
from sipapp.script.operators import as_integer, as_text, constant_selval, of_constant, of_constants

_ASSOCIATIVE = frozenset(("i+", ".", "*", "&", "|", "^", "&&", "||"))
_COMMUTATIVE = _ASSOCIATIVE - {"."}
_TYPED = {
    ("+", int): "i+",
    ("+", bytes): ".",
    ("==", int): "ieq",
    ("==", bytes): "eq",
    ("!=", int): "ine",
    ("!=", bytes): "ne",
}


def fold(expression: Expression) -> Expression:
    """The expression with its constant parts computed; its operands are folded already."""
    match expression:
        case Unary(at, operator, Constant(_, operand)):
            return Constant(at, of_constant(operator, operand))
        case Unary(at, operator, operand) if operator != "defined" and operator != "notdefined":
            return Unary(at, operator, fold(operand))
        case Selval():
            return constant_selval(expression) or expression
        case Binary(at, operator, Constant(_, left), Constant(_, right)):
            try:
                return Constant(at, of_constants(operator, left, right))
            except values.EvaluationError:
                return expression  # it fails each time it runs
        case Binary():
            return _binary(expression)
    return expression


def _binary(node: Binary) -> Expression:
    """One side at most is constant."""
    at, operator, left, right = node.at, node.operator, fold(node.left), fold(node.right)
    if operator == "-" and isinstance(right, Constant) and isinstance(right.value, int):
        operator, right = "i+", Constant(right.at, values.wrap(-right.value))
    operator = _TYPED.get((operator, left.type), operator)  # type: ignore[arg-type]
    node = Binary(at, operator, left, right, node.pattern)
    known, other = (right, left) if isinstance(right, Constant) else (left, right)
    if not isinstance(known, Constant):
        return node
    simple = _with_text(node, known, other) if isinstance(known.value, bytes) else _with_number(node, known, other)
    return simple or _associated(node) or node


def _with_number(node: Binary, known: Constant, other: Expression) -> Expression | None:
    """0 and 1 are neutral or absorbing for some operators."""
    match node.operator, known.value:
        case ("*", 0) | ("&", 0) | ("&&", 0) | ("||", 1):
            return Constant(node.at, known.value)
        case ("*", 1) | ("|", 0) | ("&&", 1) | ("||", 0) | ("i+", 0):
            return as_integer(other)
        case ("/" | "mod", 0) if known is node.left:
            return Constant(node.at, 0)
        case ("/", 1) if known is node.right:
            return as_integer(other)
    return None


def _with_text(node: Binary, known: Constant, other: Expression) -> Expression | None:
    if known.value:
        return None
    if node.operator == ".":
        return as_text(other)
    if node.operator in ("==", "eq"):
        return Unary(node.at, "strempty", other)
    return None


def _associated(node: Binary) -> Expression | None:
    """op(op(x, a), b) -> op(x, op(a, b)), and its mirror images."""
    operator = node.operator
    if operator not in _ASSOCIATIVE:
        return None
    match node:
        case Binary(at, _, Binary(_, inner, x, Constant() as a), Constant() as b) if inner == operator:
            return Binary(at, operator, x, _joined(operator, a, b))
        case Binary(at, _, Binary(_, inner, Constant() as a, x), Constant() as b) if inner == operator in _COMMUTATIVE:
            return Binary(at, operator, _joined(operator, a, b), x)
        case Binary(at, _, Constant() as a, Binary(_, inner, x, Constant() as b)) if inner == operator in _COMMUTATIVE:
            return Binary(at, operator, _joined(operator, a, b), x)
        case Binary(at, _, Constant() as a, Binary(_, inner, Constant() as b, x)) if inner == operator:
            return Binary(at, operator, _joined(operator, a, b), x)
    return None


def _joined(operator: str, left: Constant, right: Constant) -> Constant:
    return Constant(left.at, of_constants(operator, left.value, right.value))
