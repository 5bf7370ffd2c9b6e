"""What simulations have found, each by itself."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.testing.harness import Harness

HEAD = 'loadmodule "sl" loadmodule "tm" loadmodule "tmx" loadmodule "pv" loadmodule "textops" loadmodule "async"\n'
BEGIN = 'if (is_method("CANCEL") || is_method("ACK")) { if (t_check_trans()) t_relay(); exit; }\n'


class FoundTests(SynchronousTestCase):
    def serve(self, text: str, head: str = "") -> Harness:
        sip = Harness(HEAD + head + text)
        self.addCleanup(sip.close)
        return sip

    def test_a_response_that_comes_after_our_408_is_not_passed_on(self) -> None:
        sip = self.serve('request_route { $du = "sip:192.0.2.2:5060"; t_relay(); }')
        alice, bob = sip.peer("udp:192.0.2.1:5060"), sip.peer("udp:192.0.2.2:5060")
        alice.send("MESSAGE")
        sip.advance(31)
        self.assertEqual(alice.received, [(30.0, 408)])
        bob.reply(bob.messages[0], 603)  # type: ignore[arg-type]
        sip.advance(60)
        self.assertEqual(alice.received, [(30.0, 408)])
        self.assertEqual(sip.rpc("tm.stats")["current"], 0)

    def test_a_resumed_script_that_waits_too_long_ends_its_request(self) -> None:
        sip = self.serve(
            f"""request_route {{ {BEGIN}
                if (t_suspend()) async_task_data("GO", "$T(id_index):$T(id_label)");
            }}
            route[GO] {{
                $var(i) = $(async(data){{s.select,0,:}});
                $var(l) = $(async(data){{s.select,1,:}});
                t_continue("$var(i)", "$var(l)", "ON");
            }}
            route[ON] {{ async_sleep("90"); }}""",
            "suspend_timeout=5\n",
        )
        alice = sip.peer("udp:192.0.2.1:5060")
        alice.send("INVITE")
        sip.advance(60)
        self.assertEqual(alice.received, [(0.0, 100), (5.0, 408)])
        self.assertEqual(sip.rpc("tm.stats")["current"], 0)

    def branching(self, *, second: str) -> Harness:
        return self.serve(
            f"""request_route {{ {BEGIN}
                append_branch("sip:two@192.0.2.3:5060");
                t_on_branch("B");
                $ru = "sip:one@192.0.2.2:5060";
                t_relay();
            }}
            branch_route[B] {{ route(WAIT); }}
            route[WAIT] {{ if ($rU == "one") async_sleep("1"); else async_sleep("{second}"); }}""",
            'suspend_timeout=5\nloadmodule "corex"\n',
        )

    def test_a_t_relay_that_is_ended_before_it_has_sent_anything_leaves_no_branches(self) -> None:
        sip = self.branching(second="90")
        alice = sip.peer("udp:192.0.2.1:5060")
        alice.send("INVITE")
        sip.advance(2)
        self.assertEqual([row["function"] for row in sip.rpc("async.list")], ["async_sleep", "t_relay"])
        sip.rpc("async.cancel", sip.rpc("async.list")[1]["id"])
        sip.advance(60)
        self.assertEqual(alice.received, [(0.0, 100), (2.0, 503)])
        self.assertEqual(sip.rpc("tm.stats")["current"], 0)

    def test_a_script_that_waits_anew_when_another_is_ended_has_its_time_again(self) -> None:
        sip = self.branching(second="90")
        alice, bob = sip.peer("udp:192.0.2.1:5060"), sip.peer("udp:192.0.2.2:5060")
        bob.answers = lambda request: [486] if request.method == b"INVITE" else []
        alice.send("INVITE")
        sip.advance(60)
        # The second branch is given up 5 s after its wait began; t_relay() goes on with the first.
        self.assertEqual(alice.received, [(0.0, 100), (6.0, 486)])
        self.assertEqual(sip.rpc("tm.stats")["current"], 0)
