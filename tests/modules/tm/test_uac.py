from __future__ import annotations

from typing import Any

from twisted.internet.defer import CancelledError

from sipapp.errors import ScriptError
from sipapp.interfaces.tm import Answered
from tests.modules.tm.scene import SceneTestCase

NOTHING = "request_route { exit; }"


class RequestTests(SceneTestCase):
    """ITm.request()."""

    def send(self, method: bytes = b"OPTIONS", **more: Any) -> list[Any]:
        """A request to bob; what came of it."""
        came: list[Any] = []
        facts = {"next_hop": b"sip:192.0.2.2:5060", **more}
        self.sent = self.tm.request(
            method, b"sip:bob@example.com", b"sip:me@example.com", b"<sip:bob@example.com>", **facts
        )
        self.sent.addBoth(came.append)
        self.sip.advance(0)
        return came

    def test_it_is_a_request_of_ours(self) -> None:
        self.play(NOTHING)
        self.send(fields=b"X-A: 1\r\n", body=b"hello")
        request: Any = self.last(self.bob)
        self.assertEqual((request.method, request.uri, request.body), (b"OPTIONS", b"sip:bob@example.com", b"hello"))
        self.assertEqual((len(request.vias), bytes(request.cseq), request.first(b"x-a")), (1, b"10 OPTIONS", b"1"))
        self.assertEqual((request.first(b"max-forwards"), request.content_length), (b"70", 5))
        self.assertTrue(request.from_.tag)
        self.assertIsNone(request.to.tag)
        self.assertTrue(request.call_id)

    def test_call_id_and_cseq_may_be_given(self) -> None:
        self.play(NOTHING)
        self.send(call_id=b"mine", cseq=7)
        request: Any = self.last(self.bob)
        self.assertEqual((request.call_id, bytes(request.cseq)), (b"mine", b"7 OPTIONS"))

    def test_the_final_response_is_its_result(self) -> None:
        self.play(NOTHING)
        self.bob.answers = lambda request: [180, (1.0, 404)]
        came = self.send()
        self.assertEqual(came, [])
        self.sip.advance(1)
        answered: Answered = came[0]
        assert answered.response is not None
        self.assertEqual((answered.status, answered.reason, answered.response.status), (404, b"Status 404", 404))
        self.sip.advance(60)
        self.assertEqual(self.transactions, [])

    def test_provisional_responses_are_told_to_who_wants_them(self) -> None:
        self.play(NOTHING)
        self.bob.answers = lambda request: [180, 183, (1.0, 404)]
        told: list[Answered] = []
        self.send(b"INVITE", provisional=told.append)
        self.assertEqual([answered.status for answered in told], [180, 183])

    def test_silence_is_a_408_without_response(self) -> None:
        self.play(NOTHING)
        came = self.send(timeout=3.0)
        self.sip.advance(2.9)
        self.assertEqual(came, [])
        self.sip.advance(0.2)
        self.assertEqual(came, [Answered(408, b"Request Timeout", None)])

    def test_an_invite_that_rings_too_long_is_cancelled(self) -> None:
        self.play(NOTHING)
        self.rings(self.bob, 180)
        came = self.send(b"INVITE", invite_timeout=3.0)
        self.sip.advance(3)
        self.assertEqual(([answered.status for answered in came], self.bob.received[-1]), ([408], (3.0, "CANCEL")))
        self.sip.advance(60)
        self.assertEqual(self.transactions, [])

    def test_nobody_to_send_it_to_is_an_error(self) -> None:
        self.play(NOTHING)
        for facts in ({"next_hop": b"sip:x.invalid"}, {"next_hop": b"nonsense"}, {"next_hop": b"sip:h;transport=tls"}):
            came = self.send(**facts)
            came[0].trap(ScriptError)

    # -- the ACK

    def test_a_2xx_to_an_invite_is_acknowledged_each_time(self) -> None:
        self.play(NOTHING)
        self.rings(self.bob, 200, (0.5, 200))
        came = self.send(b"INVITE")
        self.sip.advance(1)
        self.assertEqual([answered.status for answered in came], [200])
        self.assertEqual(self.bob.received, [(0.0, "INVITE"), (0.0, "ACK"), (0.5, "ACK")])
        invite, ack = self.bob.messages[0], self.bob.messages[1]
        assert ack.to is not None
        self.assertEqual((ack.to.tag, ack.call_id, bytes(ack.cseq)), (b"peer-5060", invite.call_id, b"10 ACK"))  # type: ignore[arg-type]
        self.assertEqual(ack.uri, b"sip:192.0.2.2:5060")  # type: ignore[union-attr]
        self.assertNotEqual(ack.via.branch, invite.via.branch)  # type: ignore[union-attr]

    def test_it_goes_by_the_recorded_route(self) -> None:
        self.play(NOTHING)
        self.rings(self.bob, (0.0, 200, "Record-Route: <sip:192.0.2.3;lr>\r\nRecord-Route: <sip:192.0.2.4;lr>"))
        self.send(b"INVITE")
        self.sip.advance(1)
        ack: Any = self.last(self.dave)
        self.assertEqual((ack.method, ack.uri), (b"ACK", b"sip:192.0.2.2:5060"))
        self.assertIn(b"\r\nRoute: <sip:192.0.2.4;lr>, <sip:192.0.2.3;lr>\r\n", ack.raw)

    def test_it_may_be_left_to_others(self) -> None:
        self.play(NOTHING)
        self.rings(self.bob, 200)
        self.send(b"INVITE", auto_ack=False, call_id=b"mine")
        self.assertEqual([what for _, what in self.bob.received], ["INVITE"])
        t = self.tm.find_call(b"mine", b"10")
        self.assertTrue(self.tm.acknowledge_local(t, b"X-A: 1\r\n", b"body"))
        self.sip.advance(0)
        ack: Any = self.last(self.bob)
        self.assertEqual((ack.method, ack.first(b"x-a"), ack.body), (b"ACK", b"1", b"body"))

    def test_it_may_go_where_the_invite_went(self) -> None:
        for mode, at_bob in ((0, 1), (1, 2)):
            self.play(NOTHING, f'modparam("tm", "local_ack_mode", {mode})\n')
            self.bob.address = ("udp", "192.0.2.3", 5060)  # what its Contact says
            self.rings(self.bob, 200)
            self.send(b"INVITE")
            self.sip.advance(0)
            self.assertEqual(len(self.bob.received), at_bob, mode)

    def test_a_refusal_is_acknowledged_by_the_transaction(self) -> None:
        self.play(NOTHING)
        self.rings(self.bob, 486)
        self.send(b"INVITE")
        self.assertEqual(self.bob.received, [(0.0, "INVITE"), (0.0, "ACK")])

    def test_the_script_is_told_of_the_ack(self) -> None:
        self.play(NOTHING + 'event_route[tm:local-ack-sent] { xlog("$rm $ci"); }')
        self.rings(self.bob, 200)
        self.send(b"INVITE", call_id=b"mine")
        self.assertEqual(self.said(), ["ACK mine"])

    # -- giving up

    def test_cancelling_the_deferred_cancels_an_invite_that_rings(self) -> None:
        self.play(NOTHING)
        self.rings(self.bob, 180)
        came = self.send(b"INVITE")
        self.sip.advance(1)
        self.sent.cancel()
        self.sip.advance(0)
        came[0].trap(CancelledError)
        self.assertEqual(self.bob.received, [(0.0, "INVITE"), (1.0, "CANCEL")])

    def test_and_stops_any_other_request(self) -> None:
        self.play(NOTHING)
        came = self.send()
        self.sent.cancel()
        self.sip.advance(60)
        came[0].trap(CancelledError)
        self.assertEqual((self.bob.received, self.transactions), ([(0.0, "OPTIONS")], []))


