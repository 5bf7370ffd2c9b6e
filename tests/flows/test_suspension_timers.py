"""async_route(), async_sleep() and their ms forms: when they go on, and what they refuse."""

from __future__ import annotations

from sipapp.errors import ConfigErrors
from tests.flows.waiting import SORRY, TIMERS, TRYING, WaitingTestCase


class TimerTests(WaitingTestCase):
    def test_a_route_goes_on_after_its_seconds(self) -> None:
        """G-01."""
        self.play('request_route { async_route("RES","1"); } route[RES] { t_reply("404","resumed"); }')
        self.invite(5)
        self.assertEqual(self.answers, [(0.0, 100, TRYING), (1.0, 404, b"resumed")])

    def test_a_request_other_than_invite_gets_no_100(self) -> None:
        """G-02."""
        self.play('request_route { async_ms_route("RES","500"); } route[RES] { t_reply("404","resumed"); }')
        self.options(5)
        self.assertEqual(self.answers, [(0.5, 404, b"resumed")])

    def test_no_time_and_less_are_refused_and_the_script_goes_on(self) -> None:
        """G-03."""
        for seconds in (0, -5):
            self.play(
                f"""request_route {{
                    $var(i) = {seconds};
                    async_route("RES","$var(i)"); xlog("rc=$rc\\n"); t_newtran(); t_reply("490","x");
                }}
                route[RES] {{ xlog("never\\n"); }}"""
            )
            self.options(20)
            self.assertEqual(self.answers, [(0.0, 490, b"x")])
            self.assertEqual(self.said(), ["rc=-1"])
            self.assertEqual(len(self.errors), 1)
            self.assertIn(f" {seconds}", self.errors[0])

    def test_a_route_may_wait_longer_than_99_seconds(self) -> None:
        """G-03, improved."""
        for seconds in (100, 101):
            self.play(
                f"""request_route {{ $var(i) = {seconds}; async_route("RES","$var(i)"); t_reply("490","x"); }}
                route[RES] {{ t_reply("404","resumed"); }}"""
            )
            self.options(seconds + 10)
            self.assertEqual(self.answers, [(float(seconds), 404, b"resumed")])

    def test_a_number_in_a_text_is_a_number(self) -> None:
        """G-04, improved."""
        self.play(
            """request_route { $avp(n)="2"; async_route("RES","$avp(n)"); xlog("rc=$rc\\n"); }
            route[RES] { t_reply("404","resumed"); }"""
        )
        self.options(5)
        self.assertEqual(self.answers, [(2.0, 404, b"resumed")])
        self.assertEqual(self.said(), [])

    def test_a_time_that_is_no_number_is_a_mistake_at_its_place(self) -> None:
        """G-05."""
        script = """request_route {
    async_route("RES", "2.5");
}
route[RES] { exit; }"""
        why = self.assertRaises(ConfigErrors, self.play, script)
        self.assertEqual(len(why.errors), 1)
        at = why.errors[0].at
        assert at is not None
        self.assertEqual(at.column, 24)
        self.assertRegex(str(why), r"app\.cfg:\d+:24: ")
        self.assertIn("async_route()", str(why))
        self.assertIn("2.5", str(why))

    def test_milliseconds_have_no_upper_limit(self) -> None:
        """G-06, improved."""
        for milliseconds in (29999, 30000):
            self.play(
                f"""request_route {{ async_ms_route("RES","{milliseconds}"); xlog("rc=$rc\\n"); }}
                route[RES] {{ t_reply("404","resumed"); }}"""
            )
            self.options(60)
            self.assertEqual([status for _, status, _ in self.answers], [404])
            self.assertEqual(self.answers[0][0], 30.0)  # to 10 ms, never early
            self.assertEqual(self.said(), [])

    def test_ms_timer_need_not_be_set(self) -> None:
        """G-07, improved."""
        self.play(
            """request_route { async_ms_route("RES","200"); xlog("rc=$rc\\n"); }
            route[RES] { t_reply("404","resumed"); }""",
            "async_workers=1",
        )
        self.options(5)
        self.assertEqual((self.answers, self.said()), ([(0.2, 404, b"resumed")], []))

    def test_async_workers_need_not_be_set(self) -> None:
        """G-08, improved."""
        self.play(
            'request_route { async_ms_route("RES","200"); } route[RES] { t_reply("404","resumed"); }',
            'modparam("async","ms_timer",10)',
        )
        self.options(5)
        self.assertEqual(self.answers, [(0.2, 404, b"resumed")])


