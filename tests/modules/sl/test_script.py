from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.testing.harness import Harness


class ScriptTests(SynchronousTestCase):
    """The module in a running server."""

    def run_script(self, text: str) -> Harness:
        sip = Harness(text)
        self.addCleanup(sip.close)
        return sip

    def test_a_response_goes_back_with_a_tag_and_the_script_s_own_lines(self) -> None:
        sip = self.run_script(
            'loadmodule "pv" loadmodule "sl" loadmodule "textops"\n'
            'request_route { append_to_reply("X-Why: $rm\\r\\n"); sl_send_reply("486", "Busy Here"); }'
        )
        alice = sip.peer("udp:192.0.2.1:5060")
        alice.send("OPTIONS")
        alice.again()
        sip.advance(0)
        first, second = alice.messages
        self.assertEqual(alice.received, [(0.0, 486), (0.0, 486)])
        self.assertEqual(first.first(b"x-why"), b"OPTIONS")
        assert first.to is not None
        assert second.to is not None
        self.assertTrue(first.to.tag)
        self.assertEqual(first.to.tag, second.to.tag)

    def test_the_ack_to_a_stateless_response_runs_the_event_route_alone(self) -> None:
        sip = self.run_script(
            'loadmodule "pv" loadmodule "sl" loadmodule "xlog"\n'
            'request_route { xlog("L_ERR", "route $rm\\n"); sl_send_reply("404", "Not Found"); }\n'
            'event_route[sl:filtered-ack] { xlog("L_ERR", "filtered $rm\\n"); }'
        )
        alice = sip.peer("udp:192.0.2.1:5060")
        alice.send("INVITE")
        sip.advance(1)
        self.assertEqual(
            [line for line in sip.lines() if "<script>" in line],
            ["<script>: route INVITE", "<script>: filtered ACK"],
        )
        self.assertEqual(alice.received, [(0.0, 404)])

    def test_what_is_sent_is_told_to_the_local_response_route(self) -> None:
        sip = self.run_script(
            'loadmodule "pv" loadmodule "sl" loadmodule "xlog"\n'
            'request_route { sl_send_reply("200", "OK"); }\n'
            'event_route[sl:local-response] { xlog("L_ERR", "$rm done\\n"); }'
        )
        alice = sip.peer("udp:192.0.2.1:5060")
        alice.send("OPTIONS")
        sip.advance(0)
        self.assertIn("<script>: OPTIONS done", sip.lines())
        self.assertEqual(sip.rpc("sl.stats")["200"], 1)

    def test_after_a_wait_the_response_is_the_one_that_a_retransmission_gets(self) -> None:
        sip = self.run_script(
            'loadmodule "pv" loadmodule "sl" loadmodule "tm" loadmodule "cfgutils"\n'
            'request_route { sleep("2"); sl_send_reply("486", "Busy Here"); }'
        )
        alice = sip.peer("udp:192.0.2.1:5060")
        alice.send("OPTIONS")
        sip.advance(1)
        alice.again()
        sip.advance(1)
        alice.again()
        sip.advance(0)
        self.assertEqual(alice.received, [(2.0, 486), (2.0, 486)])
        self.assertEqual(alice.messages[0].to.tag, alice.messages[1].to.tag)  # type: ignore[union-attr]
