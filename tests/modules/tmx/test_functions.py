from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError, ConfigErrors
from sipapp.modules.tmx.functions import which_branches
from tests.modules.tm.scene import FORK, SceneTestCase


class CancelTests(SceneTestCase):
    """alice calls bob, who rings, and carol."""

    def fork(self, onreply: str, carol: Any, *bob: Any) -> None:
        self.play(f'request_route {{ {FORK} t_on_reply("R"); t_relay(); }} onreply_route[R] {{ {onreply} }}')
        self.rings(self.bob, *(bob or (180,)))
        self.rings(self.carol, 180, carol)
        self.invite(2)

    def methods(self, peer: Any) -> list[str]:
        return [what for _, what in peer.received]

    def test_all_cancels_every_branch(self) -> None:
        self.fork('if ($rs == 183) { t_cancel_branches("all"); xlog("$rc"); }', (1.0, 183))
        self.assertEqual(self.methods(self.bob), ["INVITE", "CANCEL"])
        self.assertEqual((self.methods(self.carol), self.said()), (["INVITE", "CANCEL"], ["1"]))

    def test_others_cancels_but_the_one_that_has_answered(self) -> None:
        self.fork('if ($rs == 183) t_cancel_branches("others");', (1.0, 183))
        self.assertEqual((self.methods(self.bob), self.methods(self.carol)), (["INVITE", "CANCEL"], ["INVITE"]))

    def test_this_cancels_the_one_that_has_answered(self) -> None:
        self.fork('if ($rs == 183) t_cancel_branches("this");', (1.0, 183))
        self.assertEqual((self.methods(self.bob), self.methods(self.carol)), (["INVITE"], ["INVITE", "CANCEL"]))

    def test_after_a_final_response_all_means_the_others_and_this_nothing(self) -> None:
        self.fork('if ($rs == 486) { t_cancel_branches("this"); xlog("$rc"); t_cancel_branches("ALL"); }', (1.0, 486))
        self.assertEqual((self.methods(self.bob), self.said()), (["INVITE", "CANCEL"], ["-1"]))

    def test_there_is_nothing_to_cancel_of_other_requests(self) -> None:
        self.play(
            """request_route { $du = "sip:192.0.2.2"; t_on_reply("R"); t_relay(); }
            onreply_route[R] { t_cancel_branches("all"); xlog("$rc"); }"""
        )
        self.bob.answers = lambda request: [(1.0, 200)]
        self.options(2)
        self.assertEqual(self.said(), ["-1"])

    def test_a_call_is_cancelled_by_its_call_id(self) -> None:
        self.play(
            """request_route {
            if ($rm == "OPTIONS") { t_cancel_callid("call", "1", "5", "480"); xlog("$rc");
                t_cancel_callid("none", "1", "5"); xlog("$rc"); exit; }
            $du = "sip:192.0.2.2"; t_on_failure("F"); t_relay(); }
            failure_route[F] { if (isflagset(5)) xlog("flag"); }"""
        )
        self.rings(self.bob, 180, (1.5, 487))
        self.invite(1, call_id="call", cseq=1)
        self.options(2)
        self.assertEqual(self.said(), ["1", "-1", "flag"])
        self.assertEqual(self.bob.messages[1].first(b"reason"), b"SIP;cause=480")

    def test_a_branch_is_cancelled_by_its_number(self) -> None:
        self.play(
            f"""request_route {{
            if ($rm == "OPTIONS") {{ t_cancel_branch_idx("$shv(i)", "$shv(l)", "1"); xlog("$rc");
                t_cancel_branch_idx("$shv(i)", "$shv(l)", "2"); xlog("$rc");
                t_cancel_branch_idx("$shv(i)", "1", "0"); xlog("$rc"); exit; }}
            {FORK} t_relay(); $shv(i) = $T(id_index); $shv(l) = $T(id_label); }}"""
        )
        for peer in (self.bob, self.carol):
            self.rings(peer, 180)
        self.invite(1)
        self.options(1)
        self.assertEqual((self.methods(self.bob), self.methods(self.carol)), (["INVITE"], ["INVITE", "CANCEL"]))
        self.assertEqual(self.said(), ["1", "-1", "-1"])

    def test_which_branches_is_checked_when_the_script_loads(self) -> None:
        why = self.assertRaises(ConfigErrors, self.play, 'onreply_route[R] { t_cancel_branches("most"); }')
        self.assertIn('there are "all", "others" and "this", not "most"', str(why))


