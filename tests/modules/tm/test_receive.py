from __future__ import annotations

from sipapp.message.parse import parse
from tests.modules.tm.scene import FORK, SceneTestCase

BOB = '$du = "sip:192.0.2.2:5060"; t_relay();'


class ReplyRouteTests(SceneTestCase):
    """onreply_route."""

    def reply(self, route: str, *answers: object, head: str = "", seconds: float = 5.0) -> None:
        self.play(f'request_route {{ t_on_reply("R"); {BOB} }} onreply_route[R] {{ {route} }}', head)
        self.rings(self.bob, *answers)
        self.invite(seconds)

    def test_it_sees_each_response_and_may_change_it(self) -> None:
        self.reply('append_hf("X-Status: $rs $T_branch_idx $si\\r\\n");', 180, (1.0, 486))
        self.assertEqual(self.alice.received, [(0.0, 100), (0.0, 180), (1.0, 486)])
        self.assertEqual(
            [m.first(b"x-status") for m in self.alice.messages[1:]], [b"180 0 192.0.2.2", b"486 0 192.0.2.2"]
        )

    def test_drop_holds_back_provisional_responses_only(self) -> None:
        self.reply("drop;", 180, 183, (1.0, 486))
        self.assertEqual(self.alice.received, [(0.0, 100), (1.0, 486)])

    def test_it_has_the_variables_and_flags_of_the_request(self) -> None:
        self.play(
            f"""request_route {{ $avp(a) = "1"; setflag(3); t_on_reply("R"); {BOB} }}
            onreply_route[R] {{ if (isflagset(3)) xlog("$avp(a)"); $avp(a) = "2"; resetflag(3); setflag(4); }}"""
        )
        self.rings(self.bob, 180, 486)
        self.invite()
        self.assertEqual(self.said(), ["1"])
        t = self.transactions[0]
        self.assertEqual(t.message_flags, 1 << 4)

    def test_it_sees_the_reply_route_s_changes_and_both_go_on(self) -> None:
        self.play(
            f"""request_route {{ t_on_reply("R"); {BOB} }} reply_route {{ append_hf("X-A: 1\\r\\n"); }}
            onreply_route[R] {{ append_hf("X-B: 1\\r\\n"); }}"""
        )
        self.rings(self.bob, 486)
        self.invite()
        self.assertEqual((self.last().first(b"x-a"), self.last().first(b"x-b")), (b"1", b"1"))

    def test_it_may_wait_and_the_responses_keep_their_order(self) -> None:
        self.reply('if ($rs == 180) pause("1000"); xlog("$rs");', 180, 183, (0.5, 486))
        self.assertEqual(self.alice.received, [(0.0, 100), (1.0, 180), (1.0, 183), (1.0, 486)])
        self.assertEqual(self.said(), ["180", "183", "486"])

    def test_it_may_wait_for_each_of_them(self) -> None:
        self.reply('pause("1000");', 180, 183, (0.5, 486))
        self.assertEqual(self.alice.received, [(0.0, 100), (1.0, 180), (2.0, 183), (3.0, 486)])

    def test_a_refusal_is_acknowledged_at_once_and_told_when_the_script_has_ended(self) -> None:
        self.reply('pause("1000");', 486, (0.5, 486))
        self.assertEqual(self.bob.received, [(0.0, "INVITE"), (0.0, "ACK"), (0.5, "ACK")])
        self.assertEqual(self.alice.received, [(0.0, 100), (1.0, 486)])

    def test_a_2xx_that_waits_stops_the_retransmission_and_timer_c(self) -> None:
        self.reply('pause("9000");', 200, head='modparam("tm", "fr_inv_timer", 3000)\n', seconds=20)
        self.assertEqual(self.bob.received, [(0.0, "INVITE")])
        self.assertEqual(self.alice.received, [(0.0, 100), (9.0, 200)])

    def test_one_that_breaks_lets_the_response_through(self) -> None:
        self.reply("broken();", 486)
        self.assertEqual(self.alice.statuses, [100, 486])
        self.assertEqual(len(self.flushLoggedErrors(ValueError)), 1)

    def test_a_cancel_ends_it_and_the_response_goes_on_as_it_came(self) -> None:
        self.play(
            f"""request_route {{ if (is_method("CANCEL")) {{ t_relay(); exit; }} t_on_reply("R"); {BOB} }}
            onreply_route[R] {{ pause("3000"); }}"""
        )
        self.rings(self.bob, 180, (1.2, 487))
        self.invite(1)
        self.alice.cancel()
        self.sip.advance(9)
        self.assertEqual(self.bob.received[1], (1.0, "CANCEL"))
        self.assertEqual(self.alice.received, [(0.0, 100), (1.0, 180), (1.0, 200), (4.2, 487)])

    def test_each_branch_has_the_one_that_was_armed_for_it(self) -> None:
        self.play(
            f"""request_route {{ {FORK} t_on_branch("B"); t_relay(); }}
            branch_route[B] {{ if ($rU == "bob") t_on_reply("R1"); else t_on_reply("R2"); }}
            onreply_route[R1] {{ xlog("R1 $rs"); }} onreply_route[R2] {{ xlog("R2 $rs"); }}"""
        )
        self.rings(self.bob, 486)
        self.rings(self.carol, 404)
        self.invite()
        self.assertEqual(sorted(self.said()), ["R1 486", "R2 404"])


