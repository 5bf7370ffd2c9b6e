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

    def holding(self, rest: str = "") -> Harness:
        """onreply_route puts final responses aside; nobody goes on with them, but for suspend_timeout."""
        return self.serve(
            f"""request_route {{ {BEGIN}
                t_on_reply("R");
                $ru = "sip:one@192.0.2.2:5060";
                t_relay();
            }}
            onreply_route[R] {{ if ($rs == 183) route(WAIT); if ($rs >= 200 && t_suspend()) exit; {rest} }}
            route[WAIT] {{ async_sleep("2"); }}""",
            'suspend_timeout=20\nmodparam("tm", "fr_inv_timer", 5000)\n',
        )

    def test_a_cancel_lets_a_response_go_on_that_was_put_aside(self) -> None:
        for status in (200, 486):
            sip = self.holding()
            alice, bob = sip.peer("udp:192.0.2.1:5060"), sip.peer("udp:192.0.2.2:5060")
            bob.answers = lambda request, status=status: [180, status] if request.method == b"INVITE" else []
            alice.send("INVITE")
            sip.advance(1)
            self.assertEqual(alice.statuses, [100, 180])
            alice.cancel()
            sip.advance(0.1)
            self.assertEqual(alice.statuses, [100, 180, status, 200])
            sip.advance(60)
            self.assertEqual(sip.rpc("tm.stats")["current"], 0)

    def test_only_one_response_of_a_request_can_be_put_aside(self) -> None:
        sip = self.serve(
            f"""request_route {{ {BEGIN}
                t_on_reply("R");
                append_branch("sip:two@192.0.2.3:5060");
                $ru = "sip:one@192.0.2.2:5060";
                t_relay();
            }}
            onreply_route[R] {{ if (t_suspend()) exit; }}""",
            'suspend_timeout=5\nloadmodule "corex"\n',
        )
        alice = sip.peer("udp:192.0.2.1:5060")
        for number, status in ((2, 404), (3, 486)):
            sip.peer(f"udp:192.0.2.{number}:5060").answers = lambda request, status=status: [status]
        alice.send("MESSAGE")
        sip.advance(60)
        self.assertEqual(alice.received, [(5.0, 404)])
        self.assertEqual(sip.rpc("tm.stats")["current"], 0)

    def test_a_provisional_response_whose_script_waits_does_not_restart_timer_c_behind_the_final_one(self) -> None:
        sip = self.holding()
        alice, bob = sip.peer("udp:192.0.2.1:5060"), sip.peer("udp:192.0.2.2:5060")
        bob.answers = lambda request: [183, (1.0, 404)] if request.method == b"INVITE" else []
        alice.send("INVITE")
        sip.advance(60)
        # 183 goes on after 2 s; 404, put aside from then on, after another 20; no 408 at 7 s.
        self.assertEqual(alice.received, [(0.0, 100), (2.0, 183), (22.0, 404)])
        self.assertEqual(sip.rpc("tm.stats")["current"], 0)

    def test_a_failure_route_resumed_by_t_continue_that_waits_too_long_ends_with_what_led_there(self) -> None:
        sip = self.serve(
            f"""request_route {{ {BEGIN}
                t_on_failure("F");
                $ru = "sip:one@192.0.2.2:5060";
                t_relay();
            }}
            failure_route[F] {{ if (t_suspend()) async_task_data("GO", "$T(id_index):$T(id_label)"); }}
            route[GO] {{
                $var(i) = $(async(data){{s.select,0,:}});
                $var(l) = $(async(data){{s.select,1,:}});
                t_continue("$var(i)", "$var(l)", "ON");
            }}
            route[ON] {{ async_sleep("90"); }}""",
            "suspend_timeout=5\n",
        )
        alice, bob = sip.peer("udp:192.0.2.1:5060"), sip.peer("udp:192.0.2.2:5060")
        bob.answers = lambda request: [486]
        alice.send("MESSAGE")
        sip.advance(60)
        self.assertEqual(alice.received, [(5.0, 486)])
        self.assertEqual(sip.rpc("tm.stats")["current"], 0)

    def test_nothing_begins_beside_a_script_once_the_server_has_stopped(self) -> None:
        sip = Harness(
            HEAD + 'request_route { async_task_data("T", "x"); } route[T] { xlog("never"); }'.replace("xlog", "log")
        )
        sip.peer("udp:192.0.2.1:5060").send("MESSAGE")
        sip.clock.callLater(0, sip.close)
        sip.advance(1)
        self.assertEqual([event for event in sip.log if event.get("log_failure")], [])

    def test_a_request_is_not_put_aside_beside_its_response(self) -> None:
        sip = self.serve(
            f"""request_route {{ {BEGIN}
                t_on_reply("R");
                $ru = "sip:one@192.0.2.2:5060";
                t_relay();
                async_sleep("1");
                if (t_suspend()) t_reply("500", "Not This");
            }}
            onreply_route[R] {{ if (t_suspend()) exit; }}""",
            "suspend_timeout=5\n",
        )
        alice, bob = sip.peer("udp:192.0.2.1:5060"), sip.peer("udp:192.0.2.2:5060")
        bob.answers = lambda request: [404]
        alice.send("MESSAGE")
        sip.advance(60)
        self.assertEqual(alice.received, [(5.0, 404)])
        self.assertEqual(sip.rpc("tm.stats")["current"], 0)
