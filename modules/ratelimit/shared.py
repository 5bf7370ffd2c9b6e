# -*- test-case-name: tests.modules.ratelimit.test_shared -*-
"""shared: pipes that several processes or servers fill together: each counts by itself, and tells the others.

What a process has counted is added to the count of all every BEAT, and of a pipe with a hard limit as soon as it is a
hundredth of that: so each of the others lets at most so much through in excess, and nobody waits for anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sipapp.interfaces.store import ITable
from sipapp.module.windows import window
from sipapp.modules.ratelimit.pipes import NEVER, Algorithm, Pipe

BEAT = 0.1
"""Seconds after which everybody has heard of what was counted."""

PART = 100
"""What part of a limit may be counted without telling."""


class Shared:
    """The counts of all, by pipe and interval, in a table whose items live for two intervals at least."""

    def __init__(self, table: ITable, pipes: Iterable[Pipe], interval: int, clock: Any) -> None:
        self._table = table
        self._pipes = list(pipes)
        self._interval = interval
        self._clock = clock
        self._window = 0
        self._call: Any = None
        for pipe in self._pipes:
            pipe.tell = self.tell
        self.begin()
        self._beat()

    def begin(self) -> None:
        """An interval begins, the same one for everybody: they count from the beginning of the clock."""
        self._window = window(self._clock, self._interval)
        for pipe in self._used():
            pipe.last_counter = self._told(pipe, self._window - 1)
            pipe.judge(self._interval)
            self._have(pipe, self._told(pipe, self._window))

    def tell(self, pipe: Pipe) -> None:
        """Add what was counted here, and learn what all have."""
        untold, pipe.untold = pipe.untold, 0
        total = self._table.add(self._key(pipe, self._window), untold, 0)
        self._have(pipe, pipe.counter if total is None else total)  # None: the store has no room any more

    def tell_all(self) -> None:
        for pipe in self._used():
            if pipe.untold:
                self.tell(pipe)

    def stop(self) -> None:
        if self._call.active():
            self._call.cancel()

    def _beat(self) -> None:
        self._call = self._clock.callLater(BEAT, self._beat)
        self.tell_all()
        for pipe in self._used():
            self._have(pipe, max(self._told(pipe, self._window), pipe.counter))
            last = self._told(pipe, self._window - 1)
            if last != pipe.last_counter:  # somebody was late
                pipe.last_counter = last
                pipe.judge(self._interval)

    def _used(self) -> list[Pipe]:
        return [pipe for pipe in self._pipes if pipe.algorithm is not Algorithm.NOP]

    def _key(self, pipe: Pipe, window: int) -> bytes:
        return b"%d:%d" % (pipe.number, window)

    def _told(self, pipe: Pipe, window: int) -> int:
        found = self._table.get(self._key(pipe, window))
        return found if isinstance(found, int) else 0

    def _have(self, pipe: Pipe, total: int) -> None:
        """All have counted so many; over the limit it does not matter any more who comes to know of it when."""
        pipe.counter = total
        most = pipe.limit * self._interval
        hard = pipe.algorithm is Algorithm.TAILDROP and total <= most
        pipe.step = max(most // PART, 1) if hard else NEVER
