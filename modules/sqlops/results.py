# -*- test-case-name: tests.modules.sqlops.test_results -*-
"""results: what a query found, under the name that the script gave it: $dbr.

A result belongs to the run of the script that asked, waits included: calls do not see each other's.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sipapp.interfaces.script import IBinder
from sipapp.interfaces.sql import Rows
from sipapp.module import Access, ConfigError, Context, Value, modparam, pseudo_variable
from sipapp.module.arguments import as_number
from sipapp.module.sql import script_value

RESULTS = "sqlops"
"""`ctx.extra[RESULTS]`: name -> Rows."""

NONE = Rows((), ())

_dbr = re.compile(rb"\s*([^\s=]+)\s*=\s*>\s*(\S.*?)\s*", re.DOTALL).fullmatch
_cell = re.compile(rb"\[\s*([^\s,]+)\s*,\s*([^\s\]]+(?:\[[^\]]*\][^\s\]]*)*)\s*\]").fullmatch
_colname = re.compile(rb"colname\s*\[\s*([^\s]+?)\s*\]").fullmatch
_number = re.compile(rb"[+-]?[0-9]+").fullmatch

Index = Callable[[Context], int | None]


class Results:
    """Results by name."""

    sqlres: list[str] = modparam(default=[], doc="a result's name; any will do without it")
    results_maxsize: int = modparam(default=32, doc="results at most in Kamailio; without effect here")

    @pseudo_variable("dbr", bind=True)
    def pv_dbr(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$dbr(name=>key): what a query found; key is `rows` or `cols`, how many there are; `[row,column]`, a value;
        `colname[column]`, a name. Both count from 0 and may be variables; null beyond the last, and where the
        database has null. Numbers of 64 bits and those with a fraction are texts."""
        match = _dbr(inner or b"")
        if match is None:
            raise ConfigError(f"$dbr({(inner or b'').decode(errors='replace')}): wants NAME=>KEY")
        name, key = match[1], match[2]
        if key == b"rows":
            return Access(lambda ctx: len(result(ctx, name).rows), integer=True)
        if key == b"cols":
            return Access(lambda ctx: columns(result(ctx, name)), integer=True)
        if found := _cell(key):
            return Access(_value_reader(name, _index(found[1], binder), _index(found[2], binder)))
        if found := _colname(key):
            return Access(_name_reader(name, _index(found[1], binder)))
        raise ConfigError(
            f"$dbr({match[0].decode(errors='replace')}): the key is rows, cols, [ROW,COLUMN], colname[COLUMN]"
        )


def result(ctx: Context, name: bytes) -> Rows:
    """The result of this name; an empty one where there was none, or it failed."""
    kept: dict[bytes, Rows] = ctx.extra.get(RESULTS, {})
    return kept.get(name, NONE)


def keep(ctx: Context, name: bytes, rows: Rows) -> None:
    """Let this be the result of this name."""
    ctx.extra.setdefault(RESULTS, {})[name] = rows


def columns(rows: Rows) -> int:
    """How many there are; none in a result without rows."""
    return len(rows.columns) if rows.rows else 0


def _value_reader(name: bytes, row: Index, column: Index) -> Callable[[Context], Value]:
    def read(ctx: Context) -> Value:
        rows = result(ctx, name).rows
        at = row(ctx)
        if at is None or not 0 <= at < len(rows):
            return None
        values = rows[at]
        at = column(ctx)
        return script_value(values[at]) if at is not None and 0 <= at < len(values) else None

    return read


def _name_reader(name: bytes, column: Index) -> Callable[[Context], Value]:
    def read(ctx: Context) -> Value:
        found = result(ctx, name)
        at = column(ctx)
        return found.columns[at] if at is not None and 0 <= at < columns(found) else None

    return read


def _index(text: bytes, binder: IBinder) -> Index:
    """A number, or a variable that has one. Raises ConfigError."""
    if text.startswith(b"$"):
        read = binder.variable(text).get
        return lambda ctx: as_number(read(ctx))
    if not _number(text):
        raise ConfigError(f"$dbr: not an index: {text.decode(errors='replace')}")
    number = int(text)
    return lambda ctx: number
