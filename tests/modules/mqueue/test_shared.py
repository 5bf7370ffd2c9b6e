"""modules/mqueue/shared.py: one queue, several workers."""

from __future__ import annotations

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from sipapp.modules.mqueue.queue import Definition
from sipapp.modules.mqueue.shared import SharedQueue
from sipapp.store.memory import MemoryStore


class SharedQueueTests(SynchronousTestCase):
    """The same queue as three workers have it."""

    def queues(self, text: str = "name=q") -> list[SharedQueue]:
        self.clock = Clock()
        self.table = MemoryStore(self.clock).table(b"mqueue:q")
        return [self.queue(text, worker) for worker in (1, 2, 3)]

    def queue(self, text: str, worker: int) -> SharedQueue:
        return SharedQueue(Definition.parse(text), self.table, self.clock, worker, 3)

    def add(self, queue: SharedQueue, *keys: bytes) -> None:
        for key in keys:
            self.clock.advance(1)
            queue.add(key, b"of " + key)

    def test_what_one_puts_in_another_takes_out_with_all_that_is_in_it(self) -> None:
        one, two, _ = self.queues()
        one.add(b"5 1 a b", b"7 \r\n\x00")
        self.assertEqual([two.take(), two.take(), one.take()], [(b"5 1 a b", b"7 \r\n\x00"), None, None])

    def test_the_oldest_comes_first_whoever_has_put_it_in(self) -> None:
        one, two, three = self.queues()
        self.add(two, b"a")
        self.add(one, b"b")
        self.add(two, b"c")
        self.assertEqual([key for key, _ in three], [b"a", b"b", b"c"])
        found = [queue.take() for queue in (three, two, one)]
        self.assertEqual([message[0] for message in found if message], [b"a", b"b", b"c"])
        self.assertEqual(len(one), 0)

    def test_what_is_too_much_drops_the_oldest(self) -> None:
        one, two, _ = self.queues("name=q;size=2")
        self.add(one, b"a")
        self.add(two, b"b", b"c")
        self.assertEqual([key for key, _ in one], [b"b", b"c"])

    def test_a_key_may_be_there_once(self) -> None:
        for mode, kept in (("1", [b"a", b"b"]), ("2", [b"b", b"a"])):
            one, two, _ = self.queues(f"name=q;addmode={mode}")
            self.add(one, b"a", b"b")
            self.add(two, b"a")
            self.assertEqual([key for key, _ in two], kept)

    def test_one_that_was_taken_meanwhile_is_not_taken_again(self) -> None:
        one, two, _ = self.queues()
        self.add(one, b"a", b"b")
        delete, thieves = self.table.delete, [True]

        def stolen(key: bytes) -> bool:
            if thieves:
                thieves.clear()
                self.assertEqual(two.take(), (b"a", b"of a"))
            return delete(key)

        self.patch(self.table, "delete", stolen)
        self.assertEqual(one.take(), (b"b", b"of b"))
        self.assertIsNone(one.take())

    def test_a_worker_that_begins_anew_goes_on_where_it_was(self) -> None:
        one, two, _ = self.queues()
        self.add(one, b"a", b"b")
        two.take()
        again = self.queue("name=q", 1)
        self.add(again, b"c")
        self.assertEqual([key for key, _ in two], [b"b", b"c"])

    def test_what_was_taken_is_not_looked_for_again(self) -> None:
        one, _, _ = self.queues()
        for _ in range(50):
            self.add(one, b"a")
            one.take()
        asked: list[bytes] = []
        get = self.table.get
        self.patch(self.table, "get", lambda key: asked.append(key) or get(key))  # type: ignore[func-returns-value]
        one.take()
        self.assertLess(len(asked), 12)
