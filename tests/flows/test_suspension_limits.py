"""Time-outs, retransmissions and CANCEL while a script waits."""

from __future__ import annotations

from tests.flows.waiting import TIMERS, TRYING, WaitingTestCase

FR_6 = TIMERS.replace('"fr_timer", 3000', '"fr_timer", 6000')


class TimeoutTests(WaitingTestCase):
    def test_a_sleep_has_a_deadline_of_its_own_which_fr_timer_does_not_end(self) -> None:
        """G-31, improved."""
        self.play('request_route { async_route("RES","9"); } route[RES] { t_reply("404","resumed"); }', FR_6)
        self.invite(20)
        self.assertEqual(self.answers, [(0.0, 100, TRYING), (9.0, 404, b"resumed")])

    def test_nor_does_it_for_other_requests(self) -> None:
        """G-31, improved."""
        self.play('request_route { async_route("RES","9"); } route[RES] { t_reply("404","resumed"); }', FR_6)
        self.options(20)
        self.assertEqual(self.answers, [(9.0, 404, b"resumed")])

    def test_what_has_no_deadline_ends_with_fr_timer_and_408(self) -> None:
        """G-31 and G-33 for t_suspend()."""
        self.play("request_route { t_suspend(); exit; }", FR_6)
        self.invite(20)
        self.assertEqual(self.answers, [(0.0, 100, TRYING), (6.0, 408, b"Request Timeout")])

    def test_an_armed_failure_route_answers_that_time_out(self) -> None:
        """G-32."""
        self.play(
            """request_route { t_on_failure("F"); t_suspend(); exit; }
            failure_route[F] {
                if (t_branch_timeout()) xlog("bt\\n");
                if (t_is_canceled()) xlog("canceled\\n");
                t_reply("488","from failure");
            }""",
            FR_6,
        )
        self.invite(20)
        self.assertEqual(self.answers, [(0.0, 100, TRYING), (6.0, 488, b"from failure")])
        self.assertEqual(self.said(), ["bt"])

    def test_t_set_fr_moves_that_time_out(self) -> None:
        """G-33."""
        self.play("request_route { t_set_fr(2000,2000); t_suspend(); exit; }")
        self.invite(20)
        self.assertEqual(self.answers, [(0.0, 100, TRYING), (2.0, 408, b"Request Timeout")])

    def test_t_set_fr_does_not_end_what_has_a_deadline_of_its_own(self) -> None:
        self.play(
            """request_route { t_on_failure("F"); t_set_fr(2000,2000); async_route("RES","4"); }
            route[RES] { t_reply("404","resumed"); }
            failure_route[F] { xlog("never\\n"); }"""
        )
        self.invite(20)
        self.assertEqual((self.answers, self.said()), ([(0.0, 100, TRYING), (4.0, 404, b"resumed")], []))

    def test_suspend_timeout_ends_anything(self) -> None:
        self.play('request_route { async_route("RES","9"); } route[RES] { xlog("never\\n"); }', "suspend_timeout=5")
        self.invite(20)
        self.assertEqual(self.answers, [(0.0, 100, TRYING), (5.0, 408, b"Request Timeout")])
        self.assertEqual((self.said(), self.waiting), ([], 0))

    def test_suspend_timeout_goes_through_the_failure_route(self) -> None:
        self.play(
            """request_route { t_on_failure("F"); async_route("RES","9"); }
            route[RES] { xlog("never\\n"); }
            failure_route[F] { if (t_branch_timeout()) xlog("bt\\n"); t_reply("488","from failure"); }""",
            "suspend_timeout=5",
        )
        self.invite(20)
        self.assertEqual((self.answers[1:], self.said()), ([(5.0, 488, b"from failure")], ["bt"]))


