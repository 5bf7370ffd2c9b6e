"""sipapp/workers/serving.py: a server as one of several workers."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from sipapp.assemble import assemble_text
from sipapp.interfaces.rpc import IRpc
from sipapp.workers.kinds import DUTIES
from sipapp.workers.ownership import Ownership
from sipapp.workers.serving import WorkerServer
from sipapp.workers.setup import Role
from tests.workers.wired import Wired


class WorkerServerTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.wired = Wired(2)
        self.servers = [
            WorkerServer(
                assemble_text("request_route { exit; }"),
                self.wired.reactor,
                Role(number, number == 2, [0, 1, 2]),
                Ownership(number, 2, b"feed"),
                self.wired.links[number],
                [],
            )
            for number in (1, 2)
        ]

    def test_it_knows_who_it_is_and_whether_somebody_was_it_before(self) -> None:
        self.assertEqual([(one.worker, one.begins) for one in self.servers], [(1, False), (2, True)])

    def test_its_identifiers_tell_who_it_is(self) -> None:
        self.assertTrue(self.servers[1].ids.branch().startswith(b"z9hG4bKfeed02"))

    def test_it_is_told_who_does_whose_work(self) -> None:
        self.wired.links[0].tell([2], DUTIES, [0, 2, 2])
        self.wired.carry()
        transport: Any = self.servers[1].transport
        self.assertEqual(transport.routes, [0, 2, 2])

    def test_commands_that_come_to_it_are_asked_of_all(self) -> None:
        answer: Deferred[Any] = self.servers[1].get(IRpc).call("core.ps", ())
        self.assertNoResult(answer)
        self.wired.carry()
        self.assertEqual(len(self.successResultOf(answer)), 4)

    def test_what_passes_between_workers_is_counted(self) -> None:
        self.wired.links[1].tell([2], DUTIES, [0, 1, 2])
        self.wired.carry()
        handed, taken = (self.servers[n].statistics.find(name) for n, name in ((0, "handed_over"), (1, "taken_over")))
        assert handed is not None
        assert taken is not None
        self.assertEqual((handed.value, taken.value), (1, 1))
