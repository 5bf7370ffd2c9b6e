"""db_mysql: its parameters; what it does with a server is in tests.integration.test_sql_mysql."""

from __future__ import annotations

import socket
from typing import Any

from twisted.internet.defer import ensureDeferred
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from sipapp.errors import ConfigError, SqlUnavailable
from sipapp.interfaces.sql import ISqlEngine
from sipapp.modules.db_mysql import DbMysql
from sipapp.sql.threads import GRACE
from tests.modules.stage import Server, made
from tests.sql.threaded import ThreadReactor


class DbMysqlTests(SynchronousTestCase):
    def database(self, url: str, **parameters: Any) -> Any:
        self.engine = made(DbMysql, **parameters)
        self.addCleanup(lambda: ensureDeferred(self.engine.stop()))
        server = Server()
        self.reactor = server.reactor = server.clock = ThreadReactor()
        return self.engine.database(url, server)

    def test_the_engine_keeps_its_contract(self) -> None:
        self.assertTrue(verifyObject(ISqlEngine, made(DbMysql)))

    def test_names_are_in_backquotes_and_backslashes_escape(self) -> None:
        database = self.database("mysql://192.0.2.1/kam")
        self.assertEqual(database.statements.select(b"t", [b"key"], None, None), (b"SELECT `key` FROM `t`", ()))
        self.assertTrue(database.backslashes)

    def test_a_row_is_replaced_by_its_unique_key(self) -> None:
        database = self.database("mysql://192.0.2.1/kam")
        self.assertEqual(
            database.statements.replace(b"t", {b"k": 1, b"v": b"x"}, [b"k"]),
            [(b"INSERT INTO `t` (`k`,`v`) VALUES (?,?) ON DUPLICATE KEY UPDATE `v`=VALUES(`v`)", (1, b"x"))],
        )

    def test_nobody_there(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            database = self.database(f"mysql://kam:secret@127.0.0.1:{taken.getsockname()[1]}/kam")
            why = self.assertRaises(SqlUnavailable, self.reactor.result, database.execute(b"select 1"))
        self.assertIn("Connection refused", str(why))
        self.assertNotIn("secret", str(why))

    def test_a_server_that_hangs_is_given_up_after_timeout_interval(self) -> None:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            url = f"mysql://127.0.0.1:{listener.getsockname()[1]}/kam"
            asked = self.database(url, timeout_interval=3, query_timeout=0.0).execute(b"select 1")
            self.reactor.advance(2.9)
            self.assertNoResult(asked)
            self.reactor.settle(GRACE)
            why = self.failureResultOf(asked, SqlUnavailable).value
        self.assertIn("no connection within 3 s", str(why))

    def test_tls(self) -> None:
        self.assertIsNone(made(DbMysql).tls())
        self.assertIsNone(made(DbMysql, opt_ssl_mode=1).tls())
        self.assertEqual(
            made(DbMysql, opt_ssl_mode=5, opt_ssl_ca="/etc/ca.pem").tls(),
            {"ca": "/etc/ca.pem", "verify_mode": True, "check_hostname": True},
        )
        self.assertRaises(ConfigError, made(DbMysql).set_parameter, "opt_ssl_mode", 6)

    def test_without_auto_reconnect_nothing_is_made_again(self) -> None:
        self.database("mysql://192.0.2.1/kam", auto_reconnect=0)
        self.assertEqual(self.engine.retries, 0)
