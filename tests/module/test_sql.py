"""The database of a URL."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.interfaces.sql import ISqlEngine
from sipapp.module.sql import database
from tests.fake_sql import FakeSql
from tests.modules.stage import Server


class DatabaseTests(SynchronousTestCase):
    def test_the_loaded_module_that_knows_the_scheme_has_it(self) -> None:
        server = Server()
        server.modules["db_fake"] = engine = FakeSql()
        self.assertIs(database(server, "fake://here/db", "modparam"), engine)

    def test_a_service_of_the_server_does_too(self) -> None:
        engine = FakeSql()
        self.assertIs(database(Server(provide={ISqlEngine: engine}), "fake://here/db", "modparam"), engine)

    def test_without_one_the_error_says_which_module_is_missing(self) -> None:
        server = Server()
        server.modules["db_fake"] = FakeSql()
        why = self.assertRaises(ConfigError, database, server, "mysql://me:secret@here/db", 'modparam("x", "db_url")')
        self.assertEqual(
            str(why), 'modparam("x", "db_url"): no database module for mysql: is loaded (loadmodule "db_mysql"?)'
        )
