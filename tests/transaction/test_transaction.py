from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import StateError
from sipapp.transaction import invite_client, invite_server, non_invite_client, non_invite_server
from sipapp.transaction.actions import Action
from sipapp.transaction.client import InviteClient, NonInviteClient
from sipapp.transaction.events import Event
from sipapp.transaction.server import InviteServer, NonInviteServer
from sipapp.transaction.timers import NEVER
from sipapp.transaction.transaction import Act, in_turn, method_of
from tests.transaction.helpers import TCP, UDP, World, request, response

MACHINES: list[tuple[Any, Any]] = [
    (InviteClient, invite_client.TABLE),
    (NonInviteClient, non_invite_client.TABLE),
    (InviteServer, invite_server.TABLE),
    (NonInviteServer, non_invite_server.TABLE),
]


def timers_of(one: Any) -> tuple[object, ...]:
    return one._end, one._end_at, one._resend_at, one._interval, one.due, one.slot


class TransactionTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.world = World()

    def test_an_action_is_the_method_of_its_name(self) -> None:
        self.assertIs(method_of(InviteClient, Action.SEND_ACK), InviteClient._send_ack)

    def test_its_steps_are_the_machine_s_table(self) -> None:
        for kind, table in MACHINES:
            for (state, event), (there, actions) in table.items():
                next_state, act, _ = kind._steps[state][event]
                self.assertIs(next_state, there)
                if len(actions) < 2:
                    self.assertIs(act, method_of(kind, actions[0]) if actions else None)

    def outcome(self, kind: Any, state: Any, act: Act, socket: Any) -> object:
        """Timers, what was sent and what the user was told."""
        world = World()
        method = "INVITE" if kind in (InviteClient, InviteServer) else "OPTIONS"
        client = kind in (InviteClient, NonInviteClient)
        one = world.client(method, socket) if client else world.server(method, socket)
        world.clock.advance(0.25)
        if state is invite_client.State.PROCEEDING:
            one.stop_retransmission()  # the arrow that led there did
        if client:
            act(one, response(200, method))
        else:
            act(one, request("ACK") if state is invite_server.State.COMPLETED else b"SIP/2.0 200 OK")
        return *timers_of(one), world.sent, world.told

    def test_what_is_done_together_is_what_its_actions_do_in_turn(self) -> None:
        compared = 0
        for kind, table in MACHINES:
            for (state, event), (_, actions) in table.items():
                act = kind._steps[state][event][1]
                if not hasattr(act, "joint"):
                    continue
                separate = in_turn([method_of(kind, one) for one in actions])
                assert separate is not None
                for socket in (UDP, TCP):
                    expected = self.outcome(kind, state, separate, socket)
                    self.assertEqual(self.outcome(kind, state, act, socket), expected, actions)
                    compared += 1
        self.assertEqual(compared, 16 * 2)

    def test_a_client_starts_by_what_its_table_says_of_the_first_step(self) -> None:
        for method, (kind, table) in (("INVITE", MACHINES[0]), ("OPTIONS", MACHINES[1])):
            for socket in (UDP, TCP):
                world, other = World(), World()
                one, again = world.client(method, socket), other.client(method, socket)
                again.due = again._resend_at = again._end_at = NEVER
                other.sent.clear()
                for action in next(actions for (_, event), (_, actions) in table.items() if event is Event.START):
                    method_of(kind, action)(again, None)
                self.assertEqual(timers_of(one), timers_of(again))
                self.assertEqual(world.sent, other.sent)

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
