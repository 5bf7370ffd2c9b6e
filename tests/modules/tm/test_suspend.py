from __future__ import annotations

from typing import Any

from zope.interface.verify import verifyObject

from sipapp.interfaces.server import ISuspension
from tests.modules.tm.scene import SceneTestCase

TIMERS = 'modparam("tm", "fr_timer", 3000)\nmodparam("tm", "fr_inv_timer", 8000)\n'
CALL_BOB = '$du = "sip:192.0.2.2:5060"; t_relay();'
BEGIN = """
    if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
    if (is_method("ACK")) { t_check_trans(); exit; }
"""


class WaitingTests(SceneTestCase):
    """Runs of the script that wait."""

    def play(self, script: str, head: str = "", **options: Any) -> Any:  # type: ignore[override]
        return super().play(script, TIMERS + head, **options)

    def test_it_provides_its_interface(self) -> None:
        self.play("request_route { exit; }")
        verifyObject(ISuspension, self.tm)
        self.assertIs(self.sip.server.get(ISuspension), self.tm)

    def test_an_invite_that_waits_gets_its_100_at_once(self) -> None:
        self.play('request_route { async_route("RES", "1"); } route[RES] { t_reply("404", "resumed"); }')
        self.assertEqual(self.invite(5), [(0.0, 100), (1.0, 404)])
        self.assertEqual(self.last().reason, b"resumed")

    def test_an_invite_that_comes_again_after_a_while_gets_the_same_100_again(self) -> None:
        self.play("""request_route { append_to_reply("X-A: 1\\r\\n"); async_sleep("5"); t_reply("404", "resumed"); }""")
        self.invite(3)
        first = self.last().raw
        self.assertIn(b"X-A: 1\r\n", first)
        self.alice.again()
        self.sip.advance(1)
        self.assertEqual(self.alice.received, [(0.0, 100), (3.0, 100)])
        self.assertEqual(self.last().raw, first)

    def test_a_100_of_the_script_itself_stays_as_it_is(self) -> None:
        self.play("""request_route { t_newtran(); t_reply("100", "mine"); async_sleep("5"); t_reply("404", "x"); }""")
        self.invite(3)
        self.alice.again()
        self.sip.advance(1)
        self.assertEqual(self.last().reason, b"mine")
        self.assertEqual(self.alice.received, [(0.0, 100), (3.0, 100)])

    def test_no_other_request_gets_a_100(self) -> None:
        self.play('request_route { async_ms_route("RES", "500"); } route[RES] { t_reply("404", "resumed"); }')
        self.assertEqual(self.options(5), [(0.5, 404)])

    def test_what_is_answered_cannot_wait_any_more_but_says_so(self) -> None:
        self.play('request_route { t_newtran(); t_reply("480", "f"); exit; }')
        self.assertEqual(self.options(5), [(0.0, 480)])

    def test_a_script_goes_on_where_it_stood(self) -> None:
        self.play("""request_route { async_ms_sleep("200"); xlog("one\\n"); async_ms_sleep("200"); xlog("two\\n");
            t_reply("486", "seq"); }""")
        self.assertEqual(self.invite(5), [(0.0, 100), (0.4, 486)])
        self.assertEqual(self.said(), ["one", "two"])

    def test_it_goes_on_inside_a_route_that_was_called(self) -> None:
        self.play("""request_route { route(W); xlog("back"); t_reply("481", "x"); }
            route[W] { async_sleep("2"); xlog("b"); }""")
        self.assertEqual(self.options(5), [(2.0, 481)])
        self.assertEqual(self.said(), ["b", "back"])

    def test_it_stays_a_request_route(self) -> None:
        self.play("""request_route { async_ms_sleep("200");
            if (t_is_request_route()) { t_reply("486", "request"); } else { t_reply("487", "other"); } }""")
        self.assertEqual(self.invite(5), [(0.0, 100), (0.2, 486)])

    # -- how such a run ends

    def test_a_run_that_ends_without_an_answer_gets_500(self) -> None:
        for end in ("exit;", "drop;", "return -1;", ";"):
            self.play(f'request_route {{ async_ms_route("RES", "300"); }} route[RES] {{ {end} }}')
            self.assertEqual(self.invite(15), [(0.0, 100), (0.3, 500)], end)
            self.assertEqual(self.last().reason, b"I'm terribly sorry, server error occurred (1/TM)")
            self.assertEqual(self.transactions, [])

    def test_a_provisional_answer_is_not_enough(self) -> None:
        self.play('request_route { async_ms_sleep("300"); t_reply("180", "ringing"); }')
        self.assertEqual(self.invite(5), [(0.0, 100), (0.3, 180), (0.3, 500)])

    def test_a_stateless_reply_is_the_answer(self) -> None:
        self.play('request_route { async_ms_sleep("300"); sl_send_reply("404", "stateless"); }')
        self.assertEqual(self.invite(5), [(0.0, 100), (0.3, 404)])

    def test_a_2xx_is_sent_until_its_ack_comes(self) -> None:
        self.play(f'request_route {{ {BEGIN} async_ms_sleep("300"); send_reply("200", "ok"); }}')
        self.invite(1)
        self.assertEqual(self.alice.received, [(0.0, 100), (0.3, 200), (0.8, 200)])
        to_tag = self.last().to.tag.decode()
        self.alice.send("ACK", to_tag=to_tag, call_id=self.last().call_id.decode(), cseq=1)
        self.sip.advance(40)
        self.assertEqual(self.alice.statuses, [100, 200, 200])

    def test_the_first_final_answer_counts(self) -> None:
        self.play('request_route { async_ms_sleep("300"); t_reply("486", "first"); t_reply("487", "second"); }')
        self.assertEqual(self.invite(5), [(0.0, 100), (0.3, 486)])

    def test_it_may_relay(self) -> None:
        self.play(f'request_route {{ async_ms_sleep("300"); {CALL_BOB} }}')
        self.bob.answers = lambda request: [486]
        self.assertEqual(self.invite(5), [(0.0, 100), (0.3, 486)])
        self.assertEqual(self.bob.received, [(0.3, "INVITE"), (0.3, "ACK")])

    def test_what_was_armed_before_the_wait_is_armed_after_it(self) -> None:
        self.play(f"""request_route {{ t_on_failure("F"); t_on_reply("R"); async_ms_sleep("300"); {CALL_BOB} }}
            onreply_route[R] {{ xlog("R $rs"); }}
            failure_route[F] {{ t_reply("603", "from F"); }}""")
        self.bob.answers = lambda request: [486]
        self.assertEqual(self.invite(5), [(0.0, 100), (0.3, 603)])
        self.assertEqual(self.said(), ["R 486"])

    def test_a_script_that_breaks_after_the_wait_is_answered(self) -> None:
        self.play('request_route { async_ms_sleep("300"); t_reply("404", "x"); xlog("never"); }')

        def broken(*_: Any) -> int:
            raise ValueError("a bug")

        self.tm.reply = broken
        self.assertEqual(self.invite(5), [(0.0, 100), (0.3, 500)])
        self.assertEqual((self.last().reason, self.said()), (b"Server Internal Error", []))
        self.assertEqual(len(self.flushLoggedErrors(ValueError)), 1)

    # -- time

    def test_fr_timer_does_not_end_a_wait_that_has_a_time_of_its_own(self) -> None:
        self.play('request_route { async_route("RES", "9"); } route[RES] { t_reply("486", "late"); }')
        self.assertEqual(self.invite(15), [(0.0, 100), (9.0, 486)])

    def test_a_retransmission_is_absorbed_while_the_script_waits(self) -> None:
        self.play('request_route { xlog("run"); async_route("RES", "4"); } route[RES] { t_reply("404", "x"); }')
        self.invite(0.5)
        self.alice.again()
        self.sip.advance(1)
        self.alice.again()
        self.sip.advance(5)
        self.assertEqual(self.alice.received, [(0.0, 100), (0.5, 100), (1.5, 100), (4.0, 404)])
        self.assertEqual(self.said(), ["run"])

    def test_the_answer_is_repeated_for_a_retransmission(self) -> None:
        self.play('request_route { xlog("run"); async_ms_sleep("300"); t_reply("200", "ok"); }')
        self.options(0.8)
        self.alice.again()
        self.sip.advance(1)
        self.assertEqual(self.alice.received, [(0.3, 200), (0.8, 200)])
        self.assertEqual(self.said(), ["run"])

    # -- CANCEL

    def test_a_cancel_ends_the_wait_at_once(self) -> None:
        self.play(f'request_route {{ {BEGIN} async_route("RES", "4"); }} route[RES] {{ xlog("never"); }}')
        self.invite(1)
        self.assertEqual(len(self.sip.server.suspended), 1)
        self.alice.cancel()
        self.sip.advance(0)
        self.assertEqual(self.alice.received, [(0.0, 100), (1.0, 487), (1.0, 200)])
        self.assertEqual(self.reasons()[1:], [b"Request canceled", b"ok -- no more pending branches"])
        self.assertEqual(len(self.sip.server.suspended), 0)
        self.sip.advance(60)
        self.assertEqual((self.said(), self.transactions), ([], []))

    def test_event_route_async_cancelled_may_clean_up(self) -> None:
        self.play(f"""request_route {{ {BEGIN} $avp(x) = "mine"; async_route("RES", "4"); }} route[RES] {{ exit; }}
            event_route[async:cancelled] {{ xlog("$rm $avp(x)"); }}""")
        self.invite(1)
        self.alice.cancel()
        self.sip.advance(5)
        self.assertEqual(self.said(), ["INVITE mine"])

    def test_a_cancel_reaches_the_branches_too(self) -> None:
        self.play(f'request_route {{ {BEGIN} {CALL_BOB} async_route("RES", "4"); }} route[RES] {{ xlog("never"); }}')
        self.bob.answers = lambda request: [180] if request.method == b"INVITE" else [200]
        self.invite(1)
        self.alice.cancel()
        self.sip.advance(0)
        self.assertEqual(self.bob.received, [(0.0, "INVITE"), (1.0, "CANCEL")])
        self.assertEqual(self.alice.statuses[:2], [100, 180])
        self.sip.advance(5)
        self.assertEqual(self.said(), [])

    # -- branches meanwhile

    def test_a_refusal_waits_for_the_script(self) -> None:
        self.play(f'request_route {{ {CALL_BOB} async_ms_route("X", "500"); }} route[X] {{ xlog("x"); }}')
        self.bob.answers = lambda request: [480]
        self.assertEqual(self.invite(5), [(0.0, 100), (0.5, 480)])

    def test_provisional_responses_and_2xx_do_not(self) -> None:
        self.play(f'request_route {{ {CALL_BOB} async_ms_route("X", "500"); }} route[X] {{ xlog("x"); }}')
        self.bob.answers = lambda request: [180, 200]
        self.assertEqual(self.invite(5), [(0.0, 100), (0.0, 180), (0.0, 200)])
        self.assertEqual(self.said(), ["x"])

    def test_the_script_may_overrule_a_refusal(self) -> None:
        self.play(f"""request_route {{ {CALL_BOB} async_ms_route("X", "500"); }}
            route[X] {{ t_reply("404", "mine"); }}""")
        self.bob.answers = lambda request: [480]
        self.assertEqual(self.invite(5), [(0.0, 100), (0.5, 404)])

    def test_a_failure_route_may_wait(self) -> None:
        self.play(f"""request_route {{ t_on_failure("F"); {CALL_BOB} }}
            failure_route[F] {{ async_ms_route("R2", "300"); }}
            route[R2] {{ $du = "sip:192.0.2.3:5060"; t_on_failure("F2"); t_relay(); }}
            failure_route[F2] {{ xlog("$T_reply_code"); }}""")
        self.bob.answers = lambda request: [486]
        self.carol.answers = lambda request: [480]
        self.assertEqual(self.invite(5), [(0.0, 100), (0.3, 480)])
        self.assertEqual(self.carol.received, [(0.3, "INVITE"), (0.3, "ACK")])
        self.assertEqual(self.said(), ["480"])

    def test_a_failure_route_that_waits_in_vain_falls_back_to_the_response_that_won(self) -> None:
        self.play(f"""request_route {{ t_on_failure("F"); {CALL_BOB} }}
            failure_route[F] {{ async_ms_route("R2", "300"); }} route[R2] {{ xlog("R2"); }}""")
        self.bob.answers = lambda request: [486]
        self.assertEqual(self.invite(5), [(0.0, 100), (0.3, 486)])

    # -- what survives

    def test_everything_survives_the_wait(self) -> None:
        self.play("""request_route { $var(v) = "v1"; $avp(a) = "a1"; $xavp(x=>y) = "x1"; setflag(3); setsflag("2");
            setbflag(5); $ru = "sip:x@192.0.2.2:5060"; append_hf("X-A: 1\\r\\n"); msg_apply_changes();
            async_ms_route("RES", "300"); }
            route[RES] { xlog("$var(v) $avp(a) $xavp(x=>y) $ru $hdr(X-A)");
            if (isflagset(3) && issflagset("2") && isbflagset(5)) xlog("flags"); t_relay(); }""")
        self.invite(1)
        self.assertEqual(self.said(), ["v1 a1 x1 sip:x@192.0.2.2:5060 1", "flags"])
        self.assertIn(b"\r\nX-A: 1\r\n", self.bob.messages[0].raw)

    def test_appended_branches_survive(self) -> None:
        self.play("""request_route { append_branch("sip:carol@192.0.2.3:5060"); $ru = "sip:bob@192.0.2.2:5060";
            async_ms_route("RES", "300"); } route[RES] { t_relay(); }""")
        self.invite(1)
        self.assertEqual((self.bob.received[0], self.carol.received[0]), ((0.3, "INVITE"), (0.3, "INVITE")))

    def test_each_request_gets_its_own_variables_back(self) -> None:
        self.play(
            'request_route { $avp(me) = $rU; async_ms_route("R", "300"); } route[R] { t_reply("404", "$avp(me)"); }'
        )
        for number in range(5):
            self.alice.send("OPTIONS", user=f"avp{number}")
        self.sip.advance(1)
        self.assertEqual(self.reasons(), [b"avp0", b"avp1", b"avp2", b"avp3", b"avp4"])

    def test_it_may_wait_often(self) -> None:
        self.play("""request_route { $var(n) = 0; route(LOOP); }
            route[LOOP] { $var(n) = $var(n) + 1; if ($var(n) > 20) { t_reply("404", "done"); exit; }
            async_ms_route("LOOP", "20"); }""")
        self.assertEqual(self.options(2), [(0.4, 404)])

    def test_the_server_answers_503_when_it_stops(self) -> None:
        self.play('request_route { async_route("RES", "9"); } route[RES] { exit; }')
        self.invite(1)
        self.sip.server.suspended.shut_down()
        self.sip.advance(0)
        self.assertEqual(self.alice.received, [(0.0, 100), (1.0, 503)])
        self.assertEqual(self.last().reason, b"Service Unavailable")
        self.assertIn(b"\r\nRetry-After: ", self.last().raw)

    def test_too_many_suspended_requests_get_503(self) -> None:
        self.play('request_route { async_route("RES", "9"); } route[RES] { exit; }', "suspend_max = 1\n")
        self.invite(1)
        self.alice.send("INVITE")
        self.sip.advance(0)
        self.assertEqual(self.alice.received, [(0.0, 100), (1.0, 503)])
        self.assertEqual(self.last().first(b"retry-after"), b"10")

    def test_suspend_timeout_ends_a_wait_through_failure_route(self) -> None:
        self.play(
            """request_route { t_on_failure("F"); async_route("RES", "9"); } route[RES] { xlog("never"); }
            failure_route[F] { if (t_branch_timeout()) xlog("bt"); t_reply("488", "from failure"); }""",
            "suspend_timeout = 5\n",
        )
        self.assertEqual(self.invite(15), [(0.0, 100), (5.0, 488)])
        self.assertEqual(self.said(), ["bt"])

    def test_suspend_timeout_is_a_408_where_no_failure_route_is_armed(self) -> None:
        self.play('request_route { async_route("RES", "9"); } route[RES] { xlog("never"); }', "suspend_timeout = 5\n")
        self.assertEqual(self.invite(15), [(0.0, 100), (5.0, 408)])
        self.assertEqual(self.said(), [])
