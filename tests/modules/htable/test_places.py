"""`table=>key`."""

from __future__ import annotations

from sipapp.errors import ConfigError, ConfigErrors
from sipapp.modules.htable import Htable
from tests.modules.stage import made
from tests.modules.talk import TalkCase


class PlaceTests(TalkCase):
    modules = "htable"
    head = 'modparam("htable", "htable", "a=>size=4;")'

    def test_blanks_before_the_arrow_count_for_nothing_those_behind_belong_to_the_key(self) -> None:
        said = self.run_script('$sht(a=> k) = 9; $sht(a=>k) = 1; say("$sht( a =>k) $sht(a=> k)");')
        self.assertEqual(said, ["1 9"])

    def test_a_key_may_have_variables_in_it(self) -> None:
        said = self.run_script('$var(n) = 5; $sht(a=>$rm::$var(n)) = "x"; say("$sht(a=>OPTIONS::5)");')
        self.assertEqual(said, ["x"])

    def test_a_table_that_is_not_defined_is_null_and_cannot_be_set(self) -> None:
        said = self.run_script('$sht(b=>k) = 1; say("$sht(b=>k) $shtcn(b=>k) $shtinc(b=>k) $shtex(b=>k)");')
        self.assertEqual(said, ["<null> <null> <null> <null>"])
        self.assertTrue(self.logged("app.cfg:9:1: there is no htable b"))
        self.assertTrue(self.logged("app.cfg:9:1: no such htable: b"))

    def test_what_names_no_item_is_refused(self) -> None:
        for wrong in ("$sht(a)", "$sht(a=k)", "$sht(a=>)", "$sht", "$(sht(a=>k)[0])"):
            why = self.assertRaises(ConfigErrors, self.serve, f"$var(x) = {wrong};")
            self.assertIn("$sht", str(why))

    def test_two_tables_of_one_name_are_refused(self) -> None:
        module = made(Htable)
        module.set_parameter("htable", "a=>size=4")
        module.set_parameter("htable", "a=>size=5")
        self.assertRaises(ConfigError, lambda: module.tables)
