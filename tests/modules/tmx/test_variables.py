from __future__ import annotations

from sipapp.errors import ConfigErrors
from tests.modules.tm.scene import FORK, SceneTestCase

TO_BOB = '$du = "sip:192.0.2.2";'


class ReplyTests(SceneTestCase):
    """$T_reply_code and its kin."""

    def ask(self, ask: str) -> list[str]:
        """What the script says in each kind of route of a call that bob refuses after ringing."""
        self.play(
            f"""request_route {{ {TO_BOB} xlog("request {ask}"); t_on_reply("R"); t_on_failure("F"); t_relay();
                xlog("relayed {ask}"); }}
            onreply_route[R] {{ xlog("reply {ask}"); }} failure_route[F] {{ xlog("failure {ask}"); }}"""
        )
        self.rings(self.bob, 180, (1.0, 486))
        self.invite(2)
        return self.said()

    def test_the_code_is_that_of_the_response_or_of_the_one_that_won_or_the_last_one_sent(self) -> None:
        for ask in ("$T_reply_code", "$T(reply_code)"):
            self.assertEqual(self.ask(ask), ["request 0", "relayed 100", "reply 180", "reply 486", "failure 486"], ask)

    def test_the_reason_goes_with_it_but_for_the_request(self) -> None:
        for ask in ("$T_reply_reason", "$T(reply_reason)"):
            self.assertEqual(
                self.ask(ask),
                [
                    *("request <null>", "relayed <null>", "reply Status 180", "reply Status 486"),
                    "failure Status 486",
                ],
                ask,
            )

    def test_the_last_one_before_is_known_to_onreply_route(self) -> None:
        said = self.ask("$T_reply_last")
        self.assertEqual((said[0], said[1], said[4]), ("request <null>", "relayed <null>", "failure <null>"))

    def test_a_time_out_is_our_own_response(self) -> None:
        self.play(
            f"""request_route {{ {TO_BOB} t_on_failure("F"); t_relay(); }}
            failure_route[F] {{ xlog("$T_reply_code $T_reply_reason $T(reply_type)"); }}""",
            'modparam("tm", "fr_timer", 1000)\n',
        )
        self.invite(2)
        self.assertEqual(self.said(), ["408 Request Timeout 1"])

    def test_the_type_is_0_for_a_response_of_a_peer_and_null_without_transaction(self) -> None:
        self.assertEqual(self.ask("$T(reply_type)")[0], "request <null>")
        self.assertEqual(self.ask("$T(reply_type)")[4], "failure 0")


class BranchTests(SceneTestCase):
    def test_the_number_is_this_branch_s_or_the_next_one_s(self) -> None:
        self.play(
            f"""request_route {{ {FORK} xlog("request $T_branch_idx"); t_on_branch("B"); t_on_reply("R");
                t_on_failure("F"); t_relay(); }}
            branch_route[B] {{ xlog("branch $T_branch_idx $rU"); }}
            onreply_route[R] {{ xlog("reply $T(branch_index) $rs"); }}
            failure_route[F] {{ xlog("failure $T_branch_idx"); append_branch("sip:d@192.0.2.4");
                xlog("failure $T_branch_idx"); }}"""
        )
        self.bob.answers = lambda request: [486]
        self.carol.answers = lambda request: [404]
        self.options(1)
        said = self.said()
        self.assertEqual(said[:3], ["request 1", "branch 0 bob", "branch 1 carol"])
        self.assertEqual(sorted(said[3:5]), ["reply 0 486", "reply 1 404"])
        self.assertEqual(said[5:], ["failure 2", "failure 3"])

    def test_reply_route_knows_it_too_and_an_event_route_does_not(self) -> None:
        self.play(
            f"""request_route {{ {TO_BOB} t_relay(); }} reply_route {{ xlog("reply $T_branch_idx"); }}
            event_route[tm:local-response] {{ xlog("event $T_branch_idx"); }}"""
        )
        self.rings(self.bob, 486)
        self.invite(1)
        self.assertEqual(self.said(), ["event -1", "reply 0"])

    def test_flags_and_uri_are_those_of_the_branch(self) -> None:
        for name in ("T", "T_branch"):
            self.play(
                """request_route { xlog("$%s(uri) $%s(flags)"); $ru = "sip:joe@192.0.2.2"; setbflag(2);
                    t_on_reply("R"); t_on_failure("F"); t_relay(); }
                onreply_route[R] { xlog("$%s(uri) $%s(flags)"); } failure_route[F] { xlog("$%s(uri)"); }""".replace(
                    "%s", name
                )
            )
            self.bob.answers = lambda request: [486]
            self.options(1)
            self.assertEqual(self.said(), ["<null> <null>", "sip:joe@192.0.2.2 4", "sip:joe@192.0.2.2"], name)

    def test_other_names_of_t_branch_are_null(self) -> None:
        self.play(
            f"""request_route {{ {TO_BOB} t_on_reply("R"); t_relay(); }}
            onreply_route[R] {{ xlog("$T_branch(reply_code) $T_branch(ruid) |$T_reply_ruid|"); }}"""
        )
        self.bob.answers = lambda request: [486]
        self.options(1)
        self.assertEqual(self.said(), ["<null> <null> ||"])


