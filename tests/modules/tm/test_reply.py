from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.parse import parse
from sipapp.modules.tm.reply import UNCHANGED, ack_key
from tests.modules.tm.scene import FORK, SceneTestCase
from tests.transaction.helpers import request

ANSWER = 'request_route { if (is_method("ACK")) { xlog("ACK"); t_check_trans(); exit; } t_newtran(); %s }'


class ReplyTests(SceneTestCase):
    """Responses of our own."""

    def test_all_of_them_have_one_tag(self) -> None:
        self.play(ANSWER % 't_reply("180", "a"); t_reply("486", "b");')
        self.invite()
        ringing, busy = self.alice.messages
        assert ringing.to is not None
        assert busy.to is not None
        self.assertEqual(self.alice.statuses, [180, 486])
        self.assertEqual(ringing.to.tag, busy.to.tag)
        self.assertTrue(ringing.to.tag)

    def test_the_100_has_none(self) -> None:
        self.play('request_route { $du = "sip:192.0.2.2"; t_relay(); }')
        self.invite()
        to = self.last().to
        assert to is not None
        self.assertIsNone(to.tag)

    def test_a_tag_that_is_there_stays(self) -> None:
        self.play(ANSWER % 't_reply("404", "b");')
        self.options(to_tag="there")
        self.assertEqual(self.last().to.tag, b"there")

    def test_nothing_follows_a_final_one(self) -> None:
        self.play(ANSWER % 't_reply("486", "a"); t_reply("487", "b"); xlog("$rc"); t_reply("180", "c"); xlog("$rc");')
        self.invite()
        self.assertEqual((self.alice.statuses, self.said()), ([486], ["-1", "-1"]))

    def test_it_has_what_the_script_adds(self) -> None:
        self.play(ANSWER % 'append_to_reply("X-A: 1\\r\\n"); t_reply("486", "a");')
        self.invite()
        self.assertEqual(self.last().first(b"x-a"), b"1")

    def test_what_comes_later_has_what_was_there_when_the_request_was_relayed(self) -> None:
        self.play(
            """request_route { append_to_reply("X-A: 1\\r\\n"); $du = "sip:192.0.2.2"; t_relay();
            append_to_reply("X-B: 2\\r\\n"); }""",
            'modparam("tm", "fr_timer", 2000)\n',
        )
        self.invite(5)
        self.assertEqual(self.alice.statuses, [100, 408])
        self.assertEqual((self.last().first(b"x-a"), self.last().first(b"x-b")), (b"1", None))

    def test_event_route_tm_local_response_sees_it(self) -> None:
        self.play(
            ANSWER % '$avp(a) = "mine"; t_reply("486", "Busy");'
            + 'event_route[tm:local-response] { xlog("$rs $rr $rm $avp(a)"); }'
        )
        self.invite()
        self.assertEqual(self.said(), ["486 Busy INVITE mine"])

    def test_the_error_of_a_relay_is_the_answer(self) -> None:
        self.play('request_route { $du = "sip:nowhere.invalid"; t_relay(); }')
        self.invite()
        self.assertEqual(self.alice.statuses, [100, 478])
        self.assertEqual(self.last().reason, b"Unresolvable destination (478/TM)")

    def test_a_refusal_comes_again_until_its_ack(self) -> None:
        self.play(ANSWER % 't_reply("486", "Busy");')
        self.sip.network.lose = lambda packet: packet.start_line.startswith("ACK") and self.sip.clock.seconds() < 1
        self.invite(5)
        self.assertEqual(self.alice.received, [(0.0, 486), (0.5, 486), (1.5, 486)])


