from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.testing.harness import Harness


class ScriptTests(SynchronousTestCase):
    """The module in a running server."""

    def run_script(self, text: str) -> Harness:
        sip = Harness(f'loadmodule "pv"\nloadmodule "sl"\nloadmodule "xlog"\nloadmodule "corex"\n{text}')
        self.addCleanup(sip.close)
        return sip

    def written(self, sip: Harness) -> list[str]:
        return [line.removeprefix("<script>: ") for line in sip.lines() if line.startswith("<script>: ")]

    def test_a_response_that_goes_out_runs_its_route(self) -> None:
        sip = self.run_script(
            'request_route { sl_send_reply("200", "OK"); }\n'
            'event_route[corex:reply-out] { xlog("L_ERR", "$rs to $sndto(ip)"); }'
        )
        alice = sip.peer("udp:192.0.2.1:5060")
        alice.send("OPTIONS")
        sip.advance(0)
        self.assertEqual(self.written(sip), ["200 to 192.0.2.1"])

    def test_the_network_s_route_changes_what_comes_in_and_what_goes_out(self) -> None:
        sip = self.run_script(
            'modparam("corex", "nio_intercept", 1)\nmodparam("corex", "nio_msg_avp", "$avp(changed)")\n'
            'request_route { sl_send_reply("200", "To $rU"); }\n'
            "event_route[network:msg] {\n"
            "    if (is_incoming()) { $avp(changed) = $(mb{s.replace,sip:bob,sip:carol}); }\n"
            "    else { $avp(changed) = $(mb{s.replace,200 To,200 For}); }\n"
            "}"
        )
        alice = sip.peer("udp:192.0.2.1:5060")
        alice.send("OPTIONS")
        sip.advance(0)
        self.assertTrue(sip.network.packets[-1].data.startswith(b"SIP/2.0 200 For carol\r\n"))

    def test_bytes_go_wherever_the_script_says(self) -> None:
        sip = self.run_script(
            'request_route { send_udp("192.0.2.7:5080"); send_data("sip:192.0.2.8:5060", "hello $rU"); }'
        )
        alice, carol = sip.peer("udp:192.0.2.1:5060"), sip.peer("udp:192.0.2.7:5080")
        data = alice.send("MESSAGE", body="text")
        sip.advance(0)
        self.assertEqual(bytes(carol.messages[0]), data)
        self.assertEqual(sip.network.packets[-1].data, b"hello bob")
        self.assertEqual(sip.network.packets[-1].target, ("udp", "192.0.2.8", 5060))