class WhichTests(SynchronousTestCase):
    def test_letters_may_be_of_any_case(self) -> None:
        self.assertEqual([which_branches(text) for text in (b"All", b"OTHERS", b"this")], [b"all", b"others", b"this"])
        self.assertRaises(ConfigError, which_branches, b"")


class TransactionTests(SceneTestCase):
    def test_a_call_is_answered_by_its_call_id(self) -> None:
        self.play(
            """request_route {
            if ($rm == "OPTIONS") { t_reply_callid("call", "1", "458", "sorry"); xlog("$rc");
                t_reply_callid("call", "2", "458", "sorry"); xlog("$rc"); exit; }
            $du = "sip:192.0.2.2"; t_relay(); }"""
        )
        self.rings(self.bob, 180)
        self.invite(1, call_id="call", cseq=1)
        self.options(1)
        self.assertEqual((self.alice.statuses, self.last().reason), ([100, 180, 458], b"sorry"))
        self.assertEqual(self.said(), ["1", "-1"])

    def test_nobody_answers_what_is_dropped(self) -> None:
        for call in ("t_drop();", 't_drop("404");'):
            self.play(f'request_route {{ t_newtran(); {call} xlog("never"); }}')
            self.assertEqual((self.options(60), self.said(), self.transactions), ([], [], []), call)

    def test_there_is_nothing_to_drop_without_a_transaction(self) -> None:
        self.play('request_route { t_drop(); xlog("$rc"); sl_send_reply("404", "x"); }')
        self.assertEqual((self.options(1), self.said()), ([(0.0, 404)], ["-1"]))

    def test_flags_set_after_the_relay_are_seen_once_they_are_flushed(self) -> None:
        for flush, seen in (("t_flush_flags();", ["3"]), (";", [])):
            self.play(
                f"""request_route {{ $du = "sip:192.0.2.2"; t_on_reply("R"); t_relay(); setflag(3); {flush} }}
                onreply_route[R] {{ if (isflagset(3)) xlog("3"); }}"""
            )
            self.bob.answers = lambda request: [(1.0, 404)]
            self.options(2)
            self.assertEqual(self.said(), seen, flush)

    def test_so_are_extended_ones(self) -> None:
        for flush, seen in (("t_flush_xflags();", ["40"]), (";", [])):
            self.play(
                f"""request_route {{ $du = "sip:192.0.2.2"; t_on_reply("R"); t_relay(); setxflag(40); {flush} }}
                onreply_route[R] {{ if (isxflagset(40)) xlog("40"); }}"""
            )
            self.bob.answers = lambda request: [(1.0, 404)]
            self.options(2)
            self.assertEqual(self.said(), seen, flush)

    def test_nothing_can_be_flushed_without_a_transaction(self) -> None:
        self.play('request_route { t_flush_flags(); xlog("$rc"); t_flush_xflags(); xlog("$rc"); exit; }')
        self.options()
        self.assertEqual(self.said(), ["-1", "-1"])

    def test_no_script_ever_sees_a_retransmission(self) -> None:
        self.play('request_route { t_precheck_trans(); xlog("$rc"); t_newtran(); }')
        self.options(1)
        self.alice.again()
        self.sip.advance(1)
        self.assertEqual(self.said(), ["-1"])

    def test_the_ack_of_our_own_call_is_sent_when_it_is_wanted(self) -> None:
        self.play(
            """request_route { t_uac_ack_local("$shv(c)", "10", "X-A: 1\\r\\n"); xlog("$rc");
            t_uac_ack_local("none", "10"); xlog("$rc"); exit; }
            event_route[tm:local-request] { t_set_no_auto_ack("1"); $shv(c) = $ci; }"""
        )
        self.rings(self.bob, 200)
        call = self.sip.server.registry.commands["tm.t_uac_start"].call
        call("INVITE", "sip:bob@192.0.2.2", ".", ".", "From: <sip:me@h>\r\nTo: <sip:bob@h>\r\n")
        self.sip.advance(0.1)
        self.assertEqual([what for _, what in self.bob.received], ["INVITE"])
        self.options(0.1)
        self.assertEqual([what for _, what in self.bob.received], ["INVITE", "ACK"])
        self.assertEqual((self.last(self.bob).first(b"x-a"), self.said()), (b"1", ["1", "-1"]))


