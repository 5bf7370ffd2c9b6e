# -*- test-case-name: tests.module.test_sql -*-
"""sql: the database of a URL, and statements as scripts write them, for the modules that ask one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from sipapp.errors import ConfigError
from sipapp.interfaces.server import IServer
from sipapp.interfaces.sql import ISql, ISqlEngine, SqlBigInt, SqlValue
from sipapp.script.pvsyntax import end_of_variable, parse_variable
from sipapp.script.values import HIGHEST, LOWEST

if TYPE_CHECKING:
    from sipapp.interfaces.script import Getter, IBinder, Value
    from sipapp.script.runtime import Context

ESCAPES = frozenset(("s.escape.common", "sql.val", "sql.val.int", "sql.val.str"))
_escaped = re.compile(rb"\\(['\"\\0])").sub


def database(server: IServer, url: str, what: str) -> ISql:
    """The database of a URL; `what` names the parameter in errors. Raises ConfigError: no loaded module knows it."""
    scheme = url.partition(":")[0]
    for engine in (server.find(ISqlEngine), *server.modules.values()):
        if engine is not None and ISqlEngine.providedBy(engine) and scheme in engine.schemes:
            found: ISql = engine.database(url, server)
            return found
    raise ConfigError(f'{what}: no database module for {scheme}: is loaded (loadmodule "db_{scheme}"?)')


def script_value(value: SqlValue) -> Value:
    """What a script sees of a column: numbers that 32 bits hold, all else as text."""
    if value is None or isinstance(value, bytes):
        return value
    if isinstance(value, int):
        return value if LOWEST <= value <= HIGHEST and value.__class__ is not SqlBigInt else b"%d" % value
    return b"%d" % value if value.is_integer() and abs(value) < 1e15 else repr(value).encode()


def statement(source: bytes, binder: IBinder) -> Callable[[Context, ISql], bytes]:
    """A statement as a script writes it, with variables in it.

    What a variable's last transformation, `{s.escape.common}` or `{sql.val}`, escapes with backslashes is escaped by
    doubled quotes for a database to which a backslash is a character like others.
    """
    parts = _parts(source, binder)
    whole = binder.text(source)
    if not any(escaped for _, escaped in parts):
        return lambda ctx, database: whole(ctx)  # type: ignore[return-value]

    def written(ctx: Context, database: ISql) -> bytes:
        if database.backslashes:
            return whole(ctx)  # type: ignore[return-value]
        return b"".join(_doubled(read(ctx)) if escaped else read(ctx) for read, escaped in parts)  # type: ignore[arg-type, misc]

    return written


def _parts(source: bytes, binder: IBinder) -> list[tuple[Getter, bool]]:
    """The text cut at the variables that escape: readers, and whether they do."""
    parts: list[tuple[Getter, bool]] = []
    start = at = 0
    while (dollar := source.find(b"$", at)) >= 0:
        at = end_of_variable(source, dollar)
        if source[dollar:at] in (b"$$", b"$($)"):
            continue
        applied = parse_variable(source[dollar:at]).transformations
        if applied and applied[-1].name.lower() in ESCAPES:
            parts += [(binder.text(source[start:dollar]), False), (binder.text(source[dollar:at]), True)]
            start = at
    return [*parts, (binder.text(source[start:]), False)]


def unescaped(text: bytes) -> bytes:
    """A text without its backslash escapes."""
    return _escaped(lambda match: b"\0" if match[1] == b"0" else match[1], text)


def _doubled(text: bytes) -> bytes:
    """A text with backslash escapes, in quotes of its own or not, with doubled quotes in place of them."""
    quoted = len(text) > 1 and text.startswith(b"'") and text.endswith(b"'")
    plain = unescaped(text[1:-1] if quoted else text)
    doubled = plain.replace(b"'", b"''")
    return b"'%b'" % doubled if quoted else doubled
