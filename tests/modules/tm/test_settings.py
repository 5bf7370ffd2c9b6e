from __future__ import annotations

from sipapp.modules.tm import transaction as bits
from tests.modules.tm.scene import SceneTestCase


class SettingTests(SceneTestCase):
    def relay(self, settings: str, routes: str = "", head: str = "") -> None:
        self.play(f'request_route {{ {settings} $du = "sip:192.0.2.2"; t_relay(); }} {routes}', head)

    def test_a_route_can_be_disarmed(self) -> None:
        self.relay('t_on_failure("F"); t_on_failure("0");', 'failure_route[F] { t_reply("404", "x"); }')
        self.rings(self.bob, 486)
        self.assertEqual(self.invite(), [(0.0, 100), (0.0, 486)])

    def test_an_unknown_route_is_a_warning_when_the_script_loads(self) -> None:
        for function in ("t_on_failure", "t_on_reply", "t_on_branch", "t_on_branch_failure"):
            self.relay(f'{function}("NOWHERE");')
            self.assertIn("NOWHERE", str(self.sip.server.assembly.warnings), function)

    def test_one_for_a_branch_failure_is_an_event_route(self) -> None:
        self.relay('t_on_branch_failure("x");', "event_route[tm:branch-failure:x] { exit; }")
        self.assertEqual(self.sip.server.assembly.warnings, [])

    def test_the_name_may_be_a_variable(self) -> None:
        self.relay('$var(f) = "F"; t_on_failure("$var(f)");', 'failure_route[F] { t_reply("404", "x"); }')
        self.rings(self.bob, 486)
        self.assertEqual(self.invite(), [(0.0, 100), (0.0, 404)])

    def test_times_that_run_can_be_changed(self) -> None:
        self.play(
            """request_route { $du = "sip:192.0.2.2"; t_on_reply("R"); t_relay(); }
            onreply_route[R] { if ($rs == 180) t_set_fr(2000); }"""
        )
        self.rings(self.bob, (1.0, 180))
        self.assertEqual(self.invite(9), [(0.0, 100), (1.0, 180), (3.0, 408)])

    def test_t_reset_fr_goes_back_to_the_parameters(self) -> None:
        self.relay("t_set_fr(1000, 1000); t_reset_fr();", head='modparam("tm", "fr_timer", 4000)\n')
        self.assertEqual(self.invite(9), [(0.0, 100), (4.0, 408)])

    def test_t_set_fr_after_t_relay_counts_for_the_branches_that_are_out(self) -> None:
        self.play('request_route { $du = "sip:192.0.2.2"; t_relay(); t_set_fr(9000, 2000); }')
        self.assertEqual(self.invite(9), [(0.0, 100), (2.0, 408)])

    def test_t_set_retr_is_how_often_it_is_sent(self) -> None:
        self.relay("t_set_retr(100, 200);")
        self.options(1)
        self.assertEqual([at for at, _ in self.bob.received], [0.0, 0.1, 0.3, 0.5, 0.7, 0.9])

    def test_t_reset_retr_goes_back_to_the_parameters(self) -> None:
        self.relay("t_set_retr(100, 200); t_reset_retr();")
        self.options(1)
        self.assertEqual([at for at, _ in self.bob.received], [0.0, 0.5])

    def test_t_set_max_lifetime_ends_it(self) -> None:
        self.relay("t_set_max_lifetime(4000, 2000);")
        self.rings(self.bob, (1.0, 180))
        self.assertEqual(self.invite(9)[-1], (4.0, 408))
        self.relay("t_set_max_lifetime(4000, 2000);")
        self.assertEqual(self.options(9)[-1], (2.0, 408))

    def test_t_set_max_lifetime_can_come_later(self) -> None:
        self.play('request_route { $du = "sip:192.0.2.2"; t_relay(); t_set_max_lifetime(4000, 2000); }')
        self.assertEqual(self.options(9)[-1], (2.0, 408))

    def test_t_reset_max_lifetime_goes_back_to_the_parameters(self) -> None:
        for late in ("t_newtran();", ""):
            self.relay(
                f"t_set_max_lifetime(1000, 1000); {late} t_reset_max_lifetime();",
                head='modparam("tm", "max_noninv_lifetime", 3000)\n',
            )
            self.assertEqual(self.options(9)[-1], (3.0, 408))

    def test_switches_are_set_before_and_after_the_transaction_is_made(self) -> None:
        for function, flag in (
            ("t_set_auto_inv_100", "AUTO_100"),
            ("t_set_disable_6xx", "DISABLE_6XX"),
            ("t_set_no_auto_ack", "NO_AUTO_ACK"),
            ("t_set_disable_failover", "DISABLE_FAILOVER"),
            ("t_set_no_e2e_cancel_reason", "NO_CANCEL_REASON"),
            ("t_disable_e2e_cancel_reason", "NO_CANCEL_REASON"),
            ("t_set_disable_internal_reply", "DISABLE_INTERNAL_REPLY"),
        ):
            bit = getattr(bits, flag)
            for value in (0, 1):
                for script in (f"{function}({value}); t_newtran();", f"t_newtran(); {function}({value});"):
                    self.play(f"request_route {{ {script} }}")
                    self.invite()
                    self.assertEqual(bool(self.transactions[0].flags & bit), bool(value), (function, value, script))

    def test_a_negative_time_is_refused(self) -> None:
        self.relay('$var(t) = -1; t_set_fr($var(t)); xlog("$rc");')
        self.invite()
        self.assertEqual(self.said(), ["-1"])
