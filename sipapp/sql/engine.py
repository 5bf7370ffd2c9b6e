# -*- test-case-name: tests.sql.test_engine -*-
"""engine: what the database modules have in common: parameters, and one pool for each database."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from twisted.python.failure import Failure
from zope.interface import implementer

from sipapp.backend import Backend, Backends, Limits
from sipapp.errors import SqlUnavailable
from sipapp.interfaces.sql import ISqlEngine
from sipapp.module import modparam
from sipapp.sql.pool import Lane, Pool
from sipapp.sql.statements import Statements
from sipapp.sql.url import Url, parse

if TYPE_CHECKING:
    from sipapp.interfaces.server import IServer
    from sipapp.interfaces.sql import ISql

QUEUE = 1000
"""Statements that wait for a connection where no parameter says how many may."""


@implementer(ISqlEngine)
class Engine:
    """A module's class derives from it and has `schemes`, `statements` and `open_lane`."""

    pool_size: int = modparam(default=8, minimum=1, doc="connections to one database at most")
    query_timeout: float = modparam(
        default=10.0,
        unit="s",
        minimum=0,
        doc="a statement, its time in the queue included, that takes longer is stopped in the database; 0: none is",
    )
    backend: list[tuple[str, Limits]] = modparam(
        default=[],
        parse=Limits.parse,
        doc="limits of a database, by its name in the URL, * for all others: `billing=>in_flight=4;queue=50;"
        "failure_rate=50`",
    )

    name: str
    schemes: tuple[str, ...] = ()
    statements = Statements()
    retries: int = 1
    _backends: Backends | None = None

    @cached_property
    def pools(self) -> dict[str, Pool]:
        """The databases, by URL."""
        return {}

    def database(self, url: str, server: IServer) -> ISql:
        """The database of a URL."""
        pool = self.pools.get(url)
        if pool is None:
            pool = self.pools[url] = self.open_pool(self.parse(url), server)
        return pool

    def parse(self, url: str) -> Url:
        """The parts of a URL. Raises ConfigError."""
        return parse(url)

    def exclusive(self, url: Url) -> bool:
        """There may be one connection only, for it is what keeps the data."""
        return False

    def open_pool(self, url: Url, server: IServer) -> Pool:
        """The connections to a database."""
        return Pool(
            str(url),
            server.clock,
            self.limits(url, server),
            lambda pool: self.open_lane(url, server, pool),
            self.statements,
            self.query_timeout,
            self.retries,
        )

    def open_lane(self, url: Url, server: IServer, pool: Pool) -> Lane:
        """One more connection."""
        raise NotImplementedError

    async def stop(self) -> None:
        """Close all connections."""
        for pool in self.pools.values():
            pool.close()

    def limits(self, url: Url, server: IServer) -> Backend:
        """What keeps a database from more than it bears."""
        if self.exclusive(url):
            return Backend(url.database, server.wheel, Limits(1, QUEUE))
        if self._backends is None:
            size = self.pool_size
            limits = {"*": Limits(size, QUEUE)}
            limits.update(
                (name, one._replace(in_flight=min(one.in_flight or size, size))) for name, one in self.backend
            )
            self._backends = Backends(server.wheel, server.statistics, self.name, limits.items(), failed=_is_down)
        return self._backends.get(url.database)


def _is_down(result: object) -> bool:
    """Whether a result speaks against the database, not against the statement."""
    return isinstance(result, Failure) and result.check(SqlUnavailable) is not None
