# -*- test-case-name: tests.backend.test_breaker -*-
"""breaker: a circuit breaker: opens when too much fails, tries again after a while. No I/O, no clock."""

from __future__ import annotations

from enum import IntEnum

from sipapp.backend.limits import Limits


class State(IntEnum):
    """CLOSED: calls go through; HALF_OPEN: a few do, to see; OPEN: none does."""

    CLOSED = 0
    HALF_OPEN = 1
    OPEN = 2


class Breaker:
    """Times are seconds of any clock. Failures are counted in two halves of the window, the older one dropped whole."""

    __slots__ = (
        "_bad",
        "_before",
        "_epoch",
        "_good",
        "_half_ends",
        "_limits",
        "_probing",
        "_proved",
        "_until",
        "state",
    )

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.state = State.CLOSED
        self._epoch = 0  # counts the changes of state: what began in another one says nothing about this one
        self._good = self._bad = 0  # of this half of the window
        self._before = (0, 0)  # of the half before it
        self._half_ends = 0.0
        self._until = 0.0  # OPEN: when to try again
        self._probing = 0  # HALF_OPEN: calls that are out
        self._proved = 0  # HALF_OPEN: calls that went well

    def admit(self, now: float) -> int:
        """A ticket for one call, to be given back to `ended` or `withdrawn`; -1: not now."""
        if self.state is State.OPEN:
            if now < self._until:
                return -1
            self._change(State.HALF_OPEN)
        if self.state is State.HALF_OPEN:
            if self._probing >= self._limits.probes:
                return -1
            self._probing += 1
        return self._epoch

    def ended(self, ticket: int, failed: bool, now: float) -> bool:
        """A call is over; whether the circuit has opened by that."""
        limits = self._limits
        if ticket != self._epoch or not limits.failure_rate:
            return False
        if self.state is State.HALF_OPEN:
            return self._probed(failed, now)
        if now >= self._half_ends:
            self._before = (self._good, self._bad) if now < self._half_ends + limits.window / 2 else (0, 0)
            self._good = self._bad = 0
            self._half_ends = now + limits.window / 2
        if not failed:
            self._good += 1
            return False
        self._bad += 1
        bad = self._bad + self._before[1]
        calls = bad + self._good + self._before[0]
        if calls < limits.min_calls or bad * 100 < limits.failure_rate * calls:
            return False
        self._open(now)
        return True

    def withdrawn(self, ticket: int) -> None:
        """A call was given up by whoever made it: it says nothing."""
        if ticket == self._epoch and self.state is State.HALF_OPEN:
            self._probing -= 1

    def _probed(self, failed: bool, now: float) -> bool:
        if failed:
            self._open(now)
            return True
        self._probing -= 1
        self._proved += 1
        if self._proved >= self._limits.probes:
            self._change(State.CLOSED)
        return False

    def _open(self, now: float) -> None:
        self._until = now + self._limits.open_time
        self._change(State.OPEN)

    def _change(self, state: State) -> None:
        self.state = state
        self._epoch += 1
        self._good = self._bad = self._probing = self._proved = 0
        self._before = (0, 0)
        self._half_ends = 0.0