class RouteTests(WaitingTestCase):
    def test_an_unknown_route_is_refused_when_it_is_called_and_warned_of_at_load(self) -> None:
        """G-09."""
        self.play('request_route { async_route("NOSUCH","2"); xlog("rc=$rc\\n"); sl_send_reply("404","x"); }')
        warnings = [str(warning) for warning in self.sip.server.assembly.warnings]
        self.assertEqual(len([w for w in warnings if "NOSUCH" in w]), 1)
        self.options(5)
        self.assertEqual(self.answers, [(0.0, 404, b"x")])
        self.assertEqual(self.said(), ["rc=-1"])

    def test_the_routes_name_may_be_in_a_variable(self) -> None:
        """G-10."""
        self.play(
            'request_route { $var(rn)="RES"; async_route("$var(rn)","2"); } route[RES] { t_reply("404","resumed"); }'
        )
        self.options(5)
        self.assertEqual(self.answers, [(2.0, 404, b"resumed")])

    def test_with_return_1_the_script_goes_on_and_its_answer_ends_the_wait(self) -> None:
        """G-11."""
        self.play(
            """request_route {
                $var(x)=async_ms_route("RES","300"); xlog("x=$var(x)\\n"); t_reply("486","same process");
            }
            route[RES] { xlog("never\\n"); }""",
            TIMERS + 'modparam("async","return",1)',
        )
        self.invite(5)
        self.assertEqual(self.answers, [(0.0, 100, TRYING), (0.0, 486, b"same process")])
        self.assertEqual(self.said(), ["x=1"])

    def test_nothing_behind_the_call_is_run(self) -> None:
        """G-12."""
        self.play(
            """request_route {
                if (async_ms_route("RES","300")) xlog("T\\n"); else xlog("F\\n");
                xlog("A\\n");
            }
            route[RES] { xlog("resumed\\n"); t_reply("404","x"); }"""
        )
        self.options(5)
        self.assertEqual((self.answers, self.said()), ([(0.3, 404, b"x")], ["resumed"]))

    def test_what_is_answered_does_not_wait(self) -> None:
        """G-13."""
        self.play(
            """request_route { t_newtran(); t_reply("480","f"); async_route("RES","2"); xlog("rc=$rc\\n"); }
            route[RES] { xlog("never\\n"); }"""
        )
        self.options(5)
        self.assertEqual((self.answers, self.said()), ([(0.0, 480, b"f")], ["rc=-1"]))

    def test_an_onreply_route_cannot_leave_for_a_route_of_requests(self) -> None:
        """G-14."""
        why = self.assertRaises(
            ConfigErrors,
            self.play,
            """request_route { t_on_reply("R"); t_relay(); }
            onreply_route[R] { async_route("X","1"); }
            route[X] { exit; }""",
        )
        self.assertIn("async_route", str(why))
        self.assertIn("onreply_route", str(why))


class EndTests(WaitingTestCase):
    """How the route that a request goes on in ends; an INVITE, after 0.3 s."""

    def ends(self, statements: str) -> list[tuple[float, int, bytes]]:
        self.play(f'request_route {{ async_ms_route("RES","300"); }} route[RES] {{ {statements} }}')
        self.invite(0.4)
        return self.answers[1:]

    def test_an_end_without_an_answer_is_a_500(self) -> None:
        """G-21, G-22, G-23."""
        for end in ("exit;", "drop;", "return -1;", ";"):
            self.assertEqual(self.ends(end), [(0.3, 500, SORRY)])

    def test_a_forgotten_answer_is_logged_with_its_route(self) -> None:
        self.ends("exit;")
        self.assertTrue([line for line in self.sip.lines() if "async_ms_route" in line or "RES" in line])

    def test_a_provisional_answer_is_no_answer(self) -> None:
        """G-24."""
        self.assertEqual(self.ends('t_reply("180","ringing");'), [(0.3, 180, b"ringing"), (0.3, 500, SORRY)])

    def test_a_stateless_answer_is_the_only_one(self) -> None:
        """G-25, improved."""
        self.assertEqual(self.ends('sl_send_reply("200","stateless");'), [(0.3, 200, b"stateless")])
        self.sip.advance(60)
        self.assertEqual({status for _, status, _ in self.answers}, {100, 200})

    def test_a_200_comes_again_until_its_ack(self) -> None:
        """G-26."""
        self.assertEqual(self.ends('send_reply("200","ok");'), [(0.3, 200, b"ok")])
        self.sip.advance(0.5)
        self.assertEqual(self.answers[1:], [(0.3, 200, b"ok"), (0.8, 200, b"ok")])
        answer = self.last()
        self.alice.send("ACK", call_id=answer.call_id.decode(), cseq=1, to_tag=answer.to.tag.decode())
        self.sip.advance(40)
        self.assertEqual(len(self.answers), 3)

    def test_the_first_of_two_final_answers_wins(self) -> None:
        """G-27."""
        self.assertEqual(self.ends('t_reply("486","first"); t_reply("487","second");'), [(0.3, 486, b"first")])
