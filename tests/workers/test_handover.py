"""sipapp/workers/handover.py: batches between processes."""

from __future__ import annotations

import marshal
from typing import Any

from twisted.internet.task import Clock
from twisted.logger import capturedLogs, formatEvent
from twisted.trial.unittest import SynchronousTestCase

from sipapp.workers.handover import CHUNK, WAITING_MAX, Links, Outbox, channel


class Reactor(Clock):
    """A clock that knows who wants to read and write."""

    def __init__(self) -> None:
        super().__init__()
        self.readers: list[Any] = []
        self.writers: list[Any] = []

    def addReader(self, one: Any) -> None:
        self.readers.append(one)

    def addWriter(self, one: Any) -> None:
        self.writers.append(one)

    def removeReader(self, one: Any) -> None:
        if one in self.readers:
            self.readers.remove(one)

    def removeWriter(self, one: Any) -> None:
        if one in self.writers:
            self.writers.remove(one)


class Wire:
    """A socket that takes so many datagrams."""

    def __init__(self, room: int = 1000) -> None:
        self.room = room
        self.sent: list[list[Any]] = []

    def send(self, data: bytes) -> int:
        if len(self.sent) >= self.room:
            raise BlockingIOError
        self.sent.append(marshal.loads(data))
        return len(data)

    def fileno(self) -> int:
        return -1

    def close(self) -> None: ...


class OutboxTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.reactor = Reactor()
        self.wire = Wire()
        self.outbox = Outbox(self.wire, self.reactor)

    def test_what_comes_together_goes_together(self) -> None:
        self.outbox.put((0, b"a"), 1)
        self.outbox.put((0, b"b"), 1)
        self.assertEqual(self.wire.sent, [])
        self.outbox.flush()
        self.assertEqual(self.wire.sent, [[(0, b"a"), (0, b"b")]])

    def test_a_datagram_is_no_longer_than_it_may_be_unless_one_message_is(self) -> None:
        self.outbox.put((0, b"a"), CHUNK - 1)
        self.outbox.put((0, b"b"), 2)
        self.outbox.put((0, b"c"), 3 * CHUNK)
        self.outbox.flush()
        self.assertEqual(self.wire.sent, [[(0, b"a")], [(0, b"b")], [(0, b"c")]])

    def test_what_the_kernel_has_no_room_for_goes_later_in_order(self) -> None:
        self.wire.room = 1
        for text in (b"a", b"b", b"c"):
            self.outbox.put((0, text))
            self.outbox.flush()
        self.assertEqual(self.reactor.writers, [self.outbox])
        self.wire.room = 1000
        self.outbox.doWrite()
        self.assertEqual(self.wire.sent, [[(0, b"a")], [(0, b"b")], [(0, b"c")]])
        self.assertEqual(self.reactor.writers, [])
        self.assertEqual((self.outbox.sent, self.outbox.dropped), (3, 0))

    def test_beyond_the_limit_it_is_dropped_and_counted(self) -> None:
        self.wire.room = 0
        for _ in range(WAITING_MAX + 7):
            self.outbox.put((0, b"a"))
            self.outbox.flush()
        self.assertEqual(self.outbox.dropped, 7)


class LinksTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.reactor = Reactor()
        pairs = [channel() for _ in range(3)]
        self.links = []
        for number, (inbox, _) in enumerate(pairs):
            outboxes = {other: pair[1].dup() for other, pair in enumerate(pairs)}
            self.links.append(Links(number, inbox, outboxes, self.reactor))
            outboxes[number].close()
        for _, outbox in pairs:
            outbox.close()
        for one in self.links:
            self.addCleanup(one.close)

    def test_each_item_comes_to_its_handler_at_the_process_that_it_is_for(self) -> None:
        heard: list[Any] = []
        self.links[2].handlers[5] = lambda *facts: heard.append(facts)
        self.links[1].tell([2, 0], 5, "a", 1, b"x", None)
        self.links[2].inbox.doRead()
        self.assertEqual(heard, [("a", 1, b"x", None)])

    def test_one_that_fails_hurts_no_other(self) -> None:
        heard: list[Any] = []
        self.links[2].handlers[5] = heard.append
        self.links[1].put(2, (6, "nobody takes this"))
        self.links[1].put(2, (5, "a"))
        self.links[1].flush()
        self.links[2].inbox.doRead()
        self.assertEqual(heard, ["a"])
        self.assertEqual(len(self.flushLoggedErrors(KeyError)), 1)

    def test_hundreds_of_messages_find_room_without_anybody_reading(self) -> None:
        for n in range(300):
            self.links[1].tell([2], 5, n, b"x" * 800)
        self.assertEqual(self.links[1].dropped(), 0)

    def test_what_is_lost_is_logged_once_a_second(self) -> None:
        self.links[1].start()
        self.links[1].outboxes[2].dropped = 3
        with capturedLogs() as events:
            self.reactor.advance(1)
            self.reactor.advance(1)
        lines = [formatEvent(event) for event in events]
        self.assertEqual(lines, ["3 messages for other workers were too many and are lost"])
