# -*- test-case-name: tests.modules.sqlops.test_structured -*-
"""structured: OpenSIPS' functions that make the statement: select, update, insert, delete and replace.

Values go to the database apart from the statement; nobody can put anything into it by what a request says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from twisted.internet.defer import Deferred

from sipapp.errors import SqlError
from sipapp.interfaces.sql import ISql, Rows
from sipapp.module import Context, ReturnCode, ScriptError, Value, script_function
from sipapp.modules.sqlops import forms
from sipapp.modules.sqlops.opensips import FOUND, OpenSips, Targets

if TYPE_CHECKING:
    from sipapp.interfaces.script import IBinder

_T = TypeVar("_T")

_READ = {"columns": "_columns", "filter": "_tests", "db_id": "_number"}
_WRITE = {"columns": "_row", "filter": "_tests", "db_id": "_number"}


class Structured(OpenSips):
    """The functions whose arguments are tables, columns and filters."""

    def _perhaps(self, source: bytes, binder: IBinder) -> Targets:
        return self._targets(source, binder) if source.strip() else ()

    def _columns(self, source: bytes, binder: IBinder) -> forms.Form:
        return forms.form(source, binder, forms.columns)

    def _row(self, source: bytes, binder: IBinder) -> forms.Form:
        return forms.form(source, binder, forms.row)

    def _tests(self, source: bytes, binder: IBinder) -> forms.Form:
        return forms.form(source, binder, forms.conditions)

    @script_function(parse={**_READ, "res_col_avps": "_perhaps"})
    async def sql_select(
        self,
        ctx: Context,
        columns: Value,
        table: bytes,
        filter: Value = None,
        order: bytes = b"",
        res_col_avps: Targets = (),
        db_id: Value = None,
    ) -> ReturnCode:
        """Ask for rows: `sql_select('["value"]', "usr_preferences", '[{"username": "$tU"}, {"type": {"!=": 0}}]', "",
        "$avp(v)")`; with empty columns for all, without a filter for every row, in ascending order of the column
        `order`. What OpenSIPS lets out is an empty text here.

        A filter is an array of objects `{"column": value}` or `{"column": {"operator": value}}`, all of which hold; a
        value is a text, a number or null. Variables in it need no escaping: whatever they hold is a value. The columns
        go to the AVPs as with sql_query(): the first row on top, null as the text `<null>`, to `$avp(1)`, `$avp(2)`,
        ... without any. -2: there are no rows; -1: it failed.
        """
        rows = await self._select(ctx, columns, table, filter, order, db_id)
        return self.into_avps(ctx, rows, res_col_avps)

    @script_function(parse={**_READ, "res_col_vars": "_perhaps"})
    async def sql_select_one(
        self,
        ctx: Context,
        columns: Value,
        table: bytes,
        filter: Value = None,
        order: bytes = b"",
        res_col_vars: Targets = (),
        db_id: Value = None,
    ) -> ReturnCode:
        """Ask for one row, otherwise as sql_select(); its columns go to variables of any kind, as many as columns. Null
        is null."""
        rows = await self._select(ctx, columns, table, filter, order, db_id)
        return self.into_variables(ctx, rows, res_col_vars)

    @script_function(parse=_WRITE)
    async def sql_update(
        self, ctx: Context, columns: Value, table: bytes, filter: Value = None, db_id: Value = None
    ) -> ReturnCode:
        """Change rows: `sql_update('[{"password": "$avp(pw)"}]', "subscriber", '[{"username": "$tU"}]')`; the filter is
        that of sql_select(), without one all rows are changed. 1, also where there was none; -1: it failed."""
        row, tests = _made(ctx, columns, forms.row), _made(ctx, filter, forms.conditions)
        return await self._change(db_id, lambda database: database.update(_table(table), _given(row), tests))

    @script_function(parse=_WRITE)
    async def sql_insert(self, ctx: Context, table: bytes, columns: Value, db_id: Value = None) -> ReturnCode:
        """Add a row: `sql_insert("calls", '[{"callid": "$ci"}, {"caller": "$fU"}, {"price": null}]')`. -1: it
        failed."""
        row = _made(ctx, columns, forms.row)
        return await self._change(db_id, lambda database: database.insert(_table(table), _given(row)))

    @script_function(parse=_WRITE)
    async def sql_delete(self, ctx: Context, table: bytes, filter: Value = None, db_id: Value = None) -> ReturnCode:
        """Remove rows: `sql_delete("calls", '[{"callid": "$ci"}]')`; the filter is that of sql_select(), without one
        all rows go. 1, also where there was none; -1: it failed."""
        tests = _made(ctx, filter, forms.conditions)
        return await self._change(db_id, lambda database: database.delete(_table(table), tests))

    @script_function(parse=_WRITE)
    async def sql_replace(self, ctx: Context, table: bytes, columns: Value, db_id: Value = None) -> ReturnCode:
        """Add a row, in place of the one that has the same key: MySQL, MariaDB and SQLite can, for others it is -1.
        Arguments as for sql_insert()."""
        row = _made(ctx, columns, forms.row)
        return await self._change(db_id, lambda database: database.replace(_table(table), _given(row), ()))

    # -- how

    async def _select(
        self, ctx: Context, columns: Value, table: bytes, filter: Value, order: bytes, db_id: Value
    ) -> Rows:
        wanted = _made(ctx, columns, forms.columns) or ()
        tests = _made(ctx, filter, forms.conditions)
        by = forms.name(order.decode(errors="replace")) if order else None
        return await self._asked(db_id, lambda database: database.select(_table(table), wanted, tests, by))

    async def _change(self, db_id: Value, make: Callable[[ISql], Deferred[Any]]) -> ReturnCode:
        await self._asked(db_id, make)
        return FOUND

    async def _asked(self, db_id: Value, make: Callable[[ISql], Deferred[_T]]) -> _T:
        """Raises ScriptError: the database is not known, not there, or says no."""
        try:
            database = await self.reach(self.by_number(db_id))
            return await make(database)
        except SqlError as why:
            raise ScriptError(str(why)) from why


def _made(ctx: Context, given: Any, read: Callable[[Any], Any]) -> Any:
    """Of a literal that was read when the script loaded, or of what a variable holds."""
    return given(ctx) if callable(given) else forms.of_value(given, read)


def _given(row: Any) -> Any:
    if row is None:
        raise ScriptError("no columns are given")
    return row


def _table(name: bytes) -> bytes:
    return forms.name(name.decode(errors="replace"))
