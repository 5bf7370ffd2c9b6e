from __future__ import annotations

from sipapp.errors import ConfigErrors
from tests.modules.tm.scene import SceneTestCase

BOB = '$du = "sip:192.0.2.2"; t_relay();'


class LookupTests(SceneTestCase):
    def test_t_lookup_request_knows_whether_there_is_a_transaction(self) -> None:
        self.play('request_route { t_lookup_request(); xlog("$rc"); t_newtran(); t_lookup_request(); xlog("$rc"); }')
        self.options()
        self.assertEqual(self.said(), ["-1", "1"])

    def test_t_lookup_cancel_finds_the_invite(self) -> None:
        self.play(
            f"""request_route {{ if (is_method("CANCEL")) {{ t_lookup_cancel(); xlog("$rc");
            if (isflagset(5)) xlog("flag"); t_lookup_cancel("1"); if (isflagset(5)) xlog("flag"); exit; }}
            setflag(5); {BOB} }}"""
        )
        self.invite()
        self.alice.cancel()
        self.sip.advance(0)
        self.assertEqual(self.said(), ["1", "flag"])

    def test_t_lookup_cancel_finds_nothing_for_another_one(self) -> None:
        self.play('request_route { t_lookup_cancel(); xlog("$rm $rc"); }')
        self.alice.send("CANCEL")
        self.options()
        self.assertEqual([line for line in self.said() if line], ["CANCEL -1", "OPTIONS -1"])

    def test_t_check_trans_is_about_cancel_ack_and_responses(self) -> None:
        self.play(
            f"""request_route {{
                if (is_method("CANCEL")) {{ if (t_check_trans()) xlog("CANCEL yes"); else xlog("CANCEL no"); exit; }}
                if (is_method("ACK")) {{ t_check_trans(); xlog("ACK $rc"); exit; }}
                t_check_trans(); xlog("$rm $rc"); {BOB} }}
            reply_route {{ if (t_check_trans()) xlog("yes"); else xlog("no"); }}"""
        )
        self.alice.send("CANCEL")
        self.rings(self.bob, 180)
        self.invite()
        self.alice.send("ACK", to_tag="x")
        self.sip.advance(0)
        self.alice.cancel()
        self.sip.advance(0)
        self.assertEqual(self.said(), ["CANCEL no", "INVITE -1", "yes", "ACK -1", "CANCEL yes"])

    def test_t_check_trans_ends_the_script_once_the_request_is_answered(self) -> None:
        self.play('request_route { t_newtran(); t_reply("404", "x"); t_check_trans(); xlog("never"); }')
        self.options()
        self.assertEqual((self.said(), self.alice.statuses), ([], [404, 404]))

    def test_t_check_trans_lets_a_script_go_on_that_has_waited(self) -> None:
        self.play('request_route { async_ms_sleep("100"); t_check_trans(); xlog("on"); t_reply("404", "x"); }')
        self.options(1)
        self.assertEqual((self.said(), self.alice.statuses), (["on"], [404]))

    def test_t_exists_is_true_once_there_is_a_transaction(self) -> None:
        self.play(
            f"""request_route {{ t_exists(); xlog("$rc"); {BOB} t_exists(); xlog("$rc"); }}
            reply_route {{ t_exists(); xlog("$rs $rc"); }}"""
        )
        self.rings(self.bob, 180)
        self.invite()
        self.assertEqual(self.said(), ["-1", "1", "180 1"])

    def test_t_retransmit_reply_sends_the_last_one_again(self) -> None:
        self.play(
            """request_route { t_newtran(); t_retransmit_reply(); xlog("$rc");
            t_reply("180", "x"); t_retransmit_reply(); }"""
        )
        self.invite()
        self.assertEqual((self.said(), self.alice.statuses), (["-1"], [180, 180]))

    def test_t_release_forgets_a_request_that_nobody_will_answer(self) -> None:
        self.play("request_route { t_newtran(); t_release(); }")
        self.options(4)
        self.assertEqual(len(self.transactions), 1)
        self.sip.advance(2)
        self.assertEqual((self.transactions, self.alice.received), ([], []))

    def test_t_save_lumps_is_what_failure_route_starts_from(self) -> None:
        self.play(
            """request_route { t_save_lumps(); xlog("$rc"); t_newtran(); append_hf("X-A: 1\\r\\n");
            t_save_lumps(); xlog("$rc"); append_hf("X-B: 1\\r\\n"); t_reply("180", "x"); }"""
        )
        self.invite()
        data = self.transactions[0].draft.render(self.transactions[0].request)
        self.assertEqual((data.count(b"X-A:"), data.count(b"X-B:"), self.said()), (1, 0, ["-1", "1"]))

    def test_t_is_set_tells_what_is_armed(self) -> None:
        self.play(
            """request_route { t_on_reply("R");
            if (t_is_set("onreply_route")) xlog("R"); if (t_is_set("failure_route")) xlog("F");
            t_newtran(); t_on_branch("B"); if (t_is_set("branch_route")) xlog("B");
            if (t_is_set("onreply_route")) xlog("R"); }
            onreply_route[R] { exit; } branch_route[B] { exit; }"""
        )
        self.options()
        self.assertEqual(self.said(), ["R", "B", "R"])

    def test_t_is_set_knows_three_words(self) -> None:
        script = 'request_route { t_is_set("event_route"); }'
        self.assertIn("event_route", str(self.assertRaises(ConfigErrors, self.play, script)))

    def test_t_clean_ends_what_has_outlived_itself(self) -> None:
        self.play(f'request_route {{ if ($rU == "clean") {{ t_clean(); exit; }} {BOB} }}')
        self.invite()
        t = self.transactions[0]
        t.end_of_life = -91.0
        self.alice.send("OPTIONS", user="clean")
        self.sip.advance(0)
        self.assertEqual((self.transactions, self.sip.server.transactions.clients), ([], {}))

    def test_t_use_uac_headers_is_always_so(self) -> None:
        self.play('request_route { t_use_uac_headers(); xlog("$rc"); }')
        self.options()
        self.assertEqual(self.said(), ["1"])
