# -*- test-case-name: tests.test_collector -*-
"""collector: when Python's garbage collector may stop the server, and when memory goes back to the machine.

What the server makes for a call goes when its last reference does; the collector is for the few cycles that exceptions
leave. What is made at the start stays, and is never looked at again. What outlives its first look is looked at again
when few calls are left, for to go through those of a hundred thousand calls takes a tenth of a second.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable
from math import inf
from time import perf_counter
from typing import Any

YOUNG = 30_000
"""So many more new objects than have gone are looked at at once: some ms."""

OFTEN = 0.1
"""s: so often new objects are looked at in any case. Where as many go as come, as with calls at a steady rate, Python
itself would do nothing for minutes, and then stop for a second."""

SHARE = 100
"""One in so many parts of the time goes into that, where it finds nothing: what is new between two looks then joins
what was there at the start. Each look comes upon a thousand calls in the middle of something: all of them are a tenth
of what calls cost."""

TRUST = 5.0
"""s: so long nothing must have been found for that. Where something is, calls leave cycles, and all is looked at."""

_NEVER = (1 << 31) - 1

EVERY = 5.0
"""s: so often the collector looks how many calls there are."""

MANY = 1000
"""So many calls leave memory behind that is worth giving back once three of four are over."""

FEW = 20

LATEST = 80.0
"""s: time limits of calls that are over end later: all is gone through again after 5, 10, 20, 40 and 80 s more."""

MOST = 5000
"""What more calls than these hold is gone through only where that has not been done for `LONGEST`."""

IDLE, LONGEST = 600.0, 86400.0
"""s: after so long all is gone through, where there are less than `MANY` calls; in any case."""


def hold() -> None:
    """While the server starts nothing becomes garbage: collect nothing."""
    gc.disable()


def settle() -> None:
    """The server has started: what there is now stays for good."""
    gc.freeze()
    gc.set_threshold(YOUNG, _NEVER, _NEVER)
    gc.enable()


class Collector:
    """Goes through everything at quiet moments. `load` tells how many calls there are."""

    def __init__(self, clock: Any, load: Callable[[], int]) -> None:
        self._clock = clock
        self._load = load
        self._call: Any = None
        self._new: Any = None
        self._highest = 0  # how many there were at most since the last time
        self._worth = MANY  # how many that must be
        self._pause, self._again = 0.0, inf  # s between two times that what is left behind is looked for; when next
        self._last = clock.seconds()  # when all was gone through
        self._found = -inf  # when there was something new to collect
        self._next = 0.0  # what is new before this is not looked at
        self._unseen = self._doubted = (
            False  # some was not; there has been something to collect since that was gone through
        )

    def start(self) -> None:
        self._call = self._clock.callLater(EVERY, self._look)
        self._new = self._clock.callLater(OFTEN, self._look_at_new)

    def stop(self) -> None:
        for call in (self._call, self._new):
            if call is not None:
                call.cancel()
        self._call = self._new = None

    def _look_at_new(self) -> None:
        self._new = self._clock.callLater(OFTEN, self._look_at_new)
        now = self._clock.seconds()
        if now < self._next:
            gc.freeze()  # takes no time, however many there are
            self._unseen = True
            return
        began = perf_counter()
        if gc.collect(0):
            self._found, self._doubted = now, True
        elif now - self._found >= TRUST:
            self._next = now + SHARE * (perf_counter() - began)

    def _look(self) -> None:
        self._call = self._clock.callLater(EVERY, self._look)
        load = self._load()
        highest = self._highest = max(self._highest, load)
        now = self._clock.seconds()
        passed = now - self._last
        eased = highest >= self._worth and load * 4 <= highest
        if not eased and now < self._again and passed < (IDLE if load < MANY else LONGEST):
            return
        self._highest = load
        if eased:
            self._worth = FEW if load >= FEW else MANY  # those that are left lie between what others have left
        if eased or now >= self._again:
            self._pause = EVERY if eased else self._pause * 2
            self._again = now + self._pause if self._pause <= LATEST else inf
        if load < MOST or passed >= LONGEST:
            self._last = now
            self._go_through(thoroughly=passed >= IDLE)
        trim()

    def _go_through(self, thoroughly: bool) -> None:
        """All but what was there at the start; with that where what is new and was not looked at is among it."""
        if self._unseen and (thoroughly or self._doubted):
            gc.unfreeze()
            gc.collect()
            gc.freeze()
            self._unseen = self._doubted = False
        else:
            gc.collect()  # which gives away what Python keeps for the next objects, too


def trim() -> None:
    """Have the C library give to the machine what it keeps for later; where it can."""
    if _trim is not None:
        _trim(0)


def _find_trim() -> Any:
    try:
        return ctypes.CDLL(None).malloc_trim  # glibc's
    except (AttributeError, OSError, TypeError):
        return None


_trim = _find_trim()
