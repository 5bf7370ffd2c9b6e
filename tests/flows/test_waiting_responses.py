"""Responses whose script waits: they keep their order, come once, and are no silence."""

from __future__ import annotations

from typing import Any

from sipapp.testing.memory import Packet
from tests.flows.waiting import TIMERS, WaitingTestCase


def _four_of_486(packet: Packet) -> int:
    return 4 if packet.start_line.startswith("SIP/2.0 486") else 1


PROXY = 'request_route { $du = "sip:192.0.2.2"; t_on_reply("R"); t_relay(); }'


class ReplyRouteTests(WaitingTestCase):
    """reply_route runs before the response has reached its transaction."""

    def reply(self, route: str, *answers: Any, seconds: float = 20.0) -> None:
        self.play(f"{PROXY} onreply_route[R] {{ exit; }} reply_route {{ {route} }}")
        self.rings(self.bob, *answers)
        self.invite(seconds)

    def test_a_response_that_comes_again_while_its_route_waits_does_not_run_it_again(self) -> None:
        self.play(
            f'{PROXY} onreply_route[R] {{ exit; }} reply_route {{ pause("2500"); xlog("$rs"); }}', copies=_four_of_486
        )
        self.rings(self.bob, 486)
        self.invite(20)
        self.assertEqual((self.said(), self.alice.statuses[:2]), (["486"], [100, 486]))

    def test_the_request_is_not_sent_again_and_does_not_time_out(self) -> None:
        self.reply('if ($rs == 486) pause("4000");', (0.1, 486))
        self.assertEqual([what for _, what in self.bob.received], ["INVITE", "ACK"])
        self.assertEqual(self.alice.received, [(0.0, 100), (4.1, 486)])

    def test_what_comes_behind_it_keeps_its_place_and_waits_itself(self) -> None:
        self.reply('pause("1000"); xlog("$rs");', 180, (0.2, 183), (0.5, 200))
        self.assertEqual(self.said(), ["180", "183", "200"])
        self.assertEqual(self.alice.received, [(0.0, 100), (1.0, 180), (2.0, 183), (3.0, 200)])

    def test_a_response_that_is_dropped_after_a_wait_was_never_there(self) -> None:
        self.reply('if ($rs == 486) { pause("1000"); drop; }', 486)
        self.assertEqual(self.alice.received, [(0.0, 100), (4.0, 408)])
        self.assertEqual(self.transactions, [])

    def test_a_provisional_one_that_is_dropped_does_not_start_the_longer_timer(self) -> None:
        self.reply('if ($rs == 180) { pause("1000"); drop; }', 180, (2.0, 200))
        self.assertEqual(self.alice.received, [(0.0, 100), (2.0, 200)])

    def test_a_cancel_reaches_the_branch_whose_ringing_waits(self) -> None:
        self.play(f'{PROXY} onreply_route[R] {{ exit; }} reply_route {{ if ($rs == 180) pause("9000"); }}')
        self.rings(self.bob, 180, (1.5, 487))
        self.invite(1)
        self.alice.cancel()
        self.sip.advance(20)
        self.assertEqual([what for _, what in self.bob.received], ["INVITE", "CANCEL", "ACK"])
        self.assertEqual(self.alice.received, [(0.0, 100), (1.0, 180), (1.0, 200), (1.5, 487)])

    def test_without_a_transaction_it_goes_on_by_its_via(self) -> None:
        self.play(
            'request_route { $du = "sip:192.0.2.2"; forward(); } reply_route { pause("1000"); xlog("$rs"); }',
            copies=_four_of_486,
        )
        self.bob.answers = lambda request: [486]
        self.options(20)
        self.assertEqual((self.said(), self.alice.received[0]), (["486"], (1.0, 486)))


