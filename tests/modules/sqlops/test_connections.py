"""sqlops: the databases that a script names."""

from __future__ import annotations

from twisted.internet.defer import Deferred, fail

from sipapp.errors import ConfigError, SqlUnavailable
from sipapp.modules.sqlops import SqlOps
from tests.modules.sqlops.asking import AskingCase
from tests.modules.stage import made


class ConnectionTests(AskingCase):
    def unreachable(self) -> None:
        def refused() -> Deferred[None]:
            return fail(SqlUnavailable("connection refused"))

        self.sql.connect = refused  # type: ignore[method-assign]

    def test_the_server_does_not_start_without_its_databases(self) -> None:
        self.unreachable()
        why = self.assertRaises(SqlUnavailable, self.serve, "")
        self.assertEqual(str(why), "connection refused")

    def test_with_connect_mode_1_it_does_and_statements_are_minus_2(self) -> None:
        self.unreachable()
        self.serve('$var(r) = sql_query("ca", "two", "ra"); say("$var(r)");', 'modparam("sqlops", "connect_mode", 1)')
        self.assertEqual(self.ask(), ["-2"])
        self.assertTrue(self.logged("invalid connection to database ca: connection refused"))
        del self.sql.connect
        self.assertEqual(self.ask(), ["1"])

    def test_once_it_has_been_reached_a_loss_is_minus_1(self) -> None:
        self.serve('$var(r) = sql_query("ca", "two", "ra"); say("$var(r)");', 'modparam("sqlops", "connect_mode", 2)')
        self.ask()
        self.unreachable()
        self.sql.broken = True
        self.assertEqual(self.ask(), ["-1"])

    def test_without_the_module_of_a_database_nothing_starts(self) -> None:
        why = self.assertRaises(ConfigError, self.serve, "", 'modparam("sqlops", "sqlcon", "cb=>mysql://u:secret@h/x")')
        self.assertIn('modparam("sqlops", "sqlcon"): no database module for mysql: is loaded', str(why))

    def test_a_wrong_sqlcon_is_refused_without_being_shown(self) -> None:
        for text in ("mysql://u:secret@h/x", "ca=mysql://u:secret@h/x", "=>mysql://u:secret@h/x"):
            why = self.assertRaises(ConfigError, made(SqlOps).set_parameter, "sqlcon", text)
            self.assertNotIn("secret", str(why))

    def test_a_name_is_given_once(self) -> None:
        module = made(SqlOps)
        module.set_parameter("sqlcon", " ca => fake://h/x ")
        self.assertEqual((module.sqlcon[0].name, module.sqlcon[0].url), ("ca", "fake://h/x"))
        self.assertRaises(ConfigError, module.set_parameter, "sqlcon", "ca=>fake://h/y")

    def test_databases_by_number(self) -> None:
        module = made(SqlOps)
        module.set_parameter("db_url", "fake://h/x")
        module.set_parameter("db_url", "2 fake://h/y")
        self.assertEqual([module.numbered(n).url for n in (0, 2)], ["fake://h/x", "fake://h/y"])
        self.assertRaises(ConfigError, module.numbered, 1)
        self.assertRaises(ConfigError, module.set_parameter, "db_url", "2 fake://h/z")

    def test_without_db_url_the_numbers_are_those_of_sqlcon(self) -> None:
        module = made(SqlOps)
        module.set_parameter("sqlcon", "ca=>fake://h/x")
        module.set_parameter("sqlcon", "cb=>fake://h/y")
        self.assertEqual([module.numbered(n).name for n in (0, 1)], ["ca", "cb"])
