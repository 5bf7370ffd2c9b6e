from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import LocalError
from sipapp.module import ScriptError
from sipapp.modules.pike import Pike
from sipapp.testing.harness import Harness
from tests.modules.stage import Server, context, made

CFG = """
loadmodule "sl" loadmodule "pike"
modparam("pike", "reqs_density_per_unit", 4)
request_route {
    if (!pike_check_req()) exit;
    sl_send_reply(200, "OK");
}
"""


class PikeTests(SynchronousTestCase):
    def start(self, **parameters: Any) -> tuple[Any, Any]:
        module, server = made(Pike, **parameters), Server()
        module.start(server)
        return module, server

    def test_a_script_gives_no_answer_to_who_sends_too_much(self) -> None:
        sip = Harness(CFG)
        self.addCleanup(sip.close)
        alice = sip.peer("udp:192.0.2.9:5070")
        for _ in range(20):
            alice.send("OPTIONS")
        sip.advance(0)
        answered = len(alice.statuses)
        self.assertEqual(answered, 7)
        self.assertEqual(sip.server.statistics.counter("pike", "blocked_ips").value, 1)
        self.assertEqual([line for line in sip.lines() if "PIKE" in line], ["PIKE - BLOCKing ip 192.0.2.9"])
        sip.advance(4)
        self.assertEqual(sip.lines()[-1], "PIKE - UNBLOCKing ip 192.0.2.9")
        alice.send("OPTIONS")
        sip.advance(0)
        self.assertEqual(len(alice.statuses), answered + 1)

    def test_an_address_can_be_named(self) -> None:
        module, _ = self.start(reqs_density_per_unit=4)
        for address in (b"192.0.2.9", b"2001:db8::9", b"[2001:db8::8]"):
            codes = [module.pike_check_ip(context(), address) for _ in range(40)]
            self.assertEqual((codes[0], codes.count(-2), codes[-1]), (1, 1, -1))

    def test_what_is_no_address_is_an_error(self) -> None:
        module, _ = self.start()
        for text in (b"", b"x", b"192.0.2", b"2001:db8:::"):
            self.assertRaises(ScriptError, module.pike_check_ip, context(), text)

    def test_the_watched_addresses_can_be_listed(self) -> None:
        module, server = self.start(reqs_density_per_unit=8)
        for _ in range(15):
            module.pike_check_ip(context(), b"192.0.2.9")
        for _ in range(4):
            module.pike_check_ip(context(), b"192.0.2.10")
        server.clock.advance(1)
        hot = {
            "ip_addr": "192.0.2.9",
            "leaf_hits_prev": 0,
            "leaf_hits_curr": 11,
            "expires": 119,
            "status": "HOT",
        }
        self.assertEqual(module.rpc_top(), {"max_hits": 8, "list": [hot], "number_of_rows": 1})
        self.assertEqual(module.rpc_top("hot")["number_of_rows"], 1)
        self.assertEqual([row["ip_addr"] for row in module.rpc_top("ALL")["list"]], ["192.0.2.10", "192.0.2.9"])
        self.assertEqual(module.rpc_top("ALL")["list"][0]["status"], "WARM")
        self.assertEqual([row["ip_addr"] for row in module.rpc_top("WARM")["list"]], ["192.0.2.10"])
        self.assertRaises(LocalError, module.rpc_top, "COLD")

    def test_quiet_addresses_are_forgotten(self) -> None:
        module, server = self.start(reqs_density_per_unit=4, remove_latency=10)
        for _ in range(20):
            module.pike_check_ip(context(), b"192.0.2.9")
        server.clock.pump([2] * 6)
        self.assertEqual(module.rpc_top("ALL")["list"], [])

    def test_nothing_is_left_when_it_stops(self) -> None:
        module, server = self.start()
        module.stop()
        self.assertEqual(server.clock.getDelayedCalls(), [])
