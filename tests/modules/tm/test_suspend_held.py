"""Requests and responses that t_suspend() puts aside for t_continue()."""

from __future__ import annotations

from typing import Any

from tests.modules.tm.scene import SceneTestCase
from tests.modules.tm.test_suspend import BEGIN, CALL_BOB, TIMERS

SUSPEND = """
    if ($rU == "control") {
        $avp(a) = "other";
        t_continue("$shv(i)", "$shv(l)", "RES");
        xlog("rc=$rc $avp(a)");
        sl_send_reply("200", "c");
        exit;
    }
"""
KEEP = "$shv(i) = $T(id_index); $shv(l) = $T(id_label);"


class PutAsideTests(SceneTestCase):
    """t_suspend() and t_continue()."""

    def play(self, script: str, head: str = "", **options: Any) -> Any:  # type: ignore[override]
        return super().play(script, TIMERS + head, **options)

    def control(self) -> None:
        self.carol.send("OPTIONS", user="control")
        self.sip.advance(0)

    def test_another_run_continues_it(self) -> None:
        self.play(f"""request_route {{ {BEGIN} {SUSPEND} $avp(a) = "mine"; t_suspend(); {KEEP} exit; }}
            route[RES] {{ xlog("$si:$sp $avp(a)"); t_reply("404", "res"); }}""")
        self.invite(0.5)
        self.control()
        self.assertEqual(self.alice.received, [(0.0, 100), (0.5, 404)])
        self.assertEqual(self.carol.received, [(0.5, 200)])
        self.assertEqual(self.said(), ["192.0.2.1:5060 mine", "rc=1 other"])

    def test_nothing_is_continued_under_a_wrong_name(self) -> None:
        self.play(f"""request_route {{ {BEGIN} {SUSPEND} t_suspend(); {KEEP} $shv(l) = $shv(l) + 1; exit; }}
            route[RES] {{ t_reply("404", "res"); }}""")
        self.invite(0.5)
        self.control()
        self.assertEqual(self.said(), ["rc=-1 other"])
        self.sip.advance(5)
        self.assertEqual(self.alice.received, [(0.0, 100), (3.0, 408)])

    def test_an_unknown_route_leaves_it_suspended(self) -> None:
        self.play(f"""request_route {{ {BEGIN} if ($rU == "wrong") {{ $var(r) = "NO";
            t_continue("$shv(i)", "$shv(l)", "$var(r)"); xlog("rc=$rc"); sl_send_reply("200", "c"); exit; }}
            {SUSPEND} t_suspend(); {KEEP} exit; }}
            route[RES] {{ t_reply("404", "res"); }}""")
        self.invite(0.5)
        self.carol.send("OPTIONS", user="wrong")
        self.sip.advance(0)
        self.control()
        self.assertEqual(self.said(), ["rc=-1", "rc=1 other"])
        self.assertEqual(self.alice.statuses, [100, 404])

    def test_an_answer_ends_it(self) -> None:
        self.play(f"""request_route {{ {BEGIN} {SUSPEND} t_suspend(); {KEEP} t_reply("480", "now"); exit; }}
            route[RES] {{ t_reply("404", "res"); }}""")
        self.invite(0.5)
        self.control()
        self.assertEqual((self.alice.statuses, self.said()), ([100, 480], ["rc=-1 other"]))

    def test_without_t_continue_fr_timer_ends_it(self) -> None:
        self.play(f"request_route {{ {BEGIN} t_suspend(); exit; }}")
        self.assertEqual(self.invite(9), [(0.0, 100), (3.0, 408)])

    def test_t_set_fr_says_how_long(self) -> None:
        self.play(f"request_route {{ {BEGIN} t_set_fr(2000, 2000); t_suspend(); exit; }}")
        self.assertEqual(self.invite(9), [(0.0, 100), (2.0, 408)])

    def test_failure_route_sees_the_timeout_and_may_suspend_again(self) -> None:
        self.play(f"""request_route {{ {BEGIN} {SUSPEND} t_on_failure("F"); t_suspend(); exit; }}
            failure_route[F] {{ if (t_branch_timeout()) xlog("bt"); t_suspend(); {KEEP} }}
            route[RES] {{ t_reply("404", "res"); }}""")
        self.invite(4)
        self.control()
        self.assertEqual(self.alice.received, [(0.0, 100), (4.0, 404)])
        self.assertEqual(self.said(), ["bt", "rc=1 other"])

    def test_a_route_that_answers_nothing_is_answered_with_500(self) -> None:
        self.play(f"request_route {{ {BEGIN} {SUSPEND} t_suspend(); {KEEP} exit; }} route[RES] {{ exit; }}")
        self.invite(0.5)
        self.control()
        self.assertEqual(self.alice.received, [(0.0, 100), (0.5, 500)])

    def test_the_route_may_wait_itself(self) -> None:
        self.play(f"""request_route {{ {BEGIN} {SUSPEND} t_suspend(); {KEEP} exit; }}
            route[RES] {{ async_sleep("5"); t_reply("404", "res"); }}""")
        self.invite(0.5)
        self.control()
        self.sip.advance(9)
        self.assertEqual(self.alice.received, [(0.0, 100), (5.5, 404)])

    def test_a_cancel_ends_it(self) -> None:
        self.play(f"request_route {{ {BEGIN} {SUSPEND} t_suspend(); {KEEP} exit; }} route[RES] {{ exit; }}")
        self.invite(0.5)
        self.alice.cancel()
        self.sip.advance(0)
        self.control()
        self.assertEqual(self.alice.received, [(0.0, 100), (0.5, 487), (0.5, 200)])
        self.assertEqual(self.said(), ["rc=-1 other"])

    # -- responses

    def play_response(self, failure: str = "") -> None:
        self.play(f"""request_route {{ {BEGIN} {SUSPEND} t_on_reply("R"); t_on_failure("F"); {CALL_BOB} }}
            onreply_route[R] {{ if ($rs >= 200) {{ {KEEP} t_suspend(); }} }}
            failure_route[F] {{ {failure or ";"} }}
            route[RES] {{ if (t_is_reply_route()) append_hf("X-Resumed: $rs $si\\r\\n"); }}""")

    def test_a_response_is_held_until_it_is_continued(self) -> None:
        self.play_response()
        self.bob.answers = lambda request: [180, 200]
        self.invite(0.5)
        self.control()
        self.assertEqual(self.alice.received, [(0.0, 100), (0.0, 180), (0.5, 200)])
        self.assertEqual(self.last().first(b"x-resumed"), b"200 192.0.2.2")

    def test_a_refusal_that_was_held_goes_through_failure_route(self) -> None:
        self.play_response('xlog("F $T_reply_code"); t_reply("603", "F");')
        self.bob.answers = lambda request: [480]
        self.invite(0.5)
        self.control()
        self.assertEqual(self.alice.received, [(0.0, 100), (0.5, 603)])
        self.assertEqual(self.said(), ["F 480", "rc=1 other"])

    def test_a_held_response_that_nobody_continues_goes_on_in_the_end(self) -> None:
        self.play_response()
        self.bob.answers = lambda request: [200]
        config: Any = self.sip.server.config
        config.suspend_timeout = 7
        self.assertEqual(self.invite(20), [(0.0, 100), (7.0, 200)])

    def test_what_comes_behind_a_held_response_keeps_its_place(self) -> None:
        self.play(f"""request_route {{ {BEGIN} {SUSPEND} t_on_reply("R"); {CALL_BOB} }}
            onreply_route[R] {{ if (status == 183) {{ {KEEP} t_suspend(); }} }} route[RES] {{ ; }}""")
        self.bob.answers = lambda request: [183, (0.2, 200)]
        self.invite(0.5)
        self.assertEqual(self.alice.statuses, [100])
        self.control()
        self.assertEqual(self.alice.received, [(0.0, 100), (0.5, 183), (0.5, 200)])
