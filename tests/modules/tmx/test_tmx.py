from __future__ import annotations

from tests.modules.tm.scene import SceneTestCase

WHERE = """if (t_is_request_route()) xlog("request"); if (t_is_failure_route()) xlog("failure");
    if (t_is_branch_route()) xlog("branch"); if (t_is_reply_route()) xlog("reply");"""


class RouteKindTests(SceneTestCase):
    def test_each_is_true_in_its_route_and_in_those_that_it_calls(self) -> None:
        self.play(
            f"""request_route {{ route(WHERE); $du = "sip:192.0.2.2"; t_on_branch("B"); t_on_reply("R");
                t_on_failure("F"); t_relay(); }}
            route[WHERE] {{ {WHERE} }} branch_route[B] {{ route(WHERE); }} onreply_route[R] {{ route(WHERE); }}
            failure_route[F] {{ route(WHERE); }} reply_route {{ {WHERE} }}"""
        )
        self.rings(self.bob, 486)
        self.invite(1)
        self.assertEqual(self.said(), ["request", "branch", "reply", "reply", "failure"])

    def test_a_wait_changes_none_of_them(self) -> None:
        self.play(f'request_route {{ pause("100"); {WHERE} t_reply("404", "x"); }}')
        self.invite(1)
        self.assertEqual(self.said(), ["request"])


class StatisticsTests(SceneTestCase):
    def counted(self, *names: str) -> list[int | float]:
        statistics = self.sip.server.statistics
        found = [statistics.find(name, "tmx") for name in names]
        return [one.value for one in found if one is not None]

    def test_transactions_and_responses_are_counted(self) -> None:
        self.play(
            """request_route { if ($rm == "OPTIONS") { t_newtran(); t_reply("404", "x"); exit; }
            $du = "sip:192.0.2.2"; t_relay(); }"""
        )
        self.rings(self.bob, 180, (1.0, 486))
        self.invite(0.5)
        self.assertEqual(
            self.counted("UAS_transactions", "UAC_transactions", "inuse_transactions", "active_transactions"),
            [1, 0, 1, 1],
        )
        self.options(2)
        self.assertEqual(self.counted("2xx_transactions", "4xx_transactions", "6xx_transactions"), [0, 2, 0])
        # 100 and 404 are ours, 180 and 486 bob's
        self.assertEqual(self.counted("rpl_received", "rpl_generated", "rpl_relayed", "rpl_sent"), [2, 2, 2, 4])
        self.sip.advance(60)
        self.assertEqual(self.counted("inuse_transactions", "active_transactions"), [0, 0])

    def test_what_is_not_passed_on_is_absorbed(self) -> None:
        self.play('request_route { $du = "sip:192.0.2.2"; t_relay(); }')
        self.rings(self.bob, 100, (0.1, 180), (1.0, 486))
        self.invite(2)
        self.assertEqual(self.counted("rpl_received", "rpl_absorbed"), [3, 1])
