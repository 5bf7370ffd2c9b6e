from __future__ import annotations

from tests.modules.tm.scene import SceneTestCase


class CreateTests(SceneTestCase):
    def test_a_request_has_one_transaction(self) -> None:
        self.play('request_route { t_newtran(); xlog("$rc"); t_newtran(); xlog("$rc"); t_reply("404", "x"); }')
        self.options()
        self.assertEqual((self.said(), len(self.transactions)), (["1", "-10"], 1))

    def test_an_ack_has_none(self) -> None:
        self.play('request_route { t_newtran(); xlog("$rc $T(id_label)"); }')
        self.alice.send("ACK")
        self.sip.advance(0)
        self.assertEqual((self.said(), self.transactions), (["1 <null>"], []))

    def test_the_avps_are_shared_from_then_on(self) -> None:
        self.play(
            """request_route { $avp(a) = "1"; $xavp(x=>y) = "1"; t_newtran(); $avp(b) = "2"; $xavp(z=>y) = "2";
            t_on_failure("F"); $du = "sip:192.0.2.2"; t_relay(); }
            failure_route[F] { xlog("$avp(a) $avp(b) $xavp(x=>y) $xavp(z=>y)"); }"""
        )
        self.rings(self.bob, 486)
        self.invite()
        self.assertEqual(self.said(), ["1 2 1 2"])

    def test_two_requests_do_not_share_them(self) -> None:
        self.play(
            """request_route { xlog("<$avp(a)>"); $avp(a) = "1"; $du = "sip:192.0.2.2"; t_relay(); }""",
        )
        self.invite()
        self.invite()
        self.assertEqual(self.said(), ["<<null>>", "<<null>>"])

    def test_what_was_armed_before_is_the_transaction_s(self) -> None:
        self.play(
            """request_route { t_set_fr(9000, 3000); t_set_retr(100, 200); t_set_max_lifetime(7000, 8000);
            t_on_failure("F"); t_on_reply("R"); t_on_branch("B"); t_on_branch_failure("x"); t_set_auto_inv_100(0);
            t_set_disable_6xx(1); t_newtran(); exit; }
            failure_route[F] { exit; } onreply_route[R] { exit; } branch_route[B] { exit; }
            event_route[tm:branch-failure:x] { exit; }"""
        )
        self.invite()
        t = self.transactions[0]
        self.assertEqual((t.fr, t.fr_inv, t.t1, t.t2, t.end_of_life), (3.0, 9.0, 0.1, 0.2, 7.0))
        self.assertEqual((t.on_failure, t.on_reply, t.on_branch, t.on_branch_failure), ("F", "R", "B", "x"))
        self.assertEqual(self.alice.received, [])

    def test_one_that_nobody_answers_is_forgotten_after_wt_timer(self) -> None:
        self.play("request_route { t_newtran(); exit; }")
        self.invite(4.9)
        self.assertEqual(len(self.transactions), 1)
        self.sip.advance(0.2)
        self.assertEqual((self.transactions, self.alice.received), ([], []))

    def test_the_100_is_said_once(self) -> None:
        self.play('request_route { $du = "sip:192.0.2.2"; t_relay(); $du = "sip:192.0.2.3"; t_relay(); }')
        self.assertEqual(self.invite(), [(0.0, 100)])
        self.assertEqual((len(self.bob.received), len(self.carol.received)), (1, 1))

    def test_a_request_uri_that_cannot_be_parsed_has_none(self) -> None:
        self.play('request_route { $ru = "nonsense"; t_newtran(); xlog("$rc"); }')
        self.options()
        self.assertEqual((self.said(), self.transactions), (["-400"], []))
