"""sipapp/workers/operators.py: the supervisor's own part in the RPC commands."""

from __future__ import annotations

import os
import signal
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module.declare import RpcCommand
from sipapp.rpc.dispatch import Dispatcher
from sipapp.workers.asking import Asking
from sipapp.workers.operators import Operators
from tests.workers.wired import Wired


class OperatorsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.wired = Wired(2)
        for number in (1, 2):
            methods: dict[str, Any] = {
                "core.ps": lambda number=number: [1000 + number, "main process"],
                "core.psx": lambda number=number: [{"IDX": 0, "PID": 1000 + number, "DSC": "main process"}],
                "core.kill": self.never,
            }
            commands: dict[str, Any] = {name: RpcCommand(name, method) for name, method in methods.items()}
            Asking(self.wired.links[number], self.wired.reactor, Dispatcher(commands))
        asking = Asking(self.wired.links[0], self.wired.reactor)
        self.rpc = Operators(asking, lambda: [1, 2], lambda: [1003], commands, self.wired.reactor)

    def never(self) -> None:
        raise AssertionError("a worker is not to be killed")

    def call(self, method: str, *parameters: Any) -> Any:
        answer = self.rpc.call(method, parameters)
        self.wired.carry()
        return self.successResultOf(answer)

    def test_lists_of_processes_begin_with_the_supervisor_and_end_with_who_waits(self) -> None:
        own = os.getpid()
        named = [own, "supervisor", 1001, "main process", 1002, "main process", 1003, "spare worker"]
        self.assertEqual(self.call("core.ps"), named)
        rows = self.call("core.psx")
        self.assertEqual([(row["IDX"], row["PID"]) for row in rows], [(0, own), (1, 1001), (2, 1002), (3, 1003)])
        self.assertEqual([row.get("worker") for row in rows], [None, 1, 2, None])

    def test_a_signal_is_for_the_supervisor_after_the_answer(self) -> None:
        got: list[Any] = []
        self.patch(os, "kill", lambda *facts: got.append(facts))
        self.assertIsNone(self.call("core.kill"))
        self.assertEqual(got, [])
        self.wired.reactor.advance(0.1)
        self.assertEqual(got, [(os.getpid(), signal.SIGTERM)])
