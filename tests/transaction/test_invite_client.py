from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import StateError
from sipapp.transaction.events import Event
from sipapp.transaction.invite_client import State, process
from tests.transaction.helpers import TCP, World


class FigureTests(SynchronousTestCase):
    """Figure 5 and RFC 6026 Figure 4, arrow by arrow."""

    def test_states_and_where_events_lead(self) -> None:
        arrows = {
            (State.INITIAL, Event.START): State.CALLING,
            (State.CALLING, Event.TIMER_A): State.CALLING,
            (State.CALLING, Event.TIMER_B): State.TERMINATED,
            (State.CALLING, Event.TRANSPORT_ERROR): State.TERMINATED,
            (State.CALLING, Event.R_1XX): State.PROCEEDING,
            (State.CALLING, Event.R_2XX): State.ACCEPTED,
            (State.CALLING, Event.R_300_699): State.COMPLETED,
            (State.PROCEEDING, Event.R_1XX): State.PROCEEDING,
            (State.PROCEEDING, Event.R_2XX): State.ACCEPTED,
            (State.PROCEEDING, Event.R_300_699): State.COMPLETED,
            (State.ACCEPTED, Event.R_2XX): State.ACCEPTED,
            (State.ACCEPTED, Event.TIMER_M): State.TERMINATED,
            (State.COMPLETED, Event.R_300_699): State.COMPLETED,
            (State.COMPLETED, Event.TRANSPORT_ERROR): State.TERMINATED,
            (State.COMPLETED, Event.TIMER_D): State.TERMINATED,
        }
        for (state, event), there in arrows.items():
            self.assertIs(process(state, event)[0], there, (state, event))

    def test_timer_b_means_nothing_once_a_response_came(self) -> None:
        self.assertRaises(StateError, process, State.PROCEEDING, Event.TIMER_B)


class TimerTests(SynchronousTestCase):
    """By the second."""

    def setUp(self) -> None:
        self.world = World()

    def test_timer_a_doubles_until_timer_b_ends_it(self) -> None:
        self.world.client()
        self.world.clock.advance(60)
        times = [0.0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5]
        self.assertEqual(self.world.sent, [(t, b"INVITE") for t in times])
        self.assertEqual(self.world.told, [(32.0, "timed_out", None), (32.0, "terminated", None)])

    def test_over_a_reliable_transport_nothing_is_sent_again(self) -> None:
        self.world.client(socket=TCP)
        self.world.clock.advance(60)
        self.assertEqual(self.world.sent, [(0.0, b"INVITE")])
        self.assertEqual(self.world.told, [(32.0, "timed_out", None), (32.0, "terminated", None)])

    def test_a_provisional_response_stops_both_timers(self) -> None:
        self.world.client()
        self.world.clock.advance(1)
        self.world.receive(100)
        self.world.clock.advance(200)
        self.assertEqual(self.world.sent, [(0.0, b"INVITE"), (0.5, b"INVITE")])
        self.assertEqual(self.world.told, [(1.0, "responded", 100)])

    def test_every_provisional_response_goes_up(self) -> None:
        self.world.client()
        for status in (100, 180, 180):
            self.world.receive(status)
        self.assertEqual([what[2] for what in self.world.told], [100, 180, 180])

    def test_a_refusal_is_acknowledged_each_time_and_goes_up_once(self) -> None:
        self.world.client()
        for _ in range(3):
            self.world.receive(486)
        self.assertEqual([word for _, word in self.world.sent], [b"INVITE", b"ACK", b"ACK", b"ACK"])
        self.assertEqual(self.world.told, [(0.0, "responded", 486)])

    def test_timer_d_keeps_it_for_32_seconds_after_a_refusal(self) -> None:
        self.world.client()
        self.world.receive(486)
        self.world.clock.advance(31.9)
        self.assertTrue(self.world.receive(486))
        self.world.clock.advance(0.1)
        self.assertFalse(self.world.receive(486))
        self.assertEqual(self.world.told[-1], (32.0, "terminated", None))

    def test_over_a_reliable_transport_timer_d_is_zero(self) -> None:
        self.world.client(socket=TCP)
        self.world.receive(486)
        self.world.clock.advance(0.01)
        self.assertEqual(self.world.told[-1][1], "terminated")

    def test_every_2xx_goes_up_for_64_t1(self) -> None:
        self.world.client()
        self.world.receive(180)
        self.world.receive(200)
        self.world.clock.advance(31)
        self.assertTrue(self.world.receive(200))
        self.world.clock.advance(1)
        self.assertFalse(self.world.receive(200))
        statuses = [more for _, what, more in self.world.told if what == "responded"]
        self.assertEqual(statuses, [180, 200, 200])
        self.assertEqual(self.world.sent, [(0.0, b"INVITE")])

    def test_a_provisional_response_that_was_overtaken_is_dropped(self) -> None:
        self.world.client()
        self.world.receive(200)
        self.assertTrue(self.world.receive(180))
        self.assertEqual(self.world.told, [(0.0, "responded", 200)])
