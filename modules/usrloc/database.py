# -*- test-case-name: tests.modules.usrloc.test_database -*-
"""database: contacts in Kamailio's table `location`: written as they change, from time to time, or kept there alone."""

from __future__ import annotations

from typing import Any

from sipapp.errors import SqlError
from sipapp.interfaces.location import Contact
from sipapp.interfaces.server import IServer
from sipapp.interfaces.sql import ISql, SqlWhere
from sipapp.log import Logger
from sipapp.module import ConfigError, modparam
from sipapp.module.sockets import named_socket
from sipapp.module.sql import database
from sipapp.modules.usrloc.columns import Columns

log = Logger()

MEMORY, THROUGH, BACK, ALONE, READ = range(5)
"""`db_mode`."""


class Database(Columns):
    """The database of all tables."""

    db_mode: int = modparam(
        default=MEMORY,
        doc="where contacts are: 0: in memory alone; 1: in a database as well, written as they change; 2: written "
        "every `timer_interval` and when the server stops; 3: in the database alone, which is asked each time; 4: read "
        "from it at the start, never written",
    )
    db_url: str = modparam(
        default="mysql://kamailio:kamailiorw@localhost/kamailio", doc="the database; its module (db_...) must be loaded"
    )
    db_load: int = modparam(default=1, doc="0: tables begin empty, with `db_mode` 1 and 2")
    db_timer_clean: int = modparam(
        default=0, doc="1: rows whose time is over, of contacts that are not in memory too, go every `timer_interval`"
    )
    rm_expired_delay: int = modparam(
        default=0, minimum=0, unit="s", doc="with `db_mode` 3, how long rows stay when their time is over"
    )
    db_clean_tcp: int = modparam(default=0, doc="1: contacts that registered by a stream are forgotten at the start")
    server_id_filter: int = modparam(default=0, doc="1: only rows with our own server_id are read")
    skip_remote_socket: int = modparam(default=0, doc="1: contacts of sockets that are not ours are not read")
    fetch_rows: int = modparam(default=2000, doc="rows fetched at once in Kamailio; without effect here")
    db_insert_update: int = modparam(default=0, doc="rows are always written over; without effect here")
    db_update_as_insert: int = modparam(default=0, doc="without effect here, as `db_insert_update`")
    db_check_update: int = modparam(default=0, doc="without effect here, as `db_insert_update`")
    db_insert_null: int = modparam(default=0, doc="what a contact has not is always null; without effect here")
    db_ops_ruid: int = modparam(default=1, doc="rows are always known by their unique id; without effect here")
    db_raw_fetch_type: int = modparam(default=0, doc="without effect here")
    version_table: int = modparam(default=1, doc="0: the version of the table is not checked; it never is here")

    server: IServer
    sql: ISql
    xavp_contact: bytes

    def check_database(self) -> None:
        """Raises ConfigError: what is wanted cannot be."""
        if not MEMORY <= self.db_mode <= READ:
            raise ConfigError(f'modparam("usrloc", "db_mode"): 0 to {READ}, not {self.db_mode}')
        if self.rm_expired_delay and self.db_mode != ALONE:
            raise ConfigError('modparam("usrloc", "rm_expired_delay"): only with `db_mode` 3')
        if self.xavp_contact and self.db_mode:
            log.warn("usrloc: what xavp_contact keeps is not written to the database")

    async def connect(self) -> None:
        """Raises ConfigError: no such database; SqlError: it is not there."""
        self.sql = database(self.server, self.db_url, 'modparam("usrloc", "db_url")')
        await self.sql.connect()

    # -- rows

    async def read(self, table: bytes, where: SqlWhere | None = None) -> list[tuple[bytes, Contact]]:
        """The rows, as (address of record, contact), of those whose time is over as well. Raises SqlError."""
        columns = self.columns()
        found = await self.sql.select(table, columns, where)
        rows = [self.contact_of(dict(zip(columns, row, strict=True))) for row in found.rows]
        if self.server_id_filter:
            rows = [(aor, c) for aor, c in rows if c.server_id == self.server.config.server_id]
        if self.skip_remote_socket:
            transport = self.server.transport
            rows = [(aor, c) for aor, c in rows if not c.socket or named_socket(transport, c.socket) is not None]
        return rows

    async def of(self, table: bytes, aor: bytes) -> list[Contact]:
        """Those of one address. Raises SqlError."""
        return [contact for _, contact in await self.read(table, self.key_of(aor))]

    async def write(self, table: bytes, aor: bytes, contact: Contact) -> None:
        """Raises SqlError."""
        await self.sql.replace(table, self.row_of(aor, contact), [self.ruid_column])

    async def remove(self, table: bytes, ruid: bytes) -> int:
        """How many there were. Raises SqlError."""
        return await self.sql.delete(table, {self.ruid_column: ruid})

    def over(self, delay: int = 0) -> SqlWhere:
        """The rows whose time is over, since so long."""
        end = int(self.server.clock.seconds()) - delay
        return [(self.expires_column, b"<", self.time(end + 1)), (self.expires_column, b"!=", self.time(0))]

    async def clean(self, table: bytes) -> None:
        """Remove the rows whose time is over. An error is logged."""
        try:
            await self.sql.delete(table, self.over())
        except SqlError as why:
            log.error("{table}: rows whose time is over stay: {why}", table=table.decode(), why=str(why))

    async def forget_streams(self, table: bytes) -> None:
        """Remove the rows of contacts that registered by a stream. Raises SqlError."""
        where: Any = [(self.connection_id_column, b">", 0)]
        await self.sql.delete(table, where)