class LocalRequestTests(SceneTestCase):
    """event_route[tm:local-request]."""

    def send(self, route: str, **more: Any) -> list[Any]:
        self.play(f"{NOTHING} event_route[tm:local-request] {{ {route} }}", **more)
        came: list[Any] = []
        self.tm.request(b"OPTIONS", b"sip:bob@example.com", b"sip:me@h", b"sip:b@h", next_hop=b"sip:192.0.2.2").addBoth(
            came.append
        )
        self.sip.advance(0)
        return came

    def test_it_may_change_the_request(self) -> None:
        self.send('append_hf("X-Local: $rm $ru\\r\\n"); $ru = "sip:other@example.com";')
        request: Any = self.last(self.bob)
        self.assertEqual(
            (request.uri, request.first(b"x-local")), (b"sip:other@example.com", b"OPTIONS sip:bob@example.com")
        )

    def test_it_may_drop_it(self) -> None:
        came = self.send("drop;")
        came[0].trap(ScriptError)
        self.assertEqual((self.bob.received, self.transactions), ([], []))

    def test_it_may_choose_the_socket(self) -> None:
        listen = ("udp:192.0.2.100:5060", "udp:192.0.2.100:5080")
        self.send('$fs = "udp:192.0.2.100:5080";', listen=listen)
        self.assertTrue(bytes(self.last(self.bob).vias[0]).startswith(b"SIP/2.0/UDP 192.0.2.100:5080;"))

    def test_it_may_arm_an_onreply_route(self) -> None:
        self.play(
            f"""{NOTHING} event_route[tm:local-request] {{ t_on_reply("R"); }} onreply_route[R] {{ xlog("$rs"); }}"""
        )
        self.bob.answers = lambda request: [200]
        self.tm.request(b"OPTIONS", b"sip:bob@192.0.2.2", b"sip:me@h", b"sip:b@h")
        self.sip.advance(0)
        self.assertEqual(self.said(), ["200"])
