"""Scripts that ask an SQLite file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

from tests.integration.sqlcase import AT_ONCE, QUERY_TIMEOUT, AskingCase, Place, SqlCase, StatementTests, said
from tests.served import Standin

FOR_EVER = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"


class FilePlace(Place):
    """A file."""

    path = ""

    def prepare(self, statement: str) -> None:
        with closing(sqlite3.connect(self.path)) as database, database:
            database.execute(statement)


@cache
def place() -> Place:
    """Started for the first test that wants it."""
    holder = Standin.until_exit()
    folder = Path(holder.mktemp())
    folder.mkdir()
    made = FilePlace(
        holder,
        None,
        "db_sqlite",
        "",
        url=f"sqlite:///{folder}/x.db",
        dead="sqlite:////no/such/folder/x.db",
        hangs="sqlite:////no/such/folder/y.db",
    )
    made.path = f"{folder}/x.db"
    return made


class SqliteCase(SqlCase):
    @property
    def place(self) -> Any:
        return place()


class SqliteStatementTests(StatementTests, SqliteCase):
    def test_types(self) -> None:
        self.place.prepare("drop table if exists k")
        self.place.prepare("create table k(i int, big bigint, n decimal(8,2), f real, d datetime, x blob, w int)")
        self.ask("query", "insert into k values(-7, 5000000000, 12.50, 1.5, 2461367.5, 'AB', 9999999999)")
        self.assertEqual(self.ask("query", "select i, big, n, f from k").out, ["-7|5000000000|12.5|1.5"])
        self.assertEqual(self.ask("query", "select d, x, w, null from k").out, ["1795392000|AB|9999999999|<null>"])

    def test_one_statement_at_a_time(self) -> None:
        self.assertEqual(self.ask("query", "select 1; select 2").code, "-1")


class SqliteTroubleTests(AskingCase, SqliteCase):
    def test_a_file_that_cannot_be_opened(self) -> None:
        self.assertEqual(self.ask("dead query", "select 1").code, "-2")

    def test_a_statement_that_goes_on_for_ever_is_stopped(self) -> None:
        waiting = self.send("query", FOR_EVER)
        self.others_are_served()
        found = said(waiting.final())
        self.assertEqual(found.code, "-1")
        self.assertLess(QUERY_TIMEOUT - 0.05, found.at)
        self.assertLess(found.at, QUERY_TIMEOUT + AT_ONCE)

    def test_a_call_that_is_cancelled_waits_no_more(self) -> None:
        caller = self.send("query", FOR_EVER, "INVITE")
        self.assertTrue(caller.receive()[1].startswith("SIP/2.0 100"))
        caller.cancel()
        statuses = sorted(int(caller.final()[1].split()[1]) for _ in range(2))
        self.assertEqual(statuses, [200, 487])
        self.assertEqual(self.ask("query", "select 1").code, "1")
