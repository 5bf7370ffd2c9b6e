# -*- test-case-name: tests.modules.sqlops.test_connections -*-
"""connections: the databases that a script asks, by the names that sqlcon gives them."""

from __future__ import annotations

import re
from typing import Any

from sipapp.errors import SqlError, SqlUnavailable
from sipapp.interfaces.server import IServer
from sipapp.interfaces.sql import ISql, Rows
from sipapp.log import Logger
from sipapp.module import ConfigError, Context, ScriptError, modparam
from sipapp.module.sql import database
from sipapp.nearest import nearest

log = Logger()

START, LATER, LAZILY = 0, 1, 2  # connect_mode

UNUSABLE = -2

AFFECTED = "sqlops.affected"
"""`ctx.extra[AFFECTED]`: connection -> how many rows its last statement in this run changed."""

_sqlcon = re.compile(r"\s*([^\s=]+)\s*=\s*>\s*(\S.*)", re.DOTALL).fullmatch
_db_url = re.compile(r"\s*(?:([0-9]+)\s+)?(\S+)\s*").fullmatch


class Connection:
    """A database under a name."""

    __slots__ = ("connected", "database", "name", "parameter", "url")

    def __init__(self, name: str, url: str, parameter: str) -> None:
        self.name = name
        self.url = url
        self.parameter = parameter
        self.database: Any = None  # ISql, once the module has started
        self.connected = False  # it has been reached

    def __repr__(self) -> str:
        return f"<connection {self.name}>"


class Connections:
    """The parameters that name databases."""

    sqlcon: list[Connection] = modparam(
        default=[], parse="_named", doc="a database and its name: `ca=>mysql://user:password@192.0.2.1/kamailio`"
    )
    db_url: list[Connection] = modparam(
        default=[], parse="_numbered", doc="a database by number, as OpenSIPS has them: `2 mysql://...`; 0 without one"
    )
    connect_mode: int = modparam(
        default=START,
        minimum=START,
        maximum=LAZILY,
        doc="0: the server does not start without its databases; 1: it does, and they are tried again with each "
        "statement; 2: they are not tried before the first",
    )
    log_buf_size: int = modparam(default=128, minimum=1, doc="how much of a statement that failed is logged (bytes)")

    def _named(self, text: str) -> Connection:
        match = _sqlcon(text)
        if match is None:
            raise ConfigError(f"not NAME=>URL: {text.partition(':')[0]!r}")
        if any(known.name == match[1] for known in self.sqlcon):
            raise ConfigError(f"there is a connection {match[1]!r} already")
        return Connection(match[1], match[2].strip(), 'modparam("sqlops", "sqlcon")')

    def _numbered(self, text: str) -> Connection:
        match = _db_url(text)
        if match is None:
            raise ConfigError("not [NUMBER] URL")
        number = str(int(match[1] or 0))
        if any(known.name == number for known in self.db_url):
            raise ConfigError(f"there is a database {number} already")
        return Connection(number, match[2], 'modparam("sqlops", "db_url")')

    async def start_connections(self, server: IServer) -> None:
        """Raises ConfigError: no database module; SqlUnavailable: a database that is wanted now is not there."""
        for connection in (*self.sqlcon, *self.db_url):
            connection.database = database(server, connection.url, connection.parameter)
        if self.connect_mode == LAZILY:
            return
        for connection in (*self.sqlcon, *self.db_url):
            try:
                await self.reach(connection)
            except SqlUnavailable as why:
                if self.connect_mode == START:
                    raise
                log.info("sqlops {name}: {why}; it is tried again later", name=connection.name, why=str(why))

    # -- asking

    def connection(self, name: str) -> Connection:
        """Raises ConfigError: there is none of this name."""
        for connection in self.sqlcon:
            if connection.name == name:
                return connection
        raise ConfigError(f"no connection {name!r}{nearest(name, (known.name for known in self.sqlcon))}")

    def numbered(self, number: int) -> Connection:
        """Raises ConfigError: there is none of this number."""
        for connection in self.db_url:
            if connection.name == str(number):
                return connection
        if not self.db_url and 0 <= number < len(self.sqlcon):
            return self.sqlcon[number]
        raise ConfigError(f"there is no database {number}")

    async def reach(self, connection: Connection) -> ISql:
        """The database; connected, if that has never been done. Raises SqlUnavailable."""
        found: ISql = connection.database
        if not connection.connected:
            await found.connect()
            connection.connected = True
        return found

    async def ask(self, ctx: Context, connection: Connection, statement: bytes, unusable: int = UNUSABLE) -> Rows:
        """Raises ScriptError: `unusable` where the database has never been reached, -1 for anything else."""
        try:
            found = connection.database if connection.connected else await self.reach(connection)
        except SqlUnavailable as why:
            raise ScriptError(f"invalid connection to database {connection.name}: {why}", unusable) from why
        try:
            rows: Rows = await found.execute(statement)
        except SqlError as why:
            shown = statement[: self.log_buf_size].decode(errors="replace")
            raise ScriptError(f"cannot do the query [{shown}]: {why}") from why
        ctx.extra.setdefault(AFFECTED, {})[connection.name] = rows.affected
        return rows
