# -*- test-case-name: tests.modules.sqlops.test_opensips -*-
"""opensips: sql_query() and sql_query_one() as OpenSIPS has them: rows in AVPs, 1, -2 without rows, -1 for errors."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from sipapp.interfaces.script import Setter
from sipapp.interfaces.sql import ISql, Rows, SqlBigInt, SqlValue
from sipapp.module import ConfigError, Context, ReturnCode, ScriptError, Value, modparam, script_function
from sipapp.module.sql import script_value, statement
from sipapp.modules.sqlops.connections import Connection, Connections
from sipapp.script.pvsyntax import end_of_variable, parse_variable
from sipapp.script.values import integer, text

if TYPE_CHECKING:
    from sipapp.interfaces.script import IBinder

Statement = Callable[[Context, ISql], bytes]

FOUND, EMPTY = 1, -2

_between = re.compile(rb"[\s;,]*").match


class Target(NamedTuple):
    """A variable that columns go to."""

    write: Setter
    is_avp: bool


Targets = tuple[Target, ...]


def targets(source: bytes, binder: IBinder) -> Targets:
    """`$var(a);$avp(b)`. Raises ConfigError: not a list of variables that can be written."""
    found: list[Target] = []
    at = _between(source).end()  # type: ignore[union-attr]
    while at < len(source):
        if source[at : at + 1] != b"$":
            raise ConfigError(f"wants $var(a);$avp(b), got {source.decode(errors='replace')!r}")
        end = end_of_variable(source, at)
        access = binder.variable(source[at:end])
        if access.set is None:
            raise ConfigError(f"{source[at:end].decode(errors='replace')} cannot be written")
        found.append(Target(access.set, parse_variable(source[at:end]).name == "avp"))
        at = _between(source, end).end()  # type: ignore[union-attr]
    if not found:
        raise ConfigError("no variable is named")
    return tuple(found)


class OpenSips(Connections):
    """The forms whose first argument is the statement."""

    bigint_to_str: int = modparam(
        default=0, doc="of OpenSIPS' functions: 1: a number of a column of 64 bits is a text, else where it is too long"
    )
    ps_id_max_buf_len: int = modparam(default=1024, doc="of a buffer in OpenSIPS; without effect here")

    def _statement(self, source: bytes, binder: IBinder) -> Statement:
        return statement(source, binder)

    def _targets(self, source: bytes, binder: IBinder) -> Targets:
        return targets(source, binder)

    def _number(self, source: bytes) -> Connection:
        return self.numbered(integer(source))

    @script_function(parse={"query": "_statement", "res_col_vars": "_targets", "db_id": "_number"})
    async def sql_query_one(
        self, ctx: Context, query: Value, res_col_vars: Targets = (), db_id: Value = None
    ) -> ReturnCode:
        """Ask for one row: `sql_query_one("select a, b from t", "$var(a);$avp(b)")`; its columns go to these
        variables, of any kind and as many as columns, to `$avp(1)`, `$avp(2)`, ... without them. Null is null. -2:
        there is no row; -1: it failed."""
        return self.into_variables(ctx, await self.ask_number(ctx, query, db_id), res_col_vars)

    def into_variables(self, ctx: Context, rows: Rows, variables: Targets) -> ReturnCode:
        """The first row in these variables. Raises ScriptError: not as many as columns."""
        if not rows.rows or not rows.columns:
            return EMPTY
        if variables and len(variables) != len(rows.columns):
            raise ScriptError(f"{len(rows.columns)} columns for {len(variables)} variables")
        for place, value in enumerate(rows.rows[0]):
            if variables:
                variables[place].write(ctx, self._seen(value))
            elif value is not None:
                ctx.avps.setdefault(place + 1, []).append(self._seen(value))
        return FOUND

    def into_avps(self, ctx: Context, rows: Rows, avps: Targets) -> ReturnCode:
        """Every row in the AVPs, the first row on top; null is the text `<null>`."""
        if not rows.rows or not rows.columns:
            return EMPTY
        for row in reversed(rows.rows):
            for place, column in enumerate(row):
                value = b"<null>" if column is None else self._seen(column)
                if place < len(avps):
                    avps[place].write(ctx, value)
                elif not avps:
                    ctx.avps.setdefault(place + 1, []).append(value)
        return FOUND

    def _seen(self, value: SqlValue) -> Value:
        """A column as scripts see it; what 64 bits hold is a number where 32 can, unless `bigint_to_str`."""
        if isinstance(value, SqlBigInt) and not self.bigint_to_str:
            return script_value(int(value))
        return script_value(value)

    def by_number(self, db_id: Value) -> Connection:
        """Raises ScriptError: there is none."""
        try:
            return db_id if isinstance(db_id, Connection) else self.numbered(integer(db_id))
        except ConfigError as why:
            raise ScriptError(why.reason) from None

    async def ask_number(self, ctx: Context, query: Value, db_id: Value) -> Rows:
        """Raises ScriptError."""
        found = self.by_number(db_id)
        return await self.ask(ctx, found, written(ctx, query, found.database), -1)


def written(ctx: Context, query: object, database: ISql) -> bytes:
    """A statement that was given as a text, or by a variable."""
    return query(ctx, database) if callable(query) else text(query)  # type: ignore[arg-type]
