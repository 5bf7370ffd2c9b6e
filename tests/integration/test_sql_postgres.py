"""Scripts that ask a PostgreSQL."""

from __future__ import annotations

from functools import cache
from typing import Any

from tests.integration.sqlcase import Place, SqlCase, StatementTests, TroubleTests, hanging_port
from tests.served import Standin, free_ports


@cache
def place() -> Place:
    """Started for the first test that wants it."""
    from tests.integration.postgres import Postgres

    holder = Standin.until_exit()
    server = Postgres(holder)
    return Place(
        holder,
        server,
        "db_postgres",
        'modparam("db_postgres", "pool_size", 6)\nmodparam("db_postgres", "con_param", "connect_timeout=2")',
        url=server.url,
        dead=f"postgres://kam:x@127.0.0.1:{free_ports()[0]}/kam",
        hangs=f"postgres://kam:x@127.0.0.1:{hanging_port(holder)}/kam",
    )


class PostgresCase(SqlCase):
    @property
    def place(self) -> Any:
        return place()


class PostgresStatementTests(StatementTests, PostgresCase):
    replaces = False

    def test_types(self) -> None:
        self.place.prepare("drop table if exists k")
        self.ask(
            "query", "create table k(i smallint, big bigint, n numeric(8,2), f real, d timestamptz, x bytea, y boolean)"
        )
        self.ask("query", "insert into k values(-7, 5000000000, 12.50, 1.5, '2026-11-23 00:00:00+00', 'AB', true)")
        self.assertEqual(self.ask("query", "select i, big, n, f from k").out, ["-7|5000000000|12.50|1.5"])
        self.assertEqual(self.ask("query", "select d, x, y, null from k").out, ["1795392000|AB|t|<null>"])

    def test_the_last_of_several_statements_answers(self) -> None:
        self.assertEqual(self.ask("query", "select 1; select 2, 3").out, ["2|3|<null>|<null>"])

    def test_copy_is_refused(self) -> None:
        self.assertEqual(self.ask("query", "copy t to stdout").code, "-1")
        self.assertEqual(self.ask("query", "select 1").code, "1")


class PostgresTroubleTests(TroubleTests, PostgresCase):
    sleep = "select pg_sleep(%s)"
