# -*- test-case-name: tests.transaction.test_wheel -*-
"""wheel: cheap timers that are mostly stopped or put off before they fire.

Who wants to be woken is an *owner*: it has the attributes `due` (s of the clock; NEVER: not at all) and `slot` (the
wheel's; 0 at first) and the method `expired()`. `wheel.start(owner)` enters it; from then on, stopping and postponing
are writes to `owner.due`, seen when its slot comes. An earlier time wants `start` again. An owner with several timers
has the earliest as its `due`. `wheel.at(due, callback, ...)` is for those that want no class of their own.

Slots are 10 ms wide and exist only while they hold somebody; one callLater waits for the first of them.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from heapq import heappop, heappush
from math import floor
from operator import attrgetter
from typing import Any, Protocol

from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from sipapp.transaction.timers import NEVER

log = Logger()

SLOTS = 100
"""Slots in a second."""

UP = 0.999
"""Nobody is woken before its time, so slots are counted up; but not by 1, for floats are a little off."""

AHEAD = 40 * SLOTS
"""Nobody is entered for later than this; whose time has not come then is entered anew. So what has been stopped long
before its time, as Timer C of nearly every call, is held no longer than a transaction is."""

_NONE = 1 << 62  # later than any slot

AT_ONCE = 50
"""How many owners are woken before the reactor gets its turn: some ms of work, whatever ends at the same moment."""


class Owner(Protocol):
    """Who wants to be woken."""

    due: float
    slot: int

    def expired(self) -> None:
        """`due` is reached. What it raises is logged. A new `due` that is not NEVER keeps it entered."""


class Wheel:
    """Timers on one clock."""

    __slots__ = (
        "_call",
        "_clock",
        "_first",
        "_heap",
        "_last",
        "_number",
        "_ready",
        "_slots",
        "seconds",
        "together",
        "watch",
    )

    def __init__(self, clock: IReactorTime) -> None:
        self._clock = clock
        self.seconds = clock.seconds
        self.watch: Any = None  # what is told when a turn begins and ends
        self.together: Callable[[], AbstractContextManager[None]] = nullcontext  # around what goes on in a turn
        self._slots: dict[int, list[Any]] = {}
        self._heap: list[int] = []
        self._call: IDelayedCall | None = None
        self._first = _NONE  # the slot that the call waits for
        self._last = AHEAD  # the latest slot that there may be
        self._number = 0  # the slot whose owners are being woken
        self._ready: list[Any] = []  # those of them that still are to be, the first one last

    def start(self, owner: Owner) -> None:
        """Wake `owner` at `owner.due`; nothing to do where it is entered for that time or an earlier one."""
        number = floor(owner.due * SLOTS + UP) or 1  # `int()` costs three times as much
        slot = owner.slot
        if slot and slot <= number:
            return
        owner.slot = number
        self.enter(number, owner)

    def enter(self, number: int, owner: Owner) -> None:
        """`owner` into a slot."""
        if number > self._last:
            number = owner.slot = self._last
        entered = self._slots.get(number)
        if entered is not None:
            entered.append(owner)
            return
        self._slots[number] = [owner]
        heappush(self._heap, number)
        if number < self._first:
            self._wait()

    def at(self, due: float, callback: Callable[..., object], *arguments: Any) -> Alarm:
        """Call back at `due` (s of the clock)."""
        alarm = Alarm(due, callback, arguments)
        self.start(alarm)
        return alarm

    def stop(self) -> None:
        """Wake nobody any more."""
        if self._call is not None:
            self._call.cancel()
            self._call = None
        self._first = _NONE
        self._slots.clear()
        self._heap.clear()
        self._ready.clear()

    def __len__(self) -> int:
        """How many entries there are, those included that nobody needs any more."""
        return sum(map(len, self._slots.values())) + len(self._ready)

    def _wait(self) -> None:
        call = self._call
        if call is not None:
            call.cancel()
        self._first = number = self._heap[0]
        self._call = self._clock.callLater(max(0.0, number / SLOTS - self.seconds()), self._turn)

    def _turn(self) -> None:
        """The first slot is due."""
        watch = self.watch
        with self.together():
            if watch is None:
                return self._wake_all()
            watch.begin()
            try:
                self._wake_all()
            finally:
                watch.end()
        return None

    def _wake_all(self) -> None:
        """Wake whoever is due, sort the others into later slots; but for so many at once only."""
        self._call = None
        self._first = 0  # whoever starts meanwhile needs not call
        limit = int(self.seconds() * SLOTS + 0.001)
        self._last = limit + AHEAD
        heap = self._heap
        ready = self._ready
        left = AT_ONCE
        while left:
            if ready:
                left -= self._wake(left)
            elif heap and heap[0] <= limit:
                self._number = heappop(heap)
                self._sort(self._slots.pop(self._number))
            else:
                break
        self._first = _NONE
        if ready:
            self._first = 0
            self._call = self._clock.callLater(0.0, self._turn)
        elif heap:
            self._wait()

    def _sort(self, entered: list[Any]) -> None:
        """Those of the slot who are due become ready, the others are moved on."""
        number = self._number
        ending = (number + 0.001) / SLOTS
        ready = self._ready
        for owner in entered:
            if owner.slot != number:  # it has been entered for an earlier time since
                continue
            due = owner.due
            if due <= ending:
                ready.append(owner)
            elif due == NEVER:
                owner.slot = 0
            else:
                owner.slot = later = floor(due * SLOTS + UP)
                self.enter(later, owner)
        if len(ready) > 1:
            ready.reverse()
            ready.sort(key=_due, reverse=True)

    def _wake(self, most: int) -> int:
        """Wake those that are ready, `most` of them at the most; how many that were."""
        number = self._number
        ending = (number + 0.001) / SLOTS
        ready = self._ready
        left = most
        while ready and left:
            left -= 1
            owner = ready.pop()
            if owner.slot != number:
                continue
            owner.slot = 0
            if owner.due <= ending:  # nobody woken before it has stopped it
                try:
                    owner.expired()
                except Exception:
                    log.failure("a timer of {owner!r} failed", owner=owner)
                    owner.due = NEVER
            if owner.due != NEVER:
                self.start(owner)
        return most - left


class Alarm:
    """What `Wheel.at` gives: `cancel()` stops it, a write to `due` postpones it."""

    __slots__ = ("_arguments", "_callback", "due", "slot")

    def __init__(self, due: float, callback: Callable[..., object], arguments: tuple[Any, ...]) -> None:
        self.due = due
        self.slot = 0
        self._callback: Callable[..., object] | None = callback
        self._arguments = arguments

    @property
    def active(self) -> bool:
        """It will still call."""
        return self._callback is not None

    def cancel(self) -> None:
        """Call nobody; no harm if that is over."""
        self.due = NEVER
        self._callback = None
        self._arguments = ()

    def expired(self) -> None:
        callback, arguments = self._callback, self._arguments
        self.cancel()
        if callback is not None:
            callback(*arguments)


_due = attrgetter("due")
