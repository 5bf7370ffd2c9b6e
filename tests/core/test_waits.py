"""sipapp/core/waits.py: the scripts that wait, by RPC."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import RpcFault
from sipapp.testing.harness import Harness

SCRIPT = """loadmodule "sl" loadmodule "tm" loadmodule "async"
request_route {
    route(W);
    sl_send_reply("200", "OK");
}
route[W] {
    async_sleep("30");
}
"""


class WaitsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.sip = Harness(SCRIPT)
        self.addCleanup(self.sip.close)
        self.alice = self.sip.peer("udp:192.0.2.1:5060")

    def test_a_row_tells_who_waits_where_for_what(self) -> None:
        self.alice.send("OPTIONS", call_id="c1")
        self.sip.advance(2)
        self.alice.send("MESSAGE", call_id="c2")
        self.sip.advance(0)
        first, second = self.sip.rpc("async.list")
        self.assertEqual((first["id"], first["call_id"], first["method"]), (1, "c1", "OPTIONS"))
        self.assertEqual((first["route"], first["function"]), ("route[W]", "async_sleep"))
        self.assertEqual((first["place"], first["age"]), ("app.cfg:7:5", 2.0))
        self.assertEqual((second["id"], second["call_id"]), (2, "c2"))
        self.assertGreater(first["deadline"], first["since"])
        self.assertEqual(len(self.sip.rpc("async.list", 1)), 1)

    def test_a_cancelled_script_ends_and_its_request_gets_503(self) -> None:
        self.alice.send("OPTIONS")
        self.sip.advance(1)
        self.sip.rpc("async.cancel", 1)
        self.sip.advance(0)
        self.assertEqual(self.alice.received, [(1.0, 503)])
        self.assertEqual(self.sip.rpc("async.list"), [])
        why = self.assertRaises(RpcFault, self.sip.rpc, "async.cancel", 1)
        self.assertEqual(why.code, 404)

    def test_statistics_go_by_function(self) -> None:
        for _ in range(2):
            self.alice.send("OPTIONS")
        self.sip.advance(0)
        self.sip.rpc("async.cancel", 2)
        self.sip.advance(30)
        stats = self.sip.rpc("async.stats")
        self.assertEqual(list(stats), ["async_sleep"])
        row = stats["async_sleep"]
        self.assertEqual((row["count"], row["running"], row["finished"], row["cancelled"]), (2, 0, 1, 1))
        self.assertEqual(row["p99"], 31622.8)
