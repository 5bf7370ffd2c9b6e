# -*- test-case-name: tests.modules.json.test_writer -*-
"""writer: JSON as the C library json-c writes it: `{ "a": 1, "b": [ 1, 2 ] }`."""

from __future__ import annotations

import re

from sipapp.modules.json.reader import Json, Number

_ESCAPES = {'"': '\\"', "\\": "\\\\", "/": "\\/", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_escaped = re.compile(r'["\\/\x00-\x1f]').sub
_WORDS = {True: "true", False: "false", None: "null"}


def write(value: Json) -> bytes:
    """As JSON; a text with its quotes."""
    return _bytes(_written(value))


def text_of(value: Json) -> bytes:
    """A text as it is, anything else as JSON."""
    return _bytes(value.partition("\0")[0] if type(value) is str else _written(value))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _written(value: Json) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f" {_quoted(name)}: {_written(item)}" for name, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ",".join(" " + _written(item) for item in value) + " ]"
    if type(value) is str:
        return _quoted(value)
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    return value if isinstance(value, Number) else str(value)


def _quoted(text: str) -> str:
    return '"' + _escaped(lambda found: _ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04x}", text) + '"'
