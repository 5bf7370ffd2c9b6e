# -*- test-case-name: tests.modules.sqlops.test_user_avps -*-
"""user_avps: OpenSIPS' functions that keep users' AVPs in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipapp.errors import SqlUnavailable
from sipapp.interfaces.sql import ISql
from sipapp.module import ConfigError, Context, ScriptError, Value, modparam, script_function
from sipapp.module.avp_names import shown
from sipapp.modules.sqlops.structured import Structured
from sipapp.sql.preferences import Owner, Preferences, Stored

if TYPE_CHECKING:
    from sipapp.interfaces.script import IBinder

_PARSE = {"source": "owner", "name": "_kept", "db_id": "_number"}


class UserAvps(Structured, Preferences):
    """sql_avp_load(), sql_avp_store() and sql_avp_delete()."""

    usr_table: bytes = modparam(
        default=b"usr_preferences", doc="of sql_avp_load() and its kin: the table, where they name none"
    )

    def _kept(self, source: bytes, binder: IBinder) -> Stored:
        found = self.loaded(source, binder)
        if found.scheme is not None:
            raise ConfigError(f"schemes are for sql_avp_load(), got {shown(source)}")
        return found

    @script_function(parse={**_PARSE, "name": "loaded"})
    async def sql_avp_load(
        self, ctx: Context, source: Owner, name: Stored, db_id: Value = None, prefix: bytes = b""
    ) -> bool:
        """Load AVPs: `sql_avp_load("$fu", "$avp(x)")`; with a prefix for the names that they get.

        Whose: a key (`alice`, `$var(id)`), or a URI (`$ru $fu $tu $ou`, or `/uri` behind another), of which `/username`
        takes the user and `/domain` the host. Which: `$avp(x)`, `a` for all, `s` or `i` for those whose names are
        texts or numbers; a table or `$scheme` may follow, `$avp(x)/table`. False where there are none.
        """
        database = await self._database(db_id)
        return await self.load_avps(ctx, database, source, name, self.usr_table, prefix)

    @script_function(parse=_PARSE)
    async def sql_avp_store(self, ctx: Context, source: Owner, name: Stored, db_id: Value = None) -> bool:
        """Store AVPs, arguments as for sql_avp_load(); those that were loaded or stored before are left out. False
        where there is nothing to store."""
        return await self.store_avps(ctx, await self._database(db_id), source, name, self.usr_table)

    @script_function(parse=_PARSE)
    async def sql_avp_delete(self, ctx: Context, source: Owner, name: Stored, db_id: Value = None) -> bool:
        """Delete AVPs from the database, arguments as for sql_avp_load(). Those that the script has stay."""
        return await self.delete_avps(ctx, await self._database(db_id), source, name, self.usr_table)

    async def _database(self, db_id: Value) -> ISql:
        try:
            return await self.reach(self.by_number(db_id))
        except SqlUnavailable as why:
            raise ScriptError(str(why)) from why
