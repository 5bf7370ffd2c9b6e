# -*- test-case-name: tests.testing.test_clock -*-
"""clock: time that goes from deadline to deadline."""

from __future__ import annotations

from twisted.internet.task import Clock


class SteppingClock(Clock):
    """Twisted's Clock, but `advance` stops at each deadline on its way: what is due at 0.5 s runs at 0.5 s, and what
    it starts for 1.5 s runs as well when 2 s are advanced."""

    def advance(self, amount: float) -> None:
        """Let `amount` (s) pass."""
        end = self.rightNow + amount
        while (due := min((call.getTime() for call in self.getDelayedCalls()), default=end + 1)) <= end:
            self.rightNow = max(self.rightNow, due)
            super().advance(0)
        self.rightNow = end
