# -*- test-case-name: tests.modules.avpops.test_database -*-
"""database: AVPs loaded from a table, stored there and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipapp.interfaces.server import IServer
from sipapp.interfaces.sql import ISql
from sipapp.module import ConfigError, Context, modparam, script_function
from sipapp.module.avp_names import shown
from sipapp.module.sql import database
from sipapp.modules.avpops.checks import ROUTES
from sipapp.sql.preferences import Owner, Preferences, Stored

if TYPE_CHECKING:
    from sipapp.interfaces.script import IBinder


class Database(Preferences):
    """avp_db_load(), avp_db_store() and avp_db_delete()."""

    db_url: str = modparam(default="", doc="the database")
    avp_table: bytes = modparam(default=b"", doc="the table, where a function names none")

    database: ISql

    def start_database(self, server: IServer) -> None:
        """Raises ConfigError: no table, no database module."""
        if self.db_url:
            if not self.avp_table:
                raise ConfigError('modparam("avpops", "avp_table") is missing: db_url is given')
            self.database = database(server, self.db_url, 'modparam("avpops", "db_url")')

    # -- what the script writes

    def _owner(self, source: bytes, binder: IBinder) -> Owner:
        self.need_database()
        return self.owner(source, binder)

    def _loaded(self, source: bytes, binder: IBinder) -> Stored:
        self.need_database()
        return self.loaded(source, binder)

    def _kept(self, source: bytes, binder: IBinder) -> Stored:
        found = self._loaded(source, binder)
        if found.scheme is not None:
            raise ConfigError(f"schemes are for avp_db_load(), got {shown(source)}")
        return found

    def need_database(self) -> None:
        if not self.db_url:
            raise ConfigError('wants a database: modparam("avpops", "db_url", ...)')

    # -- what it calls

    @script_function(routes=ROUTES, parse={"source": "_owner", "name": "_loaded"})
    async def avp_db_load(self, ctx: Context, source: Owner, name: Stored) -> bool:
        """Load AVPs: `avp_db_load("$fu", "$avp(x)")`. The route waits for the database.

        Whose: a key (`alice`, `$var(id)`), or a URI (`$ru $fu $tu $ou`, or `/uri` behind another), of which `/username`
        takes the user and `/domain` the host. Which: `$avp(x)`, `*` for all, `s` or `i` for those whose names are
        texts or numbers; a table or `$scheme` may follow, `$avp(x)/table`. False where there are none.
        """
        return await self.load_avps(ctx, self.database, source, name, self.avp_table)

    @script_function(routes=ROUTES, parse={"source": "_owner", "name": "_kept"})
    async def avp_db_store(self, ctx: Context, source: Owner, name: Stored) -> bool:
        """Store AVPs, arguments as for avp_db_load(); those that were loaded or stored before are left out. False
        where there is nothing to store."""
        return await self.store_avps(ctx, self.database, source, name, self.avp_table)

    @script_function(routes=ROUTES, parse={"source": "_owner", "name": "_kept"})
    async def avp_db_delete(self, ctx: Context, source: Owner, name: Stored) -> bool:
        """Delete AVPs from the database, arguments as for avp_db_load(). Those that the script has stay."""
        return await self.delete_avps(ctx, self.database, source, name, self.avp_table)