class TimeTests(SceneTestCase):
    """What time does to a branch; more in test_parameters."""

    def test_a_call_that_rings_too_long_is_cancelled_and_over(self) -> None:
        self.play(f"request_route {{ {BOB} }}", 'modparam("tm", "fr_inv_timer", 5000)\n')
        self.rings(self.bob, 180, (5.1, 487))
        self.invite(60)
        self.assertEqual(self.alice.received, [(0.0, 100), (0.0, 180), (5.0, 408)])
        self.assertEqual(self.bob.received[1], (5.0, "CANCEL"))
        self.assertEqual(self.last(self.bob).method, b"ACK")
        self.assertEqual(self.transactions, [])

    def test_a_2xx_that_comes_too_late_goes_on_all_the_same(self) -> None:
        self.play(f"request_route {{ {BOB} }}", 'modparam("tm", "fr_inv_timer", 5000)\n')
        self.rings(self.bob, 180, (5.1, 200))
        self.assertEqual(self.invite(9), [(0.0, 100), (0.0, 180), (5.0, 408), (5.1, 200)])

    def test_a_request_without_answer_gets_408(self) -> None:
        self.play(f"request_route {{ {BOB} }}", 'modparam("tm", "fr_timer", 5000)\n')
        self.assertEqual(self.options(9), [(5.0, 408)])

    def test_a_provisional_response_does_not_save_another_request(self) -> None:
        self.play(f"request_route {{ {BOB} }}", 'modparam("tm", "fr_timer", 5000)\n')
        self.bob.answers = lambda request: [180]
        self.options(9)
        self.assertEqual(self.alice.received[-1], (5.0, 408))

    def test_t_set_fr_counts_for_this_request(self) -> None:
        self.play(f"request_route {{ t_set_fr(5000, 2000); {BOB} }}")
        self.assertEqual(self.invite(9), [(0.0, 100), (2.0, 408)])

    def test_retransmissions_stop_with_the_first_response(self) -> None:
        self.play(f"request_route {{ {BOB} }}")
        self.rings(self.bob, (0.7, 180))
        self.invite(9)
        self.assertEqual(self.bob.received, [(0.0, "INVITE"), (0.5, "INVITE")])


class OtherTests(SceneTestCase):
    def test_a_response_for_another_branch_of_ours_is_nobody_s(self) -> None:
        self.play(f"request_route {{ {BOB} }}")
        self.invite()
        request = self.bob.messages[0]
        wrong = request.raw.replace(b".0\r\nVia", b".9\r\nVia")
        self.bob.reply(parse(wrong), 486)  # type: ignore[arg-type]
        self.sip.advance(0)
        self.assertEqual(len(self.transactions), 1)
        self.assertEqual(self.transactions[0].status, 100)

    def test_a_refusal_twice_is_acknowledged_twice_and_told_once(self) -> None:
        self.play(f"request_route {{ {BOB} }}")
        self.rings(self.bob, 486, (1.0, 486))
        self.assertEqual(self.invite(5), [(0.0, 100), (0.0, 486)])
        self.assertEqual(self.bob.received, [(0.0, "INVITE"), (0.0, "ACK"), (1.0, "ACK")])

    def test_a_2xx_to_something_else_than_invite_ends_it(self) -> None:
        self.play(f"request_route {{ {BOB} }}")
        self.bob.answers = lambda request: [200]
        self.assertEqual(self.options(60), [(0.0, 200)])
        self.assertEqual(self.transactions, [])
