# -*- test-case-name: tests.script.test_values -*-
"""values: what a script computes with: 32-bit integers, texts, null, and how one becomes the other.

The compiled routes inline the common cases and call these for the rest. The rules are Kamailio 5.6's.
"""

from __future__ import annotations

from re import Pattern
from typing import TYPE_CHECKING

from sipapp.errors import ConfigError, ScriptError
from sipapp.script.posix import compile_regex

if TYPE_CHECKING:
    from sipapp.interfaces.script import Value

LOWEST = -0x80000000
HIGHEST = 0x7FFFFFFF


class EvaluationError(ScriptError):
    """An expression has no value: a division by zero, a wrong regular expression."""


class TextWithNumber(bytes):
    """A text that counts as a number of its own where one is wanted: `$rm` is `INVITE` and 1, `$pr` is `udp` and 1."""

    number: int

    def __new__(cls, text: bytes, number: int) -> TextWithNumber:
        made = super().__new__(cls, text)
        made.number = number
        return made


def own_number(value: object) -> int | None:
    """The number that a value is or has of its own: a text of digits has none."""
    return value if isinstance(value, int) else value.number if isinstance(value, TextWithNumber) else None


def wrap(number: int) -> int:
    """What is left of a number in 32 signed bits."""
    return (number + 0x80000000 & 0xFFFFFFFF) - 0x80000000


def integer(value: Value) -> int:
    """A value as a number: null and every text that is none are 0. `0x1F` is hexadecimal, `+12`, `-12` are decimal."""
    if value.__class__ is int:
        return value
    if value is None:
        return 0
    if value.__class__ is TextWithNumber:
        return value.number
    assert not isinstance(value, int)
    digits = value[1:] if value[:1] in (b"-", b"+") else value
    if digits.isdigit():
        if len(digits) > 10 and len(digits := digits.lstrip(b"0")) > 10:
            return 0
        number = -int(digits or b"0") if value.startswith(b"-") else int(digits or b"0")
        return number if LOWEST <= number <= HIGHEST else 0
    return hexadecimal(value)


def hexadecimal(value: bytes) -> int:
    """`0x1F`; its last 32 bits where there are more; 0 for anything else."""
    if len(value) > 2 and value[:2] in (b"0x", b"0X") and value[2:].isalnum():
        try:
            return wrap(int(value[2:][-8:], 16))
        except ValueError:
            return 0
    return 0


def text(value: Value) -> bytes:
    """A value as a text, exactly of the type bytes; null is empty."""
    if value.__class__ is bytes:
        return value
    if value is None:
        return b""
    return b"%d" % value if isinstance(value, int) else bytes(value)


def plus(left: Value, right: Value) -> Value:
    """`+` where the left side's type is only known now: it decides; null counts as a text."""
    if isinstance(left, int):
        return wrap(left + integer(right))
    return text(left) + text(right)


def equal(left: Value, right: Value) -> bool:
    """`==`: the left side's type decides, the right one's where the left is null."""
    if isinstance(left, int):
        return left == integer(right)
    if left is None and isinstance(right, int):
        return right == 0
    return text(left) == text(right)


def divide(left: int, right: int) -> int:
    """`/`: towards zero. Raises EvaluationError: by zero."""
    if not right:
        raise EvaluationError("division by zero")
    quotient = abs(left) // abs(right)
    return wrap(quotient if (left < 0) == (right < 0) else -quotient)


def modulo(left: int, right: int) -> int:
    """`mod`: the remainder has the sign of the left side. Raises EvaluationError: by zero."""
    if not right:
        raise EvaluationError("mod by zero")
    remainder = abs(left) % abs(right)
    return -remainder if left < 0 else remainder


def shift_left(left: int, right: int) -> int:
    """`<<`: the processor looks at the last five bits of the count only."""
    return wrap(left << (right & 31))


def shift_right(left: int, right: int) -> int:
    """`>>`: the sign is kept."""
    return left >> (right & 31)


def matches(subject: bytes, expression: bytes) -> bool:
    """`=~` with an expression that is only known now. Raises EvaluationError: no regular expression."""
    return pattern(expression).search(subject) is not None


def pattern(expression: bytes) -> Pattern[bytes]:
    """The compiled expression, cached. Raises EvaluationError."""
    try:
        return compile_regex(expression)
    except ConfigError as why:
        raise EvaluationError(why.reason) from None
