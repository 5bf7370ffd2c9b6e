"""dbg.*."""

from __future__ import annotations

import os

from sipapp.errors import RpcFault
from tests.modules.talk import TalkCase


class CommandsTests(TalkCase):
    modules = "debugger"

    def fault(self, command: str, *parameters: object) -> str:
        found: RpcFault = self.assertRaises(RpcFault, self.sip.rpc, command, *parameters)
        return found.reason

    def lines(self) -> int:
        return sum(line.startswith("*** cfgtrace:") for line in self.sip.lines())

    def test_the_trace_goes_off_and_on(self) -> None:
        self.serve("", head='modparam("debugger", "cfgtrace", 1)')
        for command, wanted in (("off", 0), ("on", 1), ("off", 1)):
            self.sip.rpc("dbg.trace", command)
            self.ask()
            self.assertEqual(self.lines(), wanted)
        self.assertEqual(self.fault("dbg.trace", "maybe"), "Unknown trace command")
        self.assertEqual(self.fault("dbg.trace", "on", 1), "No such pid")

    def test_not_where_the_script_is_not_compiled_for_it(self) -> None:
        self.serve("")
        self.assertIn("cfgtrace", self.fault("dbg.trace", "on"))

    def test_the_process_is_listed(self) -> None:
        self.serve("", head='modparam("debugger", "cfgtrace", 1)')
        (row,) = self.sip.rpc("dbg.ls")
        self.assertEqual((row["pid"], row["set"]), (os.getpid(), 2))

    def test_there_are_no_breakpoints(self) -> None:
        self.serve("")
        self.assertIn("explain", self.fault("dbg.bp", "on"))

    def test_levels(self) -> None:
        self.serve("", head='modparam("debugger", "mod_level", "tm=3")')
        self.sip.rpc("dbg.set_mod_level", "pv", 2)
        self.assertEqual(self.sip.rpc("dbg.get_mod_level", "all"), {"tm": 3, "pv": 2})
        self.assertEqual(self.sip.rpc("dbg.get_mod_level", "sl"), {"sl": 0})

    def test_facilities(self) -> None:
        self.serve("", head='modparam("debugger", "mod_facility", "tm=LOG_LOCAL1")')
        self.sip.rpc("dbg.set_mod_facility", "pv", "LOG_MAIL")
        self.assertEqual(self.sip.rpc("dbg.get_mod_facility", "all"), {"tm": "LOG_LOCAL1", "pv": "LOG_MAIL"})
        self.assertEqual(self.sip.rpc("dbg.get_mod_facility", "sl"), {"sl": "LOG_DAEMON"})
        self.assertIn("no such facility", self.fault("dbg.set_mod_facility", "pv", "LOG_X"))

    def test_message_numbers_begin_again_only_where_wanted(self) -> None:
        self.serve("")
        self.assertIn("reset_msgid", self.fault("dbg.reset_msgid"))
