"""sipapp/workers/asking.py: RPC across processes."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import RpcFault
from sipapp.module.declare import RpcCommand
from sipapp.rpc.dispatch import Dispatcher
from sipapp.workers.asking import NOBODY, PATIENCE, Asking, Joined
from tests.workers.wired import Wired


class AskingTests(SynchronousTestCase):
    """A supervisor and two workers."""

    def setUp(self) -> None:
        self.wired = Wired(2)
        self.waiting: list[Deferred[Any]] = []
        self.cancelled: list[bool] = []
        self.asking = [Asking(self.wired.links[0], self.wired.reactor)]
        for number in (1, 2):
            commands: dict[str, Any] = {
                name: RpcCommand(name, method)
                for name, method in {
                    "core.echo": lambda word="x", number=number: f"{word} {number}",
                    "tm.stats": lambda number=number: {"current": number},
                    "tm.list": lambda number=number: [{"tindex": number}],
                    "tm.cancel": self.second_only(number),
                    "tm.clean": self.wait,
                }.items()
            }
            self.asking.append(Asking(self.wired.links[number], self.wired.reactor, Dispatcher(commands)))
        self.there = [1, 2]
        self.rpc = Joined(self.asking[0], lambda: self.there, commands)

    def second_only(self, number: int) -> Any:
        def cancel() -> str:
            if number != 2:
                raise RpcFault("no such transaction", 404)
            return "cancelled"

        return cancel

    def wait(self) -> Deferred[Any]:
        waiting: Deferred[Any] = Deferred(lambda _: self.cancelled.append(True))
        self.waiting.append(waiting)
        return waiting

    def call(self, method: str, *parameters: Any) -> Any:
        answer = self.rpc.call(method, parameters)
        self.wired.carry()
        return self.successResultOf(answer)

    def test_the_first_answers_what_is_alike_in_all(self) -> None:
        self.assertEqual(self.call("core.echo", "hello"), "hello 1")
        self.there = [2]
        self.assertEqual(self.call("core.echo", "hello"), "hello 2")

    def test_figures_are_of_all(self) -> None:
        self.assertEqual(self.call("tm.stats"), {"current": 3})
        self.assertEqual(self.call("tm.list"), [{"tindex": 1, "worker": 1}, {"tindex": 2, "worker": 2}])

    def test_one_of_them_may_be_asked_alone(self) -> None:
        self.assertEqual(self.call("workers.ask", 2, "tm.stats"), {"current": 2})
        self.assertEqual(self.call("workers.ask", 2, "core.echo", "a"), "a 2")
        for wrong in ((3, "tm.stats"), (1,), ()):
            self.assertEqual(self.failureResultOf(self.rpc.call("workers.ask", wrong), RpcFault).value.code, 400)

    def test_what_one_of_them_has_is_found(self) -> None:
        self.assertEqual(self.call("tm.cancel"), "cancelled")

    def test_what_none_has_is_a_fault(self) -> None:
        self.there = [1]
        answer = self.rpc.call("tm.cancel")
        self.wired.carry()
        why = self.failureResultOf(answer, RpcFault).value
        self.assertEqual((why.reason, why.code), ("no such transaction", 404))

    def test_a_command_that_does_not_exist_is_a_fault_with_its_code(self) -> None:
        answer = self.rpc.call("no.such")
        self.wired.carry()
        self.assertEqual(self.failureResultOf(answer, RpcFault).value.code, -32601)

    def test_a_worker_may_ask_for_all_too(self) -> None:
        answer = Joined(self.asking[1], lambda: [1, 2], ["tm.stats"]).call("tm.stats")
        self.wired.carry()
        self.assertEqual(self.successResultOf(answer), {"current": 3})

    def test_without_workers_there_is_no_answer(self) -> None:
        self.there = []
        self.assertEqual(self.failureResultOf(self.rpc.call("tm.stats"), RpcFault).value.code, NOBODY)

    def test_one_that_does_not_answer_is_not_waited_for_for_ever(self) -> None:
        answer = self.asking[0].ask(1, "tm.clean", ())
        self.wired.carry()
        self.wired.reactor.advance(PATIENCE)
        self.assertEqual(self.failureResultOf(answer, RpcFault).value.code, NOBODY)

    def test_who_gives_up_ends_the_command(self) -> None:
        answer = self.asking[0].ask(1, "tm.clean", ())
        self.wired.carry()
        answer.cancel()
        self.wired.carry()
        self.failureResultOf(answer, CancelledError)
        self.assertEqual(self.cancelled, [True])
