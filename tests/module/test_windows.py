"""sipapp.module.windows: numbers of windows, and when the next one begins."""

from __future__ import annotations

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from sipapp.module.windows import until_next, window


class WindowsTests(SynchronousTestCase):
    def at(self, seconds: float) -> tuple[int, float]:
        clock = Clock()
        clock.rightNow = seconds
        return window(clock, 10), round(until_next(clock, 10), 4)

    def test_they_begin_at_multiples_of_their_length(self) -> None:
        self.assertEqual([self.at(1000.0), self.at(1007.5), self.at(1009.9)], [(100, 10.0), (100, 2.5), (100, 0.1)])

    def test_a_timer_that_is_early_by_a_hair_is_in_the_next_one_already(self) -> None:
        self.assertEqual(self.at(1009.9995), (101, 10.0005))
