# -*- test-case-name: tests.script.test_operators -*-
"""operators: what types each operator takes, and what it makes of constants. The rules are Kamailio 5.6's.

Static types are `int`, `bytes` (a text) and None: known only when the script runs, which fits everything.
"""

from __future__ import annotations

from collections.abc import Callable

from sipapp.script import values
from sipapp.script.bound import Constant, Expression, Selval, Type, Unary

NUMERIC = frozenset(("-", "*", "/", "mod", "|", "&", "^", "<<", ">>", "&&", "||", ">", "<", ">=", "<=", "ieq", "ine"))
"""Both sides must be numbers."""

TEXTUAL = frozenset(("eq", "ne", "=~"))
"""Both sides must be texts; a number on the right becomes one."""

_NAMES = {int: "a number", bytes: "a text"}

Mistake = tuple[Expression, str]


def check_unary(operator: str, operand: Expression) -> Mistake | None:
    """The operand that does not fit, and why; None where all is well."""
    wanted: Type = None
    if operator in ("!", "-", "~"):
        wanted = int
    elif operator in ("strlen", "strempty", "defined", "notdefined"):
        wanted = bytes
    return _unfit(operator, operand, wanted)


def check_binary(operator: str, left: Expression, right: Expression) -> Mistake | None:
    """The operand that does not fit, and why; None where all is well."""
    if operator in NUMERIC:
        return _unfit(operator, left, int) or _unfit(operator, right, int)
    wanted = left.type
    if wanted is int and right.type is bytes:
        hint = "; write (str) before the left side to join texts" if operator == "+" else ""
        return right, f"'{operator}': a number on its left wants a number on its right, got a text{hint}"
    if operator in TEXTUAL and wanted is int:
        return left, f"'{operator}' wants a text, got a number"
    return None


def _unfit(operator: str, operand: Expression, wanted: Type) -> Mistake | None:
    if wanted is None or operand.type is None or operand.type is wanted:
        return None
    return operand, f"'{operator}' wants {_NAMES[wanted]}, got {_NAMES[operand.type]}"


_NUMBERS: dict[str, Callable[[int, int], int]] = {
    "-": lambda a, b: values.wrap(a - b),
    "i+": lambda a, b: values.wrap(a + b),
    "*": lambda a, b: values.wrap(a * b),
    "/": values.divide,
    "mod": values.modulo,
    "|": lambda a, b: a | b,
    "&": lambda a, b: a & b,
    "^": lambda a, b: a ^ b,
    "<<": values.shift_left,
    ">>": values.shift_right,
    "&&": lambda a, b: int(bool(a and b)),
    "||": lambda a, b: int(bool(a or b)),
    ">": lambda a, b: int(a > b),
    "<": lambda a, b: int(a < b),
    ">=": lambda a, b: int(a >= b),
    "<=": lambda a, b: int(a <= b),
    "ieq": lambda a, b: int(a == b),
    "ine": lambda a, b: int(a != b),
}


def of_constants(operator: str, left: int | bytes, right: int | bytes) -> int | bytes:
    """The value of an operator over two constants. Raises EvaluationError: it has none."""
    number = _NUMBERS.get(operator)
    if number is not None:
        return number(values.integer(left), values.integer(right))
    if operator == "+":
        added = values.plus(left, right)
        assert added is not None
        return added
    if operator == "==":
        return int(values.equal(left, right))
    if operator == "!=":
        return int(not values.equal(left, right))
    one, other = values.text(left), values.text(right)
    if operator == ".":
        return one + other
    if operator == "=~":
        return int(values.matches(one, other))
    return int((one == other) == (operator == "eq"))


def of_constant(operator: str, operand: int | bytes) -> int | bytes:
    """The value of an operator over one constant."""
    match operator:
        case "-":
            return values.wrap(-values.integer(operand))
        case "!":
            return int(not values.integer(operand))
        case "~":
            return ~values.integer(operand)
        case "(int)":
            return values.integer(operand)
        case "(str)":
            return values.text(operand)
        case "strlen":
            return len(values.text(operand))
        case "strempty":
            return int(not values.text(operand))
    return int(operator == "defined")


def as_integer(expression: Expression) -> Expression:
    """The expression as a number, where it may be something else."""
    return expression if expression.type is int else Unary(expression.at, "(int)", expression)


def as_text(expression: Expression) -> Expression:
    """The expression as a text, where it may be something else."""
    return expression if expression.type is bytes else Unary(expression.at, "(str)", expression)


def constant_selval(expression: Selval) -> Constant | None:
    """selval() of three constants."""
    chosen = (expression.condition, expression.yes, expression.no)
    if not all(isinstance(one, Constant) for one in chosen):
        return None
    condition, yes, no = (one.value for one in chosen if isinstance(one, Constant))
    return Constant(expression.at, yes if values.integer(condition) > 0 else no)
