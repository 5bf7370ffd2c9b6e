"""The database of a URL, and statements of scripts."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.interfaces.sql import ISqlEngine, SqlBigInt
from sipapp.module.sql import database, script_value
from tests.fake_sql import FakeSql
from tests.modules.stage import Server
from tests.modules.talk import TalkCase


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


class ScriptValueTests(SynchronousTestCase):
    def test_numbers_that_32_bits_hold_are_numbers(self) -> None:
        self.assertEqual([script_value(n) for n in (5, -7, 2147483647)], [5, -7, 2147483647])

    def test_others_are_texts(self) -> None:
        self.assertEqual(script_value(2147483648), b"2147483648")
        self.assertEqual(script_value(SqlBigInt(5)), b"5")

    def test_fractions_are_texts(self) -> None:
        self.assertEqual([script_value(n) for n in (1.5, 2.0, 1e22)], [b"1.5", b"2", b"1e+22"])

    def test_texts_and_null_are_themselves(self) -> None:
        self.assertEqual([script_value(b""), script_value(None)], [b"", None])


class StatementTests(TalkCase):
    modules = "sqlops"
    head = 'modparam("sqlops", "sqlcon", "ca=>fake:")'

    def asked(self, query: str, backslashes: bool) -> bytes:
        sql = FakeSql()
        sql.backslashes = backslashes
        self.run_script(
            f'$var(s) = "O\'B\\\\n\\"x"; $var(n) = 5; sql_query("ca", "{query}");', provide={ISqlEngine: sql}
        )
        return sql.statements[0]

    def test_variables_are_evaluated(self) -> None:
        self.assertEqual(self.asked("a=$var(n) $$ $rm", False), b"a=5 $ OPTIONS")

    def test_escapes_are_backslashes_where_those_escape(self) -> None:
        self.assertEqual(
            self.asked("a='$(var(s){s.escape.common})' and b=$(var(s){sql.val})", True),
            b"""a='O\\'B\\\\n\\"x' and b='O\\'B\\\\n\\"x'""",
        )

    def test_elsewhere_quotes_are_doubled(self) -> None:
        self.assertEqual(
            self.asked("a='$(var(s){s.escape.common})' and b=$(var(s){sql.val}) and c=$(var(n){sql.val.int})", False),
            b"""a='O''B\\n"x' and b='O''B\\n"x' and c=5""",
        )

    def test_what_is_not_escaped_is_as_it_is(self) -> None:
        self.assertEqual(self.asked("a='$var(s)'", False), b"""a='O'B\\n"x'""")
