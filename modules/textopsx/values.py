# -*- test-case-name: tests.modules.test_textopsx_values -*-
"""values: where the values of comma-separated header fields are, and their parameters; how a script names one.

All offsets (bytes) count from the start of the message.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from sipapp.errors import ParseError
from sipapp.message.headers import Field, header_key
from sipapp.message.message import Message
from sipapp.module import ConfigError

DEEPEST = 10
"""How far a value may be counted from the last one."""

_SPEC = re.compile(rb"\s*([\w-]+)\s*(\[\s*(\*|[+-]?[0-9]+|)\s*\]\s*)?(?:\.\s*([\w-]+))?").fullmatch


class Spec(NamedTuple):
    """A value as a script names it: `X-Hint[2].q`."""

    name: bytes  # as the script writes it
    key: bytes
    indexed: bool  # it has brackets
    number: int  # 1 is the first value, -1 the last; what it is where the script says nothing, the function decides
    every: bool  # [*]
    parameter: bytes  # lower case; empty: the value itself

    @classmethod
    def parse(cls, text: bytes, default: int) -> Spec:
        """Raises ConfigError: no `name[index].parameter`."""
        found = _SPEC(text)
        if found is None:
            raise _wrong(text, "not a header field's name[index].parameter")
        name, brackets, index, parameter = found.groups()
        try:
            key = header_key(name)
        except ParseError as why:
            raise ConfigError(str(why)) from None
        every = index == b"*"
        number = (0 if every or not index else int(index)) or default
        if number < -DEEPEST:
            raise _wrong(text, f"the index cannot be below -{DEEPEST}")
        return cls(name, key, brackets is not None, number, every, (parameter or b"").lower())


def place(default: int) -> Callable[[bytes], Spec]:
    """Reads a place where a value goes: without parameter, without [*]."""

    def parse(text: bytes) -> Spec:
        spec = Spec.parse(text, default)
        if spec.every or spec.parameter:
            raise _wrong(text, "neither [*] nor a parameter can stand here")
        return spec

    return parse


def target(text: bytes) -> Spec:
    """Reads a value or parameter that is to be removed."""
    return Spec.parse(text, 1)


def assigned(text: bytes) -> Spec:
    """Reads a value or parameter that is to be written."""
    spec = Spec.parse(text, 1)
    if spec.every and not spec.parameter:
        raise _wrong(text, "[*] needs a parameter here")
    return spec


def whole(text: bytes) -> Spec:
    """Reads the bare name of a header field."""
    spec = Spec.parse(text, 1)
    if spec.indexed or spec.parameter:
        raise _wrong(text, "neither an index nor a parameter can stand here")
    return spec


def _wrong(text: bytes, why: str) -> ConfigError:
    return ConfigError(f"{text.decode(errors='replace')!r}: {why}")


class FoundValue(NamedTuple):
    """One value of a header field."""

    field: Field
    start: int  # without outer white space
    end: int
    whole_start: int  # with it, and with the comma behind
    whole_end: int


def values_of(message: Message, field: Field) -> list[FoundValue]:
    """The values of one header field, an empty one included; a comma within quotes separates nothing."""
    raw, end = message.raw, field.value_end
    found: list[FoundValue] = []
    at = field.value_start
    while not found or at < end:
        comma = _comma(raw, at, end)
        text = raw[at:comma]
        start = comma - len(text.lstrip())
        after = min(comma + 1, end)
        found.append(FoundValue(field, min(start, comma), max(at + len(text.rstrip()), start), at, after))
        at = after
    return found


def _comma(raw: bytes, at: int, end: int) -> int:
    """Where the next comma outside of quotes is, or the end."""
    quoted = False
    for here in range(at, end):
        byte = raw[here]
        if byte == 0x22 and not (quoted and raw[here - 1] == 0x5C):
            quoted = not quoted
        elif byte == 0x2C and not quoted:
            return here
    return end


def find_value(message: Message, spec: Spec) -> FoundValue | None:
    """The value that a spec names."""
    values = [value for field in message.all_fields(spec.key) for value in values_of(message, field)]
    index = spec.number - 1 if spec.number > 0 else spec.number
    return values[index] if -len(values) <= index < len(values) else None


class Span(NamedTuple):
    """A parameter: what to replace for another value, `=` included, and what to delete to remove it."""

    value_start: int
    value_end: int
    start: int
    end: int


_SEMICOLON = re.compile(rb'(?:[^;"<]|"(?:[^"\\]|\\.)*"?|<[^>"]*(?:"[^"]*"[^>"]*)*>?)*', re.DOTALL).match
_GENERIC = re.compile(rb'\s*;\s*([^\s=;]*)(\s*(?:=\s*(?:"[^"]*"?|[^\s;]*))?)').match


def find_parameter(raw: bytes, name: bytes, start: int, end: int) -> tuple[Span | None, int]:
    """`;name=value` of a value between two offsets, behind its URI; and where its parameters end."""
    head = _SEMICOLON(raw, start, end)
    assert head is not None
    at = head.end()
    while (found := _GENERIC(raw, at, end)) is not None:
        if found[1].lower() == name:
            return Span(*found.span(2), *found.span()), found.end()
        at = found.end()
    return None, at


_LISTED = re.compile(rb'\s*(,?)\s*([\w-]+)\s*(=\s*(?:"[^"]*"?|[^\s,]*))?').match
_OTHER = re.compile(rb"[\s,]*[^\s,]*").match


def find_listed(raw: bytes, name: bytes, start: int, end: int) -> tuple[Span | None, bytes]:
    """`name=value` of a list `Digest name=value, name=value`; and what separates one that is put at its end."""
    at, separator = start, b""
    while at < end:
        found = _LISTED(raw, at, end)
        if found is None:
            other = _OTHER(raw, at, end)
            assert other is not None
            at = other.end()
            continue
        comma, label, value = found.groups()
        at_end = found.end()
        if value is None:
            separator = separator or b" "
        else:
            separator = b","
            if label.lower() == name:
                rest = raw[at_end:end]
                follows = len(rest) - len(rest.lstrip())
                if not comma and rest[follows : follows + 1] == b",":
                    at_end += follows + 1
                return Span(*found.span(3), found.start(), at_end), separator
        at = at_end
    return None, separator
