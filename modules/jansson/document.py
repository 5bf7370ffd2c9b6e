# -*- test-case-name: tests.modules.jansson.test_document -*-
"""document: JSON texts read and written as the C library jansson does. RFC 8259.

Stricter than Python's reader: the whole is an object or an array, a name stands in it once, integers have 64 bits.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from math import isfinite
from typing import Any

from sipapp.interfaces.script import Value
from sipapp.module import ScriptError

Json = Any
"""dict, list, str, int, float, bool or None."""

_LOWEST, _HIGHEST = -(1 << 63), (1 << 63) - 1
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_escaped = re.compile(r'["\\\x00-\x1f]').sub
_EXPONENT = re.compile(r"e([+-])0*(?=[0-9])")


def parse(text: bytes) -> Json:
    """The object or array that a text holds. Raises ScriptError: it is no such JSON."""
    try:
        plain = text.decode()
        found = _DECODER.decode(plain)
        if "\\u" in plain:
            for piece in _texts(found):
                piece.encode()
                if "\0" in piece:
                    raise ValueError("\\u0000 is not allowed")
    except (ValueError, RecursionError) as why:
        raise ScriptError(f"failed to parse json: {text.decode(errors='replace')}: {why}") from None
    if not isinstance(found, (dict, list)):
        raise ScriptError(f"failed to parse json: {text.decode(errors='replace')}: '[' or '{{' expected")
    return found


def dump(value: Json, spaced: bool = False) -> bytes:
    """The text of a value; `spaced`: with a blank behind each comma and colon. Raises ScriptError: no Unicode text."""
    try:
        return _dumped(value, *((", ", ": ") if spaced else (",", ":"))).encode()
    except (UnicodeEncodeError, RecursionError) as why:
        raise ScriptError(f"json encoding failed: {why}") from None


def _dumped(value: Json, comma: str, colon: str) -> str:
    if isinstance(value, dict):
        return "{" + comma.join(_quoted(k) + colon + _dumped(v, comma, colon) for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + comma.join(_dumped(item, comma, colon) for item in value) + "]"
    if isinstance(value, str):
        return _quoted(value)
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    return real_text(value) if isinstance(value, float) else str(value)


_WORDS = {True: "true", False: "false", None: "null"}


def _quoted(text: str) -> str:
    return '"' + _escaped(lambda found: _ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04X}", text) + '"'


def real_text(number: float) -> str:
    """With 17 digits: 0.5 -> `0.5`, 1e20 -> `1e20`, 0.1 -> `0.10000000000000001`."""
    text = _EXPONENT.sub(lambda found: "e-" if found[1] == "-" else "e", f"{number:.17g}")
    return text if "." in text or "e" in text else text + ".0"


def to_value(value: Json) -> Value:
    """What a variable gets: objects, arrays, reals and long integers are texts."""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return value if -0x80000000 <= value <= 0x7FFFFFFF else b"%d" % value
    if isinstance(value, float):
        return b"%.15g" % value
    return None if value is None else dump(value)


def integer(text: str) -> int:
    """Raises ValueError: more than 64 bits."""
    number = int(text)
    if not _LOWEST <= number <= _HIGHEST:
        raise ValueError("too big integer")
    return number


def _real(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError("real number overflow")
    return number


def _constant(text: str) -> float:
    raise ValueError(f"invalid token {text}")


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("duplicate object key")
    return found


def _texts(value: Json) -> Iterator[str]:
    """Every text in it, names included."""
    left = [value]
    while left:
        item = left.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            left += item
            left += item.values()
        elif isinstance(item, list):
            left += item


_DECODER = json.JSONDecoder(parse_int=integer, parse_float=_real, parse_constant=_constant, object_pairs_hook=_object)
