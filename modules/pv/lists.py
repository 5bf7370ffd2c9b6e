# -*- test-case-name: tests.modules.pv.test_lists -*-
"""lists: the transformations {param.*} over parameters, {line.*} over lines, {val.*} and {num.*} over values."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sipapp.errors import ConfigError
from sipapp.module import Value, transformation
from sipapp.module.arguments import Arguments
from sipapp.modules.pv.paramlist import parse_params
from sipapp.script.values import TextWithNumber

if TYPE_CHECKING:
    from sipapp.interfaces.script import IBinder
    from sipapp.module import Context

    Transform = Callable[[Context, Value], Value]

_JSON = re.compile(rb"[\"\\\x00-\x1f]").sub
_JSON_NAMES = {b'"': b'\\"', b"\\": b"\\\\", b"\b": b"\\b", b"\f": b"\\f", b"\n": b"\\n", b"\r": b"\\r", b"\t": b"\\t"}
_Params = list[tuple[bytes, bytes]]


class Lists:
    """Parameters, lines and plain values."""

    # -- {param.*} --------------------------------------------------------------------------------------------------

    @transformation("param.value", bind=True)
    def param_value(self, arguments: bytes, binder: IBinder) -> Transform:
        """{param.value,name,separator}: the value of a parameter, of the last one of this name; empty where there is
        none. The separator is `;` where it is not given."""
        return _by_name("param.value", arguments, binder, lambda values: values[-1] if values else b"")

    @transformation("param.in", bind=True)
    def param_in(self, arguments: bytes, binder: IBinder) -> Transform:
        """{param.in,name,separator}: 1 where there is such a parameter, else 0."""
        return _by_name("param.in", arguments, binder, lambda values: 1 if values else 0)

    @transformation("param.valueat", bind=True)
    def param_valueat(self, arguments: bytes, binder: IBinder) -> Transform:
        """{param.valueat,index,separator}: the value of a parameter; a negative index counts from the end."""
        return _by_index("param.valueat", arguments, binder, 1)

    @transformation("param.name", bind=True)
    def param_name(self, arguments: bytes, binder: IBinder) -> Transform:
        """{param.name,index,separator}: the name of a parameter; a negative index counts from the end."""
        return _by_index("param.name", arguments, binder, 0)

    @transformation("param.count", bind=True)
    def param_count(self, arguments: bytes, binder: IBinder) -> Transform:
        """{param.count,separator}: how many parameters there are."""
        reader = Arguments("param.count", arguments, binder)
        separator: Any = reader.mark() if reader.more() else b";"
        if isinstance(separator, bytes):
            _one(separator, "param.count")
        _ended(reader, "param.count")

        def count(ctx: Context, value: Value) -> Value:
            mark = separator if isinstance(separator, bytes) else separator(ctx)
            params = _params(value, mark[:1]) if mark else None
            return None if params is None else len(params)

        return count

    # -- {line.*} ---------------------------------------------------------------------------------------------------

    @transformation("line.count")
    def line_count(self, value: bytes) -> bytes | None:
        """{line.count}: how many lines it has."""
        return b"%d" % (value.count(b"\n") + (value[-1:] != b"\n")) if value else None

    @transformation("line.at")
    def line_at(self, value: bytes, index: int) -> bytes | None:
        """{line.at,index}: one line; a negative index counts from the end. Empty where there is no such line."""
        if not value:
            return None
        lines = (value.removesuffix(b"\n") if index < 0 else value).split(b"\n")
        return lines[index].removesuffix(b"\r") if -len(lines) <= index < len(lines) else b""

    @transformation("line.sw")
    def line_sw(self, value: bytes, prefix: bytes) -> bytes | None:
        """{line.sw,prefix}: the first line that starts with the prefix; empty where none does."""
        if not value:
            return None
        for line in value.split(b"\n"):
            if line.startswith(prefix):
                return line.removesuffix(b"\r")
        return b""

    # -- {val.*}, {num.*} -------------------------------------------------------------------------------------------

    @transformation("val.n0")
    def val_n0(self, value: Value) -> Value:
        """{val.n0}: 0 in place of null."""
        return 0 if value is None else value

    @transformation("val.ne")
    def val_ne(self, value: Value) -> Value:
        """{val.ne}: an empty text in place of null."""
        return b"" if value is None else value

    @transformation("val.json")
    def val_json(self, value: Value) -> Value:
        """{val.json}: escaped for a JSON string; null is empty."""
        return b"" if value is None else _json(value) if isinstance(value, bytes) else value

    @transformation("val.jsonqe")
    def val_jsonqe(self, value: Value) -> Value:
        """{val.jsonqe}: a JSON value: texts in double quotes, escaped; null is \"\"; numbers as they are."""
        if isinstance(value, int):
            return value
        return b'"%b"' % _json(value or b"")

    @transformation("num.fdigit")
    def num_fdigit(self, value: Value) -> int:
        """{num.fdigit}: the first digit of a number; 0 for anything else."""
        return int(str(abs(_number(value)))[0])

    @transformation("num.ldigit")
    def num_ldigit(self, value: Value) -> int:
        """{num.ldigit}: the last digit of a number; 0 for anything else."""
        return abs(_number(value)) % 10


def _params(value: Value, separator: bytes) -> _Params | None:
    if value is None:
        return None
    text = b"%d" % value if isinstance(value, int) else value
    if len(text) > 1:
        text = text.removesuffix(separator)
    return parse_params(text, separator) if text else None


def _by_name(name: str, arguments: bytes, binder: IBinder, answer: Callable[[list[bytes]], Value]) -> Transform:
    reader = Arguments(name, arguments, binder)
    if not reader.more():
        raise ConfigError(f"{{{name}}}: the argument 'name' is missing")
    wanted: Any = reader.text()
    separator = _separator(reader, name)

    def apply(ctx: Context, value: Value) -> Value:
        key = wanted if isinstance(wanted, bytes) else wanted(ctx)
        params = _params(value, separator)
        if params is None or key is None:
            return None
        key = key.lower()
        return answer([body for found, body in params if found.lower() == key])

    return apply


def _by_index(name: str, arguments: bytes, binder: IBinder, part: int) -> Transform:
    reader = Arguments(name, arguments, binder)
    if not reader.more():
        raise ConfigError(f"{{{name}}}: the argument 'index' is missing")
    wanted: Any = reader.number()
    separator = _separator(reader, name)

    def apply(ctx: Context, value: Value) -> Value:
        index = wanted if isinstance(wanted, int) else wanted(ctx)
        params = _params(value, separator)
        if params is None or index is None:
            return None
        return params[index][part] if -len(params) <= index < len(params) else b""

    return apply


def _separator(reader: Arguments, name: str) -> bytes:
    """The last argument: one character, and no comma."""
    separator = reader.text() if reader.more() else b";"
    if not isinstance(separator, bytes):
        raise ConfigError(f"{{{name}}}: the separator cannot be a variable")
    _one(separator, name)
    _ended(reader, name)
    return separator


def _one(separator: bytes, name: str) -> None:
    if len(separator) != 1:
        raise ConfigError(f"{{{name}}}: the separator is one character, got {separator.decode(errors='replace')!r}")


def _ended(reader: Arguments, name: str) -> None:
    if reader.more():
        raise ConfigError(f"{{{name}}}: too many arguments")


def _json(text: bytes) -> bytes:
    return _JSON(lambda m: _JSON_NAMES.get(m[0]) or b"\\u%04x" % ord(m[0]), text)


def _number(value: Value) -> int:
    if isinstance(value, int):
        return value
    return value.number if isinstance(value, TextWithNumber) else 0