class SuccessTests(SceneTestCase):
    """A 2xx of our own is repeated until its ACK comes. RFC 3261 §13.3.1.4."""

    def test_it_is_repeated_ever_more_slowly(self) -> None:
        self.play(ANSWER % 't_reply("200", "OK");')
        self.invite(100)
        self.assertEqual([at for at, _ in self.alice.received], [0.0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5])
        self.assertEqual((self.transactions, self.tm.unacknowledged), ([], {}))

    def acknowledge(self, **facts: object) -> None:
        ok = self.last()
        cseq = facts.get("cseq", 1)
        tag = facts.get("to_tag", ok.to.tag.decode())
        self.alice.send("ACK", call_id=ok.call_id.decode(), cseq=cseq, to_tag=tag)
        self.sip.advance(10)

    def test_its_ack_ends_that_and_the_script_sees_it(self) -> None:
        self.play(ANSWER % 't_reply("200", "OK");')
        self.invite(0.1)
        self.acknowledge()
        self.assertEqual((self.alice.statuses, self.said()), ([200], ["ACK"]))

    def test_an_ack_to_something_else_does_not(self) -> None:
        for facts in ({"cseq": 2}, {"to_tag": "other"}):
            self.play(ANSWER % 't_reply("200", "OK");')
            self.invite(0.1)
            self.acknowledge(**facts)
            self.assertEqual(len(self.alice.statuses), 5, facts)

    def test_no_other_request_is_treated_so(self) -> None:
        self.play(ANSWER % 't_reply("200", "OK");')
        self.assertEqual(self.options(40), [(0.0, 200)])


class RelayedTests(SceneTestCase):
    """Responses of others."""

    def test_our_via_is_gone_and_the_rest_stays(self) -> None:
        self.play('request_route { $du = "sip:192.0.2.2"; t_relay(); }')
        self.rings(self.bob, (0.0, 200, "X-Any: thing"))
        self.invite()
        ok = self.last()
        self.assertEqual((len(ok.vias), ok.first(b"x-any")), (1, b"thing"))
        self.assertEqual(ok.to.tag, b"peer-5060")

    def test_a_second_2xx_goes_on_too(self) -> None:
        self.play(f"request_route {{ {FORK} t_relay(); }}")
        self.rings(self.bob, (0.0, 180), (1.0, 200))
        self.rings(self.carol, (0.0, 180), (1.0, 200))
        self.invite(2)
        self.assertEqual(self.alice.received, [(0.0, 100), (0.0, 180), (0.0, 180), (1.0, 200), (1.0, 200)])

    def test_a_2xx_that_is_repeated_goes_on_each_time(self) -> None:
        self.play('request_route { $du = "sip:192.0.2.2"; t_relay(); }')
        self.rings(self.bob, (0.0, 200), (0.5, 200), (1.5, 200))
        self.assertEqual(self.invite(40), [(0.0, 100), (0.0, 200), (0.5, 200), (1.5, 200)])

    def test_a_2xx_after_a_final_refusal_goes_on_past_the_machine(self) -> None:
        self.play(f"request_route {{ {FORK} t_relay(); }}")
        self.rings(self.bob, (0.0, 180), (1.0, 200))
        self.rings(self.carol, (0.5, 603))
        self.invite(2)
        self.assertEqual(self.alice.statuses[:2], [100, 180])
        self.assertEqual(self.alice.received[-1], (1.0, 200))

    def test_onsend_route_may_hold_a_response_back(self) -> None:
        self.play(
            """request_route { $du = "sip:192.0.2.2"; t_relay(); }
            onsend_route { if ($rs == 180) drop; }""",
            "onsend_route_reply = 1\n",
        )
        self.rings(self.bob, 180, 486)
        self.invite()
        self.assertEqual(self.alice.statuses, [100, 486])


class FunctionTests(SynchronousTestCase):
    RESPONSE = (
        b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.100;branch=z9hG4bKa\r\n"
        b"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKb\r\n"
        b"From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>;tag=2\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"
    )

    def test_a_response_goes_on_without_our_via(self) -> None:
        response: Any = parse(self.RESPONSE)
        plain = UNCHANGED.render_response(response)
        self.assertEqual(plain, self.RESPONSE.replace(b"Via: SIP/2.0/UDP 192.0.2.100;branch=z9hG4bKa\r\n", b""))

    def test_an_ack_is_known_by_call_number_and_caller(self) -> None:
        invite, ack = request("INVITE"), request("ACK", to=";tag=t")
        self.assertEqual(ack_key(invite), ack_key(ack))
        self.assertNotEqual(ack_key(invite), ack_key(request("ACK", cseq=2)))
        self.assertNotEqual(ack_key(invite), ack_key(request("ACK", from_tag="f2")))
        self.assertNotEqual(ack_key(invite), ack_key(request("ACK", call_id="other")))
