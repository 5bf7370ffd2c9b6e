"""wired: the links of several processes in one, for tests: what one puts arrives when `carry` is called."""

from __future__ import annotations

import marshal
from collections import deque
from typing import Any

from sipapp.workers.handover import Links
from tests.workers.test_handover import Reactor


class Wire:
    """A channel in memory."""

    def __init__(self) -> None:
        self.datagrams: deque[bytes] = deque()

    def send(self, data: bytes) -> int:
        self.datagrams.append(data)
        return len(data)

    def recv_into(self, room: memoryview) -> int:
        if not self.datagrams:
            raise BlockingIOError
        data = self.datagrams.popleft()
        room[: len(data)] = data
        return len(data)

    def fileno(self) -> int:
        return -1

    def close(self) -> None: ...


class Wired:
    """`links[number]` of a supervisor and so many workers."""

    def __init__(self, workers: int) -> None:
        self.reactor = Reactor()
        wires = [Wire() for _ in range(workers + 1)]
        self.links = [Links(n, wires[n], dict(enumerate(wires)), self.reactor) for n in range(workers + 1)]
        self._wires = wires

    def carry(self) -> None:
        """Until nothing is on its way."""
        while any(wire.datagrams for wire in self._wires):
            for one in self.links:
                one.inbox.doRead()

    def items(self, number: int) -> list[Any]:
        """What is on its way to one of them."""
        return [item for data in self._wires[number].datagrams for item in marshal.loads(data)]
