"""sipapp/workers/ids.py: identifiers that tell who has made them."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.workers.ids import WorkerIds
from sipapp.workers.ownership import Ownership


class WorkerIdsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.third = Ownership(3, 4, b"feed")
        self.ids = WorkerIds(self.third)

    def test_a_response_with_a_branch_of_ours_is_ours(self) -> None:
        other = Ownership(1, 4, b"feed")
        response = b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=%b\r\nCall-ID: a\r\n\r\n" % self.ids.branch()
        self.assertEqual(other.of(response), 3)

    def test_no_two_branches_are_alike_not_even_those_of_its_next_life(self) -> None:
        made = [ids.branch() for ids in (self.ids, WorkerIds(self.third)) for _ in range(100)]
        self.assertEqual(len(set(made)), 200)

    def test_messages_of_a_call_that_it_begins_are_its_own(self) -> None:
        self.assertTrue(all(self.third.is_mine(self.ids.call_id()) for _ in range(50)))
