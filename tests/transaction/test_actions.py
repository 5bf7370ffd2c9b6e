from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.transaction.actions import Action
from sipapp.transaction.draw import MACHINES

_LAST = {a for a in Action if a.name.startswith(("SEND", "RESEND", "PASS", "INFORM"))} | {Action.TERMINATE}


class ActionTests(SynchronousTestCase):
    def test_whatever_may_come_back_with_an_event_comes_after_all_timers(self) -> None:
        for machine in MACHINES:
            for transition, (_, actions) in machine.TABLE.items():
                late = [action in _LAST for action in actions]
                self.assertEqual(late, sorted(late), transition)

    def test_every_action_is_used(self) -> None:
        used = {action for machine in MACHINES for _, actions in machine.TABLE.values() for action in actions}
        self.assertEqual(used, set(Action))
