"""sipapp/workers/supervisor.py: who begins when, who replaces whom, and the end."""

from __future__ import annotations

import json
from typing import Any

from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.error import ProcessDone, ProcessExitedAlready
from twisted.logger import capturedLogs, formatEvent
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from sipapp.assemble import assemble_text
from sipapp.errors import LocalError
from sipapp.workers.supervisor import SOON, Supervisor
from tests.workers.test_handover import Reactor

SCRIPT = 'children=2\nlisten=udp:127.0.0.1:0\nauto_aliases=no\nstore="memory:"\nrequest_route { exit; }'
OPTIONS = {"config": "/app.cfg", "defines": {}, "mpath": "", "listen": []}


class Process:
    """A process that does what a test says."""

    def __init__(self, protocol: Any, pid: int) -> None:
        self.protocol = protocol
        self.pid = pid
        self.role: Any = None
        self.alive = True
        protocol.makeConnection(self)

    def write(self, data: bytes) -> None:
        told = json.loads(data)
        if "worker" in told:
            self.role = told

    def says(self, **facts: str) -> None:
        self.protocol.childDataReceived(1, b"\x1e" + json.dumps(facts).encode() + b"\n")

    def ends(self) -> None:
        self.alive = False
        self.protocol.processEnded(Failure(ProcessDone(None)))

    def signalProcess(self, name: str) -> None:
        if not self.alive:
            raise ProcessExitedAlready
        self.ends()


class Machine(Reactor):
    """Starts processes."""

    def __init__(self) -> None:
        super().__init__()
        self.processes: list[Process] = []

    def spawnProcess(self, protocol: Any, *facts: Any, **more: Any) -> None:
        self.processes.append(Process(protocol, 100 + len(self.processes)))


class SupervisorTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.machine = Machine()
        self.supervisor = Supervisor(assemble_text(SCRIPT), OPTIONS, self.machine)
        self.started: Deferred[None] = ensureDeferred(self.supervisor.start())
        self.addCleanup(lambda: self.successResultOf(ensureDeferred(self.supervisor.stop())))

    def roles(self) -> list[int]:
        """The worker that each process is, 0 for none, in the order of their start."""
        return [one.role["worker"] if one.role else 0 for one in self.machine.processes]

    def all_up(self) -> None:
        for process in self.machine.processes:
            process.says(state="ready")
        for process in self.machine.processes[:2]:
            process.says(state="up", sockets="udp:127.0.0.1:5060")
        self.successResultOf(self.started)

    def ready(self, number: int) -> None:
        self.machine.processes[number].says(state="ready")

    def test_one_process_more_than_workers_is_started(self) -> None:
        self.assertEqual(len(self.machine.processes), 3)

    def test_the_first_worker_serves_before_another_begins(self) -> None:
        for number in (2, 0, 1):
            self.ready(number)
        self.assertEqual(self.roles(), [0, 0, 1])
        self.machine.processes[2].says(state="up", sockets="udp:127.0.0.1:5060")
        self.assertEqual(self.roles(), [2, 0, 1])
        self.assertNoResult(self.started)
        self.machine.processes[0].says(state="up", sockets="udp:127.0.0.1:5060")
        self.successResultOf(self.started)
        self.assertEqual(self.supervisor.listening(), "udp:127.0.0.1:5060")

    def test_a_worker_that_ends_is_replaced_by_the_one_that_waits_and_another_is_started(self) -> None:
        self.all_up()
        self.machine.advance(SOON + 1)
        self.machine.processes[1].ends()
        self.assertEqual(self.supervisor.there(), [1])
        self.machine.advance(0)
        self.assertEqual(self.roles(), [1, 2, 2, 0])
        self.assertEqual([one.role["begins"] for one in self.machine.processes[:3]], [True, True, False])

    def test_one_that_dies_again_and_again_begins_later_each_time_after_the_fifth(self) -> None:
        self.all_up()
        for pause in (0, 0, 0, 0, 0, 0.5, 1, 2):
            with capturedLogs() as events:
                next(one for one in self.machine.processes[::-1] if one.role and one.role["worker"] == 2).ends()
            lines = [formatEvent(event) for event in events]
            self.assertEqual(any(f"begins again in {float(pause)} s" in str(line) for line in lines), pause > 0)
            before = len(self.machine.processes)
            self.machine.advance(max(pause - 0.01, 0))
            self.assertEqual(len(self.machine.processes), before + (not pause))
            self.machine.advance(0.01)
            for number in range(len(self.machine.processes)):
                if self.machine.processes[number].alive and not self.roles()[number]:
                    self.ready(number)
            self.machine.processes[max(n for n, worker in enumerate(self.roles()) if worker == 2)].says(
                state="up", sockets="udp"
            )
            self.assertEqual(self.supervisor.there(), [1, 2])

    def test_one_that_cannot_begin_keeps_the_server_from_starting_and_says_why(self) -> None:
        self.ready(0)
        self.machine.processes[0].says(state="failed", why="no database")
        self.machine.processes[0].ends()
        self.assertEqual(str(self.failureResultOf(self.started, LocalError).value), "no database")

    def test_all_end_the_first_worker_last(self) -> None:
        self.all_up()
        ended: list[int] = []
        for process in self.machine.processes:

            def signalled(name: str, process: Process = process) -> None:
                ended.append(process.role["worker"] if process.role else 0)
                process.ends()

            process.signalProcess = signalled  # type: ignore[method-assign]
        self.successResultOf(ensureDeferred(self.supervisor.stop()))
        self.assertEqual((sorted(ended), ended[-1]), ([0, 1, 2], 1))
        self.machine.advance(30)
        self.assertEqual(len(self.machine.processes), 3)
