# -*- test-case-name: tests.modules.sqlops.test_sqlops -*-
"""sqlops: SQL statements in scripts. A route that asks a database waits for it, and nobody else does."""

from __future__ import annotations

import re

from twisted.internet.defer import ensureDeferred
from twisted.python.failure import Failure

from sipapp.interfaces.script import IBinder
from sipapp.interfaces.server import IServer
from sipapp.interfaces.sql import SqlBigInt, SqlValue
from sipapp.log import Logger
from sipapp.module import (
    Access,
    Context,
    ReturnCode,
    ScriptError,
    Text,
    Value,
    modparam,
    module,
    pseudo_variable,
    script_function,
    transformation,
)
from sipapp.module.sql import script_value, statement
from sipapp.modules.sqlops.connections import AFFECTED, Connection
from sipapp.modules.sqlops.opensips import Statement, Targets, targets, written
from sipapp.modules.sqlops.results import NONE, Results, columns, keep
from sipapp.modules.sqlops.user_avps import UserAvps
from sipapp.script.avp import Xavp, XavpList, xavps
from sipapp.script.values import wrap

log = Logger()

ROWS, NO_ROWS, NOT_KEPT = 1, 2, 3

_word = re.compile(rb"[^\s$=;()]+").fullmatch
_special = re.compile(rb"['\"\\\0]").sub


class _Second:
    """The second argument of sql_query(): a statement, or the AVPs of OpenSIPS' form."""

    __slots__ = ("avps", "statement")

    def __init__(self, source: bytes, binder: IBinder) -> None:
        self.statement = statement(source, binder)
        self.avps = targets(source, binder) if source.lstrip().startswith(b"$avp(") else ()


