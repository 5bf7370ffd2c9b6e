"""The event routes."""

from __future__ import annotations

from sipapp.errors import ConfigError
from sipapp.interfaces.sql import ISqlEngine
from tests.fake_sql import FakeSql
from tests.modules.talk import TalkCase


class EventTests(TalkCase):
    modules = "htable cfgutils"
    head = """
        modparam("htable", "htable", "a=>size=4;")
        modparam("htable", "htable", "b=>autoexpire=2;")
    """

    def test_mod_init_fills_tables_before_the_first_message(self) -> None:
        said = self.run_script('say("$sht(a=>k)");', routes='event_route[htable:mod-init] { $sht(a=>k) = "set"; }')
        self.assertEqual(said, ["set"])

    def test_a_mod_init_that_waits_holds_up_the_start(self) -> None:
        self.serve("", routes="event_route[htable:mod-init] { if ($sht(a=>k)) sleep(1); $sht(a=>k) = 1; }")
        starting = self.module("htable").started()
        self.assertNoResult(starting)
        self.sip.advance(1)
        self.assertIsNone(self.successResultOf(starting))

    def test_a_mod_init_that_drops_keeps_the_server_from_starting(self) -> None:
        self.assertRaises(ConfigError, self.serve, "", routes="event_route[htable:mod-init] { drop; }")

    def test_an_expired_item_runs_the_route_of_its_table(self) -> None:
        self.serve(
            '$sht(b=>k1) = "text"; $sht(b=>k2) = 5; say("$sht(a=>log)");',
            routes="""event_route[htable:expired:b] {
                $sht(a=>log) = $sht(a=>log) + $shtrecord(key) + "=" + $shtrecord(value) + "/" + $sht(b=>k1) + " ";
            }""",
        )
        self.assertEqual(self.ask(), ["<null>"])
        self.sip.advance(2.9)
        self.assertIsNone(self.module("htable").tables[b"a"].get(b"log"))
        self.sip.advance(0.1)
        self.assertEqual(self.module("htable").tables[b"a"].get(b"log"), b"k1=text/ k2=5/ ")

    def test_it_may_wait_and_set_the_item_again(self) -> None:
        self.serve(
            "$sht(b=>k) = 1;",
            routes="event_route[htable:expired:b] { sleep(1); $sht(b=>$shtrecord(key)) = $shtrecord(value) + 1; }",
        )
        self.ask()
        self.sip.advance(4)
        self.assertEqual(self.module("htable").tables[b"b"].get(b"k"), 2)

    def test_a_reloaded_table_runs_its_route(self) -> None:
        self.serve(
            "",
            head="""modparam("htable", "db_url", "fake:x")
                modparam("htable", "htable", "d=>dbtable=t;reloadat=5;")""",
            routes='event_route[htable:reloaded:d] { $sht(a=>times) = $sht(a=>times) + "x"; }',
            provide={ISqlEngine: FakeSql()},
        )
        self.sip.advance(11)
        self.assertEqual(self.module("htable").tables[b"a"].get(b"times"), b"xx")
