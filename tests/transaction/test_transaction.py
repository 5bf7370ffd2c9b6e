from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import StateError
from sipapp.transaction import invite_client
from sipapp.transaction.actions import Action
from sipapp.transaction.client import InviteClient
from sipapp.transaction.events import Event
from sipapp.transaction.transaction import method_of
from tests.transaction.helpers import World


class TransactionTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.world = World()

    def test_an_action_is_the_method_of_its_name(self) -> None:
        self.assertIs(method_of(InviteClient, Action.SEND_ACK), InviteClient._send_ack)

    def test_its_steps_are_the_machine_s_table(self) -> None:
        for (state, event), (there, actions) in invite_client.TABLE.items():
            next_state, methods = InviteClient._steps[state][event]
            self.assertIs(next_state, there)
            self.assertEqual([m.__name__ for m in methods], [f"_{a.name.lower()}" for a in actions])

    def test_an_event_that_its_state_does_not_know_is_an_error(self) -> None:
        client = self.world.client()
        why = self.assertRaises(StateError, client.step, Event.TIMER_D)
        self.assertEqual(str(why), "invite_client: no TIMER_D in state CALLING")

    def test_it_has_one_entry_in_the_wheel_for_both_its_timers(self) -> None:
        self.world.client()
        self.assertEqual(len(self.world.wheel), 1)
        self.world.clock.advance(0.5)
        self.assertEqual(len(self.world.wheel), 1)

    def test_once_terminated_it_holds_no_user_and_waits_for_nothing(self) -> None:
        client = self.world.client()
        self.world.receive(486)
        self.world.clock.advance(33)
        self.assertTrue(client.terminated)
        self.assertIsNone(client.user)
        self.assertEqual(len(self.world.wheel), 0)
        self.assertEqual(self.world.clock.getDelayedCalls(), [])
