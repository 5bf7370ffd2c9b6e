# -*- test-case-name: tests.workers.test_handover -*-
"""handover: what the processes of one server tell each other, in batches, over AF_UNIX datagrams.

An item is a tuple: its kind, then facts that marshal knows. Each process has one inbox and, for each of the others, an
outbox. What is put into an outbox goes with the next `flush()`, one datagram for all that have come together. Nobody
waits: what the kernel has no room for is kept, and beyond a limit dropped, counted, and logged once a second.
"""

from __future__ import annotations

import marshal
import socket
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from twisted.internet.interfaces import IReadDescriptor, IWriteDescriptor
from twisted.python.failure import Failure
from zope.interface import implementer

from sipapp.log import Logger

log = Logger()

Item = tuple[Any, ...]
Handler = Callable[..., None]

CHUNK = 48_000  # bytes of messages in one datagram, if there is more than one
LARGEST = 1 << 20  # bytes of one datagram
READS = 16  # datagrams per wake-up
ROOM = 4 << 20  # bytes that the kernel keeps for us on the way, where it may
WAITING_MAX = 4096  # items kept for one process while the kernel has no room
_SO_SNDBUFFORCE = 32


def channel() -> tuple[socket.socket, socket.socket]:
    """(where a process reads, where all the others write)."""
    inbox, outbox = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    for end in (inbox, outbox):
        end.setblocking(False)
    try:
        outbox.setsockopt(socket.SOL_SOCKET, _SO_SNDBUFFORCE, ROOM)
    except PermissionError:  # then as much as the system allows everybody
        outbox.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ROOM)
    return inbox, outbox


@implementer(IWriteDescriptor)
class Outbox:
    """What goes to one other process. `dropped` counts the items that were too many."""

    def __init__(self, sock: Any, reactor: Any) -> None:
        self._sock = sock
        self._reactor = reactor
        self._items: list[Item] = []
        self._bytes = 0
        self._waiting: deque[tuple[bytes, int]] = deque()  # datagrams, and how many items each has
        self._count = 0  # items in them
        self.sent = 0
        self.dropped = 0

    def put(self, item: Item, size: int = 0) -> None:
        """Send it with the next flush(). size: about how many bytes it is."""
        if self._bytes + size > CHUNK and self._items:
            self.flush()
        self._items.append(item)
        self._bytes += size

    def flush(self) -> None:
        """Send what was put in."""
        items = self._items
        if not items:
            return
        self._items = []
        self._bytes = 0
        data = marshal.dumps(items)
        if self._waiting:
            self._wait(data, len(items))
            return
        try:
            self._sock.send(data)
            self.sent += len(items)
        except BlockingIOError:
            self._wait(data, len(items))
        except OSError as why:
            self._lost(len(items), why)

    def _wait(self, data: bytes, count: int) -> None:
        if self._count + count > WAITING_MAX:
            self.dropped += count
            return
        if not self._waiting:
            self._reactor.addWriter(self)
        self._waiting.append((data, count))
        self._count += count

    def _lost(self, count: int, why: OSError) -> None:
        self.dropped += count
        log.error("{count} messages are not handed over: {why}", count=count, why=why)

    def doWrite(self) -> None:
        """The kernel has room again."""
        while self._waiting:
            data, count = self._waiting[0]
            try:
                self._sock.send(data)
                self.sent += count
            except BlockingIOError:
                return
            except OSError as why:
                self._lost(count, why)
            self._waiting.popleft()
            self._count -= count
        self._reactor.removeWriter(self)

    def fileno(self) -> int:
        number: int = self._sock.fileno()
        return number

    def logPrefix(self) -> str:
        return "outbox"

    def connectionLost(self, reason: Failure) -> None:
        """The reactor saw an error: the other end is held by the supervisor, and only gone with it."""
        self._waiting.clear()
        self._count = 0

    def close(self) -> None:
        """Give up what waits."""
        self._reactor.removeWriter(self)
        self.connectionLost(Failure(Exception("closed")))
        self._sock.close()


@implementer(IReadDescriptor)
class Inbox:
    """What the others send. `deliver(items)` gets each datagram's."""

    def __init__(self, sock: Any, reactor: Any, deliver: Callable[[list[Item]], None]) -> None:
        self._sock = sock
        self._reactor = reactor
        self._deliver = deliver
        self._room = memoryview(bytearray(LARGEST))

    def start(self) -> None:
        """Begin to read."""
        self._reactor.addReader(self)

    def doRead(self) -> None:
        """A few datagrams, then others have their turn."""
        for _ in range(READS):
            try:
                size = self._sock.recv_into(self._room)
            except BlockingIOError:
                return
            self._deliver(marshal.loads(self._room[:size]))

    def fileno(self) -> int:
        number: int = self._sock.fileno()
        return number

    def logPrefix(self) -> str:
        return "inbox"

    def connectionLost(self, reason: Failure) -> None:
        """The reactor saw an error: the other end is held by the supervisor, and only gone with it."""

    def close(self) -> None:
        self._reactor.removeReader(self)
        self._sock.close()


class Links:
    """One process and all the others: 0 is the supervisor, workers are 1 and up. handlers: what takes each kind."""

    def __init__(self, number: int, inbox: Any, outboxes: Mapping[int, Any], reactor: Any) -> None:
        self.number = number
        self.handlers: dict[int, Handler] = {}
        self.together: Callable[[], AbstractContextManager[None]] = nullcontext  # within it items are handled
        self.outboxes = {other: Outbox(sock, reactor) for other, sock in outboxes.items() if other != number}
        self.inbox = Inbox(inbox, reactor, self.deliver)
        self._reactor = reactor
        self._reported = 0
        self._alarm: Any = None
        self.received = 0

    def start(self) -> None:
        """Begin to read."""
        self.inbox.start()
        self._alarm = self._reactor.callLater(1.0, self._report)

    def put(self, other: int, item: Item, size: int = 0) -> None:
        """Send it to another process with the next flush()."""
        self.outboxes[other].put(item, size)

    def flush(self) -> None:
        for outbox in self.outboxes.values():
            outbox.flush()

    def tell(self, others: Iterable[int], *item: Any) -> None:
        """Send it to these at once."""
        for other in others:
            self.outboxes[other].put(item)
            self.outboxes[other].flush()

    def everybody(self) -> list[int]:
        """All workers but this one."""
        return [other for other in self.outboxes if other]

    def deliver(self, items: list[Item]) -> None:
        """Give each item to whom it is for; one that fails hurts no other."""
        self.received += len(items)
        with self.together():
            for item in items:
                try:
                    self.handlers[item[0]](*item[1:])
                except Exception:
                    log.failure("what another process handed over failed")

    def sent(self) -> int:
        return sum(outbox.sent for outbox in self.outboxes.values())

    def dropped(self) -> int:
        return sum(outbox.dropped for outbox in self.outboxes.values())

    def _report(self) -> None:
        self._alarm = self._reactor.callLater(1.0, self._report)
        dropped = self.dropped()
        if dropped > self._reported:
            count, self._reported = dropped - self._reported, dropped
            log.warn("{count} messages for other workers were too many and are lost", count=count)

    def close(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        for outbox in self.outboxes.values():
            outbox.close()
        self.inbox.close()
