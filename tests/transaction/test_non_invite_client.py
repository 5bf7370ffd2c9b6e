from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.transaction.events import Event
from sipapp.transaction.non_invite_client import State, process
from tests.transaction.helpers import TCP, UDP, World


class FigureTests(SynchronousTestCase):
    """Figure 6, arrow by arrow."""

    def test_states_and_where_events_lead(self) -> None:
        arrows = {
            (State.INITIAL, Event.START): State.TRYING,
            (State.TRYING, Event.TIMER_E): State.TRYING,
            (State.TRYING, Event.TIMER_F): State.COMPLETED,
            (State.TRYING, Event.TRANSPORT_ERROR): State.TERMINATED,
            (State.TRYING, Event.R_1XX): State.PROCEEDING,
            (State.TRYING, Event.R_2XX): State.COMPLETED,
            (State.TRYING, Event.R_300_699): State.COMPLETED,
            (State.PROCEEDING, Event.TIMER_E): State.PROCEEDING,
            (State.PROCEEDING, Event.TIMER_F): State.COMPLETED,
            (State.PROCEEDING, Event.TRANSPORT_ERROR): State.TERMINATED,
            (State.PROCEEDING, Event.R_1XX): State.PROCEEDING,
            (State.PROCEEDING, Event.R_2XX): State.COMPLETED,
            (State.PROCEEDING, Event.R_300_699): State.COMPLETED,
            (State.COMPLETED, Event.TIMER_K): State.TERMINATED,
        }
        for (state, event), there in arrows.items():
            self.assertIs(process(state, event)[0], there, (state, event))


class TimerTests(SynchronousTestCase):
    """By the second."""

    def setUp(self) -> None:
        self.world = World()

    def test_timer_e_doubles_up_to_t2_until_timer_f_ends_it(self) -> None:
        self.world.client("OPTIONS")
        self.world.clock.advance(70)
        times = [0.0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
        self.assertEqual(self.world.sent, [(t, b"OPTIONS") for t in times])
        self.assertEqual(self.world.told, [(32.0, "timed_out", None), (64.0, "terminated", None)])

    def test_over_a_reliable_transport_nothing_is_sent_again(self) -> None:
        self.world.client("OPTIONS", socket=TCP)
        self.world.clock.advance(60)
        self.assertEqual(self.world.sent, [(0.0, b"OPTIONS")])

    def test_after_a_provisional_response_it_is_sent_every_t2_and_still_times_out(self) -> None:
        self.world.client("OPTIONS")
        self.world.clock.advance(0.1)
        self.world.receive(100, "OPTIONS")
        self.world.clock.advance(60)
        times = [0.0, 0.5, 4.5, 8.5, 12.5, 16.5, 20.5, 24.5, 28.5]
        self.assertEqual(self.world.sent, [(t, b"OPTIONS") for t in times])
        self.assertEqual(self.world.told[1], (32.0, "timed_out", None))

    def test_a_final_response_goes_up_once_and_timer_k_absorbs_it_for_t4(self) -> None:
        self.world.client("OPTIONS")
        self.world.receive(200, "OPTIONS")
        self.world.clock.advance(4.9)
        self.assertTrue(self.world.receive(200, "OPTIONS"))
        self.world.clock.advance(0.1)
        self.assertFalse(self.world.receive(200, "OPTIONS"))
        self.assertEqual(self.world.told, [(0.0, "responded", 200), (5.0, "terminated", None)])
        self.assertEqual(self.world.sent, [(0.0, b"OPTIONS")])

    def test_a_response_after_the_time_out_is_absorbed_for_another_64_t1_over_any_transport(self) -> None:
        for socket in (UDP, TCP):
            world = World()
            world.client("OPTIONS", socket=socket)
            world.clock.advance(63.9)
            self.assertTrue(world.receive(200, "OPTIONS"))
            world.clock.advance(0.1)
            self.assertFalse(world.receive(200, "OPTIONS"))
            self.assertEqual(world.told, [(32.0, "timed_out", None), (64.0, "terminated", None)])

    def test_over_a_reliable_transport_timer_k_is_zero(self) -> None:
        self.world.client("OPTIONS", socket=TCP)
        self.world.receive(404, "OPTIONS")
        self.world.clock.advance(0.01)
        self.assertEqual(self.world.told[-1][1], "terminated")