class RetransmissionTests(WaitingTestCase):
    def test_an_invite_that_comes_again_gets_its_100_again(self) -> None:
        """G-34."""
        self.play(
            """request_route { if (t_check_trans()) { exit; } async_route("RES","2"); }
            route[RES] { xlog("RES\\n"); t_reply("404","x"); }"""
        )
        self.invite(0.5)
        self.alice.again()
        self.sip.advance(1)
        self.alice.again()
        self.sip.advance(3)
        self.assertEqual([(at, s) for at, s, _ in self.answers], [(0.0, 100), (0.5, 100), (1.5, 100), (2.0, 404)])
        self.assertEqual(self.said(), ["RES"])

    def test_no_guard_is_needed_for_that(self) -> None:
        """B.11, improved."""
        self.play('request_route { xlog("main\\n"); async_route("RES","2"); } route[RES] { t_reply("404","x"); }')
        self.invite(0.5)
        self.alice.again()
        self.sip.advance(5)
        self.assertEqual([(at, s) for at, s, _ in self.answers], [(0.0, 100), (0.5, 100), (2.0, 404)])
        self.assertEqual(self.said(), ["main"])

    def test_any_other_request_that_comes_again_gets_nothing(self) -> None:
        """G-34."""
        self.play(
            """request_route { if (t_check_trans()) { exit; } async_route("RES","2"); }
            route[RES] { xlog("RES\\n"); t_reply("404","x"); }"""
        )
        self.options(0.5)
        self.alice.again()
        self.sip.advance(5)
        self.assertEqual((self.answers, self.said()), ([(2.0, 404, b"x")], ["RES"]))

    def test_after_the_answer_that_comes_again(self) -> None:
        """G-35."""
        self.play(
            """request_route { if (t_check_trans()) { exit; } async_ms_route("RES","300"); }
            route[RES] { xlog("RES\\n"); t_reply("200","ok"); }"""
        )
        self.options(0.8)
        self.alice.again()
        self.sip.advance(1)
        self.assertEqual(self.answers, [(0.3, 200, b"ok"), (0.8, 200, b"ok")])
        self.assertEqual(self.said(), ["RES"])


class CancelTests(WaitingTestCase):
    def test_a_cancel_ends_the_wait_and_the_call(self) -> None:
        """G-36, improved."""
        self.play('request_route { async_route("RES","2"); } route[RES] { xlog("never\\n"); }')
        self.invite(1)
        self.assertEqual(self.waiting, 1)
        self.alice.cancel()
        self.sip.advance(5)
        self.assertEqual(
            sorted(self.answers[1:], key=lambda answer: answer[1]),
            [(1.0, 200, b"ok -- no more pending branches"), (1.0, 487, b"Request canceled")],
        )
        self.assertEqual((self.said(), self.waiting), ([], 0))

    def test_what_it_waited_for_is_cancelled_too(self) -> None:
        """G-36, improved."""
        self.play("request_route { pause(2000); }")
        self.invite(1)
        self.alice.cancel()
        self.sip.advance(0)
        self.assertEqual(self.sip.server.modules["pause"].cancelled, 1)  # type: ignore[attr-defined]

    def test_the_script_may_clean_up_behind_it(self) -> None:
        """G-36, improved."""
        self.play(
            """request_route { $avp(who)="me"; async_route("RES","2"); }
            route[RES] { xlog("never\\n"); }
            event_route[async:cancelled] { xlog("gone $avp(who)\\n"); }"""
        )
        self.invite(1)
        self.alice.cancel()
        self.sip.advance(5)
        self.assertEqual(self.said(), ["gone me"])

    def test_an_ack_waits_without_a_transaction(self) -> None:
        """G-37, improved."""
        script = """request_route { async_ms_route("RES","300"); } route[RES] { xlog("RES $rm\\n"); }"""
        super(WaitingTestCase, self).play(script, TIMERS)
        self.alice.send("ACK", to_tag="callee")
        self.sip.advance(5)
        self.assertEqual((self.answers, self.said()), ([], ["RES ACK"]))
