# -*- test-case-name: tests.modules.mqueue.test_shared -*-
"""shared: a queue that several workers share, in a table of the store.

Each worker numbers the messages that it puts in, and counts them once they are there; whoever takes one out is the one
whose `delete` has found it. So nobody waits for anybody, and no message is taken twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sipapp.interfaces.store import ITable
from sipapp.modules.mqueue.queue import KEEP_NEWEST, KEEP_OLDEST, Definition, Message, Queue


class _Found(NamedTuple):
    """A message where it stands."""

    time: int  # microseconds
    worker: int
    number: int
    message: Message


class SharedQueue(Queue):
    """As Queue. The order is that of the times at which messages were put in."""

    __slots__ = ("_clock", "_table", "_worker", "_workers")

    def __init__(self, definition: Definition, table: ITable, clock: Any, worker: int, workers: int) -> None:
        super().__init__(definition)
        self._table = table
        self._clock = clock
        self._worker = worker
        self._workers = range(1, workers + 1)

    def __len__(self) -> int:
        return sum(1 for _ in self._all())

    def __iter__(self) -> Iterator[Message]:
        return iter([found.message for found in sorted(self._all())])

    def add(self, key: bytes, value: bytes) -> None:
        mode = self.definition.addmode
        if mode in (KEEP_OLDEST, KEEP_NEWEST):
            same = [found for found in self._all() if found.message[0] == key]
            if same and mode == KEEP_OLDEST:
                return
            for found in same[:1]:
                self._table.delete(_place(found.worker, found.number))
        number = self._counted(b"end", self._worker)
        packed = b"%d %d %b%b" % (int(self._clock.seconds() * 1e6), len(key), key, value)
        self._table.put(_place(self._worker, number), packed)
        self._table.put(b"end:%d" % self._worker, number + 1)
        if 0 < self.definition.size < len(self):
            self.take()

    def take(self) -> Message | None:
        while first := [found for worker in self._workers for found in self._first(worker)]:
            oldest = min(first)
            if self._table.delete(_place(oldest.worker, oldest.number)):
                return oldest.message
        return None

    # -- how

    def _counted(self, what: bytes, worker: int) -> int:
        """`begin`: below it there are no messages; `end`: above it, it included, there are none."""
        found = self._table.get(b"%b:%d" % (what, worker))
        return found if isinstance(found, int) else 0

    def _of(self, worker: int, end: int) -> Iterator[_Found]:
        """The messages of a worker, the oldest first; those that were taken are passed over."""
        for number in range(self._counted(b"begin", worker), end):
            packed = self._table.get(_place(worker, number))
            if isinstance(packed, bytes):
                time, size, rest = packed.split(b" ", 2)
                yield _Found(int(time), worker, number, (rest[: int(size)], rest[int(size) :]))

    def _first(self, worker: int) -> list[_Found]:
        """Its oldest, if it has any. Where that stands, the next look begins."""
        end = self._counted(b"end", worker)
        found = next(self._of(worker, end), None)
        begin = end if found is None else found.number
        if begin > self._counted(b"begin", worker):
            self._table.put(b"begin:%d" % worker, begin)
        return [] if found is None else [found]

    def _all(self) -> Iterator[_Found]:
        for worker in self._workers:
            yield from self._of(worker, self._counted(b"end", worker))


def _place(worker: int, number: int) -> bytes:
    return b"%d.%d" % (worker, number)