class ContinueTests(SceneTestCase):
    def test_an_unknown_route_is_a_failed_call(self) -> None:
        self.play('request_route { t_continue("1", "1", "NOWHERE"); xlog("$rc"); exit; }')
        self.options()
        self.assertEqual(self.said(), ["-1"])

    def test_what_was_put_aside_goes_on_in_the_same_message(self) -> None:
        self.play(
            """request_route { t_suspend(); xlog("$rc"); t_continue("$T(id_index)", "$T(id_label)", "R"); xlog("$rc"); }
            route[R] { t_reply("404", "x"); }"""
        )
        self.assertEqual((self.options(1), self.said()), ([(0.0, 404)], ["1", "1"]))


class BranchFlagTests(SceneTestCase):
    """Virtual branch flags travel in our Via."""

    def test_responses_bring_back_the_flags_of_their_branch(self) -> None:
        self.play(
            f"""request_route {{ {FORK} t_on_branch("B"); t_on_reply("R"); t_relay(); }}
            branch_route[B] {{ if ($rU == "bob") {{ t_vbflag_set("3"); t_vbflag_set("4"); t_vbflag_reset("4"); }} }}
            onreply_route[R] {{
                if (t_vbflag_is_set("3")) xlog("$rs has 3"); if (t_vbflag_is_set("4")) xlog("$rs has 4");
                if ($rs == 404 && t_vbflag_set("5") && t_vbflag_is_set("5")) xlog("late"); }}"""
        )
        self.bob.answers = lambda request: [486]
        self.carol.answers = lambda request: [404]
        self.options(1)
        self.assertEqual(sorted(self.said()), ["486 has 3", "late"])

    def test_flags_go_from_0_to_31(self) -> None:
        self.play(
            """request_route { $du = "sip:192.0.2.2"; t_on_branch("B"); t_relay(); }
            branch_route[B] { t_vbflag_set("31"); xlog("$rc"); t_vbflag_set("32"); xlog("$rc"); }"""
        )
        self.options()
        self.assertEqual(self.said(), ["1", "-1"])

    def test_there_are_none_outside_of_a_branch(self) -> None:
        self.play('request_route { t_vbflag_set("1"); xlog("$rc"); t_vbflag_is_set("1"); xlog("$rc"); exit; }')
        self.options()
        self.assertEqual(self.said(), ["-1", "-1"])


class ReuseTests(SceneTestCase):
    def test_the_branch_that_failed_is_tried_again_as_it_was(self) -> None:
        self.play(
            """request_route { $ru = "sip:bob@192.0.2.2:5060"; t_on_branch_failure("X"); t_relay(); }
            event_route[tm:branch-failure:X] { $ru = "sip:nobody@192.0.2.9"; t_reuse_branch(); xlog("$rc $ru");
                t_relay(); }"""
        )
        left = [486, 404]
        self.bob.answers = lambda request: [left.pop(0)]
        self.options(1)
        self.assertEqual(self.said(), ["1 sip:bob@192.0.2.2:5060"])
        self.assertEqual(([what for _, what in self.bob.received], self.alice.statuses), (["OPTIONS"] * 2, [404]))

    def test_elsewhere_there_is_no_branch_that_failed(self) -> None:
        self.play(
            """request_route { t_newtran(); t_reply("404", "x"); }
            event_route[tm:local-response] { t_reuse_branch(); xlog("$rc"); }"""
        )
        self.options()
        self.assertEqual(self.said(), ["-1"])