@module("sqlops")
class SqlOps(UserAvps, Results):
    """Statements by connection, as Kamailio has them; those by database number are in its bases."""

    tr_buf_size: int = modparam(default=2048, doc="longest text that {sql.val} takes in Kamailio; without effect here")

    async def start(self, server: IServer) -> None:
        await self.start_connections(server)

    # -- arguments

    def _connection(self, name: bytes) -> Connection:
        return self.connection(name.decode(errors="replace"))

    def _first(self, source: bytes, binder: IBinder) -> Connection | Statement:
        """A connection is one word, a statement has more."""
        return self._connection(source) if _word(source) else statement(source, binder)

    def _second(self, source: bytes, binder: IBinder) -> _Second:
        return _Second(source, binder)

    # -- functions

    @script_function(parse={"connection": "_first", "query": "_second"})
    async def sql_query(
        self, ctx: Context, connection: Value, query: Value = None, result: Text | None = None
    ) -> ReturnCode:
        """Make a statement: `sql_query("ca", "select a, b from t where c='$(rU{s.escape.common})'", "ra")`; the route
        waits for the database. 1: there are rows, `$dbr(ra=>...)` has them; 2: there are none; 3: there are some, but
        no name to keep them by; -1: it failed; -2: the database has never been reached.

        OpenSIPS' form has no connection: `sql_query("select a from t", "$avp(a)"[, number])`: a first argument of one
        word is a connection. The columns of each row go to the AVPs, `$avp(1)`, `$avp(2)`, ... without them, the
        first row on top, null as the text `<null>`. 1: there are rows; -2: none; -1: it failed.
        """
        if not isinstance(connection, Connection):
            avps = query.avps if isinstance(query, _Second) else ()
            if query is not None and not avps:
                raise ScriptError("the second argument must name AVPs, `$avp(a);$avp(b)`, behind a statement")
            return self.into_avps(ctx, await self.ask_number(ctx, connection, result), avps)
        if query is None:
            raise ScriptError(f"no statement for connection {connection.name}")
        if result is not None:
            keep(ctx, result, NONE)
        given = query.statement if isinstance(query, _Second) else query
        rows = await self.ask(ctx, connection, written(ctx, given, connection.database))
        if not columns(rows):
            return NO_ROWS
        if result is None:
            return NOT_KEPT
        keep(ctx, result, rows)
        return ROWS

    @script_function(parse={"connection": "_connection", "query": "_statement"})
    async def sql_xquery(self, ctx: Context, connection: Connection, query: Value, result: bytes) -> ReturnCode:
        """Make a statement; its rows go to an extended AVP, before those that are there: `sql_xquery("ca", "select a
        from t", "ra")`, then `$xavp(ra=>a)`, `$xavp(ra[1]=>a)`. 1: there are rows; 2: none; -1: it failed; -2: the
        database has never been reached."""
        rows = await self.ask(ctx, connection, written(ctx, query, connection.database))
        if not columns(rows):
            return NO_ROWS
        kept = xavps(ctx)
        for row in reversed(rows.rows):
            fields = zip(rows.columns, row, strict=True)
            kept.add(result, XavpList(Xavp(name, script_value(value)) for name, value in fields))
        return ROWS

    @script_function(parse={"connection": "_connection", "query": "_statement", "result": "_targets"})
    async def sql_pvquery(self, ctx: Context, connection: Connection, query: Value, result: Targets) -> ReturnCode:
        """Make a statement; its columns go to variables, the last row's first: `sql_pvquery("ca", "select a, b from
        t", "$var(a);$avp(b)")`. Null leaves AVPs alone. 1: there are rows; 2: none, the variables are as they were;
        -1: it failed, or there are more columns than variables; -2: the database has never been reached."""
        rows = await self.ask(ctx, connection, written(ctx, query, connection.database))
        if not columns(rows):
            return NO_ROWS
        for row in reversed(rows.rows):
            for place, value in enumerate(row):
                if place >= len(result):
                    raise ScriptError(f"Missing pv spec for column {place + 1}")
                if value is not None or not result[place].is_avp:
                    result[place].write(ctx, _assigned(value))
        return ROWS

    @script_function(parse={"connection": "_connection", "query": "_statement"}, asynchronous=False)
    def sql_query_async(self, ctx: Context, connection: Connection, query: Value) -> ReturnCode:
        """Make a statement whose outcome nobody wants: the route goes on at once. What goes wrong is logged."""
        text = written(ctx, query, connection.database)

        def failed(failure: Failure) -> None:
            log.error("sql_query_async: {why}", why=failure.getErrorMessage())

        ensureDeferred(self.ask(ctx, connection, text)).addErrback(failed)
        return 1

    @script_function()
    def sql_result_free(self, ctx: Context, result: Text) -> ReturnCode:
        """Forget a result."""
        keep(ctx, result, NONE)
        return 1

    # -- variables

    @pseudo_variable("sqlrows", bind=True)
    def pv_sqlrows(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$sqlrows(connection): how many rows this run's last statement by the connection added, changed or removed."""
        name = self._connection(inner or b"").name
        return Access(lambda ctx: wrap(ctx.extra.get(AFFECTED, {}).get(name, 0)), integer=True)

    @transformation("sql.val")
    def sql_val(self, value: Value) -> bytes:
        """{sql.val}: as it stands in a statement: a text in quotes and escaped, a number, NULL."""
        return b"NULL" if value is None else _quoted(value)

    @transformation("sql.val.int")
    def sql_val_int(self, value: Value) -> bytes:
        """{sql.val.int}: the same, with 0 for null."""
        return b"0" if value is None else _quoted(value)

    @transformation("sql.val.str")
    def sql_val_str(self, value: Value) -> bytes:
        """{sql.val.str}: the same, with '' for null."""
        return b"''" if value is None else _quoted(value)


def _assigned(value: SqlValue) -> Value:
    """A column for a variable: a number of 64 bits that 32 hold is a number."""
    if isinstance(value, SqlBigInt) and 0 <= value < 1 << 32:
        return wrap(int(value))
    return script_value(value)


def _quoted(value: int | bytes) -> bytes:
    if value.__class__ is int:
        return b"%d" % value
    assert isinstance(value, bytes)
    return b"'%b'" % _special(lambda match: b"\\0" if match[0] == b"\0" else b"\\" + match[0], value)
