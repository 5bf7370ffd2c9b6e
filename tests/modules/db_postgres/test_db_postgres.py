"""db_postgres: its parameters; what it does with a server is in tests.integration.test_sql_postgres."""

from __future__ import annotations

from typing import Any

from psycopg import pq
from psycopg.conninfo import conninfo_to_dict
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from sipapp.errors import ConfigError, SqlUnavailable
from sipapp.interfaces.sql import ISqlEngine
from sipapp.modules.db_postgres import DbPostgres
from sipapp.sql.url import parse
from tests.modules.corex.test_files import Pool
from tests.modules.stage import Server, made


class DbPostgresTests(SynchronousTestCase):
    def conninfo(self, url: str, *addresses: str, **parameters: Any) -> dict[str, Any]:
        engine = made(DbPostgres, **parameters)
        found: dict[str, Any] = conninfo_to_dict(engine.conninfo(parse(url), list(addresses)).decode())
        return {name: value for name, value in found.items() if name not in ("client_encoding", "application_name")}

    def test_the_engine_keeps_its_contract(self) -> None:
        self.assertTrue(verifyObject(ISqlEngine, made(DbPostgres)))

    def test_what_libpq_is_told(self) -> None:
        self.assertEqual(
            self.conninfo("postgres://kam:s'e cr@t@192.0.2.1:5433/billing"),
            {"host": "192.0.2.1", "port": "5433", "user": "kam", "password": "s'e cr@t", "dbname": "billing"},
        )

    def test_what_the_url_does_not_say_is_left_to_libpq(self) -> None:
        self.assertEqual(self.conninfo("postgres:///kam"), {"dbname": "kam"})

    def test_a_name_is_told_with_its_addresses(self) -> None:
        self.assertEqual(
            self.conninfo("postgres://db.example.com/kam", "192.0.2.1", "2001:db8::1"),
            {"host": "db.example.com,db.example.com", "hostaddr": "192.0.2.1,2001:db8::1", "dbname": "kam"},
        )

    def test_parameters_of_libpq(self) -> None:
        engine = made(DbPostgres)
        engine.set_parameter("con_param", " sslmode = require ")
        engine.set_parameter("tcp_keepalive", 30)
        found = conninfo_to_dict(engine.conninfo(parse("postgres:///kam"), []).decode())
        self.assertEqual((found["sslmode"], found["keepalives_idle"]), ("require", "30"))
        self.assertRaises(ConfigError, engine.set_parameter, "con_param", "require")

    def test_timeout_is_for_answers_too(self) -> None:
        url = "postgres://192.0.2.1/kam"
        self.assertEqual(made(DbPostgres).database(url, Server()).timeout, 10)
        self.assertEqual(made(DbPostgres, timeout=3).database(url, Server()).timeout, 3)

    def test_the_time_for_a_connection(self) -> None:
        self.assertEqual(made(DbPostgres).connect_timeout(), 5)
        self.assertEqual(made(DbPostgres, con_param=[("connect_timeout", "2")]).connect_timeout(), 2)
        self.assertEqual(made(DbPostgres, timeout=3).connect_timeout(), 3)

    def test_a_host_that_has_no_address_is_no_connection(self) -> None:
        server = Server()
        server.reactor = Pool()
        asked = made(DbPostgres).database("postgres://db.invalid/kam", server).execute(b"select 1")
        self.assertIn("postgres://db.invalid/kam: ", self.failureResultOf(asked, SqlUnavailable).getErrorMessage())

    def test_an_old_libpq_is_refused(self) -> None:
        made(DbPostgres).start(Server())
        self.patch(pq, "version", lambda: 160004)
        why = self.assertRaises(ConfigError, made(DbPostgres).start, Server())
        self.assertEqual(str(why), "db_postgres: wants libpq 17: pip install 'psycopg[binary]'")
