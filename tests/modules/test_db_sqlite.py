"""db_sqlite: databases in files."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, ensureDeferred
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from sipapp.errors import ConfigError, SqlError, SqlUnavailable
from sipapp.interfaces.sql import ISqlEngine, Rows, SqlBigInt, SqlTime, SqlValue
from sipapp.modules.db_sqlite import DbSqlite
from sipapp.sql.threads import GRACE
from sipapp.testing.harness import Harness
from sipapp.transaction.wheel import Wheel
from tests.modules.stage import Server, made, new_path
from tests.sql.threaded import ThreadReactor

FOR_EVER = b"WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"


class SqliteCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.path = new_path(self)
        self.engine = made(DbSqlite)
        self.addCleanup(lambda: ensureDeferred(self.engine.stop()))
        self.server = Server()
        self.reactor = self.server.reactor = self.server.clock = ThreadReactor()
        self.server.wheel = Wheel(self.reactor)

    @property
    def database(self) -> Any:
        return self.engine.database(f"sqlite:///{self.path}", self.server)

    def run_sql(self, statement: bytes, *values: SqlValue) -> Rows:
        rows: Rows = self.reactor.result(self.database.execute(statement, values))
        return rows

    def fails(self, deferred: Deferred[Any], kind: type[Exception] = SqlError) -> str:
        return str(self.assertRaises(kind, self.reactor.result, deferred))


class StatementTests(SqliteCase):
    def setUp(self) -> None:
        super().setUp()
        self.run_sql(b"create table t(a int, b varchar(20))")
        self.run_sql(b"insert into t values(1,'one'),(2,NULL)")

    def test_the_engine_keeps_its_contract(self) -> None:
        self.assertTrue(verifyObject(ISqlEngine, self.engine))

    def test_rows(self) -> None:
        self.assertEqual(self.run_sql(b"select a, b from t"), Rows((b"a", b"b"), [(1, b"one"), (2, None)]))

    def test_no_rows_have_columns_all_the_same(self) -> None:
        self.assertEqual(self.run_sql(b"select a from t where a=9"), Rows((b"a",), []))

    def test_a_change_says_how_many(self) -> None:
        self.assertEqual(self.run_sql(b"update t set b='x'"), Rows((), (), 2))

    def test_a_wrong_statement(self) -> None:
        self.assertEqual(self.fails(self.database.execute(b"selec")), 'near "selec": syntax error')

    def test_values(self) -> None:
        self.assertEqual(self.run_sql(b"select a from t where b=? and a=?", b"one", 1).rows, [(1,)])

    def test_a_value_is_never_part_of_the_statement(self) -> None:
        self.run_sql(b"insert into t values(?,?)", 3, b"'; drop table t; --")
        self.assertEqual(self.run_sql(b"select b from t where a=3").rows, [(b"'; drop table t; --",)])

    def test_a_text_that_is_not_utf_8_is_a_text(self) -> None:
        self.run_sql(b"insert into t values(?,?)", 3, b"\xff\xfe")
        self.assertEqual(
            self.run_sql(b"select b, typeof(b) from t where b=?", b"\xff\xfe").rows, [(b"\xff\xfe", b"text")]
        )

    def test_replace_and_the_rest_of_the_contract(self) -> None:
        for row in ({b"a": 1, b"b": b"new"}, {b"a": 7, b"b": b"seven"}):
            self.reactor.result(self.database.replace(b"t", row, [b"a"]))
        self.assertEqual(self.reactor.result(self.database.delete(b"t", {b"b": None})), 1)
        found = self.reactor.result(self.database.select(b"t", [], order=b"a"))
        self.assertEqual(found.rows, [(1, b"new"), (7, b"seven")])

    def test_a_statement_that_goes_on_for_ever_is_interrupted(self) -> None:
        asked = self.database.execute(FOR_EVER)
        asked.cancel()
        self.failureResultOf(asked, CancelledError)
        self.assertEqual(self.run_sql(b"select 1").rows, [(1,)])
        self.reactor.settle(GRACE)

    def test_and_so_is_one_that_is_late(self) -> None:
        self.engine.query_timeout = 3.0
        self.path = new_path(self)
        asked = self.database.execute(FOR_EVER)
        self.reactor.advance(3.01)
        self.assertIn("no answer within 3 s", self.failureResultOf(asked, SqlError).getErrorMessage())
        self.reactor.settle(GRACE)


class TypeTests(SqliteCase):
    def test_columns_are_what_they_are_declared_as(self) -> None:
        self.run_sql(b"create table k(b bigint, r real, x blob, d datetime, t text, n int)")
        self.run_sql(b"insert into k values(5, 1.5, x'4142', 2461367.5, '', 9999999999)")
        (row,) = self.run_sql(b"select * from k").rows
        self.assertEqual(row, (5, 1.5, b"AB", 1795392000, b"", 9999999999))
        self.assertIs(type(row[0]), SqlBigInt)

    def test_times_are_kept_as_kamailio_keeps_them(self) -> None:
        self.run_sql(b"create table k(d timestamp)")
        self.run_sql(b"insert into k values(?)", SqlTime(1795392000))
        self.assertEqual(self.run_sql(b"select d, d + 0 from k").rows, [(1795392000, 2461367.5)])

    def test_a_time_may_be_a_text_or_a_number_of_seconds(self) -> None:
        self.run_sql(b"create table k(d datetime)")
        self.run_sql(b"insert into k values('2026-11-23 00:00:00+00:00'), (1795392000), ('whenever')")
        self.assertEqual(self.run_sql(b"select d from k").rows, [(1795392000,), (1795392000,), (b"whenever",)])


class ParameterTests(SqliteCase):
    def test_a_database_that_is_only_read(self) -> None:
        self.run_sql(b"create table t(a int)")
        ensureDeferred(self.engine.stop())
        self.engine = made(DbSqlite, db_set_readonly=[self.path])
        why = self.fails(self.database.execute(b"insert into t values(1)"))
        self.assertEqual(why, "attempt to write a readonly database")
        ensureDeferred(self.engine.stop())

    def test_the_journal_mode(self) -> None:
        self.engine.set_parameter("db_set_journal_mode", f"{self.path}=wal;")
        self.assertEqual(self.run_sql(b"PRAGMA journal_mode").rows, [(b"wal",)])

    def test_the_time_to_wait_for_a_lock(self) -> None:
        self.engine.set_parameter("db_set_busy_timeout", f"{self.path}=70")
        self.assertEqual(self.run_sql(b"PRAGMA busy_timeout").rows, [(70,)])

    def test_wrong_parameters_are_refused(self) -> None:
        self.assertRaises(ConfigError, self.engine.set_parameter, "db_set_journal_mode", "/x=FAST")
        self.assertRaises(ConfigError, self.engine.set_parameter, "db_set_busy_timeout", "/x=soon")

    def test_a_file_that_cannot_be_opened(self) -> None:
        self.path = "/no/such/folder/x.db"
        self.assertEqual(
            self.fails(self.database.execute(b"select 1"), SqlUnavailable),
            "sqlite:////no/such/folder/x.db: /no/such/folder/x.db: unable to open database file",
        )

    def test_a_database_in_memory_is_one(self) -> None:
        memory = self.engine.database("sqlite:///:memory:", self.server)
        self.reactor.result(memory.execute(b"create table t(a int)"))
        both = [memory.execute(b"insert into t values(1)") for _ in range(2)]
        for one in both:
            self.reactor.result(one)
        self.assertEqual(memory.connections, 1)


class OrderTests(SynchronousTestCase):
    def test_who_was_loaded_before_the_database_may_still_write_when_the_server_stops(self) -> None:
        path = new_path(self)
        with closing(sqlite3.connect(path)) as database:
            database.execute("create table items (key_name text, key_type int, value_type int, key_value text)")
        sip = Harness(
            f"""loadmodule "sl" loadmodule "pv" loadmodule "htable" loadmodule "db_sqlite"
            modparam("htable", "db_url", "sqlite:///{path}")
            modparam("htable", "htable", "a=>size=2;dbtable=items;dbmode=1")
            request_route {{ $sht(a=>x) = "kept"; sl_send_reply(200, "OK"); }}"""
        )
        alice = sip.peer("udp:192.0.2.1:5060")
        alice.send("OPTIONS")
        sip.advance(0)
        sip.close()
        with closing(sqlite3.connect(path)) as database:
            self.assertEqual(database.execute("select key_name, key_value from items").fetchall(), [("x", "kept")])
