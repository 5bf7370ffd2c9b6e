"""Variables and messages in the log."""

from __future__ import annotations

import json
from typing import Any

from sipapp.errors import ConfigError
from tests.modules.talk import TalkCase


class PvDumpTests(TalkCase):
    modules = "debugger"

    def dumped(self, call: str) -> dict[str, Any]:
        script = '$var(x) = 5; $avp(y) = "a"; $avp(y) = 2; $avp(i:3) = 1; $xavp(z=>f) = "v"; $xavp(z[0]=>g) = 7;'
        self.run_script(script + call, head="debug=3")
        lines = [line for line in self.sip.lines() if line.startswith("{")]
        found: dict[str, Any] = json.loads(lines[0])
        return found

    def test_a_mask_chooses(self) -> None:
        self.assertEqual(self.dumped('dbg_pv_dump("2");'), {"$avp(y)": [2, "a"], "$avp(i:3)": [1]})
        self.assertEqual(self.dumped('dbg_pv_dump("4", "L_INFO");'), {"$var(x)": 5})
        self.assertEqual(self.dumped('dbg_pv_dump("8");'), {"$xavp(z)": [{"g": [7], "f": ["v"]}]})

    def test_everything_else_is_what_needs_no_name(self) -> None:
        others = self.dumped('dbg_pv_dump("16");')
        self.assertEqual((others["$rm"], others["$fU"]), ("OPTIONS", "alice"))
        self.assertNotIn("$du", others)
        self.assertIn("$du", self.dumped("dbg_pv_dump();"))

    def test_a_level_hides_it(self) -> None:
        self.run_script("dbg_pv_dump();")
        self.assertFalse(any(line.startswith("{") for line in self.sip.lines()))

    def test_wrong_arguments_are_refused(self) -> None:
        for arguments in ('"x"', '"1", "INFO"'):
            self.assertRaises(ConfigError, self.serve, f"dbg_pv_dump({arguments});")


class SipMessageTests(TalkCase):
    modules = "debugger"

    def test_the_message_and_its_changes(self) -> None:
        self.run_script('append_hf("X-New: 1\\r\\n"); dbg_sip_msg("L_ERR"); dbg_sip_msg();')
        shown = [line for line in self.sip.lines() if "START OF SIP message debug" in line]
        self.assertEqual(len(shown), 2)
        self.assertIn("Max-Forwards: 70\r\n", shown[0])
        self.assertIn("X-New: 1\r\n", shown[0])
        self.assertIn("-'' +'X-New: 1\\r\\n'", shown[0])

    def test_wrong_arguments_are_refused(self) -> None:
        for arguments in ('"INFO"', '"L_INFO", "LOG_NOWHERE"'):
            self.assertRaises(ConfigError, self.serve, f"dbg_sip_msg({arguments});")
