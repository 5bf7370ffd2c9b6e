# -*- test-case-name: tests.script.test_define_expressions -*-
"""define_expressions: what #!ifexp and #!defexp work out: numbers, quoted texts and the names of defines.

Loosest first: `||`, `&&`, `^`, `|`, `&`, comparisons, `<< >>`, `+ -`, `* / %`, `**`; before a value `!`, `-`, `^`
(bits flipped). A define without a value is 1, a name that is not defined 0. Where a text stands on the left, `+` joins
and comparisons compare texts; else both sides are numbers. Numbers may have fractions.
Differs: a define whose value is digits is a number here, not a text: `#!defexp NEXT PORT + 1` adds.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

Value = float | str

_token = re.compile(
    r"""\s*(?:(\d+\.?\d*|\.\d+)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([A-Za-z_@$][\w@$\#]*)"""
    r"""|(\*\*|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%<>&|^!()]))""",
    re.ASCII,
).match

_digits = re.compile(r"\d+\.?\d*|\.\d+", re.ASCII).fullmatch

_LEVELS = (("||",), ("&&",), ("^",), ("|",), ("&",), ("==", "!=", "<", "<=", ">", ">="), ("<<", ">>"), ("+", "-"))
_TIGHT = (("*", "/", "%"), ("**",))
_PRECEDENCE = {sign: level for level, signs in enumerate((*_LEVELS, *_TIGHT)) for sign in signs}

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_BITS: dict[str, Callable[[int, int], int]] = {
    "|": operator.or_,
    "&": operator.and_,
    "^": operator.xor,
    "<<": operator.lshift,
    ">>": operator.rshift,
}


class ExpressionError(Exception):
    """The expression has no value; the text says why."""


def evaluate(expression: str, defines: Mapping[str, str | None]) -> Value:
    """The value of an expression. Raises ExpressionError: it has none."""
    return _Evaluator(expression, defines).whole()


def shown(value: Value) -> str:
    """A value as a define's text: numbers lose their fraction."""
    return value if isinstance(value, str) else str(int(value))


class _Evaluator:
    def __init__(self, expression: str, defines: Mapping[str, str | None]) -> None:
        self.text = expression.strip()
        self.defines = defines
        self.at = 0
        self.number, self.string, self.name, self.sign = "", "", "", ""
        self.advance()

    def advance(self) -> None:
        found = _token(self.text, self.at)
        if found is None:
            rest = self.text[self.at :].strip()
            if rest:
                raise ExpressionError(f'"{rest}" cannot be read in the expression "{self.text}"')
            self.number, self.string, self.name, self.sign = "", "", "", ""
            return
        self.at = found.end()
        self.number, self.string, self.name, self.sign = (part or "" for part in found.groups())

    def whole(self) -> Value:
        value = self.binary(0)
        if self.number or self.string or self.name or self.sign:
            raise self.unexpected()
        return value

    def unexpected(self) -> ExpressionError:
        found = self.number or self.string or self.name or self.sign
        return ExpressionError(f'{found or "the end"} is not expected in the expression "{self.text}"')

    def binary(self, floor: int) -> Value:
        left = self.operand()
        while (level := _PRECEDENCE.get(self.sign, -1)) >= floor:
            sign = self.sign
            self.advance()
            left = _apply(sign, left, self.binary(level if sign == "**" else level + 1))
        return left

    def operand(self) -> Value:
        value: Value
        if self.sign == "(":
            self.advance()
            value = self.binary(0)
            if self.sign != ")":
                raise self.unexpected()
        elif self.sign in ("!", "-", "^"):
            sign = self.sign
            self.advance()
            number = _number(self.operand())
            return float(not number) if sign == "!" else -number if sign == "-" else float(~int(number))
        elif self.number:
            value = float(self.number)
        elif self.string:
            value = re.sub(r"\\(.)", lambda m: {"n": "\n", "r": "\r", "t": "\t"}.get(m[1], m[1]), self.string[1:-1])
        elif self.name:
            value = self.define(self.name)
        else:
            raise self.unexpected()
        self.advance()
        return value

    def define(self, name: str) -> Value:
        if name not in self.defines:
            return 0.0
        value = self.defines[name]
        if value is None:
            return 1.0
        if _digits(value):
            return float(value)
        return value[1:-1] if len(value) > 1 and value[0] in "\"'" and value[0] == value[-1] else value


def _number(value: Value) -> float:
    if isinstance(value, str):
        if not _digits(value):
            raise ExpressionError(f'"{value}" is no number')
        return float(value)
    return value


def _apply(sign: str, left: Value, right: Value) -> Value:
    if sign == "&&":
        return float(bool(left) and bool(right))
    if sign == "||":
        return float(bool(left) or bool(right))
    if isinstance(left, str) and (sign == "+" or sign in _COMPARISONS):
        other = right if isinstance(right, str) else f"{right:g}"
        return left + other if sign == "+" else float(_COMPARISONS[sign](left, other))
    a, b = _number(left), _number(right)
    if sign in _COMPARISONS:
        return float(_COMPARISONS[sign](a, b))
    if sign in _BITS:
        if sign in ("<<", ">>") and not 0 <= b < 64:
            raise ExpressionError(f"cannot shift by {b:g} bits")
        return float(_BITS[sign](int(a), int(b)))
    return _arithmetic(sign, a, b)


def _arithmetic(sign: str, a: float, b: float) -> float:
    try:
        if sign == "+":
            return a + b
        if sign == "-":
            return a - b
        if sign == "*":
            return a * b
        if sign == "/":
            return a / b
        return a % b if sign == "%" else float(a**b)
    except (ZeroDivisionError, OverflowError, ValueError, TypeError):
        raise ExpressionError(f"{a:g} {sign} {b:g} has no value") from None
