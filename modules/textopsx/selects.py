# -*- test-case-name: tests.modules.test_textopsx_selects -*-
"""selects: @hf_value, @hf_value2 and @hf_value_exists: values of comma-separated header fields.

@hf_value.NAME              every value, with commas between them; `_` in a name stands for `-`
@hf_value.NAME[2]           one of them; -1 is the last
@hf_value.NAME[2].PARAM     its parameter, unquoted; of the first value without an index; also .p.PARAM, .param.PARAM
@hf_value.NAME[2].uri       its URI and, as in other selects, the parts of it: .uri.host
@hf_value.NAME[2].name      its display name; .nameaddr.name, .nameaddr.uri, .nameaddr.params as they stand there
@hf_value_exists.NAME.VALUE 1 or 0
@hf_value2.NAME[1].PARAM    an entry of a header field as Authorization
"""

from __future__ import annotations

from collections.abc import Callable

from sipapp.message.address import Address
from sipapp.message.headers import Field, header_key
from sipapp.message.message import Message
from sipapp.message.parameters import unquote
from sipapp.module import Context, Value
from sipapp.modules.textopsx.values import find_listed, find_parameter, values_of
from sipapp.script.select_parts import Reader, uri_part
from sipapp.script.selects import Steps, offer

_Whole = Callable[[Context], list[bytes]]


def _named(steps: Steps) -> tuple[bytes, int | None, Steps] | None:
    """(key, index, what follows) of `NAME[index]...`; None where no name stands first."""
    if not steps or not isinstance(steps[0], bytes):
        return None
    key = header_key(steps[0].replace(b"_", b"-"))
    if len(steps) > 1 and isinstance(steps[1], int):
        return key, steps[1] or 1, steps[2:]
    return key, None, steps[1:]


def _values(message: Message, key: bytes) -> list[bytes]:
    raw = message.raw
    return [raw[v.start : v.end] for field in message.all_fields(key) for v in values_of(message, field)]


def _picked(key: bytes, index: int | None) -> _Whole:
    """The value with an index in a list of its own, or all of them."""

    def pick(ctx: Context) -> list[bytes]:
        found = _values(ctx.message, key)
        return found if index is None else _at(found, index)

    return pick


def _at(found: list[bytes], index: int) -> list[bytes]:
    at = index - 1 if index > 0 else index
    return [found[at]] if -len(found) <= at < len(found) else []


def _joined(pick: _Whole, change: Callable[[bytes], bytes]) -> Reader:
    def read(ctx: Context) -> Value:
        found = pick(ctx)
        return b",".join(map(change, found)) if found else None

    return read


def _of_first(key: bytes, index: int | None, part: Callable[[bytes], bytes | None]) -> Reader:
    def read(ctx: Context) -> Value:
        found = _at(_values(ctx.message, key), index or 1)
        return part(found[0]) if found else None

    return read


def _parameter(name: bytes) -> Callable[[bytes], bytes | None]:
    name = name.replace(b"_", b"-").lower()

    def part(value: bytes) -> bytes | None:
        span, _ = find_parameter(value, name, 0, len(value))
        return None if span is None else unquote(value[span.value_start : span.value_end].strip().lstrip(b"= "))

    return part


_WITH_NAME = (b"p", b"param", b"params", b"nameaddr")
_ADDRESS: dict[bytes, Callable[[bytes], bytes | None]] = {
    b"name": lambda value: Address.parse(value).display,
    b"uri": lambda value: Address.parse(value).uri,
    b"params": lambda value: bytes(Address.parse(value).parameters),
}


def hf_value(steps: Steps) -> Reader | None:
    """What reads @hf_value with these steps behind it; None: there is no such one."""
    named = _named(steps)
    if named is None:
        return None
    key, index, rest = named
    if not rest:
        return _joined(_picked(key, index), lambda value: value)
    first = rest[0]
    if not isinstance(first, bytes):
        return None
    if first == b"uri":
        return uri_part(_joined(_picked(key, index), lambda value: Address.parse(value).uri), rest[1:])
    if first == b"name" and len(rest) == 1:
        return _of_first(key, index, lambda value: Address.parse(value).display_name)
    last = rest[-1]
    if len(rest) == 2 and isinstance(last, bytes):
        if first == b"nameaddr":
            return _of_first(key, index, _ADDRESS[last]) if last in _ADDRESS else None
        return _of_first(key, index, _parameter(last)) if first in _WITH_NAME else None
    return _of_first(key, index, _parameter(first)) if len(rest) == 1 and first not in _WITH_NAME else None


def hf_value2(steps: Steps) -> Reader | None:
    """The same for @hf_value2."""
    named = _named(steps)
    if named is None:
        return None
    key, index, rest = named
    names = [step for step in rest if isinstance(step, bytes)]
    if len(names) != len(rest) or len(names) > 2 or (len(names) == 2 and names[0] != b"params"):
        return None
    wanted = names[-1].replace(b"_", b"-").lower() if names else b""

    def read(ctx: Context) -> Value:
        fields = ctx.message.all_fields(key)
        at = (index or 1) - 1 if (index or 1) > 0 else index or 0
        if not -len(fields) <= at < len(fields):
            return None
        return _entry(ctx.message.raw, fields[at], wanted)

    return read


def _entry(raw: bytes, field: Field, name: bytes) -> bytes | None:
    if not name:
        return raw[field.value_start : field.value_end]
    span, _ = find_listed(raw, name, field.value_start, field.value_end)
    return None if span is None else unquote(raw[span.value_start : span.value_end].lstrip(b"= "))


def hf_value_exists(steps: Steps) -> Reader | None:
    """The same for @hf_value_exists."""
    named = _named(steps)
    if named is None or named[1] is not None or len(named[2]) != 1 or not isinstance(named[2][0], bytes):
        return None
    key, wanted = named[0], named[2][0].lower()
    return lambda ctx: b"1" if wanted in map(bytes.lower, _values(ctx.message, key)) else b"0"


offer("hf_value", hf_value)
offer("hf_value2", hf_value2)
offer("hf_value_exists", hf_value_exists)
