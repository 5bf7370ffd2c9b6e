from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.testing.harness import Harness

CFG = """
loadmodule "sl" loadmodule "pv" loadmodule "textops" loadmodule "nathelper"
request_route {
    if (nat_uac_test("19")) { fix_nated_contact(); }
    if (handle_ruri_alias()) { append_to_reply("X-Next: $du\\r\\n"); }
    add_contact_alias("198.51.100.1", "5060", "udp");
    append_to_reply("X-Count: $rr_count $rr_top_count $sel(nathelper.rewrite_contact[1].nameaddr.uri)\\r\\n");
    sl_send_reply(200, "OK");
}
"""


class NathelperTests(SynchronousTestCase):
    def test_a_script_uses_its_functions_and_variables(self) -> None:
        sip = Harness(CFG)
        self.addCleanup(sip.close)
        alice = sip.peer("udp:192.0.2.9:5070")
        alice.send("OPTIONS", "sip:bob@10.0.0.5;alias=192.0.2.7~5060~1", ["Record-Route: <sip:192.0.2.8;lr>"])
        sip.advance(0)
        answer = alice.messages[0]
        self.assertEqual(answer.first(b"x-next"), b"sip:192.0.2.7:5060")
        self.assertEqual(answer.first(b"x-count"), b"1 1 sip:alice@192.0.2.9:5070")
