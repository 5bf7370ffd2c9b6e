from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import StateError
from sipapp.transaction.events import Event
from sipapp.transaction.invite_server import State, process
from tests.transaction.helpers import TCP, World, request


class FigureTests(SynchronousTestCase):
    """Figure 7 and RFC 6026 Figure 3, arrow by arrow."""

    def test_states_and_where_events_lead(self) -> None:
        arrows = {
            (State.INITIAL, Event.START): State.PROCEEDING,
            (State.PROCEEDING, Event.RETRANSMISSION): State.PROCEEDING,
            (State.PROCEEDING, Event.R_1XX): State.PROCEEDING,
            (State.PROCEEDING, Event.R_2XX): State.ACCEPTED,
            (State.PROCEEDING, Event.R_300_699): State.COMPLETED,
            (State.ACCEPTED, Event.RETRANSMISSION): State.ACCEPTED,
            (State.ACCEPTED, Event.R_2XX): State.ACCEPTED,
            (State.ACCEPTED, Event.ACK): State.ACCEPTED,
            (State.ACCEPTED, Event.TRANSPORT_ERROR): State.ACCEPTED,
            (State.ACCEPTED, Event.TIMER_L): State.TERMINATED,
            (State.COMPLETED, Event.RETRANSMISSION): State.COMPLETED,
            (State.COMPLETED, Event.TIMER_G): State.COMPLETED,
            (State.COMPLETED, Event.TIMER_H): State.TERMINATED,
            (State.COMPLETED, Event.ACK): State.CONFIRMED,
            (State.CONFIRMED, Event.TIMER_I): State.TERMINATED,
        }
        for (state, event), there in arrows.items():
            self.assertIs(process(state, event)[0], there, (state, event))


class TimerTests(SynchronousTestCase):
    """By the second."""

    def setUp(self) -> None:
        self.world = World()

    def retransmit(self) -> bool:
        return self.world.layer.receive_request(request())

    def ack(self) -> bool:
        return self.world.layer.receive_request(request("ACK", to=";tag=ours"))

    def test_a_retransmission_gets_the_last_provisional_response(self) -> None:
        server = self.world.server()
        self.assertTrue(self.retransmit())
        server.respond(100, b"SIP/2.0 100 Trying")
        server.respond(180, b"SIP/2.0 180 Ringing")
        self.assertTrue(self.retransmit())
        self.assertEqual([word for _, word in self.world.sent], [b"100", b"180", b"180"])

    def test_a_refusal_is_sent_until_timer_h(self) -> None:
        self.world.server().respond(486, b"SIP/2.0 486 Busy Here")
        self.world.clock.advance(60)
        times = [0.0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
        self.assertEqual(self.world.sent, [(t, b"486") for t in times])
        self.assertEqual(self.world.told, [(32.0, "not_acknowledged", None), (32.0, "terminated", None)])

    def test_over_a_reliable_transport_a_refusal_is_sent_once(self) -> None:
        self.world.server(socket=TCP).respond(486, b"SIP/2.0 486 Busy Here")
        self.world.clock.advance(60)
        self.assertEqual(self.world.sent, [(0.0, b"486")])
        self.assertEqual(self.world.told[0], (32.0, "not_acknowledged", None))

    def test_the_ack_ends_the_retransmissions_and_timer_i_absorbs_more_for_t4(self) -> None:
        self.world.server().respond(486, b"SIP/2.0 486 Busy Here")
        self.world.clock.advance(1)
        self.assertTrue(self.ack())
        self.world.clock.advance(4.9)
        self.assertTrue(self.ack())
        self.assertTrue(self.retransmit())
        self.world.clock.advance(0.1)
        self.assertFalse(self.ack())
        self.assertEqual(self.world.sent, [(0.0, b"486"), (0.5, b"486")])
        self.assertEqual(self.world.told, [(1.0, "acknowledged", b"ACK"), (6.0, "terminated", None)])

    def test_a_retransmission_after_a_refusal_gets_it_again(self) -> None:
        self.world.server().respond(486, b"SIP/2.0 486 Busy Here")
        self.retransmit()
        self.assertEqual(self.world.sent, [(0.0, b"486"), (0.0, b"486")])

    def test_after_a_2xx_retransmissions_are_absorbed_until_timer_l(self) -> None:
        server = self.world.server()
        server.respond(200, b"SIP/2.0 200 OK")
        self.world.clock.advance(31.9)
        self.assertTrue(self.retransmit())
        server.respond(200, b"SIP/2.0 200 OK")
        self.world.clock.advance(0.1)
        self.assertFalse(self.retransmit())
        self.assertEqual(self.world.sent, [(0.0, b"200"), (31.9, b"200")])
        self.assertEqual(self.world.told, [(32.0, "terminated", None)])

    def test_the_ack_to_a_2xx_is_not_the_transaction_s(self) -> None:
        self.world.server().respond(200, b"SIP/2.0 200 OK")
        self.assertFalse(self.ack())

    def test_an_ack_before_any_final_response_is_absorbed(self) -> None:
        self.world.server()
        self.assertTrue(self.ack())
        self.assertEqual(self.world.told, [])

    def test_there_is_one_final_response(self) -> None:
        server = self.world.server()
        server.respond(486, b"SIP/2.0 486 Busy Here")
        self.assertRaises(StateError, server.respond, 200, b"SIP/2.0 200 OK")
        self.assertRaises(StateError, server.respond, 180, b"SIP/2.0 180 Ringing")
        self.assertEqual(self.world.sent, [(0.0, b"486")])

    def test_a_transport_error_ends_nothing(self) -> None:
        server = self.world.server()
        self.world.network.broken = True
        server.respond(200, b"SIP/2.0 200 OK")
        self.assertEqual(self.world.told, [(0.0, "failed", "the wire is cut")])
        self.assertIs(server.state, State.ACCEPTED)
