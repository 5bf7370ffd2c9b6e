# -*- test-case-name: tests.modules.db_postgres.test_db_postgres -*-
"""db_postgres: PostgreSQL, by libpq: `postgres://user:password@192.0.2.1/kamailio`. Needs the package psycopg."""

from __future__ import annotations

import socket
from ipaddress import ip_address

from psycopg import pq
from psycopg.conninfo import make_conninfo
from twisted.internet.defer import Deferred, succeed
from twisted.internet.threads import deferToThreadPool

from sipapp.errors import ConfigError
from sipapp.interfaces.server import IServer
from sipapp.module import modparam, module
from sipapp.modules.db_postgres.lane import PostgresLane
from sipapp.sql.engine import Engine
from sipapp.sql.pool import Lane, Pool
from sipapp.sql.statements import Statements
from sipapp.sql.url import Url

CONNECT_TIMEOUT = 5  # s

LIBPQ = 170000
"""The oldest version that can."""


@module("db_postgres")
class DbPostgres(Engine):
    """The reactor drives every connection; no thread waits for the database."""

    schemes = ("postgres", "postgresql")
    statements = Statements()

    timeout: int = modparam(
        default=0,
        unit="s",
        minimum=0,
        doc="for a connection and for an answer; 0: connect_timeout of con_param, or 5 s, and query_timeout",
    )
    retries: int = modparam(default=2, minimum=0, doc="how often a statement is made again when its connection broke")
    tcp_keepalive: int = modparam(default=0, unit="s", minimum=0, doc="idle time before keep-alives; 0: the system's")
    con_param: list[tuple[str, str]] = modparam(
        default=[], parse="parse_parameter", doc="a parameter of libpq: `sslmode=require`"
    )
    lockset: int = modparam(default=4, doc="without effect here")
    bytea_output_escape: int = modparam(default=1, doc="without effect here: both forms are read")

    def start(self, server: IServer) -> None:
        """Raises ConfigError: libpq cannot ask a server to stop without waiting for it."""
        if pq.version() < LIBPQ:
            raise ConfigError(f"db_postgres: wants libpq {LIBPQ // 10000}: pip install 'psycopg[binary]'")

    def parse_parameter(self, text: str) -> tuple[str, str]:
        """Raises ConfigError: not name=value."""
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise ConfigError(f"not name=value: {text!r}")
        return name.strip(), value.strip()

    def open_pool(self, url: Url, server: IServer) -> Pool:
        pool = super().open_pool(url, server)
        if self.timeout:
            pool.timeout = float(self.timeout)
        return pool

    def open_lane(self, url: Url, server: IServer, pool: Pool) -> Lane:
        def conninfo() -> Deferred[bytes]:
            return _addresses(url.host, server).addCallback(lambda found: self.conninfo(url, found))

        return PostgresLane(server.reactor, server.clock, pool, conninfo, self.connect_timeout())

    def connect_timeout(self) -> float:
        """s for a connection; libpq leaves it to those that drive it."""
        given = dict(self.con_param).get("connect_timeout", "")
        return float(self.timeout or (int(given) if given.isdecimal() else 0) or CONNECT_TIMEOUT)

    def conninfo(self, url: Url, addresses: list[str]) -> bytes:
        """What libpq wants to know. Its defaults, of the environment too, are for what the URL does not say."""
        facts: dict[str, str | int] = {"client_encoding": "UTF8", "application_name": "sipapp"}
        if self.tcp_keepalive:
            facts["keepalives_idle"] = self.tcp_keepalive
        facts.update(self.con_param)
        hosts = [url.host] * len(addresses)
        for name, value in (
            ("host", ",".join(hosts) or url.host),
            ("hostaddr", ",".join(addresses)),
            ("port", url.port),
            ("user", url.user),
            ("password", url.password),
            ("dbname", url.database),
        ):
            if value:
                facts[name] = value
        return make_conninfo("", **facts).encode()


def _addresses(host: str, server: IServer) -> Deferred[list[str]]:
    """The addresses of a host name; nothing for what needs none: a path, an address, the local socket."""
    if not host or host.startswith("/") or _is_address(host):
        return succeed([])
    reactor = server.reactor
    looked_up = deferToThreadPool(
        reactor, reactor.getThreadPool(), socket.getaddrinfo, host, None, type=socket.SOCK_STREAM
    )
    return looked_up.addCallback(lambda found: [str(entry[4][0]) for entry in found])


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
