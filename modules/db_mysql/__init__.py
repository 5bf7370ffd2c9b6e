# -*- test-case-name: tests.modules.db_mysql.test_db_mysql -*-
"""db_mysql: MySQL and MariaDB: `mysql://user:password@192.0.2.1/kamailio`. Needs the package PyMySQL."""

from __future__ import annotations

from typing import Any

from sipapp.interfaces.server import IServer
from sipapp.module import modparam, module
from sipapp.modules.db_mysql.connection import MysqlConnection
from sipapp.sql.engine import Engine
from sipapp.sql.pool import Lane, Pool
from sipapp.sql.statements import Statement, Statements
from sipapp.sql.threads import lane
from sipapp.sql.url import Url

TLS_OFF, TLS_REQUIRED, TLS_VERIFY_CA, TLS_VERIFY_NAME = 1, 3, 4, 5


class MysqlStatements(Statements):
    """MySQL's own way to replace a row: by its unique key."""

    def replace(self, table: bytes, row: Any, keys: Any) -> list[Statement]:
        rest = [column for column in row if column not in keys] or list(row)
        insert, values = self.insert(table, row)
        changes = b",".join(b"%b=VALUES(%b)" % (self.name(column), self.name(column)) for column in rest)
        return [(b"%b ON DUPLICATE KEY UPDATE %b" % (insert, changes), values)]


@module("db_mysql")
class DbMysql(Engine):
    """Each database has a pool of threads."""

    schemes = ("mysql",)
    statements = MysqlStatements(b"`", backslashes=True)

    connect_timeout: int = modparam(default=0, unit="s", minimum=0, doc="for a connection; 0: timeout_interval")
    timeout_interval: int = modparam(
        default=2, unit="s", minimum=1, doc="for a connection; an answer has query_timeout"
    )
    auto_reconnect: int = modparam(default=1, doc="0: a statement is not made again when its connection broke")
    retries: int = modparam(default=1, minimum=0, doc="how often it is")
    update_affected_found: int = modparam(
        default=0, doc="1: an UPDATE counts the rows that it found, not those that it changed"
    )
    opt_ssl_mode: int = modparam(
        default=0, minimum=0, maximum=5, doc="0, 1: no TLS; 2, 3: TLS; 4: with a known CA; 5: and the server's name"
    )
    opt_ssl_ca: str = modparam(default="", doc="file of the CAs that are known; the system's without it")
    ping_interval: int = modparam(default=300, doc="without effect here: a dead connection is found when it is used")
    send_timeout: int = modparam(default=0, doc="without effect here: query_timeout")
    receive_timeout: int = modparam(default=0, doc="without effect here: query_timeout")
    server_timezone: int = modparam(default=0, doc="without effect here: times are local ones")
    insert_delayed: int = modparam(default=0, doc="without effect here")
    unsigned_type: int = modparam(default=0, doc="without effect here: numbers keep their sign")

    def open_pool(self, url: Url, server: IServer) -> Pool:
        if not self.auto_reconnect:
            self.retries = 0
        return super().open_pool(url, server)

    def open_lane(self, url: Url, server: IServer, pool: Pool) -> Lane:
        timeout = float(self.connect_timeout or self.timeout_interval)
        connection = MysqlConnection(url, timeout, bool(self.update_affected_found), self.tls())
        return lane(server, pool, connection, timeout)

    def tls(self) -> dict[str, Any] | None:
        """What PyMySQL wants to know of it."""
        if self.opt_ssl_mode <= TLS_OFF:
            return None
        verify = self.opt_ssl_mode >= TLS_VERIFY_CA
        return {
            "ca": self.opt_ssl_ca or None,
            "verify_mode": verify,
            "check_hostname": self.opt_ssl_mode == TLS_VERIFY_NAME,
        }
