from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import StateError
from sipapp.transaction.events import Event
from sipapp.transaction.non_invite_server import State, process
from tests.transaction.helpers import TCP, World, request


class FigureTests(SynchronousTestCase):
    """Figure 8, arrow by arrow."""

    def test_states_and_where_events_lead(self) -> None:
        arrows = {
            (State.INITIAL, Event.START): State.TRYING,
            (State.TRYING, Event.R_1XX): State.PROCEEDING,
            (State.TRYING, Event.R_2XX): State.COMPLETED,
            (State.TRYING, Event.R_300_699): State.COMPLETED,
            (State.PROCEEDING, Event.RETRANSMISSION): State.PROCEEDING,
            (State.PROCEEDING, Event.R_1XX): State.PROCEEDING,
            (State.PROCEEDING, Event.R_2XX): State.COMPLETED,
            (State.PROCEEDING, Event.TRANSPORT_ERROR): State.TERMINATED,
            (State.COMPLETED, Event.RETRANSMISSION): State.COMPLETED,
            (State.COMPLETED, Event.TRANSPORT_ERROR): State.TERMINATED,
            (State.COMPLETED, Event.TIMER_J): State.TERMINATED,
        }
        for (state, event), there in arrows.items():
            self.assertIs(process(state, event)[0], there, (state, event))


class TimerTests(SynchronousTestCase):
    """By the second."""

    def setUp(self) -> None:
        self.world = World()

    def retransmit(self, **more: object) -> bool:
        return self.world.layer.receive_request(request("OPTIONS", **more))  # type: ignore[arg-type]

    def test_before_any_response_retransmissions_are_absorbed(self) -> None:
        self.world.server("OPTIONS")
        self.assertTrue(self.retransmit())
        self.assertEqual(self.world.sent, [])

    def test_a_retransmission_gets_the_last_response_until_timer_j(self) -> None:
        server = self.world.server("OPTIONS")
        server.respond(100, b"SIP/2.0 100 Trying")
        self.retransmit()
        server.respond(200, b"SIP/2.0 200 OK")
        self.world.clock.advance(31.9)
        self.assertTrue(self.retransmit())
        self.world.clock.advance(0.1)
        self.assertFalse(self.retransmit())
        self.assertEqual(self.world.sent, [(0.0, b"100"), (0.0, b"100"), (0.0, b"200"), (31.9, b"200")])
        self.assertEqual(self.world.told, [(32.0, "terminated", None)])

    def test_over_a_reliable_transport_timer_j_is_zero(self) -> None:
        self.world.server("OPTIONS", socket=TCP).respond(200, b"SIP/2.0 200 OK")
        self.world.clock.advance(0.01)
        self.assertFalse(self.retransmit(socket=TCP))

    def test_there_is_one_final_response(self) -> None:
        server = self.world.server("OPTIONS")
        server.respond(200, b"SIP/2.0 200 OK")
        self.assertRaises(StateError, server.respond, 200, b"SIP/2.0 200 OK")

    def test_a_transport_error_ends_it(self) -> None:
        server = self.world.server("OPTIONS")
        self.world.network.broken = True
        server.respond(200, b"SIP/2.0 200 OK")
        self.assertEqual(self.world.told, [(0.0, "failed", "the wire is cut"), (0.0, "terminated", None)])
        self.assertFalse(self.retransmit())
