# -*- test-case-name: tests.modules.test_db_sqlite -*-
"""db_sqlite: databases in files, by SQLite: `sqlite:////var/lib/sipapp/app.db`. Nothing else need be installed."""

from __future__ import annotations

from sipapp.errors import ConfigError
from sipapp.interfaces.server import IServer
from sipapp.module import modparam, module
from sipapp.module.definitions import pairs
from sipapp.sql.engine import Engine
from sipapp.sql.pool import Lane, Pool
from sipapp.sql.sqlite import SqliteConnection
from sipapp.sql.threads import lane
from sipapp.sql.url import Url

MEMORY = ":memory:"
_MODES = frozenset(("DELETE", "TRUNCATE", "PERSIST", "MEMORY", "WAL", "OFF"))


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
        return lane(server, pool, connection)

    def exclusive(self, url: Url) -> bool:
        return url.database == MEMORY
