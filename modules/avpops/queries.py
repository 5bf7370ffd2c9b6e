# -*- test-case-name: tests.modules.avpops.test_queries -*-
"""queries: any SQL statement, its rows in AVPs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sipapp.errors import SqlError
from sipapp.interfaces.sql import ISql
from sipapp.module import ConfigError, Context, ReturnCode, ScriptError, script_function
from sipapp.module.avp_names import Avp, avp
from sipapp.module.sql import script_value, statement
from sipapp.modules.avpops.checks import ROUTES
from sipapp.modules.avpops.database import Database
from sipapp.script.pvsyntax import end_of_variable

if TYPE_CHECKING:
    from sipapp.interfaces.script import IBinder
    from sipapp.script.avp import AvpKey

NO_ROWS = -2

_between = re.compile(rb"[\s;]*").match


class Queries(Database):
    """avp_db_query()."""

    def _statement(self, source: bytes, binder: IBinder) -> Callable[[Context, ISql], bytes]:
        self.need_database()
        return statement(source, binder)

    def _destinations(self, source: bytes, binder: IBinder) -> list[Avp]:
        """`$avp(a);$avp(b)`. Raises ConfigError."""
        found: list[Avp] = []
        at = _between(source).end()  # type: ignore[union-attr]
        while at < len(source):
            if source[at : at + 1] != b"$":
                raise ConfigError(f"wants $avp(a);$avp(b), got {source.decode(errors='replace')!r}")
            end = end_of_variable(source, at)
            found.append(avp(source[at:end], binder))
            at = _between(source, end).end()  # type: ignore[union-attr]
        if not found:
            raise ConfigError("no AVP is named")
        return found

    @script_function(routes=ROUTES, parse={"query": "_statement", "dest": "_destinations"})
    async def avp_db_query(
        self, ctx: Context, query: Callable[[Context, ISql], bytes], dest: Sequence[Avp] = ()
    ) -> bool | ReturnCode:
        """Ask the database: `avp_db_query("select a, b from t where c='$(rU{sql.val.str})'", "$avp(a);$avp(b)")`.

        The columns go to these AVPs in order, to `$avp(i:1)`, `$avp(i:2)` and so on without them; the first row is
        on top. Columns that are null or empty are left out. The route waits for the database. -2 where there are no
        rows, -1 where it failed.
        """
        try:
            rows = (await self.database.execute(query(ctx, self.database))).rows
        except SqlError as why:
            raise ScriptError(str(why)) from why
        if not rows or not rows[0]:
            return ReturnCode(NO_ROWS)
        keys: list[AvpKey | None] = [found.key(ctx) for found in dest] or list(range(1, len(rows[0]) + 1))
        for row in reversed(rows):
            for key, column in zip(keys, row, strict=False):
                value = script_value(column)
                if key is not None and value not in (None, b""):
                    ctx.avps.setdefault(key, []).append(value)
        return True