class IdentityTests(SceneTestCase):
    def test_there_is_none_without_a_transaction_unless_one_is_wanted(self) -> None:
        self.play(
            """request_route { xlog("$T(id_index) $T(id_label)"); $var(i) = $T(id_index_n); $var(l) = $T(id_label_n);
            if ($var(i) == $T(id_index) && $var(l) == $T(id_label)) xlog("same"); exit; }"""
        )
        self.options()
        self.assertEqual(self.said(), ["<null> <null>", "same"])
        self.assertEqual(len(self.transactions), 1)

    def test_an_unknown_name_is_a_mistake_of_the_script(self) -> None:
        self.assertRaises(ConfigErrors, self.play, 'request_route { xlog("$T(nothing)"); }')


class OtherMessageTests(SceneTestCase):
    def test_the_request_can_be_read_from_its_responses(self) -> None:
        self.play(
            f"""request_route {{ {TO_BOB} t_on_reply("R"); t_relay(); xlog("$T_req($rU)"); }}
            onreply_route[R] {{ xlog("$T_req($rU) $T_req($hdr(X-A)) $rs"); }}
            reply_route {{ xlog("$T_req($(hdr(X-A){{s.len}}))"); }}"""
        )
        self.bob.answers = lambda request: [486]
        self.options(1, headers=("X-A: one",))
        self.assertEqual(self.said(), ["<null>", "3", "bob one 486"])

    def test_the_response_that_won_can_be_read_in_failure_route(self) -> None:
        self.play(
            f"""request_route {{ {TO_BOB} t_on_failure("F"); t_relay(); xlog("$T_rpl($rs)"); }}
            failure_route[F] {{ xlog("$T_rpl($rs) $T_rpl($hdr(X-B)) $rU"); }}"""
        )
        self.bob.answers = lambda request: [(0.0, 486, "X-B: two")]
        self.options(1)
        self.assertEqual(self.said(), ["<null>", "486 two bob"])

    def test_a_time_out_is_no_response(self) -> None:
        self.play(
            f"""request_route {{ {TO_BOB} t_on_failure("F"); t_relay(); }}
            failure_route[F] {{ xlog("$T_rpl($rs)"); }}""",
            'modparam("tm", "fr_timer", 1000)\n',
        )
        self.options(2)
        self.assertEqual(self.said(), ["<null>"])

    def test_the_invite_can_be_read_while_its_cancel_is_routed(self) -> None:
        self.play(
            f"""request_route {{ xlog("$rm $T_inv($hdr(X-A))"); if ($rm == "CANCEL") {{ t_relay(); exit; }}
            {TO_BOB} t_relay(); }}"""
        )
        self.rings(self.bob, 180)
        self.invite(1, headers=("X-A: one",))
        self.alice.cancel()
        self.sip.advance(0)
        self.assertEqual(self.said(), ["INVITE <null>", "CANCEL one"])

    def test_it_wants_a_variable_and_no_index(self) -> None:
        for name in ("$T_req", "$T_req(ru)", "$(T_req($ru)[1])", "$T_req($nothing)"):
            self.assertRaises(ConfigErrors, self.play, f'request_route {{ xlog("{name}"); }}')

    def test_it_cannot_be_written(self) -> None:
        self.assertRaises(ConfigErrors, self.play, 'onreply_route[R] { $T_req($ru) = "sip:x"; }')
