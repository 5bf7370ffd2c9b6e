from __future__ import annotations

from typing import Any

from tests.modules.tm.scene import FORK, SceneTestCase

BOB = '$du = "sip:192.0.2.2:5060"; t_on_failure("F"); t_relay();'


class DecisionTests(SceneTestCase):
    """Which refusal the caller gets."""

    def fork(self, bob: Any, carol: Any, head: str = "", **facts: Any) -> Any:
        """The response to a call that goes to both."""
        self.play(f"request_route {{ {FORK} t_relay(); }}", head)
        self.rings(self.bob, *bob)
        self.rings(self.carol, *carol)
        self.invite(60, **facts)
        return self.last()

    def test_it_is_the_best_of_all(self) -> None:
        for bob, carol, status in ((404, 486, 404), (500, 486, 486), (302, 401, 302), (407, 404, 407), (603, 302, 603)):
            self.assertEqual(self.fork((bob,), ((0.1, carol),)).status, status, (bob, carol))

    def test_it_waits_for_the_last_branch(self) -> None:
        self.fork(((1.0, 404),), (180, (5.0, 486)))
        self.assertEqual(self.alice.received, [(0.0, 100), (0.0, 180), (5.0, 404)])

    def test_a_6xx_cancels_the_others_and_wins(self) -> None:
        self.fork(((1.0, 603),), (180, (2.0, 487)))
        self.assertEqual(self.carol.received[1], (1.0, "CANCEL"))
        self.assertEqual(self.alice.received, [(0.0, 100), (0.0, 180), (2.0, 603)])

    def test_a_6xx_may_be_one_of_many(self) -> None:
        self.fork(((1.0, 603),), (180, (2.0, 486)), 'modparam("tm", "disable_6xx_block", 1)\n')
        self.assertEqual([what for _, what in self.carol.received], ["INVITE", "ACK"])
        self.assertEqual(self.alice.received[-1], (2.0, 603))

    def test_challenges_are_put_together(self) -> None:
        bob = (0.0, 401, 'WWW-Authenticate: Digest realm="b"')
        carol = (0.0, 407, 'Proxy-Authenticate: Digest realm="c1"\r\nProxy-Authenticate: Digest realm="c2"')
        answer = self.fork((bob,), (carol,))
        self.assertEqual(answer.status, 401)
        for line in (b'WWW-Authenticate: Digest realm="b"', b'Proxy-Authenticate: Digest realm="c1"'):
            self.assertIn(b"\r\n" + line + b"\r\n", answer.raw)
        self.assertIn(b'realm="c2"', answer.raw)

    def test_challenges_can_be_left_alone(self) -> None:
        bob = (0.0, 401, 'WWW-Authenticate: Digest realm="b"')
        carol = (0.0, 401, 'WWW-Authenticate: Digest realm="c"')
        answer = self.fork((bob,), (carol,), 'modparam("tm", "aggregate_challenges", 0)\n')
        self.assertEqual(answer.raw.count(b"WWW-Authenticate"), 1)

    def test_a_503_is_no_business_of_the_caller(self) -> None:
        for parameter, status in ((1, 500), (0, 503)):
            answer = self.fork((503,), (503,), f'modparam("tm", "remap_503_500", {parameter})\n')
            self.assertEqual(answer.status, status)

    def test_silence_is_a_408(self) -> None:
        answer = self.fork((486,), (), 'modparam("tm", "fr_timer", 2000)\n')
        self.assertEqual((answer.status, self.alice.received[-1][0]), (408, 2.0))

    def test_silence_may_count_for_less(self) -> None:
        head = 'modparam("tm", "fr_timer", 2000)\nmodparam("tm", "faked_reply_prio", 2000)\n'
        self.assertEqual(self.fork((486,), (), head).status, 486)


