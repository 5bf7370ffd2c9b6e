from __future__ import annotations

from typing import Any

from twisted.internet.defer import CancelledError
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from sipapp.script.pause import Pause
from sipapp.testing.clock import SteppingClock
from sipapp.transaction.wheel import Wheel


class Told:
    """A waiter that notes what it is told, and when."""

    def __init__(self, clock: SteppingClock) -> None:
        self.clock = clock
        self.results: list[tuple[float, Any]] = []

    def resume(self, result: Any) -> None:
        self.results.append((self.clock.seconds(), result))


class PauseTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = SteppingClock()
        self.wheel = Wheel(self.clock)
        self.waiter = Told(self.clock)

    def test_its_waiter_gets_1_when_it_is_time_and_not_before(self) -> None:
        Pause(self.wheel, 2.0).tell(self.waiter)
        self.clock.advance(1.99)
        self.assertEqual(self.waiter.results, [])
        self.clock.advance(5)
        self.assertEqual(self.waiter.results, [(2.0, 1)])

    def test_who_asks_when_it_is_over_gets_1_at_once(self) -> None:
        pause = Pause(self.wheel, 2.0)
        self.clock.advance(3)
        pause.tell(self.waiter)
        self.assertEqual(self.waiter.results, [(3.0, 1)])

    def test_cancelled_its_waiter_gets_a_cancelled_error_and_the_time_brings_nothing_more(self) -> None:
        pause = Pause(self.wheel, 2.0)
        pause.tell(self.waiter)
        pause.cancel()
        pause.cancel()
        self.clock.advance(5)
        ((when, failure),) = self.waiter.results
        assert isinstance(failure, Failure)
        self.assertEqual((when, failure.type), (0.0, CancelledError))

    def test_once_over_it_cannot_be_cancelled(self) -> None:
        pause = Pause(self.wheel, 2.0)
        pause.tell(self.waiter)
        self.clock.advance(2)
        pause.cancel()
        self.assertEqual(self.waiter.results, [(2.0, 1)])

    def test_a_coroutine_that_awaits_it_hands_it_to_its_driver(self) -> None:
        pause = Pause(self.wheel, 2.0)

        async def script() -> int:
            return await pause + 1

        coroutine = script()
        self.assertIs(coroutine.send(None), pause)
        with self.assertRaises(StopIteration) as end:
            coroutine.send(1)
        self.assertEqual(end.exception.value, 2)
