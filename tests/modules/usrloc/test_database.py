from __future__ import annotations

from typing import Any

from twisted.internet.defer import ensureDeferred
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError, LocalError, SqlError
from sipapp.interfaces.sql import ISqlEngine
from sipapp.modules.usrloc import Usrloc
from sipapp.testing.clock import SteppingClock
from tests.fake_sql import FakeSql, Row
from tests.modules.registrar.phones import PhoneCase
from tests.modules.stage import Server, made
from tests.modules.usrloc.test_record import contact

A, B = "<sip:a@192.0.2.1>", "<sip:b@192.0.2.2>"


def row(aor: bytes = b"bob", **facts: Any) -> Row:
    """A row of the table."""
    found: Row = made(Usrloc).row_of(aor, contact(**{"ruid": b"uloc-x-" + aor, "expires": 600, **facts}))
    return found


class DatabaseCase(PhoneCase):
    """With a database of dicts; `rows` is what is in its table."""

    def use(self, mode: int, *rows: Row, head: str = "", body: str = "", **options: Any) -> None:
        self.sql = FakeSql(location=list(rows))
        self.serve_again(mode, head, body, **options)

    def serve_again(self, mode: int, head: str = "", body: str = "", **options: Any) -> None:
        """A server with what is in the database."""
        parameters = f'modparam("usrloc", "db_mode", {mode}) modparam("usrloc", "db_url", "fake:x")\n'
        self.serve(
            body or 'lookup("location"); xlog("$rc $ru\\n");',
            parameters + head,
            provide={ISqlEngine: self.sql},
            **options,
        )

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        return [(row[b"username"], row[b"contact"]) for row in self.sql.tables[b"location"]]


class ParameterTests(SynchronousTestCase):
    def test_wrong_ones_keep_the_server_from_starting(self) -> None:
        for parameters in ({"db_mode": 5}, {"db_mode": -1}, {"rm_expired_delay": 5}):
            self.assertRaises(ConfigError, made(Usrloc, **parameters).start, Server())

    def test_a_module_for_the_database_is_needed(self) -> None:
        module = made(Usrloc, db_mode=1, db_url="mysql://localhost/kamailio")
        module.start(Server())
        self.failureResultOf(ensureDeferred(module.started()), ConfigError)


class LoadTests(DatabaseCase):
    def test_contacts_are_there_from_the_start(self) -> None:
        self.use(1, row(q=100), row(uri=b"sip:b@192.0.2.2", q=900, ruid=b"2"), row(b"carol", expires=0))
        self.assertEqual((self.look(), self.look("carol")), (["1 sip:b@192.0.2.2"], ["1 sip:bob@192.0.2.1"]))
        self.sip.advance(600)
        self.assertEqual(self.look(), ["-1 sip:bob@example.com"])
        self.assertEqual(self.rows, [(b"carol", b"sip:bob@192.0.2.1")])

    def test_unless_the_script_says_otherwise(self) -> None:
        self.use(2, row(), head='modparam("usrloc", "db_load", 0)')
        self.assertEqual(self.look()[0].split()[0], "-1")
        self.use(4, row(), head='modparam("usrloc", "db_load", 0)')
        self.assertEqual(self.look()[0].split()[0], "1")

    def test_those_whose_time_is_over_are_not(self) -> None:
        self.sql = FakeSql(location=[row()])
        clock = SteppingClock()
        clock.advance(600)
        self.serve_again(1, clock=clock)
        self.assertEqual(self.look()[0].split()[0], "-1")

    def test_others_may_be_passed_over(self) -> None:
        for head, fits, other in (
            ("server_id_filter", {"server_id": 0}, {"server_id": 7}),
            ("skip_remote_socket", {"socket": b"udp:192.0.2.100:5060"}, {"socket": b"udp:192.0.2.66:5060"}),
        ):
            self.use(1, row(**fits), row(b"carol", **other), head=f'modparam("usrloc", "{head}", 1)')
            self.assertEqual([self.look(user)[0].split()[0] for user in ("bob", "carol")], ["1", "-1"])

    def test_those_of_streams_may_be_forgotten(self) -> None:
        self.use(1, row(), row(b"carol", connection=5), head='modparam("usrloc", "db_clean_tcp", 1)')
        self.assertEqual(self.rows, [(b"bob", b"sip:bob@192.0.2.1")])

    def test_a_table_that_is_named_later_is_read_then(self) -> None:
        self.use(1)
        self.sql.tables[b"other"] = [row()]
        self.assertEqual(self.module("usrloc").location(b"other").users, 1)
        self.sql.broken = True
        self.module("usrloc").location(b"third")
        self.assertTrue(any("the database is broken" in line for line in self.sip.lines()))

    def test_one_of_several_workers_reads_them_when_the_first_of_them_start(self) -> None:
        self.use(1, row())
        usrloc = self.module("usrloc")
        for worker, begins in ((2, True), (1, False)):
            self.sip.server.worker, self.sip.server.begins = worker, begins
            self.sql.tables[b"x%d" % worker] = [row()]
            self.assertEqual(usrloc.location(b"x%d" % worker).users, 0)

    def test_without_its_database_the_server_does_not_start(self) -> None:
        self.sql = FakeSql()
        self.sql.broken = True
        self.assertRaises(SqlError, self.serve_again, 1)

    def test_the_database_can_be_counted(self) -> None:
        self.use(4, row(), row(ruid=b"2"), row(b"carol", expires=5))
        self.sip.advance(5)
        found = [self.sip.rpc(f"ul.db_{name}", "location") for name in ("users", "contacts", "expired_contacts")]
        self.assertEqual(found, [1, 2, 1])
        self.serve()
        self.assertRaises(LocalError, self.sip.rpc, "ul.db_users", "location")

    def test_one_that_is_only_read_is_not_written(self) -> None:
        self.use(4, row())
        self.register(A)
        self.sip.advance(700)
        self.assertEqual(self.rows, [(b"bob", b"sip:bob@192.0.2.1")])

    def test_rows_that_nobody_has_in_memory_may_be_removed(self) -> None:
        self.use(1, head='modparam("usrloc", "db_timer_clean", 1)')
        self.sql.tables[b"location"].append(row(expires=30))
        self.sip.advance(60)
        self.assertEqual(self.rows, [])
        self.sql.tables[b"location"].append(row(expires=70))
        self.sql.broken = True
        self.sip.advance(60)
        self.assertTrue(any("rows whose time is over stay" in line for line in self.sip.lines()))

    def test_an_xavp_is_not_written_and_that_is_said(self) -> None:
        self.use(1, head='modparam("usrloc", "xavp_contact", "ua")')
        self.assertTrue(any("xavp_contact" in line for line in self.sip.lines()))
