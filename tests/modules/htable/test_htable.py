"""The module as a whole."""

from __future__ import annotations

from sipapp.errors import ScriptError
from sipapp.modules.htable import Htable
from tests.modules.stage import made
from tests.modules.talk import TalkCase


class HtableTests(TalkCase):
    modules = "htable"

    def test_what_cannot_be_done_is_said(self) -> None:
        self.serve("", head='modparam("htable", "htable", "a=>dmqreplicate=1;")')
        self.assertTrue(self.logged("there is no DMQ"))
        self.serve("", head='modparam("htable", "enable_dmq", 1)')
        self.assertTrue(self.logged("there is no DMQ"))

    def test_kamailios_other_parameters_change_nothing(self) -> None:
        parameters = """
            modparam("htable", "timer_interval", 5) modparam("htable", "timer_procs", 2)
            modparam("htable", "fetch_rows", 50) modparam("htable", "dmq_init_sync", 1)
            modparam("htable", "dmq_peer_id", "x") modparam("htable", "event_callback", "f")
            modparam("htable", "event_callback_mode", 1) modparam("htable", "htable", "a=>size=4;")
        """
        self.assertEqual(self.run_script('$sht(a=>k) = 1; say("$sht(a=>k)");', head=parameters), ["1"])

    def test_without_tables_there_is_nothing_to_list(self) -> None:
        self.serve("")
        self.assertRaises(ScriptError, self.sip.rpc, "htable.listTables")

    def test_it_offers_all_event_routes(self) -> None:
        self.assertEqual(
            list(made(Htable).event_routes), ["htable:mod-init", "htable:expired:<table>", "htable:reloaded:<table>"]
        )