class FailureRouteTests(SceneTestCase):
    """failure_route."""

    def refused(self, route: str, *answers: Any, more: str = "", head: str = "", seconds: float = 60.0) -> None:
        self.play(f"request_route {{ {BOB} }} failure_route[F] {{ {route} }} {more}", head)
        self.rings(self.bob, *(answers or (486,)))
        self.invite(seconds)

    def test_it_may_answer(self) -> None:
        self.refused('t_reply("404", "mine");')
        self.assertEqual(self.alice.statuses, [100, 404])

    def test_else_the_refusal_goes_on(self) -> None:
        self.refused('xlog("F");')
        self.assertEqual((self.alice.statuses, self.said()), ([100, 486], ["F"]))
        self.assertEqual(self.last().to.tag, b"peer-5060")

    def test_it_may_try_another_target(self) -> None:
        self.play(f'request_route {{ {BOB} }} failure_route[F] {{ $du = "sip:192.0.2.3"; t_relay(); }}')
        self.rings(self.bob, (1.0, 486))
        self.rings(self.carol, 180, (1.0, 200))
        self.assertEqual(self.invite(5), [(0.0, 100), (1.0, 180), (2.0, 200)])
        self.assertEqual(self.carol.received, [(1.0, "INVITE")])

    def test_a_target_alone_goes_nowhere_without_t_relay(self) -> None:
        self.refused('append_branch("sip:carol@192.0.2.3");')
        self.assertEqual((self.alice.statuses, self.carol.received), ([100, 486], []))

    def test_t_relay_without_a_target_changes_nothing(self) -> None:
        self.refused('t_relay(); xlog("$rc");')
        self.assertEqual((self.alice.statuses, self.said()), ([100, 486], ["-1"]))

    def test_it_runs_once_for_each_time_that_it_was_armed(self) -> None:
        self.refused(
            """xlog("F $T_reply_code"); t_on_failure("G"); $du = "sip:192.0.2.3"; t_relay();""",
            more='failure_route[G] { xlog("G $T_reply_code"); $du = "sip:192.0.2.4"; t_relay(); }',
            head='modparam("tm", "fr_timer", 1000)\n',
        )
        self.assertEqual(self.said(), ["F 486", "G 408"])
        self.assertEqual(len(self.dave.received), 2)  # at 1.0 and, once more, at 1.5
        self.assertEqual(self.alice.received[-1], (2.0, 408))

    def test_it_starts_from_what_t_relay_saw(self) -> None:
        self.play(
            """request_route { append_hf("X-A: 1\\r\\n"); $ru = "sip:first@192.0.2.2"; setflag(3); $avp(a) = "1";
            t_on_branch("B"); t_on_failure("F"); t_relay(); append_hf("X-C: 1\\r\\n"); $avp(a) = "2"; }
            branch_route[B] { append_hf("X-B: 1\\r\\n"); $rU = "branch"; }
            failure_route[F] { if (isflagset(3)) xlog("$ru $avp(a)"); $ru = "sip:second@192.0.2.3"; t_relay(); }"""
        )
        self.rings(self.bob, 486)
        self.invite()
        self.assertEqual(self.said(), ["sip:first@192.0.2.2 2"])
        first, second = self.bob.messages[0].raw, self.carol.messages[0].raw
        self.assertTrue(first.startswith(b"INVITE sip:branch@192.0.2.2 SIP/2.0\r\n"))
        self.assertTrue(second.startswith(b"INVITE sip:second@192.0.2.3 SIP/2.0\r\n"))
        self.assertEqual([name in first for name in (b"X-A:", b"X-B:", b"X-C:")], [True, True, False])
        self.assertEqual([name in second for name in (b"X-A:", b"X-B:", b"X-C:")], [True, False, False])

    def test_flags_that_it_sets_stay(self) -> None:
        self.refused(
            'setflag(7); t_on_failure("G"); $du = "sip:192.0.2.3"; t_relay();',
            more='failure_route[G] { if (isflagset(7)) xlog("set"); }',
            head='modparam("tm", "fr_timer", 1000)\n',
        )
        self.assertEqual(self.said(), ["set"])

    def test_a_2xx_that_comes_while_it_waits_wins(self) -> None:
        self.refused(
            '$du = "sip:192.0.2.3"; t_relay(); async_sleep("3"); xlog("F"); t_reply("404", "late");', seconds=0
        )
        self.rings(self.carol, (1.0, 200))
        self.sip.advance(10)
        self.assertEqual((self.alice.received, self.said()), ([(0.0, 100), (1.5, 200)], ["F"]))

    def test_refusals_that_come_while_it_waits_are_seen_afterwards(self) -> None:
        self.play(
            """request_route { $du = "sip:192.0.2.2"; t_on_failure("F"); t_relay(); }
            failure_route[F] { t_on_failure("G"); $du = "sip:192.0.2.3"; t_relay(); async_sleep("3"); xlog("F ends"); }
            failure_route[G] { xlog("G $T_reply_code"); }"""
        )
        self.rings(self.bob, 486)
        self.rings(self.carol, (1.0, 404))
        self.assertEqual(self.invite(10), [(0.0, 100), (3.0, 404)])
        self.assertEqual(self.said(), ["F ends", "G 404"])

    def test_a_cancel_ends_one_that_waits(self) -> None:
        self.play(
            """request_route { if (is_method("CANCEL")) { t_relay(); exit; }
            $du = "sip:192.0.2.2"; t_on_failure("F"); t_relay(); }
            failure_route[F] { async_sleep("3"); xlog("never"); }"""
        )
        self.rings(self.bob, 486)
        self.invite(1)
        self.alice.cancel()
        self.sip.advance(10)
        self.assertEqual((self.alice.received, self.said()), ([(0.0, 100), (1.0, 487), (1.0, 200)], []))
        self.sip.advance(60)
        self.assertEqual(self.transactions, [])

    def test_a_cancelled_call_gets_no_new_branch(self) -> None:
        self.play(
            """request_route { if (is_method("CANCEL")) { t_relay(); exit; }
            $du = "sip:192.0.2.2"; t_on_failure("F"); t_relay(); }
            failure_route[F] { if (t_is_canceled()) xlog("canceled");
            $du = "sip:192.0.2.3"; t_relay(); xlog("$rc"); }"""
        )
        self.rings(self.bob, 180, (1.5, 487))
        self.invite(1)
        self.alice.cancel()
        self.sip.advance(1)
        self.assertEqual((self.said(), self.carol.received), (["canceled", "-1"], []))
        self.assertEqual(self.alice.received[-1], (1.5, 487))

    def test_responses_of_earlier_branches_may_stay_or_go(self) -> None:
        # bob 401, then carol 486: a 401 that stays wins, and its failure_route runs again
        for mode, status, runs in ((0, 401, 2), (1, 486, 1), (2, 486, 1), (3, 486, 1)):
            self.play(
                """request_route { $du = "sip:192.0.2.2"; t_on_failure("F"); t_relay(); }
                failure_route[F] { xlog("F"); if ($avp(again) != 1) { $avp(again) = 1; $du = "sip:192.0.2.3";
                t_relay(); } }""",
                f'modparam("tm", "failure_reply_mode", {mode})\n',
            )
            self.rings(self.bob, 401)
            self.rings(self.carol, (1.0, 486))
            self.assertEqual(self.invite(3), [(0.0, 100), (1.0, status)], mode)
            self.assertEqual(self.said(), ["F"] * runs, mode)

    def test_t_drop_replies_leaves_nothing(self) -> None:
        self.refused("t_drop_replies();")
        self.assertEqual(self.alice.statuses, [100, 500])

    def test_t_drop_replies_can_be_taken_back(self) -> None:
        self.refused('t_drop_replies(); t_drop_replies("n");')
        self.assertEqual(self.alice.statuses, [100, 486])


