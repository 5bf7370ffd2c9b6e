from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.message import Message
from sipapp.testing.harness import Harness

SCRIPT = """
loadmodule "pv"
loadmodule "sl"
loadmodule "tm"
loadmodule "rr"
loadmodule "siputils"
loadmodule "maxfwd"
request_route {
    if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
    if (has_totag()) {
        if (!loose_route()) { sl_send_reply("404", "Not here"); exit; }
        t_relay();
        exit;
    }
    record_route();
    $du = "sip:192.0.2.2:5060;transport=tcp";
    t_relay();
}
"""


class ScriptTests(SynchronousTestCase):
    """A dialog through a server that stays on its path, UDP on one side and TCP on the other."""

    def setUp(self) -> None:
        self.sip = Harness(SCRIPT)
        self.addCleanup(self.sip.close)
        self.alice, self.bob = self.sip.peer("udp:192.0.2.1:5060"), self.sip.peer("tcp:192.0.2.2:5060")
        self.bob.answers = lambda request: [200]
        self.alice.send("INVITE", call_id="dialog")
        self.sip.advance(0.1)

    def routes(self, message: Message) -> list[bytes]:
        return message.values(b"record-route")

    def test_each_side_has_an_entry_and_the_next_hop_s_is_on_top(self) -> None:
        (invite,) = self.bob.messages
        self.assertEqual(
            self.routes(invite),
            [
                b"<sip:192.0.2.100;transport=tcp;r2=on;lr;ftag=from-5060>",
                b"<sip:192.0.2.100;r2=on;lr;ftag=from-5060>",
            ],
        )

    def test_the_rest_of_the_dialog_comes_through_with_both_entries_taken_off(self) -> None:
        upward = reversed(self.routes(self.alice.messages[-1]))
        self.alice.send(
            "BYE",
            "sip:bob@192.0.2.2:5060;transport=tcp",
            [f"Route: {entry.decode()}" for entry in upward],
            call_id="dialog",
            to_tag="peer-5060",
        )
        self.sip.advance(0.1)
        bye = self.bob.messages[-1]
        self.assertEqual((bye.method, bye.uri), (b"BYE", b"sip:bob@192.0.2.2:5060;transport=tcp"))  # type: ignore[union-attr]
        self.assertIsNone(bye.first(b"route"))
        self.assertEqual(bye.first(b"max-forwards"), b"69")
        self.assertEqual(self.alice.statuses[-1], 200)
