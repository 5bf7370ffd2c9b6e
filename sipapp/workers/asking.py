# -*- test-case-name: tests.workers.test_asking -*-
"""asking: RPC commands across processes: one asks, all that are meant answer, and their answers become one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from typing import Any

from twisted.internet.defer import Deferred, DeferredList, ensureDeferred, fail
from twisted.python.failure import Failure
from zope.interface import implementer

from sipapp.errors import RpcFault
from sipapp.interfaces.rpc import IRpc
from sipapp.workers.handover import Links
from sipapp.workers.joining import Join, join, way_of
from sipapp.workers.kinds import ANSWER, ASK, FORGET

Answer = Any
Parameters = Sequence[Any] | Mapping[str, Any]

ASK_ONE = "workers.ask"

NOBODY = 503
"""The code of a fault: the worker asked is not there."""

PATIENCE = 90.0
"""s after which a worker that has not answered counts as gone."""


class Asking:
    """One process asks others, and answers them by `local`, where it has commands of its own."""

    def __init__(self, links: Links, clock: Any, local: IRpc | None = None) -> None:
        self._links = links
        self._clock = clock
        self._local = local
        self._number = count(1).__next__
        self._asked: dict[int, Deferred[Answer]] = {}
        self._working: dict[tuple[int, int], Deferred[Any]] = {}
        links.handlers.update({ASK: self._ask, ANSWER: self._answer, FORGET: self._forget})

    def ask(self, worker: int, method: str, parameters: Parameters) -> Deferred[Answer]:
        """A command's result from one worker. Fails with RpcFault."""
        if worker == self._links.number and self._local is not None:
            return self._local.call(method, parameters)
        number = self._number()
        given = dict(parameters) if isinstance(parameters, Mapping) else list(parameters)

        def cancel(_: Deferred[Answer]) -> None:
            self._links.tell([worker], FORGET, self._links.number, number)

        waiting: Deferred[Answer] = Deferred(cancel)
        self._asked[number] = waiting
        alarm = self._clock.callLater(
            PATIENCE, self._answer, worker, number, False, ["the worker does not answer", NOBODY]
        )

        def done(result: Answer) -> Answer:
            self._asked.pop(number, None)
            if alarm.active():
                alarm.cancel()
            return result

        waiting.addBoth(done)
        self._links.tell([worker], ASK, self._links.number, number, method, given)
        return waiting

    def _ask(self, who: int, number: int, method: str, parameters: Any) -> None:
        """Another process wants to know."""
        if self._local is None:
            return

        def answered(result: Any) -> None:
            self._working.pop((who, number), None)
            if isinstance(result, Failure):
                fault = result.value
                facts = [fault.reason, fault.code] if isinstance(fault, RpcFault) else [str(fault), 500]
                self._links.tell([who], ANSWER, self._links.number, number, False, facts)
            else:
                self._links.tell([who], ANSWER, self._links.number, number, True, result)

        running = self._local.call(method, parameters)
        self._working[who, number] = running
        running.addBoth(answered)

    def _answer(self, who: int, number: int, done: bool, result: Any) -> None:
        waiting = self._asked.pop(number, None)
        if waiting is None:
            return
        if done:
            waiting.callback(result)
        else:
            waiting.errback(RpcFault(*result))

    def _forget(self, who: int, number: int) -> None:
        running = self._working.pop((who, number), None)
        if running is not None:
            running.cancel()


@implementer(IRpc)
class Joined:
    """The commands of all workers as one server's. workers: those to be asked; commands: those that there are."""

    def __init__(self, asking: Asking, workers: Callable[[], list[int]], commands: Iterable[str]) -> None:
        self.asking = asking
        self.workers = workers
        self.commands = commands

    def call(self, method: str, parameters: Parameters = ()) -> Deferred[Any]:
        there = self.workers()
        if method == ASK_ONE:
            return self._ask_one(there, *(parameters.values() if isinstance(parameters, Mapping) else parameters))
        way = way_of(method)
        if not there:
            return fail(RpcFault("no worker is there", NOBODY))
        if way is Join.ONE or method not in self.commands:
            return self.asking.ask(there[0], method, parameters)
        if way is Join.FIND:
            return ensureDeferred(self._find(there, method, parameters))
        answers = [self.asking.ask(worker, method, parameters) for worker in there]
        gathered: Deferred[Any] = DeferredList(answers, consumeErrors=True)

        def all_there(results: list[tuple[bool, Any]]) -> Any:
            good = [(worker, result) for worker, (fine, result) in zip(there, results, strict=True) if fine]
            if not good:
                results[0][1].raiseException()
            return join(way, good)

        return gathered.addCallback(all_there)

    def _ask_one(self, there: list[int], worker: Any = 0, method: str = "", *parameters: Any) -> Deferred[Any]:
        """workers.ask WORKER METHOD [PARAMETER...]: a command of one worker alone."""
        if worker not in there or not method:
            numbers = ", ".join(map(str, there))
            return fail(RpcFault(f"{ASK_ONE} takes a worker ({numbers}), a command and its parameters", 400))
        return self.asking.ask(worker, method, parameters)

    async def _find(self, there: list[int], method: str, parameters: Parameters) -> Any:
        """Ask one after the other. Raises RpcFault: what the last one says."""
        for worker in there[:-1]:
            try:
                return await self.asking.ask(worker, method, parameters)
            except RpcFault:
                continue
        return await self.asking.ask(there[-1], method, parameters)
