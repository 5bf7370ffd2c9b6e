# -*- test-case-name: tests.modules.db_text.test_db_text -*-
"""db_text: tables as text files in a folder: `text:///etc/sipapp/tables`. Small ones, for demos and tests.

They are read when they are first asked for and kept in memory; what has changed is written when the server stops, and
by `db_text.dump`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sipapp.errors import ConfigError, SqlError
from sipapp.interfaces.server import IServer
from sipapp.log import Logger
from sipapp.module import modparam, module, rpc_command
from sipapp.module.sql import script_value
from sipapp.modules.db_text.connection import DUMP, TextConnection
from sipapp.script.values import text
from sipapp.sql.engine import Engine
from sipapp.sql.pool import Lane, Pool
from sipapp.sql.threads import lane
from sipapp.sql.url import Url

log = Logger()

_PREFIX = "text://"


@module("db_text")
class DbText(Engine):
    """Statements are SQLite's; unlike in Kamailio there is no limit to what they may be."""

    schemes = ("text",)

    db_mode: int = modparam(default=0, doc="1: a file that has changed is read again with the next statement")
    db_delim: bytes = modparam(default=b":", parse="parse_delimiter", doc="what stands between fields")
    emptystring: int = modparam(default=0, doc="1: a text without characters is one, not null")
    default_connection: str = modparam(default="", doc="URL that db_text.query asks")
    max_result_rows: int = modparam(default=100000, minimum=1, doc="rows of a file that are read")
    file_buffer_size: int = modparam(default=16384, doc="without effect here: fields may be of any length")

    server: Any = None

    def parse_delimiter(self, given: bytes) -> bytes:
        """Raises ConfigError: not one character."""
        if len(given) != 1 or given in b"\\\n\r":
            raise ConfigError("must be one character")
        return given

    def start(self, server: IServer) -> None:
        self.server = server

    async def stop(self) -> None:
        """Write back what has changed, then close."""
        for pool in self.pools.values():
            await self._write(pool)
        await super().stop()

    def parse(self, url: str) -> Url:
        folder = url.removeprefix(_PREFIX)
        if folder == url or not folder:
            raise ConfigError("not text:///folder")
        return Url("text", "", "", "", 0, folder)

    def exclusive(self, url: Url) -> bool:
        return True

    def open_lane(self, url: Url, server: IServer, pool: Pool) -> Lane:
        connection = TextConnection(
            Path(url.database), self.db_delim, bool(self.emptystring), self.max_result_rows, bool(self.db_mode)
        )
        return lane(server, pool, connection)

    @rpc_command("db_text.dump")
    async def rpc_dump(self) -> str:
        """Write back all tables that have changed."""
        done = [await self._write(pool) for pool in self.pools.values()]
        return "Dump OK" if all(done) else "Dump failed"

    @rpc_command("db_text.query")
    async def rpc_query(self, sqlcmd: str) -> list[dict[str, str]] | str:
        """Make a statement in `default_connection`; its rows, by column."""
        if not self.default_connection:
            return "no default_connection"
        try:
            found = await self.database(self.default_connection, self.server).execute(sqlcmd.encode())
        except SqlError as why:
            return f"error executing sql statement: {why}"
        return [
            {
                name.decode(): text(script_value(value)).decode(errors="replace")
                for name, value in zip(found.columns, row, strict=True)
            }
            for row in found.rows
        ]

    async def _write(self, pool: Pool) -> bool:
        if not pool.connections:
            return True  # nobody has asked it anything
        try:
            await pool.execute(DUMP)
        except SqlError as why:
            log.error("{why}", why=str(why))
            return False
        return True
