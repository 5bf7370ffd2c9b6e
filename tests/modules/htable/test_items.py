"""Functions of single items."""

from __future__ import annotations

from tests.modules.talk import TalkCase


class ItemsTests(TalkCase):
    modules = "htable"
    head = """
        modparam("htable", "htable", "a=>size=4;")
        modparam("htable", "htable", "b=>autoexpire=60;")
        modparam("htable", "htable", "c=>initval=0;")
    """

    def test_removing_an_item_is_true_wherever_there_is_the_table(self) -> None:
        said = self.run_script("""
            $sht(a=>k) = 1;
            sht_rm("a", "$(rm{s.substr,0,0})k"); say("$rc");
            sht_rm("a", "k"); say("$rc $sht(a=>k)");
            sht_rm("nosuch", "k"); say("$rc"); sht_rm("a", ""); say("$rc");
        """)
        self.assertEqual(said, ["1", "1 <null>", "-1", "-1"])

    def test_a_reset_removes_all(self) -> None:
        said = self.run_script("""
            $sht(a=>k) = 1; $sht(a=>l) = 2;
            sht_reset("a"); say("$rc $shtcn(a=>**)"); sht_reset("nosuch"); say("$rc");
        """)
        self.assertEqual(said, ["1 0", "-1"])

    def test_items_are_set_with_their_time(self) -> None:
        said = self.run_script("""
            sht_setxs("b", "s", "$rm", 5); say("$rc $sht(b=>s) $shtex(b=>s)");
            sht_setxi("b", "n", "7", 6); say("$rc $sht(b=>n) $shtex(b=>n)");
            sht_setxs("b", "t", "x", "-3"); say("$shtex(b=>t)");
            sht_setxs("a", "k", "x", 5); say("$shtex(a=>k)");
            sht_setxs("nosuch", "k", "x", 5); say("$rc");
        """)
        self.assertEqual(said, ["1 OPTIONS 5", "1 7 6", "60", "0", "-1"])

    def test_numbers_are_counted(self) -> None:
        said = self.run_script("""
            $sht(a=>n) = 5; $sht(a=>s) = "x";
            sht_inc("a", "n"); sht_inc("a", "n"); sht_dec("a", "n"); say("$rc $sht(a=>n)");
            sht_inc("c", "new"); say("$sht(c=>new)"); sht_dec("c", "other"); say("$sht(c=>other)");
            sht_inc("a", "s"); say("$rc"); sht_inc("a", "none"); say("$rc"); sht_inc("nosuch", "n"); say("$rc");
        """)
        self.assertEqual(said, ["1 6", "1", "-1", "-1", "-1", "-1"])

    def test_whether_an_item_is_null(self) -> None:
        said = self.run_script("""
            $sht(a=>k) = 1;
            sht_is_null("a", "k"); say("$rc"); sht_is_null("a", "none"); say("$rc"); sht_is_null("c", "k"); say("$rc");
            sht_is_null("nosuch", "k"); say("$rc"); sht_is_null("a", ""); say("$rc");
        """)
        self.assertEqual(said, ["-1", "1", "-2", "2", "3"])

    def test_tables_are_printed_into_the_log(self) -> None:
        self.run_script('$sht(b=>k) = "v"; $sht(a=>n) = 5; sht_print();')
        self.assertTrue(self.logged("htable[b] exp: 60"))
        self.assertTrue(self.logged("htable[b] slot 6 k expire: 60 v-s:v"))
        self.assertTrue(self.logged("htable[a] slot 3 n expire: 0 v-i:5"))