class OtherBranchTests(WaitingTestCase):
    """A branch whose onreply_route or failure_route waits holds up nobody but the choice."""

    def fork(self, routes: str, more: str = "") -> None:
        self.play(
            f"""request_route {{ $ru = "sip:bob@192.0.2.2:5060"; append_branch("sip:carol@192.0.2.3:5060");
            t_on_reply("R"); {more} t_relay(); }} {routes}"""
        )

    def test_a_200_of_another_branch_overtakes_a_refusal_that_waits(self) -> None:
        self.fork('onreply_route[R] { if ($rs == 486) pause("3000"); }')
        self.rings(self.bob, 486)
        self.rings(self.carol, 180, (1.0, 200))
        self.invite(20)
        self.assertEqual(self.alice.received, [(0.0, 100), (0.0, 180), (1.0, 200)])

    def test_refusals_are_compared_once_all_have_had_their_say(self) -> None:
        self.fork('onreply_route[R] { if ($rs == 401) pause("3000"); xlog("$rs"); }')
        self.rings(self.bob, 401)
        self.rings(self.carol, (1.0, 404))
        self.invite(20)
        self.assertEqual((self.said(), self.alice.received), (["404", "401"], [(0.0, 100), (3.0, 401)]))

    def test_what_comes_while_failure_route_waits_is_taken_in_order_afterwards(self) -> None:
        self.fork(
            """onreply_route[R] { xlog("$rs"); }
            failure_route[F] { xlog("F $T_reply_code"); t_on_failure("G"); append_branch("sip:dave@192.0.2.4:5060");
                t_relay(); pause("2000"); xlog("on"); }
            failure_route[G] { xlog("G $T_reply_code"); }""",
            't_on_failure("F");',
        )
        self.rings(self.bob, 486)
        self.rings(self.carol, 480)
        self.rings(self.dave, (0.5, 404))
        self.invite(20)
        self.assertEqual(self.said(), ["486", "480", "F 480", "404", "on", "G 404"])
        self.assertEqual(self.alice.received, [(0.0, 100), (2.0, 404)])


class ShutdownTests(WaitingTestCase):
    def test_what_t_suspend_has_put_aside_is_answered_503(self) -> None:
        self.play("request_route { t_suspend(); exit; }")
        self.invite(1)
        self.sip.close()
        self.sip.advance(1)
        self.assertEqual(self.alice.received, [(0.0, 100), (1.0, 503)])
        self.assertIn(b"retry-after", self.last().head.keys)

    def test_a_response_that_it_has_put_aside_goes_on(self) -> None:
        self.play(f"{PROXY} onreply_route[R] {{ t_suspend(); }}")
        self.rings(self.bob, 200)
        self.invite(1)
        self.sip.close()
        self.sip.advance(1)
        self.assertEqual(self.alice.received, [(0.0, 100), (1.0, 200)])

    def test_a_request_of_our_own_that_waits_is_not_sent(self) -> None:
        self.play(
            """request_route { t_uac_send("MESSAGE", "sip:bob@192.0.2.2", "", "",
                "From: <sip:me@h>\\r\\nTo: <sip:b@h>\\r\\n", ""); exit; }
            event_route[tm:local-request] { pause("3000"); }"""
        )
        self.options(1)
        self.sip.close()
        self.sip.advance(1)
        self.assertEqual((self.bob.received, self.transactions), ([], []))


class LateTests(WaitingTestCase):
    """modparam("async", "return", 1): the script goes on beside the sleep."""

    HEAD = TIMERS + 'modparam("async", "return", 1)\n'

    def test_a_sleep_that_ends_after_the_answer_is_a_line_of_the_log(self) -> None:
        self.play(
            """request_route { async_ms_route("RES","300"); t_reply("486","same process"); }
            route[RES] { xlog("never\\n"); }""",
            self.HEAD,
        )
        self.invite(5)
        self.assertEqual((self.alice.received, self.said()), ([(0.0, 100), (0.0, 486)], []))
        self.assertEqual(sum("active transaction not found" in line for line in self.sip.lines()), 1)

    def test_a_cancel_ends_the_sleep(self) -> None:
        self.play(
            """request_route { async_ms_route("RES","3000"); } route[RES] { xlog("never\\n"); }
            event_route[async:cancelled] { xlog("cancelled\\n"); }""",
            self.HEAD,
        )
        self.invite(1)
        self.alice.cancel()
        self.sip.advance(20)
        self.assertEqual(self.alice.received, [(0.0, 100), (1.0, 487), (1.0, 200)])
        self.assertEqual((self.said(), sum("not found" in line for line in self.sip.lines())), (["cancelled"], 0))
