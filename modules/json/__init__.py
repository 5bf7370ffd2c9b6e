# -*- test-case-name: tests.modules.json.test_json -*-
"""json: values out of JSON documents, by name and by path. RFC 8259, read leniently."""

from __future__ import annotations

import re
from collections.abc import Callable

from sipapp.errors import ConfigError
from sipapp.interfaces.script import IBinder
from sipapp.module import (
    Context,
    PvRef,
    ScriptError,
    Value,
    modparam,
    module,
    script_function,
    transformation,
    writable,
)
from sipapp.modules.json.reader import Json, read
from sipapp.modules.json.writer import text_of, write
from sipapp.script.values import text as as_text

_token = re.compile(r"([^\[]*)(?:\[([^\]]+))?").match
_leading = re.compile(r"[ \t\n]*([+-]?[0-9]*)").match
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-~_")

_Read = Callable[[Context, Value], Value]


def find(document: Json, path: str, separator: str = ".", escape: str = "%") -> Json:
    """What is at `name.other[0].last`; None: nothing is. `escape` in a name stands for a dot."""
    cursor = document
    for token in filter(None, path.split(separator)):
        found = _token(token.replace(escape, "."))
        assert found is not None
        if found[1]:
            cursor = cursor.get(found[1]) if isinstance(cursor, dict) else None
        if found[2] is not None and isinstance(cursor, list):
            number = _leading(found[2])
            index = int(number[1]) if number is not None and number[1].strip("+-") else 0
            cursor = cursor[index] if 0 <= index < len(cursor) else None
        if cursor is None:
            return None
    return cursor


@module("json")
class JsonModule:
    """JSON."""

    # Differs: Kamailio has the parameter, but always takes %.
    json_escape_char: str = modparam(default="%", doc="what stands for a dot within a name of {json.parse,path}")

    # -- functions

    @script_function(parse={"destination": writable})
    def json_get_field(self, ctx: Context, json_string: bytes, field_name: bytes, destination: PvRef) -> int:
        """Write a field of an object to a variable, as JSON: a text has its quotes. False where it is not there or
        null."""
        return self._get(ctx, json_string, field_name, destination, write)

    @script_function(parse={"destination": writable})
    def json_get_string(self, ctx: Context, json_string: bytes, field_name: bytes, destination: PvRef) -> int:
        """As json_get_field(), a text without quotes."""
        return self._get(ctx, json_string, field_name, destination, text_of)

    def _get(self, ctx: Context, document: bytes, name: bytes, target: PvRef, made: Callable[[Json], bytes]) -> int:
        found = _document(document)
        value = found.get(name.decode("utf-8", "surrogateescape")) if isinstance(found, dict) else None
        if value is None:
            return -1
        assert target.set is not None
        target.set(ctx, made(value))
        return 1

    # -- transformations

    @transformation("json.parse", bind=True)
    def tr_parse(self, arguments: bytes, binder: IBinder) -> _Read:
        """{json.parse,name.other[0].last}: what is there in a document; a text without quotes, empty where nothing is.
        The path may have variables in it; % stands for a dot within a name."""
        return self._bound("json.parse", arguments, binder, separated=False)

    @transformation("json.parsex", bind=True)
    def tr_parsex(self, arguments: bytes, binder: IBinder) -> _Read:
        """{json.parsex,/name/other[0]/last}: as {json.parse}, with the first character of the path as separator."""
        return self._bound("json.parsex", arguments, binder, separated=True)

    @transformation("json.encode")
    def tr_encode(self, value: bytes) -> bytes:
        """{json.encode}: the text in the alphabet of routing keys: letters, digits, `-`, `~` and `_` as they are, a
        blank as +, others as %XX; a single # or * stays."""
        if value in (b"#", b"*"):
            return value
        return b"".join(
            bytes((byte,)) if byte in _PLAIN else b"+" if byte == 32 else b"%%%02X" % byte for byte in value
        )

    def _bound(self, name: str, arguments: bytes, binder: IBinder, separated: bool) -> _Read:
        source = arguments[1:].lstrip(b" \t\n")
        if not source:
            raise ConfigError(f"{{{name}}}: the argument 'path' is missing")
        path = binder.text(source)

        def apply(ctx: Context, value: Value) -> Value:
            if value is None:
                return None
            place = path(ctx)
            if not isinstance(place, bytes) or not place:
                return None
            steps = place.decode("utf-8", "surrogateescape")
            separator, steps = (steps[0], steps[1:]) if separated else (".", steps)
            try:
                found = find(_document(as_text(value)), steps, separator, self.json_escape_char[:1] or "%")
            except ScriptError:
                return b""
            return b"" if found is None else text_of(found)

        return apply


def _document(text: bytes) -> Json:
    """Raises ScriptError: no JSON, or null."""
    found = read(text)
    if found is None:
        raise ScriptError("empty or invalid JSON")
    return found
