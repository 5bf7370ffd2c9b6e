"""OpenSIPS' async() and launch()."""

from __future__ import annotations

from pathlib import Path

from sipapp.errors import ConfigErrors
from tests.flows.waiting import BOB, CAROL, TRYING, WaitingTestCase

SLEEP = ("cfgutils",)
REFUSING = (str(Path(__file__).with_name("refusing.py")),)


class AsyncTests(WaitingTestCase):
    def serve(self, script: str) -> None:
        self.play(script, modules=SLEEP)

    def test_the_result_goes_to_a_route(self) -> None:
        """G-67."""
        self.serve(
            """request_route { $avp(a)="x"; async(sleep(1),r); }
            route[r] { xlog("$rc $avp(a)\\n"); t_reply("404","x"); }"""
        )
        self.invite(5)
        self.assertEqual(self.answers, [(0.0, 100, TRYING), (1.0, 404, b"x")])
        self.assertEqual(self.said(), ["1 x"])

    def test_nothing_behind_it_is_run(self) -> None:
        """G-67."""
        self.serve('request_route { async(sleep(1),r); xlog("never\\n"); } route[r] { t_reply("404","x"); }')
        self.options(5)
        self.assertEqual((self.answers, self.said()), ([(1.0, 404, b"x")], []))

    def test_an_end_without_an_answer_is_a_500(self) -> None:
        """G-71, improved."""
        self.serve("request_route { async(sleep(1),r); } route[r] { exit; }")
        self.invite(5)
        self.assertEqual([(at, status) for at, status, _ in self.answers], [(0.0, 100), (1.0, 500)])

    def test_fr_timer_does_not_end_it(self) -> None:
        """G-72."""
        self.serve('request_route { async(sleep(6),r); } route[r] { t_reply("404","x"); }')
        self.invite(10)
        self.assertEqual(self.answers, [(0.0, 100, TRYING), (6.0, 404, b"x")])

    def test_nor_does_it_end_that_of_another_request(self) -> None:
        self.serve('request_route { async(sleep(6),r); } route[r] { t_reply("404","x"); }')
        self.options(10)
        self.assertEqual(self.answers, [(6.0, 404, b"x")])

    def test_a_cancel_ends_it_at_once(self) -> None:
        """G-73, improved."""
        self.serve(f'request_route {{ async(sleep(2),r); }} route[r] {{ xlog("never\\n"); $du="{BOB}"; t_relay(); }}')
        self.invite(1)
        self.alice.cancel()
        self.sip.advance(5)
        self.assertEqual(sorted((at, s) for at, s, _ in self.answers[1:]), [(1.0, 200), (1.0, 487)])
        self.assertEqual((self.said(), self.bob.received, self.waiting), ([], [], 0))

    def test_a_failure_route_that_waits_holds_nobody_up(self) -> None:
        """G-76, improved."""
        self.serve(
            f"""request_route {{
                if (is_method("OPTIONS")) {{ sl_send_reply("200","OK"); exit; }}
                t_on_failure("F"); $du="{BOB}"; t_relay();
            }}
            failure_route[F] {{ async(sleep(1),r); }}
            route[r] {{ $du="{CAROL}"; t_relay(); }}"""
        )
        self.rings(self.bob, 486)
        self.rings(self.carol, 480)
        self.dave.send("INVITE")
        self.sip.advance(0.5)
        self.options(0)
        self.assertEqual(self.answers, [(0.5, 200, b"OK")])
        self.sip.advance(5)
        self.assertEqual(self.dave.received, [(0.0, 100), (1.0, 480)])
        self.assertEqual(self.carol.received[0], (1.0, "INVITE"))

    def test_a_response_waits_and_is_relayed_as_it_was_changed(self) -> None:
        """G-77."""
        self.serve(
            f"""request_route {{ t_on_reply("R"); $du="{BOB}"; t_relay(); }}
            onreply_route[R] {{ if ($rs == 200) async(sleep(1),r); }}
            route[r] {{ append_hf("X-R: 1\\r\\n"); }}"""
        )
        self.rings(self.bob, 200)
        self.invite(1.2)
        self.assertEqual([(at, status) for at, status, _ in self.answers], [(0.0, 100), (1.0, 200)])
        self.assertEqual(self.alice.messages[1].values(b"x-r"), [b"1"])

    def test_mistakes_are_found_when_the_script_loads(self) -> None:
        """G-78, improved."""
        for statement in (
            "async(t_relay(),r);",
            "async(sleep(1));",
            "async(sleep(1),$var(x));",
            "async(sleep(1),r,-1);",
            "async(sleep(1),nosuch);",
        ):
            with self.subTest(statement):
                self.assertRaises(ConfigErrors, self.serve, f"request_route {{ {statement} }} route[r] {{ exit; }}")

    def test_no_time_is_over_at_once(self) -> None:
        """G-79, improved."""
        self.serve('request_route { async(sleep(0),r); } route[r] { t_reply("404","x"); }')
        self.options(1)
        self.assertEqual(self.answers, [(0.0, 404, b"x")])

    def failing(self, statement: str) -> tuple[list[tuple[float, int, bytes]], list[str]]:
        """What alice is answered and what the script says where `r` tells of the result."""
        self.play(
            f"""request_route {{ {statement} xlog("never\\n"); }}
            route[r] {{ xlog("rc=$rc\\n"); t_reply("404","x"); }}""",
            modules=REFUSING,
        )
        self.options(5)
        return self.answers, self.said()

    def test_a_failure_is_told_to_the_route(self) -> None:
        """G-69 without HTTP: refused."""
        self.assertEqual(self.failing("async(refused(),r);"), ([(0.0, 404, b"x")], ["rc=-1"]))

    def test_a_failure_that_is_known_at_once_is_told_as_well(self) -> None:
        """G-69 without HTTP: an unresolvable host."""
        self.assertEqual(self.failing("async(unreachable(),r);"), ([(0.0, 404, b"x")], ["rc=-10"]))

    def test_the_third_argument_ends_a_call_that_takes_longer(self) -> None:
        """G-69 and G-70 without HTTP and processes, improved: a limit in seconds that holds."""
        self.assertEqual(self.failing("async(silent(),r,2);"), ([(2.0, 404, b"x")], ["rc=-1"]))
        self.assertEqual(self.waiting, 0)


