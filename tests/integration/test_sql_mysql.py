"""Scripts that ask a MariaDB."""

from __future__ import annotations

from functools import cache
from typing import Any

from tests.integration.sqlcase import Place, SqlCase, StatementTests, TroubleTests, hanging_port
from tests.served import Standin, free_ports


@cache
def place() -> Place:
    """Started for the first test that wants it."""
    from tests.integration.mariadb import MariaDb

    holder = Standin.until_exit()
    server = MariaDb(holder)
    return Place(
        holder,
        server,
        "db_mysql",
        'modparam("db_mysql", "pool_size", 6)',
        url=server.url,
        dead=f"mysql://kam:x@127.0.0.1:{free_ports()[0]}/kam",
        hangs=f"mysql://kam:x@127.0.0.1:{hanging_port(holder)}/kam",
    )


class MysqlCase(SqlCase):
    @property
    def place(self) -> Any:
        return place()


class MysqlStatementTests(StatementTests, MysqlCase):
    def test_types(self) -> None:
        self.place.prepare("drop table if exists k")
        self.ask(
            "query", "create table k(i smallint, big bigint, n decimal(8,2), f double, d datetime, x blob, y bit(3))"
        )
        self.ask("query", "insert into k values(-7, 5000000000, 12.50, 1.5, from_unixtime(1795392000), 'AB', 5)")
        self.assertEqual(self.ask("query", "select i, big, n, f from k").out, ["-7|5000000000|12.50|1.5"])
        self.assertEqual(self.ask("query", "select d, x, y, null from k").out, ["1795392000|AB|5|<null>"])


class MysqlTroubleTests(TroubleTests, MysqlCase):
    pass
