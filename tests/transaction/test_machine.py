from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as some
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import StateError
from sipapp.transaction import invite_client, non_invite_server
from sipapp.transaction.draw import MACHINES
from sipapp.transaction.events import Event

_PAIRS = [(machine, state, event) for machine in MACHINES for state in machine.State for event in Event]


class MachineTests(SynchronousTestCase):
    @given(some.sampled_from(_PAIRS))
    def test_every_event_in_every_state_is_a_transition_or_a_state_error(self, pair: Any) -> None:
        machine, state, event = pair
        if (state, event) in machine.TABLE:
            there, actions = machine.process(state, event)
            self.assertIsInstance(there, machine.State)
            self.assertIsInstance(actions, tuple)
        else:
            self.assertRaises(StateError, machine.process, state, event)

    @given(some.data())
    def test_no_walk_through_a_table_comes_back_from_terminated(self, data: some.DataObject) -> None:
        machine = data.draw(some.sampled_from(MACHINES))
        state = machine.State.INITIAL
        for _ in range(30):
            known = [event for event in Event if (state, event) in machine.TABLE]
            if not known:
                break
            state, actions = machine.process(state, data.draw(some.sampled_from(known)))
            self.assertEqual(state is machine.State.TERMINATED, "TERMINATE" in [a.name for a in actions])
        if not known:
            self.assertIs(state, machine.State.TERMINATED)

    def test_every_state_can_be_reached(self) -> None:
        for machine in MACHINES:
            reached = {there for there, _ in machine.TABLE.values()} | {machine.State.INITIAL}
            self.assertEqual(reached, set(machine.State))

    def test_an_error_names_machine_state_and_event(self) -> None:
        why = self.assertRaises(StateError, invite_client.process, invite_client.State.PROCEEDING, Event.TIMER_A)
        self.assertEqual(str(why), "invite_client: no TIMER_A in state PROCEEDING")
        why = self.assertRaises(StateError, non_invite_server.process, non_invite_server.State.TRYING, Event.ACK)
        self.assertEqual(str(why), "non_invite_server: no ACK in state TRYING")
