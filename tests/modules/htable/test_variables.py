"""$sht and its kin."""

from __future__ import annotations

from tests.modules.talk import TalkCase


class VariablesTests(TalkCase):
    modules = "htable"
    head = """
        modparam("htable", "htable", "a=>size=4;")
        modparam("htable", "htable", "b=>size=4;autoexpire=60;")
        modparam("htable", "htable", "c=>initval=5;")
    """

    def test_items_are_set_read_and_removed(self) -> None:
        said = self.run_script("""
            $sht(a=>s) = "text"; $sht(a=>n) = 5; $sht(a=>n) = $sht(a=>n) + 1;
            say("$sht(a=>s) $sht(a=>n) $sht(a=>none)");
            $sht(a=>s) = $null;
            say("$sht(a=>s)");
        """)
        self.assertEqual(said, ["text 6 <null>", "<null>"])

    def test_every_run_sees_what_another_has_set(self) -> None:
        self.serve('say("$sht(a=>last)"); $sht(a=>last) = $rm;')
        self.assertEqual([self.ask("OPTIONS"), self.ask("INFO")], [["<null>"], ["OPTIONS"]])

    def test_numbers_are_counted_up_and_down(self) -> None:
        said = self.run_script("""
            $sht(a=>n) = 1; $sht(a=>s) = "text";
            say("$shtinc(a=>n) $shtinc(a=>n) $shtdec(a=>n) $sht(a=>n)");
            say("$shtinc(c=>new) $shtdec(c=>other) $sht(c=>none)");
            say("$shtinc(a=>s) $shtinc(a=>none) $sht(a=>none)");
        """)
        self.assertEqual(said, ["2 3 2 2", "6 4 5", "<null> <null> <null>"])

    def test_how_long_an_item_stays(self) -> None:
        said = self.run_script("""
            $sht(b=>k) = 1; $sht(b=>m) = 1; $sht(a=>k) = 1; $sht(b=>t) = 1;
            $shtex(b=>k) = 500; $shtex(b=>m) = 0; $shtex(a=>k) = 5; $shtex(b=>t) = "7";
            say("$shtex(b=>k) $shtex(b=>m) $shtex(a=>k) $shtex(b=>t) $shtex(b=>none)");
            $shtex(b=>k) = $null;
            say("$shtex(b=>k)");
        """)
        self.assertEqual(said, ["500 0 0 0 0", "0"])

    def test_an_item_whose_time_is_over_is_gone(self) -> None:
        self.serve('if ($rm == "INFO") { $sht(b=>k) = "live"; $shtex(b=>k) = 1; } say("$sht(b=>k) $shtcn(b=>**)");')
        self.assertEqual(self.ask("INFO"), ["live 1"])
        self.sip.advance(1.5)
        self.assertEqual(self.ask(), ["live 1"])
        self.sip.advance(0.5)
        self.assertEqual(self.ask(), ["<null> 0"])

    def test_keys_and_values_are_counted(self) -> None:
        said = self.run_script("""
            $sht(a=>k1) = 1; $sht(a=>k2) = "text"; $sht(a=>z) = "Tex";
            say("$shtcn(a=>K) $shtcn(a=>~~^k) $shtcn(a=>%~k) $shtcn(a=>~%2) $shtcn(a=>==k1) $shtcn(a=>**)");
            say("$shtcv(a=>^t) $shtcv(a=>%~Te) $shtcv(a=>~%xt) $shtcv(a=>==text) $shtcv(a=>eq1) $shtcv(a=>**)");
            say("$shtcn(a=>eq1) $shtcn(a=>~~) $shtcn(a=>[) $shtcv(a=>eqx)");
        """)
        self.assertEqual(said, ["2 2 2 1 1 3", "2 1 1 1 1 3", "0 0 0 0"])

    def test_there_is_no_expired_item_outside_of_its_event_route(self) -> None:
        self.assertEqual(self.run_script('say("$shtrecord(key) $shtrecord(value)");'), ["<null> <null>"])
