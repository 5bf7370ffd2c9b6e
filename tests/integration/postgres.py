"""postgres: a PostgreSQL for tests."""

from __future__ import annotations

import signal
from glob import glob
from typing import Any
from unittest import SkipTest

from tests.integration.process import Database, program
from tests.served import Standin

try:
    import psycopg
except ImportError:
    raise SkipTest("the Python package psycopg is not installed") from None

PASSWORD = "se:cr@t"


class Postgres(Database):
    """User kam, database kam."""

    scheme = "postgres"

    def __init__(self, holder: Standin) -> None:
        binaries = sorted(glob("/usr/lib/postgresql/*/bin"), reverse=True)
        server = program("postgres", "postgresql", *binaries)
        initdb = program("initdb", "postgresql", *binaries)
        super().__init__(holder, "postgres")
        data = str(self.folder / "data")
        (self.folder / "password").write_text(PASSWORD)
        (self.folder / "password").chmod(0o644)
        self.run(
            initdb,
            f"--pgdata={data}",
            "--username=kam",
            "--auth=scram-sha-256",
            f"--pwfile={self.folder / 'password'}",
            "--no-sync",
            "--no-instructions",
        )
        self.serve(
            server,
            *("-D", data, "-p", str(self.port), "-h", "127.0.0.1", "-k", str(self.folder), "-F"),
            *("-c", "max_connections=30", "-c", "shared_buffers=8MB", "-c", "dynamic_shared_memory_type=mmap"),
        )

    @property
    def url(self) -> str:
        return f"postgres://kam:{PASSWORD}@127.0.0.1:{self.port}/postgres"

    def answers(self) -> bool:
        try:
            self.ask("select 1")
        except psycopg.OperationalError:
            return False
        return True

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows that a statement answers."""
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user="kam", password=PASSWORD, dbname="postgres", autocommit=True
        ) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def running(self, text: str) -> int:
        """How many statements with this text are under way."""
        rows = self.ask(
            "select count(*) from pg_stat_activity where pid <> pg_backend_pid() and state = 'active' "
            f"and query like '%{text}%'"
        )
        return int(rows[0][0])

    def stop(self, how: int = signal.SIGINT) -> None:
        """SIGINT: without waiting for its clients."""
        super().stop(signal.SIGQUIT if how == signal.SIGKILL else how)
