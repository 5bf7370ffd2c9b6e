"""Walking through a table."""

from __future__ import annotations

from tests.modules.talk import TalkCase


class IteratorTests(TalkCase):
    modules = "htable"
    head = """
        modparam("htable", "htable", "z=>size=3;")
        modparam("htable", "htable", "b=>autoexpire=60;")
    """

    def test_items_come_one_by_one_in_kamailios_order(self) -> None:
        said = self.run_script("""
            $sht(z=>k1) = 1; $sht(z=>k2) = "two";
            sht_iterator_start("it", "z");
            while (sht_iterator_next("it")) say("$shtitkey(it)=$shtitval(it)");
            say("$shtitkey(it) $shtitval(it)");
            sht_iterator_end("it"); say("$rc");
        """)
        self.assertEqual(said, ["k2=two", "k1=1", "<null> <null>", "1"])

    def test_behind_the_last_it_begins_anew(self) -> None:
        said = self.run_script("""
            $sht(z=>k1) = 1;
            sht_iterator_start("it", "z");
            sht_iterator_next("it"); sht_iterator_next("it"); say("$rc");
            sht_iterator_next("it"); say("$rc $shtitkey(it)");
        """)
        self.assertEqual(said, ["-1", "1 k1"])

    def test_removing_an_item_goes_on_to_the_next(self) -> None:
        said = self.run_script("""
            $sht(z=>k1) = 1; $sht(z=>k2) = 2;
            sht_iterator_start("it", "z"); sht_iterator_next("it");
            sht_iterator_rm("it"); say("$rc $shtitkey(it)");
            sht_iterator_rm("it"); say("$rc $shtitkey(it) $shtcn(z=>**)");
            sht_iterator_rm("it"); say("$rc");
        """)
        self.assertEqual(said, ["1 k1", "-2 <null> 0", "-1"])

    def test_items_are_changed_on_the_way(self) -> None:
        said = self.run_script("""
            $sht(b=>k) = 1;
            sht_iterator_start("it", "b"); sht_iterator_next("it");
            sht_iterator_sets("it", "$rm"); say("$rc $sht(b=>k)");
            sht_iterator_seti("it", "7"); say("$rc $sht(b=>k)");
            sht_iterator_setex("it", 5); say("$rc $shtex(b=>k)");
        """)
        self.assertEqual(said, ["1 OPTIONS", "1 7", "1 5"])

    def test_an_item_that_was_removed_meanwhile_is_left_out(self) -> None:
        said = self.run_script("""
            $sht(z=>k1) = 1; $sht(z=>k2) = 2; $sht(z=>k3) = 3;
            sht_iterator_start("it", "z"); sht_iterator_next("it");
            $sht(z=>k3) = $null; $sht(z=>k2) = $null; $sht(z=>new) = 1;
            say("$shtitkey(it) $shtitval(it)");
            while (sht_iterator_next("it")) say("$shtitkey(it)");
        """)
        self.assertEqual(said, ["k2 <null>", "k1"])

    def test_how_it_fails(self) -> None:
        said = self.run_script("""
            sht_iterator_next("it"); say("$rc"); sht_iterator_end("it"); say("$rc");
            sht_iterator_start("it", "nosuch"); say("$rc"); sht_iterator_start("", "z"); say("$rc");
            sht_iterator_start("it", "z");
            sht_iterator_next("it"); say("$rc"); sht_iterator_sets("it", "x"); say("$rc");
            sht_iterator_setex("it", 5); say("$rc"); say("$shtitkey(other) $shtitval(other)");
        """)
        self.assertEqual(said, ["-1"] * 7 + ["<null> <null>"])

    def test_without_autoexpire_it_sets_no_time(self) -> None:
        said = self.run_script("""
            $sht(z=>k) = 1; sht_iterator_start("it", "z"); sht_iterator_next("it");
            sht_iterator_setex("it", 0); say("$rc $sht(z=>k)");
        """)
        self.sip.advance(5)
        self.assertEqual(said, ["1 1"])

    def test_another_run_has_iterators_of_its_own(self) -> None:
        self.serve('if ($rm == "INFO") sht_iterator_start("it", "z"); sht_iterator_end("it"); say("$rc");')
        self.assertEqual([self.ask("INFO"), self.ask("OPTIONS")], [["1"], ["-1"]])
