# -*- test-case-name: tests.modules.test_db_sqlite -*-
"""db_sqlite: databases in files, by SQLite: `sqlite:////var/lib/sipapp/app.db`. Nothing else need be installed."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from sipapp.backend import Backend, Limits
from sipapp.errors import ConfigError, SqlError, SqlUnavailable
from sipapp.interfaces.server import IServer
from sipapp.interfaces.sql import Rows, SqlBigInt, SqlTime, SqlValue
from sipapp.log import Logger
from sipapp.module import modparam, module
from sipapp.module.definitions import pairs
from sipapp.sql.engine import QUEUE, Engine
from sipapp.sql.pool import Lane, Pool
from sipapp.sql.statements import filled
from sipapp.sql.threads import ThreadLane
from sipapp.sql.url import Url

log = Logger()

MEMORY = ":memory:"
_MODES = frozenset(("DELETE", "TRUNCATE", "PERSIST", "MEMORY", "WAL", "OFF"))
_EPOCH = 2440587.5  # the Julian day of 1970-01-01: Kamailio keeps times as Julian days
_DAY = 86400


@module("db_sqlite")
class DbSqlite(Engine):
    """Each database has a pool of threads; SQLite lets one of them write at a time."""

    schemes = ("sqlite",)

    db_set_readonly: list[str] = modparam(default=[], doc="path of a database that is only read")
    db_set_journal_mode: list[list[tuple[str, str]]] = modparam(
        default=[], parse="parse_modes", doc="how changes are kept safe, by path: `/var/x.db=WAL;`"
    )
    db_set_busy_timeout: list[list[tuple[str, str]]] = modparam(
        default=[], parse="parse_times", doc="ms to wait for others that write, by path: `/var/x.db=500`; 500 else"
    )

    def parse_modes(self, text: str) -> list[tuple[str, str]]:
        """Raises ConfigError: no such journal mode."""
        modes = [(path, mode.upper()) for path, mode in pairs(text)]
        for path, mode in modes:
            if mode not in _MODES:
                raise ConfigError(f"{path}: {mode} is none of {', '.join(sorted(_MODES))}")
        return modes

    def parse_times(self, text: str) -> list[tuple[str, str]]:
        """Raises ConfigError: not a number of milliseconds."""
        times = pairs(text)
        for path, time in times:
            if not time.isdecimal():
                raise ConfigError(f"{path}: must be a number of milliseconds, got {time!r}")
        return times

    def open_lane(self, url: Url, server: IServer, pool: Pool) -> Lane:
        path = url.database
        modes = {name: mode for modes in self.db_set_journal_mode for name, mode in modes}
        times = {name: int(time) for times in self.db_set_busy_timeout for name, time in times}
        connection = SqliteConnection(path, path in self.db_set_readonly, modes.get(path), times.get(path, 500))
        return ThreadLane(server.reactor, server.clock, pool, connection, connect_timeout=0)

    def limits(self, url: Url, server: IServer) -> Backend:
        """Each connection to a database in memory has one of its own, so there is only one."""
        if url.database == MEMORY:
            return Backend(MEMORY, server.clock, Limits(1, QUEUE))
        return super().limits(url, server)


class SqliteConnection:
    """A Connection."""

    def __init__(self, path: str, readonly: bool, mode: str | None, busy_timeout: int) -> None:
        self._path = path
        self._readonly = readonly
        self._mode = mode
        self._busy_timeout = busy_timeout  # ms
        self._database: sqlite3.Connection | None = None

    def open(self) -> None:
        name = f"file:{quote(self._path)}{'?mode=ro' if self._readonly else ''}"
        try:
            database = sqlite3.connect(
                name,
                uri=True,
                timeout=self._busy_timeout / 1000,
                isolation_level=None,
                check_same_thread=False,
                detect_types=sqlite3.PARSE_DECLTYPES,
            )
            database.text_factory = bytes
            if self._mode is not None:
                database.execute(f"PRAGMA journal_mode={self._mode}")
        except sqlite3.Error as why:
            raise SqlUnavailable(f"{self._path}: {why}") from why
        self._database = database

    def run(self, statement: bytes, values: Sequence[SqlValue]) -> Rows:
        assert self._database is not None
        marks, bound = _bound(values)
        try:
            text = (filled(statement, marks) if marks else statement).decode("utf-8", "surrogateescape")
            cursor = self._database.execute(text, bound)
            found = cursor.fetchall()
        except (sqlite3.Error, sqlite3.Warning, UnicodeError, OverflowError) as why:
            raise SqlError(str(why)) from why
        if cursor.description is None:
            return Rows((), (), max(cursor.rowcount, 0))
        return Rows(tuple(column[0].encode() for column in cursor.description), found, max(cursor.rowcount, 0))

    def interrupt(self) -> None:
        if self._database is not None:
            self._database.interrupt()

    abort = interrupt

    def close(self) -> None:
        if self._database is not None:
            self._database.close()


def _bound(values: Sequence[SqlValue]) -> tuple[list[bytes], list[object]]:
    """What to bind. Texts are UTF-8 to SQLite; others are bound as blobs, and the marks, if any are given, make them
    texts again."""
    bound: list[object] = []
    odd = False
    for value in values:
        if isinstance(value, bytes):
            try:
                bound.append(value.decode())
            except UnicodeDecodeError:
                bound.append(value)
                odd = True
        else:
            bound.append(value / _DAY + _EPOCH if isinstance(value, SqlTime) else value)
    return [b"CAST(? AS TEXT)" if isinstance(v, bytes) else b"?" for v in bound] if odd else [], bound


def _time(value: bytes) -> int | bytes:
    """A column of dates: a Julian day, as Kamailio writes it, a text, of local time, or s since 1970."""
    try:
        number = float(value)
    except ValueError:
        try:
            return int(datetime.fromisoformat(value.decode()).timestamp())
        except ValueError:
            return value
    return round((number - _EPOCH) * _DAY) if number < 1e7 else int(number)


for _name in ("DATE", "DATETIME", "TIME", "TIMESTAMP"):
    sqlite3.register_converter(_name, _time)
sqlite3.register_converter("BIGINT", lambda value: SqlBigInt(value))
