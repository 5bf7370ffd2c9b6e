"""mariadb: a MariaDB for tests."""

from __future__ import annotations

from typing import Any
from unittest import SkipTest

from tests.integration.process import Database, program
from tests.served import Standin

try:
    import pymysql
except ImportError:
    raise SkipTest("the Python package PyMySQL is not installed") from None

PASSWORD = "se:cr@t"


class MariaDb(Database):
    """User kam, database kam."""

    scheme = "mysql"

    def __init__(self, holder: Standin) -> None:
        server = program("mariadbd", "mariadb-server", "/usr/sbin")
        install = program("mariadb-install-db", "mariadb-server")
        super().__init__(holder, "mysql")
        data = f"--datadir={self.folder / 'data'}"
        statements = ["create database kam;"]
        for host in ("localhost", "127.0.0.1"):
            statements.append(f"create user kam@'{host}' identified by '{PASSWORD}';")
            statements.append(f"grant all on *.* to kam@'{host}';")
        (self.folder / "users.sql").write_text("\n".join(statements) + "\n")
        (self.folder / "users.sql").chmod(0o644)
        self.run(install, "--no-defaults", data, "--auth-root-authentication-method=normal", "--skip-test-db")
        command = (
            server,
            "--no-defaults",
            data,
            f"--socket={self.folder / 'socket'}",
            f"--pid-file={self.folder / 'pid'}",
            f"--port={self.port}",
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            "--innodb-buffer-pool-size=8M",
            "--innodb-flush-log-at-trx-commit=0",
        )
        self.serve(*command, f"--init-file={self.folder / 'users.sql'}")
        self._command = list(command)

    @property
    def url(self) -> str:
        return f"mysql://kam:{PASSWORD}@127.0.0.1:{self.port}/kam"

    def answers(self) -> bool:
        try:
            self.ask("select 1")
        except pymysql.Error:
            return False
        return True

    def ask(self, statement: str) -> tuple[tuple[Any, ...], ...]:
        """The rows that a statement answers."""
        connection = pymysql.connect(
            host="127.0.0.1", port=self.port, user="kam", password=PASSWORD, database="kam", autocommit=True
        )
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            rows: tuple[tuple[Any, ...], ...] = cursor.fetchall()
            return rows

    def running(self, text: str) -> int:
        """How many statements with this text are under way."""
        rows = self.ask(
            "select count(*) from information_schema.processlist where id <> connection_id() "
            f"and command = 'Query' and info like '%{text}%'"
        )
        return int(rows[0][0])
