"""Calls that wait in another worker."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from twisted.internet.defer import Deferred, ensureDeferred, fail, succeed
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import RpcFault
from sipapp.interfaces.rpc import IRpc
from sipapp.interfaces.store import IStore
from sipapp.modules.tsilo.others import Others
from sipapp.store.memory import MemoryStore


class Rpc:
    """Keeps what is asked."""

    def __init__(self) -> None:
        self.asked: list[list[Any]] = []
        self.answer: Any = succeed(2)

    def call(self, method: str, parameters: list[Any]) -> Deferred[Any]:
        self.asked.append([method, *parameters])
        answer: Deferred[Any] = self.answer
        return answer


class OthersTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.rpc = Rpc()
        self.services = {IStore: MemoryStore(Clock()), IRpc: self.rpc}

    def worker(self, number: int) -> Others:
        server: Any = SimpleNamespace(worker=number, workers=3, get=self.services.__getitem__)
        return Others(server)

    def test_who_has_calls_is_seen_by_the_others(self) -> None:
        one, two, three = (self.worker(n) for n in (1, 2, 3))
        one.wait(b"bob")
        three.wait(b"bob")
        self.assertEqual([w.waiting(b"bob") for w in (one, two, three)], [[3], [1, 3], [1]])
        three.forget(b"bob")
        self.assertEqual((two.waiting(b"bob"), two.waiting(b"carol")), ([1], []))

    def test_one_that_begins_anew_has_none(self) -> None:
        one, two = self.worker(1), self.worker(2)
        one.wait(b"bob")
        two.wait(b"bob")
        self.worker(1)
        self.assertEqual([w.waiting(b"bob") for w in (one, two)], [[2], []])

    def test_a_label_tells_whose_call_it_is(self) -> None:
        self.assertEqual([self.worker(2).owner(label) for label in (9, 10, 11)], [1, 0, 3])

    def test_one_is_asked_by_its_number(self) -> None:
        asked = ensureDeferred(self.worker(1).ask(3, "ts.append", b"location", b"sip:bob@example.com", 5))
        self.assertEqual(self.successResultOf(asked), 2)
        self.assertEqual(self.rpc.asked, [["workers.ask", 3, "ts.append", "location", "sip:bob@example.com", 5]])

    def test_one_that_is_gone_has_added_nothing(self) -> None:
        self.rpc.answer = fail(RpcFault("the worker does not answer", 503))
        self.assertEqual(self.successResultOf(ensureDeferred(self.worker(1).ask(3, "ts.append"))), 0)
