# -*- test-case-name: tests.modules.usrloc.test_schedule -*-
"""schedule: which addresses of record are to be looked at, and when: one timer for all of them."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

Look = Callable[[bytes], None]


class Schedule:
    """Calls `look(aor)` at the beginning of the second that was asked for, or of an earlier one.

    An address is in it once: one that is put off is looked at when it was due, and asks again. So a registration that
    is renewed, as most are, changes nothing here.
    """

    def __init__(self, clock: Any, look: Look) -> None:
        self._clock = clock
        self._look = look
        self._due: dict[bytes, int] = {}
        self._at: dict[int, list[bytes]] = {}  # addresses by second
        self._seconds: list[int] = []  # the keys of _at, as a heap
        self._alarm: Any = None

    def at(self, second: int, aor: bytes) -> None:
        """Look at this address in this second, or before."""
        due = self._due.get(aor)
        if due is not None and due <= second:
            return
        self._due[aor] = second
        waiting = self._at.get(second)
        if waiting is not None:
            waiting.append(aor)
            return
        self._at[second] = [aor]
        heappush(self._seconds, second)
        if self._seconds[0] == second:
            self._set_alarm()

    def _set_alarm(self) -> None:
        self.stop()
        self._alarm = self._clock.callLater(max(0.0, self._seconds[0] - self._clock.seconds()), self._awake)

    def _awake(self) -> None:
        now = self._clock.seconds()
        while self._seconds and self._seconds[0] <= now:
            second = heappop(self._seconds)
            for aor in self._at.pop(second):
                if self._due.get(aor) == second:
                    del self._due[aor]
                    self._look(aor)
        if self._seconds:
            self._set_alarm()

    def __len__(self) -> int:
        return len(self._due)

    def stop(self) -> None:
        """Look at nothing any more."""
        if self._alarm is not None and self._alarm.active():
            self._alarm.cancel()
