from __future__ import annotations

from typing import Any

from tests.modules.tm.scene import FORK, SceneTestCase

TO = 'request_route { $du = "sip:192.0.2.2"; %s }'


class RelayTests(SceneTestCase):
    def test_a_call_from_the_first_invite_to_the_bye(self) -> None:
        self.play(
            """request_route {
                if (has_totag()) { loose_route(); t_relay(); exit; }
                record_route(); $du = "sip:192.0.2.2"; t_relay(); }"""
        )
        self.bob.answers = lambda request: [180, (1.0, 200)] if request.method == b"INVITE" else [200]
        self.invite(1)
        ok = self.last()
        route = f"Route: {ok.first(b'record-route').decode()}"
        within: dict[str, Any] = {"headers": (route,), "to_tag": "peer-5060", "call_id": ok.call_id.decode()}
        self.alice.send("ACK", "sip:192.0.2.2:5060", cseq=1, **within)
        self.sip.advance(3)
        self.alice.send("BYE", "sip:192.0.2.2:5060", cseq=2, **within)
        self.sip.advance(60)
        self.assertEqual(self.alice.received, [(0.0, 100), (0.0, 180), (1.0, 200), (4.0, 200)])
        self.assertEqual(self.bob.received, [(0.0, "INVITE"), (1.0, "ACK"), (4.0, "BYE")])
        self.assertEqual(self.transactions, [])

    def test_all_targets_are_tried_at_once(self) -> None:
        self.play(f"request_route {{ {FORK} t_relay(); }}")
        self.invite()
        self.assertEqual(self.bob.messages[0].uri, b"sip:bob@192.0.2.2:5060")  # type: ignore[union-attr]
        self.assertEqual(self.carol.messages[0].uri, b"sip:carol@192.0.2.3:5060")  # type: ignore[union-attr]

    def test_there_are_no_more_than_max_branches(self) -> None:
        self.play(f'request_route {{ {FORK} t_relay(); xlog("$rc"); }}', "max_branches = 1\n")
        self.invite()
        self.assertEqual((len(self.bob.received), len(self.carol.received), self.said()), (1, 0, ["1"]))

    def test_a_second_t_relay_needs_a_new_target(self) -> None:
        self.play(TO % 't_relay(); t_relay(); xlog("$rc"); $du = "sip:192.0.2.3"; t_relay(); xlog("$rc");')
        self.invite()
        self.assertEqual((self.said(), len(self.bob.received), len(self.carol.received)), (["-1", "1"], 1, 1))

    def test_no_target_at_all_is_an_error(self) -> None:
        self.play("request_route { clear_branches(); t_relay(); }")
        self.assertEqual(self.invite(), [(0.0, 100), (0.0, 500)])
        self.assertEqual(self.last().reason, b"I'm terribly sorry, server error occurred (6/TM)")

    def test_what_a_proxy_must_not_pass_on_is_refused(self) -> None:
        self.play(TO % 't_relay(); xlog("$rc");')
        self.options(headers=("Proxy-Require: foo",))
        self.assertEqual((self.alice.statuses, self.bob.received, self.said()), ([420], [], ["-420"]))
        self.assertEqual(self.last().first(b"unsupported"), b"foo")

    def test_a_script_that_tells_the_error_itself_is_the_only_one_to_tell_it(self) -> None:
        for tell in ("sl_reply_error();", "send_reply_error();", "t_reply_error();", ";"):
            self.play(TO % f"if (!t_relay()) {{ {tell} }}")
            self.options(10, headers=("Proxy-Require: foo",))
            self.assertEqual((self.alice.statuses, self.last().first(b"unsupported")), ([420], b"foo"), tell)

    def test_an_answer_of_the_script_takes_the_place_of_the_error(self) -> None:
        for answer in ('sl_send_reply("403", "mine");', 'send_reply("403", "mine");', 't_reply("403", "mine");'):
            self.play(f'request_route {{ $du = "sip:x.invalid"; if (!t_relay()) {{ {answer} }} }}')
            self.assertEqual(self.options(10), [(0.0, 403)], answer)

    def test_a_request_uri_that_is_none_is_refused_with_or_without_a_word_of_the_script(self) -> None:
        for uri, status in (
            *(("<sip:bob@192.0.2.2>", 400), ("sip:2001:db8::10", 400), ("sip:bob@192.0.2.2?Route=x", 400)),
            *(("nobodyKnowsThisScheme:totallyopaquecontent", 416), ("sip:bob@192.0.2.2", 404)),
        ):
            for tell in ("sl_reply_error();", ";"):
                self.play(TO % f"if (!t_relay()) {{ {tell} }}")
                self.bob.answers = lambda request: [404]
                self.alice.send("OPTIONS", uri)
                self.sip.advance(10)
                self.assertEqual(self.alice.statuses, [status], uri)

    def test_a_cseq_of_another_method_is_refused_but_not_in_an_ack(self) -> None:
        self.play(TO % "t_relay();")
        self.options(10, cseq_method="INVITE")
        self.alice.send("ACK", "sip:bob@192.0.2.2", cseq_method="INVITE")
        self.sip.advance(10)
        self.assertEqual((self.alice.statuses, self.bob.received), ([400], []))

    def test_what_failure_route_makes_of_the_request_uri_is_looked_at_too(self) -> None:
        self.play(
            TO % """t_on_failure("F"); t_relay();"""
            + """failure_route[F] { $ru = "what:ever"; $du = "sip:192.0.2.3"; t_relay(); xlog("$rc"); }"""
        )
        self.bob.answers = lambda request: [404]
        self.assertEqual((self.options(10), self.carol.received, self.said()), ([(0.0, 404)], [], ["-1"]))

    # -- when it fails

    def test_the_answer_follows_when_the_route_ends(self) -> None:
        self.play('request_route { $du = "sip:x.invalid"; t_relay(); xlog("$T_reply_code"); }')
        self.options()
        self.assertEqual((self.said(), self.alice.statuses), (["0"], [478]))

    def test_the_script_may_answer_instead(self) -> None:
        self.play('request_route { $du = "sip:x.invalid"; if (!t_relay()) t_reply("404", "mine"); }')
        self.options()
        self.assertEqual(self.alice.statuses, [404])

    def test_the_script_may_try_another_target(self) -> None:
        self.play('request_route { $du = "sip:x.invalid"; if (!t_relay()) { $du = "sip:192.0.2.2"; t_relay(); } }')
        self.bob.answers = lambda request: [404]
        self.options(10)
        self.assertEqual(self.alice.statuses, [404])

    def test_it_may_be_answered_at_once(self) -> None:
        self.play(
            'request_route { $du = "sip:x.invalid"; t_relay(); xlog("$T_reply_code"); }',
            'modparam("tm", "delayed_reply", 0)\n',
        )
        self.options()
        self.assertEqual((self.said(), self.alice.statuses), (["478"], [478]))

    def test_it_may_not_be_answered_at_all(self) -> None:
        self.play('request_route { t_set_disable_internal_reply(1); $du = "sip:x.invalid"; t_relay(); xlog("$rc"); }')
        self.options(10)
        self.assertEqual((self.said(), self.alice.statuses), (["-4"], []))

    # -- branch_route

    def test_branch_route_changes_its_branch_alone(self) -> None:
        self.play(
            f"""request_route {{ {FORK} t_on_branch("B"); t_relay(); }}
            branch_route[B] {{ append_hf("X-B: $T_branch_idx\\r\\n"); if ($rU == "bob") $rU = "robert"; }}"""
        )
        self.invite()
        bob, carol = self.bob.messages[0], self.carol.messages[0]
        self.assertEqual((bob.uri, bob.first(b"x-b")), (b"sip:robert@192.0.2.2:5060", b"0"))  # type: ignore[union-attr]
        self.assertEqual((carol.uri, carol.first(b"x-b")), (b"sip:carol@192.0.2.3:5060", b"1"))  # type: ignore[union-attr]
        self.assertEqual((bob.raw.count(b"X-B:"), carol.raw.count(b"X-B:")), (1, 1))

    def test_branch_route_may_drop_its_branch(self) -> None:
        self.play(
            f"""request_route {{ {FORK} t_on_branch("B"); t_relay(); xlog("$rc"); }}
            branch_route[B] {{ if ($rU == "bob") drop; }}"""
        )
        self.invite()
        self.assertEqual((self.bob.received, len(self.carol.received), self.said()), ([], 1, ["1"]))

    def test_branch_route_may_send_it_elsewhere(self) -> None:
        self.play(TO % 't_on_branch("B"); t_relay();' + 'branch_route[B] { $du = "sip:192.0.2.3"; }')
        self.invite()
        self.assertEqual((len(self.bob.received), len(self.carol.received)), (0, 1))

    def test_branch_route_is_for_one_t_relay(self) -> None:
        self.play(
            TO % 't_on_branch("B"); t_relay(); $du = "sip:192.0.2.3"; t_relay();'
            + 'branch_route[B] { append_hf("X-B: 1\\r\\n"); }'
        )
        self.invite()
        self.assertEqual([b"X-B" in peer.messages[0].raw for peer in (self.bob, self.carol)], [True, False])

    def test_branch_route_may_wait(self) -> None:
        self.play(
            f"""request_route {{ {FORK} t_on_branch("B"); t_relay(); xlog("$rc"); }}
            branch_route[B] {{ pause("1000"); }}"""
        )
        self.invite(5)
        self.assertEqual((self.bob.received[0][0], self.carol.received[0][0], self.said()), (2.0, 2.0, ["1"]))
        first: list[Any] = [self.bob.messages[0], self.carol.messages[0]]
        self.assertEqual([m.via.branch[-2:] for m in first], [b".0", b".1"])

    def test_a_cancel_ends_a_branch_route_that_waits(self) -> None:
        self.play(
            """request_route { if (is_method("CANCEL")) { t_relay(); exit; }
            $du = "sip:192.0.2.2"; t_on_branch("B"); t_relay(); xlog("never"); }
            branch_route[B] { pause("3000"); xlog("never"); }"""
        )
        self.invite(1)
        self.alice.cancel()
        self.sip.advance(60)
        self.assertEqual(self.alice.received, [(0.0, 100), (1.0, 487), (1.0, 200)])
        self.assertEqual((self.said(), self.bob.received, self.transactions), ([], [], []))

    def test_what_it_changes_in_the_transaction_stays(self) -> None:
        self.play(TO % 't_on_branch("B"); t_relay(); xlog("$avp(a)");' + 'branch_route[B] { $avp(a) = "set"; }')
        self.invite()
        self.assertEqual(self.said(), ["set"])

    # -- what the request looks like

    def test_changes_before_it_go_to_all_and_later_ones_to_none(self) -> None:
        self.play(f'request_route {{ {FORK} append_hf("X-A: 1\\r\\n"); t_relay(); append_hf("X-C: 1\\r\\n"); }}')
        self.invite()
        for peer in (self.bob, self.carol):
            raw = peer.messages[0].raw
            self.assertEqual((raw.count(b"X-A:"), raw.count(b"X-C:")), (1, 0))

    def test_a_copy_goes_nowhere_near_the_caller(self) -> None:
        self.play(TO % 't_replicate("sip:192.0.2.3"); $du = "sip:192.0.2.2"; t_relay();')
        self.rings(self.carol, 486)
        self.rings(self.bob, 180, (1.0, 200))
        self.assertEqual(self.invite(5), [(0.0, 100), (0.0, 180), (1.0, 200)])
        self.assertEqual(self.carol.received, [(0.0, "INVITE"), (0.0, "ACK")])
        self.sip.advance(60)
        self.assertEqual(self.transactions, [])
