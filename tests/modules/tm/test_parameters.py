from __future__ import annotations

from sipapp.errors import ConfigError
from tests.modules.tm.scene import SceneTestCase

RELAY = 'request_route { $du = "sip:192.0.2.2"; t_relay(); }'


class ParameterTests(SceneTestCase):
    def with_(self, *settings: str) -> None:
        self.play(RELAY, "".join(f'modparam("tm", {setting})\n' for setting in settings))

    def test_the_defaults_are_kamailio_s(self) -> None:
        self.play(RELAY)
        self.invite(200)
        # T1 0.5 s, T2 4 s, Timer B 30 s, then 408
        at = [time for time, _ in self.bob.received]
        self.assertEqual(at, [0.0, 0.5, 1.5, 3.5, 7.5, 15.5])
        self.assertEqual(self.alice.received[0], (0.0, 100))
        self.assertEqual(self.alice.received[-1], (30.0, 408))
        self.assertEqual(self.last().reason, b"Request Timeout")

    def test_t1_and_t2_are_parameters(self) -> None:
        for send, at in ((self.invite, [0.0, 0.1, 0.3, 0.7]), (self.options, [0.0, 0.1, 0.3, 0.6, 0.9])):
            self.with_('"retr_timer1", 100', '"retr_timer2", 300')
            send(1)
            self.assertEqual([time for time, _ in self.bob.received], at)

    def test_fr_timer_is_for_no_response_at_all(self) -> None:
        self.with_('"fr_timer", 2000')
        self.assertEqual(self.invite(9), [(0.0, 100), (2.0, 408)])

    def test_fr_inv_timer_is_for_no_final_response(self) -> None:
        self.with_('"fr_timer", 2000', '"fr_inv_timer", 5000')
        self.rings(self.bob, (1.0, 180))
        self.assertEqual(self.invite(9), [(0.0, 100), (1.0, 180), (6.0, 408)])
        self.assertEqual([what for _, what in self.bob.received][-1], "CANCEL")

    def test_fr_inv_timer_starts_anew_with_each_provisional_response(self) -> None:
        for restart, end in ((1, 9.0), (0, 7.0)):
            self.with_('"fr_timer", 3000', '"fr_inv_timer", 5000', f'"restart_fr_on_each_reply", {restart}')
            self.rings(self.bob, (2.0, 180), (4.0, 180))
            self.assertEqual(self.invite(12)[-1], (end, 408))

    def test_max_inv_lifetime_ends_it_whatever_comes(self) -> None:
        self.with_('"max_inv_lifetime", 4000')
        self.rings(self.bob, (2.0, 180), (3.0, 183))
        self.assertEqual(self.invite(12)[-1], (4.0, 408))

    def test_max_noninv_lifetime_is_for_the_others(self) -> None:
        self.with_('"max_noninv_lifetime", 4000')
        self.assertEqual(self.options(12), [(4.0, 408)])

    def test_an_invite_without_failure_route_may_end_without_noise(self) -> None:
        self.with_('"noisy_ctimer", 0', '"fr_timer", 2000')
        self.assertEqual(self.invite(20), [(0.0, 100)])
        self.assertEqual(self.transactions, [])

    def test_the_timers_may_be_in_avps(self) -> None:
        self.play(
            'request_route { $avp(f) = 3; $avp(i) = "5"; $du = "sip:192.0.2.2"; t_relay(); }',
            'modparam("tm", "fr_timer_avp", "$avp(f)")\nmodparam("tm", "fr_inv_timer_avp", "i")\n',
        )
        self.assertEqual(self.invite(9), [(0.0, 100), (3.0, 408)])
        self.bob.answers = lambda request: [180] if request.method == b"INVITE" else [200]
        self.invite(9)
        self.assertEqual(self.alice.received[2:], [(9.0, 100), (9.0, 180), (14.0, 408)])

    def test_the_408_has_the_status_and_reason_that_are_wanted(self) -> None:
        self.with_('"fr_timer", 2000', '"reply_408_code", 480', '"reply_408_reason", "Gone Fishing"')
        self.assertEqual(self.invite(9), [(0.0, 100), (2.0, 480)])
        self.assertEqual(self.last().reason, b"Gone Fishing")

    def test_the_100_can_be_left_out_or_worded(self) -> None:
        self.with_('"auto_inv_100", 0')
        self.assertEqual(self.invite(), [])
        self.with_('"auto_inv_100_reason", "Hold on"')
        self.invite()
        self.assertEqual((self.last().status, self.last().reason), (100, b"Hold on"))

    def test_a_100_goes_no_further_unless_wanted(self) -> None:
        for relay, count in ((0, 1), (1, 2)):
            self.with_(f'"relay_100", {relay}')
            self.bob.answers = lambda request: [100]
            self.assertEqual(self.invite(), [(0.0, 100)] * count)

    def test_wt_timer_says_how_long_a_finished_transaction_stays(self) -> None:
        self.play('request_route { t_newtran(); t_reply("404", "x"); }', 'modparam("tm", "wt_timer", 2000)\n')
        self.invite(1.9)
        self.assertEqual(len(self.transactions), 1)
        self.sip.advance(0.2)
        self.assertEqual(self.transactions, [])

    def test_failover_codes_are_read(self) -> None:
        self.with_('"failover_reply_codes", "code=404;class=5"')
        codes = self.tm.failover_statuses()
        self.assertEqual((404 in codes, 503 in codes, 599 in codes, 600 in codes, 405 in codes), (1, 1, 1, 0, 0))

    def test_what_cannot_be_stops_the_start(self) -> None:
        for setting, named in (
            ('"failover_reply_codes", "code=200"', "failover_reply_codes"),
            ('"failover_reply_codes", "class=x"', "failover_reply_codes"),
            ('"contacts_avp", "c"', "contact_flows_avp"),
            ('"tw_append", "x"', "tw_append"),
            ('"fr_timer_avp", "$avp("', "fr_timer_avp"),
            ('"fr_timer", -1', "fr_timer"),
            ('"failure_reply_mode", 4', "failure_reply_mode"),
        ):
            error = self.assertRaises(ConfigError, self.with_, setting)
            self.assertIn(named, str(error), setting)
