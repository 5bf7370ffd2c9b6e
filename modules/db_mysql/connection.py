# -*- test-case-name: tests.integration.test_sql_mysql -*-
"""connection: a connection to MySQL or MariaDB, by PyMySQL, for a thread of its own."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pymysql
from pymysql.connections import Connection as Driver
from pymysql.constants import CLIENT, CR, ER, SERVER_STATUS

from sipapp.errors import SqlError, SqlUnavailable
from sipapp.interfaces.sql import Rows, SqlValue
from sipapp.modules.db_mysql.answers import READERS, literal
from sipapp.sql.pool import SqlLost
from sipapp.sql.statements import filled
from sipapp.sql.url import Url

PORT = 3306

_LOST = frozenset(
    (
        0,  # PyMySQL: the connection is closed
        CR.CR_SERVER_GONE_ERROR,
        CR.CR_SERVER_LOST,
        CR.CR_SERVER_LOST_EXTENDED,
        CR.CR_COMMANDS_OUT_OF_SYNC,
        ER.SERVER_SHUTDOWN,
        1927,  # MariaDB: connection was killed
        4031,  # MySQL: disconnected for it did nothing
    )
)


class MysqlConnection:
    """A Connection."""

    def __init__(self, url: Url, timeout: float, found_rows: bool = False, tls: dict[str, Any] | None = None) -> None:
        self._url = url
        self._timeout = timeout
        self._found_rows = found_rows
        self._tls = tls
        self._driver: Driver[Any] | None = None
        self._handle: socket.socket | None = None  # of the same connection, whatever has become of the driver's own

    def open(self) -> None:
        url = self._url
        try:
            opened = self._dial()
            self._handle = opened.dup()
            driver = Driver(
                user=url.user or None,
                password=url.password,
                host=url.host or "localhost",
                database=url.database,
                charset="utf8mb4",
                use_unicode=False,
                conv=dict(READERS),
                autocommit=True,
                client_flag=CLIENT.FOUND_ROWS if self._found_rows else 0,
                ssl=self._tls,
                defer_connect=True,
            )
            driver.connect(opened)
        except (pymysql.Error, OSError) as why:
            self.close()
            raise SqlUnavailable(_reason(why)) from why
        self._driver = driver

    def _dial(self) -> socket.socket:
        """A name without a port and the local host by a path are as the server's own tools have them."""
        url = self._url
        if url.host.startswith("/"):
            opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            opened.settimeout(self._timeout or None)
            opened.connect(url.host)
        else:
            opened = socket.create_connection((url.host or "localhost", url.port or PORT), self._timeout or None)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        opened.settimeout(None)
        return opened

    def run(self, statement: bytes, values: Sequence[SqlValue]) -> Rows:
        driver = self._driver
        assert driver is not None
        if values:
            backslashes = not driver.server_status & SERVER_STATUS.SERVER_STATUS_NO_BACKSLASH_ESCAPES
            statement = filled(statement, [literal(value, backslashes) for value in values])
        try:
            with driver.cursor() as cursor:
                cursor.execute(statement)
                if cursor.description is None:
                    return Rows((), (), cursor.rowcount)
                names = tuple(column[0].encode() for column in cursor.description)
                return Rows(names, cursor.fetchall())
        except (pymysql.Error, OSError) as why:
            code = why.args[0] if why.args else 0
            if code in _LOST or not isinstance(why, pymysql.Error) or isinstance(why, pymysql.InternalError):
                raise SqlLost(_reason(why)) from why
            raise SqlError(_reason(why)) from why

    def interrupt(self) -> None:
        """Another connection tells the server to stop."""
        driver = self._driver
        if driver is None:
            return
        other = MysqlConnection(self._url, self._timeout, tls=self._tls)
        with suppress(SqlError):
            other.open()
            other.run(b"KILL QUERY %d" % driver.thread_id(), ())
        other.close()

    def abort(self) -> None:
        if self._handle is not None:
            with suppress(OSError):
                self._handle.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        if self._driver is not None:
            with suppress(pymysql.Error, OSError):
                self._driver.close()
        if self._handle is not None:
            self._handle.close()


def _reason(why: Exception) -> str:
    """`(1064) You have an error in your SQL syntax`."""
    if len(why.args) > 1 and isinstance(why, pymysql.Error):
        return f"({why.args[0]}) {why.args[1]}"
    return str(why) or type(why).__name__
