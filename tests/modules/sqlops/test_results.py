"""sqlops: $dbr."""

from __future__ import annotations

from sipapp.errors import ConfigError
from tests.modules.sqlops.asking import AskingCase


class DbrTests(AskingCase):
    def shown(self, text: str, query: str = "two") -> str:
        return self.run_script(f'$var(i) = 1; sql_query("ca", "{query}", "ra"); say("{text}");')[0]

    def test_how_many(self) -> None:
        self.assertEqual(self.shown("$dbr(ra=>rows) $dbr(ra=>cols)"), "2 2")

    def test_none_of_a_result_without_rows_and_of_one_that_never_was(self) -> None:
        self.assertEqual(self.shown("$dbr(ra=>rows) $dbr(ra=>cols) $dbr(rb=>rows)", "none"), "0 0 0")

    def test_values_by_row_and_column(self) -> None:
        self.assertEqual(
            self.shown("$dbr(ra=>[0,0]) $dbr(ra=>[0,1]) $dbr(ra=>[1,0]) $dbr(ra=>[1,1])"), "1 one 2 <null>"
        )

    def test_nothing_beyond_the_last_and_before_the_first(self) -> None:
        self.assertEqual(self.shown("$dbr(ra=>[2,0]) $dbr(ra=>[0,2]) $dbr(ra=>[-1,0])"), "<null> <null> <null>")

    def test_row_and_column_may_be_variables(self) -> None:
        self.assertEqual(self.shown("$dbr(ra=>[$var(i),0]) $dbr(ra=>[0,$var(i)])"), "2 one")

    def test_blanks_are_allowed(self) -> None:
        self.assertEqual(self.shown("$dbr( ra => [ 1 , 0 ] )"), "2")

    def test_names_of_columns(self) -> None:
        self.assertEqual(
            self.shown("$dbr(ra=>colname[0]) $dbr(ra=>colname[$var(i)]) $dbr(ra=>colname[2])"), "a b <null>"
        )

    def test_kinds_of_values(self) -> None:
        self.assertEqual(
            self.shown("$dbr(ra=>[0,0]) $dbr(ra=>[0,1]) $dbr(ra=>[0,2]) [$dbr(ra=>[0,3])]", "kinds"), "-7 5 1.5 []"
        )
        self.assertEqual(
            self.run_script('sql_query("ca", "kinds", "ra"); $var(x) = $dbr(ra=>[0,1]) + 1; say("$var(x)");'), ["51"]
        )

    def test_a_result_belongs_to_one_run(self) -> None:
        self.serve('say("$dbr(ra=>rows)"); sql_query("ca", "two", "ra");')
        self.assertEqual(self.ask() + self.ask(), ["0", "0"])

    def test_a_wrong_key_is_refused_at_load(self) -> None:
        for key in ("ra=>row", "ra", "ra=>[0]", "ra=>[x,0]", "ra=>colname"):
            self.assertRaises(ConfigError, self.serve, f'say("$dbr({key})");')
