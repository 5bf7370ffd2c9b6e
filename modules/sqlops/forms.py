# -*- test-case-name: tests.modules.sqlops.test_forms -*-
"""forms: columns, rows and filters as OpenSIPS writes them, in JSON: `[{"username": "$tU"}, {"expires": {">": 5}}]`.

A text of the script is taken apart when the script loads, and its variables are put in as values: nothing that they
hold can change what else is asked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sipapp.errors import ConfigError, ScriptError
from sipapp.interfaces.script import Value
from sipapp.interfaces.sql import SqlValue
from sipapp.module.sql import ESCAPES, unescaped
from sipapp.script.pvsyntax import end_of_variable, parse_variable
from sipapp.script.values import text

if TYPE_CHECKING:
    from sipapp.interfaces.script import Getter, IBinder
    from sipapp.script.runtime import Context

Test = tuple[bytes, bytes, SqlValue]

Form = Callable[["Context"], Any]
"""Gives what the JSON says, of a run."""

_mark = re.compile("\ue000([0-9]+)\ue001")  # stands for a variable, in Unicode's private use area
_token = re.compile(rb'\\.|["$]', re.DOTALL)
_name = re.compile(r"[\w$.]+", re.ASCII).fullmatch
_operator = re.compile(r"[<>=!~*|&^]{1,3}|[A-Za-z]+(?: [A-Za-z]+)?").fullmatch
_needless = re.compile(rb"\\(.)", re.DOTALL).sub

_UNEQUAL = ("!=", "<>")
_BITS = 1 << 63  # what databases have for a number


def form(source: bytes, binder: IBinder, read: Callable[[Any], Any]) -> Form:
    """A literal of the script; `read` makes columns, rows or tests of it. Raises ConfigError: it is no JSON, or it has
    no variables and is not what `read` wants."""
    if not source.strip():
        return lambda ctx: None
    readers: list[Getter] = []
    template = _template(source, binder, readers)
    if template == _place(0):
        return lambda ctx: of_value(readers[0](ctx), read)
    try:
        tree = _parsed(template)
        if not readers:
            found = read(tree)
            return lambda ctx: found
    except ScriptError as why:
        raise ConfigError(str(why)) from None
    return lambda ctx: read(_filled(tree, [reader(ctx) for reader in readers]))


def of_value(value: Value, read: Callable[[Any], Any]) -> Any:
    """What a variable holds; None where it is null or empty. Raises ScriptError."""
    return read(_parsed(text(value))) if value is not None and value != b"" else None


def _template(source: bytes, binder: IBinder, readers: list[Getter]) -> bytes:
    """The JSON with marks in place of variables; outside of texts a mark is a text of its own."""
    parts = []
    inside = False
    start = at = 0
    while (match := _token.search(source, at)) is not None:
        at = match.end()
        if match[0] == b'"':
            inside = not inside
        elif match[0] == b"$":
            at = end_of_variable(source, match.start())
            if source.startswith(b"$$", match.start()):
                parts += [source[start : match.start()], b"$"]
            else:
                mark = _place(len(readers))
                readers.append(_reader(source[match.start() : at], binder))
                whole = source.strip() == source[match.start() : at]
                parts += [source[start : match.start()], mark if inside or whole else b'"%b"' % mark]
            start = at
    return b"".join([*parts, source[start:]]).strip()


def _place(number: int) -> bytes:
    return f"\ue000{number}\ue001".encode()


def _reader(source: bytes, binder: IBinder) -> Getter:
    """What is escaped for a statement need not be: it is taken back."""
    read = binder.variable(source).get
    applied = parse_variable(source).transformations
    if not applied or applied[-1].name.lower() not in ESCAPES:
        return read
    return lambda ctx: unescaped(text(read(ctx)))


def _parsed(source: bytes) -> Any:
    """Raises ScriptError: it is no JSON."""
    plain = _needless(lambda match: b"'" if match[1] == b"'" else match[0], source)
    try:
        return json.loads(plain.decode("utf-8", "surrogateescape"), strict=False)
    except ValueError as why:
        raise ScriptError(f"no JSON: {why}") from None


def _filled(tree: Any, values: list[Value]) -> Any:
    """With the values of variables: a number or null, where one is the whole of a text, stays what it is."""
    if isinstance(tree, str):
        whole = _mark.fullmatch(tree)
        if whole is not None:
            value = values[int(whole[1])]
            return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value
        return _mark.sub(lambda m: text(values[int(m[1])]).decode("utf-8", "surrogateescape"), tree)
    if isinstance(tree, list):
        return [_filled(one, values) for one in tree]
    if isinstance(tree, dict):
        return {str(_filled(key, values)): _filled(value, values) for key, value in tree.items()}
    return tree


# -- what is wanted of it; all raise ScriptError


def columns(tree: Any) -> list[bytes]:
    """`["a", "b"]`."""
    if not isinstance(tree, list):
        raise ScriptError('columns are an array: ["a", "b"]')
    return [name(one) for one in tree]


def row(tree: Any) -> dict[bytes, SqlValue]:
    """`[{"a": 1}, {"b": "x"}]`."""
    made: dict[bytes, SqlValue] = {}
    for column, operator, value in conditions(tree):
        if operator != b"=":
            raise ScriptError(f"a value is given by =, not by {operator.decode()}")
        made[column] = value
    if not made:
        raise ScriptError("no column is given")
    return made


def conditions(tree: Any) -> list[Test]:
    """`[{"a": 1}, {"b": {"!=": null}}]`."""
    if not isinstance(tree, list) or not all(isinstance(one, dict) for one in tree):
        raise ScriptError('wants an array of objects: [{"a": 1}, {"b": {">": 2}}]')
    found: list[Test] = []
    for one in tree:
        for column, value in one.items():
            compared = value if isinstance(value, dict) else {"=": value}
            found += [(name(column), _sign(sign, operand), _value(operand)) for sign, operand in compared.items()]
    return found


def name(given: Any) -> bytes:
    """Of a column, or a table."""
    if not isinstance(given, str) or _name(given) is None:
        raise ScriptError(f"not a name: {given!r}")
    return given.encode()


def _sign(given: str, operand: Any) -> bytes:
    if _operator(given.strip()) is None:
        raise ScriptError(f"not an operator: {given!r}")
    sign = given.strip()
    if operand is None and sign not in ("=", *_UNEQUAL):
        raise ScriptError(f"null is = or !=, not {sign}")
    return sign.encode()


def _value(given: Any) -> SqlValue:
    if given is None:
        return None
    if isinstance(given, str):
        return given.encode("utf-8", "surrogateescape")
    if isinstance(given, bool) or not isinstance(given, (int, float)) or not -_BITS <= given < _BITS:
        raise ScriptError(f"not a text, a number or null: {given!r}")
    return given