class BranchFailureTests(SceneTestCase):
    """event_route[tm:branch-failure:...]."""

    SCRIPT = f"""request_route {{ {FORK} t_on_branch_failure("x"); t_on_failure("F"); t_relay(); }}
        failure_route[F] {{ xlog("F $T_reply_code"); }}
        event_route[tm:branch-failure:x] {{ xlog("x $T_branch_idx $T_reply_code"); %s }}"""

    def test_it_runs_for_each_refusal_and_before_the_others_have_answered(self) -> None:
        self.play(self.SCRIPT % "")
        self.rings(self.bob, (1.0, 486))
        self.rings(self.carol, 180, (2.0, 404))
        self.assertEqual(self.invite(5), [(0.0, 100), (0.0, 180), (2.0, 404)])
        self.assertEqual(self.said(), ["x 0 486", "x 1 404", "F 404"])

    def test_it_may_add_a_branch(self) -> None:
        self.play(
            f"""request_route {{ {FORK} t_on_branch_failure("x"); t_relay(); }}
            event_route[tm:branch-failure:x] {{ $du = "sip:192.0.2.4"; t_relay(); }}"""
        )
        self.rings(self.bob, (1.0, 486))
        self.rings(self.carol, 180, (9.0, 486))
        self.rings(self.dave, 183, (1.0, 200))
        self.assertEqual(self.invite(5), [(0.0, 100), (0.0, 180), (1.0, 183), (2.0, 200)])
        self.assertEqual(self.carol.received[-1], (2.0, "CANCEL"))
