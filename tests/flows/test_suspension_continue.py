"""t_suspend() and t_continue(): requests and responses that wait for somebody else."""

from __future__ import annotations

from tests.flows.waiting import BOB, TRYING, WaitingTestCase

KEEP = "$shv(i)=$T(id_index); $shv(l)=$T(id_label);"


class RequestTests(WaitingTestCase):
    """An INVITE is put aside; an OPTIONS goes on with it."""

    def play_both(self, controller: str, rest: str, suspending: str = f"t_suspend(); {KEEP} exit;") -> None:
        self.play(
            f"""request_route {{
                if (is_method("INVITE")) {{ {suspending} }}
                $var(i)=$shv(i); $var(l)=$shv(l);
                {controller}
            }}
            {rest}"""
        )
        self.dave.send("INVITE")
        self.sip.advance(0.5)

    def test_another_request_goes_on_with_it(self) -> None:
        """G-54."""
        self.play_both(
            """$avp(a)="other"; t_continue("$var(i)","$var(l)","RES"); xlog("rc=$rc $avp(a)\\n");
            sl_send_reply("200","c");""",
            'route[RES] { xlog("$si:$sp\\n"); t_reply("404","res"); }',
        )
        self.options(1)
        self.assertEqual(self.dave.received, [(0.0, 100), (0.5, 404)])
        self.assertEqual(self.answers, [(0.5, 200, b"c")])
        self.assertEqual(self.said(), ["192.0.2.4:5060", "rc=1 other"])

    def test_the_wrong_label_finds_nobody(self) -> None:
        """G-55."""
        self.play_both(
            """$var(l)=$var(l)+1;
            t_continue("$var(i)","$var(l)","RES"); xlog("rc=$rc\\n"); sl_send_reply("200","c");""",
            'route[RES] { t_reply("404","res"); }',
        )
        self.options(10)
        self.assertEqual(self.dave.received, [(0.0, 100), (3.0, 408)])
        self.assertEqual(self.said(), ["rc=-1"])

    def test_an_unknown_route_leaves_it_waiting(self) -> None:
        """G-55."""
        self.play_both(
            """$var(n)="NOSUCH";
            t_continue("$var(i)","$var(l)","$var(n)"); xlog("rc=$rc\\n");
            t_continue("$var(i)","$var(l)","RES"); xlog("rc=$rc\\n");
            sl_send_reply("200","c");""",
            'route[RES] { t_reply("404","res"); }',
        )
        self.options(10)
        self.assertEqual(self.dave.received, [(0.0, 100), (0.5, 404)])
        self.assertEqual(self.said(), ["rc=-1", "rc=1"])

    def test_what_was_answered_meanwhile_does_not_go_on(self) -> None:
        """G-56."""
        self.play_both(
            """t_continue("$var(i)","$var(l)","RES"); xlog("rc=$rc\\n"); sl_send_reply("200","c");""",
            'route[RES] { t_reply("404","res"); }',
            f't_suspend(); {KEEP} t_reply("480","now"); exit;',
        )
        self.options(10)
        self.assertEqual(self.dave.received, [(0.0, 100), (0.0, 480)])
        self.assertEqual(self.said(), ["rc=-1"])

    def test_after_its_time_out_it_may_be_put_aside_again(self) -> None:
        """G-60."""
        self.play_both(
            """t_continue("$var(i)","$var(l)","RES"); xlog("rc=$rc\\n"); sl_send_reply("200","c");""",
            f"""failure_route[F] {{ t_suspend(); {KEEP} exit; }}
            route[RES] {{ t_reply("404","res"); }}""",
            f't_on_failure("F"); t_suspend(); {KEEP} exit;',
        )
        self.sip.advance(3.5)
        self.assertEqual(self.dave.received, [(0.0, 100)])
        self.options(10)
        self.assertEqual(self.dave.received, [(0.0, 100), (4.0, 404)])
        self.assertEqual(self.said(), ["rc=1"])


class ResponseTests(WaitingTestCase):
    """A response is put aside in an onreply_route."""

    def play_response(self, status: int, rest: str = "", controller: str = "") -> None:
        self.play(
            f"""request_route {{
                if (is_method("INVITE")) {{ t_on_reply("R"); t_on_failure("F"); $du="{BOB}"; t_relay(); exit; }}
                $var(i)=$shv(i); $var(l)=$shv(l);
                {controller} sl_send_reply("200","c");
            }}
            onreply_route[R] {{ if ($rs == {status}) {{ {KEEP} t_suspend(); }} }}
            failure_route[F] {{ xlog("F\\n"); }}
            {rest}"""
        )
        self.rings(self.bob, status)
        self.dave.send("INVITE")
        self.sip.advance(0.5)

    CONTINUE = """t_continue("$var(i)","$var(l)","RES"); xlog("rc=$rc\\n");"""
    RES = 'route[RES] { xlog("RES $rs\\n"); append_hf("X-Resumed: 1\\r\\n"); }'

    def test_it_is_relayed_once_somebody_goes_on_with_it(self) -> None:
        """G-57."""
        self.play_response(200, self.RES, self.CONTINUE)
        self.options(0)
        self.assertEqual(self.dave.received, [(0.0, 100), (0.5, 200)])
        self.assertEqual(self.dave.messages[1].values(b"x-resumed"), [b"1"])
        self.assertEqual(self.said(), ["RES 200", "rc=1"])

    def test_a_failure_goes_through_failure_route_after_that(self) -> None:
        """G-57."""
        self.play_response(480, self.RES, self.CONTINUE)
        self.options(0)
        self.assertEqual(self.dave.received, [(0.0, 100), (0.5, 480)])
        self.assertEqual(self.said(), ["RES 480", "F", "rc=1"])

    def test_one_that_nobody_goes_on_with_is_relayed_after_suspend_timeout(self) -> None:
        """G-58, improved."""
        self.play_response(480, self.RES)
        self.sip.advance(119)
        self.assertEqual(self.dave.received, [(0.0, 100)])
        self.sip.advance(5)
        self.assertEqual(self.dave.received, [(0.0, 100), (120.0, 480)])


class CancelByCallIdTests(WaitingTestCase):
    def test_a_call_that_rings_may_be_given_up_by_its_call_id(self) -> None:
        """G-59."""
        self.play(
            f"""request_route {{
                if (is_method("INVITE")) {{ $du="{BOB}"; t_relay(); exit; }}
                $var(rc) = t_cancel_callid("the-call","1","5","480"); xlog("rc=$var(rc)\\n");
                $var(rc) = t_cancel_callid("no-call","1","5","480"); xlog("rc=$var(rc)\\n");
                sl_send_reply("200","c");
            }}"""
        )
        self.bob.answers = lambda request: [180] if request.method == b"INVITE" else [200]
        self.dave.send("INVITE", call_id="the-call", cseq=1)
        self.sip.advance(1)
        self.options(0)
        self.assertEqual(self.said(), ["rc=1", "rc=-1"])
        self.assertEqual(self.bob.received[:2], [(0.0, "INVITE"), (1.0, "CANCEL")])
        self.assertEqual(self.bob.messages[1].values(b"reason"), [b"SIP;cause=480"])
        self.bob.reply(self.bob.messages[0], 487)  # type: ignore[arg-type]
        self.sip.advance(1)
        self.assertEqual(self.dave.received, [(0.0, 100), (0.0, 180), (1.0, 487)])
        self.assertEqual(TRYING, self.dave.messages[0].reason)  # type: ignore[union-attr]
