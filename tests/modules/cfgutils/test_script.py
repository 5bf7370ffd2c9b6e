from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.testing.harness import Harness


class ScriptTests(SynchronousTestCase):
    """The module in a running server: what waits, and who waits with it."""

    def run_script(self, text: str) -> Harness:
        sip = Harness(f'loadmodule "pv"\nloadmodule "tm"\nloadmodule "sl"\nloadmodule "cfgutils"\n{text}')
        self.addCleanup(sip.close)
        return sip

    def test_a_sleeping_route_holds_nobody_else_up(self) -> None:
        sip = self.run_script('request_route { if ($rU == "slow") { sleep("3"); } sl_send_reply("200", "OK"); }')
        alice, bob = sip.peer("udp:192.0.2.1:5060"), sip.peer("udp:192.0.2.2:5060")
        alice.send("OPTIONS", user="slow")
        bob.send("OPTIONS")
        sip.advance(5)
        self.assertEqual(alice.received, [(3.0, 200)])
        self.assertEqual(bob.received, [(0.0, 200)])

    def test_a_lock_is_had_by_one_request_after_the_other(self) -> None:
        sip = self.run_script('request_route { lock("$rU"); sleep("2"); unlock("$rU"); sl_send_reply("200", "OK"); }')
        alice = sip.peer("udp:192.0.2.1:5060")
        for user in ("bob", "bob", "carol"):
            alice.send("OPTIONS", user=user)
        sip.advance(10)
        self.assertEqual([time for time, _ in alice.received], [2.0, 2.0, 4.0])

    def test_a_route_by_name_may_wait_and_its_code_counts(self) -> None:
        sip = self.run_script(
            'route[later] { sleep("1"); return 7; }\n'
            'request_route { route_if_exists("$rU"); $var(code) = $rc; sl_send_reply("200", "got $var(code)"); }'
        )
        alice = sip.peer("udp:192.0.2.1:5060")
        alice.send("OPTIONS", user="later")
        alice.send("OPTIONS", user="never")
        sip.advance(2)
        self.assertEqual(
            [(time, message.reason) for (time, _), message in zip(alice.received, alice.messages, strict=True)],  # type: ignore[union-attr]
            [(0.0, b"got -1"), (1.0, b"got 7")],
        )
