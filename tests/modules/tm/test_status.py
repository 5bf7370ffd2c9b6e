from __future__ import annotations

from tests.modules.tm.scene import FORK, SceneTestCase

YES = 'if (%s) xlog("yes"); else xlog("no");'


class StatusTests(SceneTestCase):
    def test_t_check_status_is_about_the_response_that_counts(self) -> None:
        self.play(
            """request_route { $du = "sip:192.0.2.2"; t_on_reply("R"); t_on_failure("F"); t_relay();
            if (t_check_status("1..")) xlog("request"); }
            onreply_route[R] { if (t_check_status("(180)|(486)")) xlog("reply $rs"); }
            failure_route[F] { if (t_check_status("4[89].")) xlog("failure");
            if (t_check_status("5..")) xlog("no"); }"""
        )
        self.rings(self.bob, 180, 183, 486)
        self.invite()
        self.assertEqual(self.said(), ["request", "reply 180", "reply 486", "failure"])

    def test_t_check_status_without_transaction_is_false(self) -> None:
        self.play("request_route { %s }" % (YES % 't_check_status("...")'))
        self.options()
        self.assertEqual(self.said(), ["no"])

    def test_t_get_status_code_is_the_number(self) -> None:
        self.play(
            """request_route { t_get_status_code(); xlog("$rc"); $du = "sip:192.0.2.2"; t_on_failure("F"); t_relay();
            t_get_status_code(); xlog("$rc"); } failure_route[F] { t_get_status_code(); xlog("$rc"); }"""
        )
        self.rings(self.bob, 486)
        self.invite()
        self.assertEqual(self.said(), ["-1", "100", "486"])

    def test_in_failure_route_it_is_the_best_of_all(self) -> None:
        self.play(
            f"""request_route {{ {FORK} t_on_failure("F"); t_relay(); }}
            failure_route[F] {{ if (t_check_status("404")) xlog("404"); }}"""
        )
        self.rings(self.bob, 486)
        self.rings(self.carol, (1.0, 404))
        self.invite(2)
        self.assertEqual(self.said(), ["404"])

    def test_a_branch_has_timed_out_or_answered(self) -> None:
        route = """failure_route[F] { if (t_branch_timeout()) xlog("timeout"); if (t_branch_replied()) xlog("replied");
            if (t_any_timeout()) xlog("any timeout"); if (t_any_replied()) xlog("any replied"); }"""
        for answers, said in (
            ((486,), []),
            ((180, 486), ["replied", "any replied"]),
            ((), ["timeout", "any timeout"]),
            ((180,), ["timeout", "replied", "any timeout", "any replied"]),
        ):
            self.play(
                f'request_route {{ $du = "sip:192.0.2.2"; t_on_failure("F"); t_relay(); }} {route}',
                'modparam("tm", "fr_timer", 2000)\nmodparam("tm", "fr_inv_timer", 3000)\n',
            )
            self.rings(self.bob, *answers)
            self.invite(5)
            self.assertEqual(self.said(), said, answers)

    def test_t_any_looks_at_all_branches_and_t_branch_at_the_one_that_won(self) -> None:
        self.play(
            f"""request_route {{ {FORK} t_on_failure("F"); t_relay(); }}
            failure_route[F] {{ {YES % "t_branch_timeout()"} {YES % "t_any_timeout()"}
            {YES % "t_branch_replied()"} }}""",
            'modparam("tm", "fr_timer", 2000)\n',
        )
        self.rings(self.bob, 404)
        self.invite(5)
        self.assertEqual(self.said(), ["no", "yes", "yes"])

    def test_t_grep_status_finds_the_last_status_of_some_branch(self) -> None:
        self.play(
            f"""request_route {{ {FORK} t_on_failure("F"); t_relay(); }}
            failure_route[F] {{ {YES % 't_grep_status("486")'} {YES % 't_grep_status("404")'}
            {YES % 't_grep_status("180")'} }}"""
        )
        self.rings(self.bob, 486)
        self.rings(self.carol, 180, (1.0, 404))
        self.invite(2)
        self.assertEqual(self.said(), ["yes", "yes", "no"])

    def test_t_is_canceled_is_about_the_caller(self) -> None:
        self.play(
            f"""request_route {{ if (is_method("CANCEL")) {{ t_relay(); exit; }}
            $du = "sip:192.0.2.2"; t_on_failure("F"); t_relay(); }} failure_route[F] {{ {YES % "t_is_canceled()"} }}"""
        )
        self.rings(self.bob, 486)
        self.invite()
        self.rings(self.bob, 180, (1.1, 487))
        self.invite(1)
        self.alice.cancel()
        self.sip.advance(1)
        self.assertEqual(self.said(), ["no", "yes"])

    def test_t_is_expired_is_about_its_lifetime(self) -> None:
        self.play(
            f"""request_route {{ $du = "sip:192.0.2.2"; t_on_failure("F"); t_relay(); {YES % "t_is_expired()"} }}
            failure_route[F] {{ {YES % "t_is_expired()"} }}""",
            'modparam("tm", "max_inv_lifetime", 2000)\n',
        )
        self.invite(5)
        self.assertEqual(self.said(), ["no", "yes"])

    def test_t_is_retr_async_reply_while_another_is_held(self) -> None:
        self.play(
            f"""request_route {{ $du = "sip:192.0.2.2"; t_on_reply("R"); t_relay(); }}
            onreply_route[R] {{ {YES % "t_is_retr_async_reply()"} t_suspend(); {YES % "t_is_retr_async_reply()"} }}"""
        )
        self.rings(self.bob, 183)
        self.invite()
        self.assertEqual(self.said(), ["no", "yes"])