class LaunchTests(WaitingTestCase):
    def test_the_script_goes_on_and_the_report_comes_later(self) -> None:
        """G-74."""
        self.play(
            """request_route { $avp(a)="mine"; launch(sleep(1),rep,"p $rU"); t_newtran(); t_reply("200","OK"); }
            route[rep] { xlog("$rc $param(1) $avp(a)\\n"); }""",
            modules=SLEEP,
        )
        self.options(5)
        self.assertEqual(self.answers, [(0.0, 200, b"OK")])
        self.assertEqual(self.said(), ["1 p bob <null>"])

    def test_two_at_once_take_no_longer_than_one(self) -> None:
        """G-80."""
        self.play(
            """request_route { launch(sleep(1),rep,"a"); launch(sleep(1),rep,"b"); sl_send_reply("200","OK"); }
            route[rep] { xlog("$param(1)\\n"); }""",
            modules=SLEEP,
        )
        self.options(0.99)
        self.assertEqual(self.said(), [])
        self.sip.advance(0.02)
        self.assertEqual(self.said(), ["a", "b"])

    def test_a_failure_is_reported(self) -> None:
        """G-75, improved."""
        for function, code in (("refused", -1), ("unreachable", -10)):
            self.play(
                f"""request_route {{ launch({function}(),rep,"p"); xlog("on $rc\\n"); sl_send_reply("200","OK"); }}
                route[rep] {{ xlog("$rc $param(1)\\n"); }}""",
                modules=REFUSING,
            )
            self.options(5)
            self.assertEqual(sorted(self.said()), sorted([f"{code} p", "on 1"]))
            self.assertEqual(self.answers, [(0.0, 200, b"OK")])
