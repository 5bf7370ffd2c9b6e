from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.testing.clock import SteppingClock


class SteppingClockTests(SynchronousTestCase):
    def test_it_stops_at_each_deadline(self) -> None:
        clock = SteppingClock()
        seen: list[float] = []
        for due in (0.5, 3.0, 1.5):
            clock.callLater(due, lambda: seen.append(clock.seconds()))
        clock.advance(10)
        self.assertEqual(seen, [0.5, 1.5, 3.0])
        self.assertEqual(clock.seconds(), 10)

    def test_what_is_started_on_the_way_runs_in_the_same_advance(self) -> None:
        clock = SteppingClock()
        seen: list[float] = []

        def again() -> None:
            seen.append(clock.seconds())
            if len(seen) < 3:
                clock.callLater(1, again)

        clock.callLater(1, again)
        clock.advance(10)
        self.assertEqual(seen, [1, 2, 3])

    def test_nothing_runs_before_its_time(self) -> None:
        clock = SteppingClock()
        seen: list[float] = []
        clock.callLater(2, lambda: seen.append(clock.seconds()))
        clock.advance(1.5)
        self.assertEqual((seen, clock.seconds()), ([], 1.5))

    def test_a_call_for_now_runs_when_no_time_passes(self) -> None:
        clock = SteppingClock()
        seen: list[str] = []
        clock.callLater(0, seen.append, "ran")
        clock.advance(0)
        self.assertEqual(seen, ["ran"])

    def test_a_cancelled_call_does_not_run(self) -> None:
        clock = SteppingClock()
        seen: list[str] = []
        clock.callLater(1, seen.append, "ran").cancel()
        clock.advance(5)
        self.assertEqual(seen, [])
