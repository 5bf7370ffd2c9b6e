from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from twisted.internet.defer import CancelledError
from twisted.trial.unittest import SynchronousTestCase

from sipapp.module.sleep import Sleep, pause
from sipapp.script.pause import Pause
from sipapp.testing.clock import SteppingClock
from sipapp.transaction.wheel import Wheel


class SleepTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = SteppingClock()
        self.server: Any = SimpleNamespace(clock=self.clock, wheel=Wheel(self.clock))

    def test_it_fires_with_1_when_its_time_has_come_and_not_before(self) -> None:
        for seconds in (2.0, 0.3, 0.1, 0.05, 0.001):
            sleep = Sleep(self.server, seconds)
            self.clock.advance(seconds - 0.0005)
            self.assertNoResult(sleep)
            self.clock.advance(0.011)
            self.assertEqual(self.successResultOf(sleep), 1)

    def test_what_is_short_is_on_time(self) -> None:
        sleep = Sleep(self.server, 0.003)
        self.clock.advance(0.003)
        self.assertEqual(self.successResultOf(sleep), 1)

    def test_no_time_at_all_is_the_next_turn_of_the_reactor(self) -> None:
        sleep = Sleep(self.server, 0.0)
        self.assertNoResult(sleep)
        self.clock.advance(0)
        self.assertEqual(self.successResultOf(sleep), 1)

    def test_cancelling_leaves_no_alarm(self) -> None:
        for seconds in (0.0, 0.05, 3.0):
            sleep = Sleep(self.server, seconds)
            sleep.cancel()
            self.failureResultOf(sleep, CancelledError)
            self.clock.advance(5)
        self.assertEqual(self.clock.getDelayedCalls(), [])


class PauseTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = SteppingClock()
        self.server: Any = SimpleNamespace(clock=self.clock, wheel=Wheel(self.clock))

    def test_what_is_short_is_a_sleep_for_the_wheel_is_too_coarse(self) -> None:
        short = pause(self.server, 0.003)
        assert isinstance(short, Sleep)
        self.clock.advance(0.003)
        self.assertEqual(self.successResultOf(short), 1)

    def test_what_is_longer_is_an_entry_of_the_wheel(self) -> None:
        long = pause(self.server, 0.1)
        assert isinstance(long, Pause)
        self.assertEqual((long.due, len(self.server.wheel)), (0.1, 1))
