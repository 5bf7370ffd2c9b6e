"""The garbage collector around the server's start, and at quiet moments."""

from __future__ import annotations

import gc
from functools import partial

from twisted.trial.unittest import SynchronousTestCase

from sipapp import collector
from sipapp.collector import EVERY, FEW, IDLE, LONGEST, MANY, MOST, TRUST, Collector
from sipapp.testing.clock import SteppingClock


class StartTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.addCleanup(gc.enable)
        self.addCleanup(gc.unfreeze)
        self.addCleanup(gc.set_threshold, *gc.get_threshold())

    def test_it_rests_while_the_server_starts(self) -> None:
        collector.hold()
        self.assertFalse(gc.isenabled())
        collector.settle()
        self.assertTrue(gc.isenabled())

    def test_what_was_there_at_the_start_is_never_looked_at_again(self) -> None:
        there = [object()]
        collector.settle()
        self.assertGreater(gc.get_freeze_count(), 0)
        self.assertNotIn(id(there), set(map(id, gc.get_objects())))

    def test_what_has_been_looked_at_is_not_looked_at_again_by_itself(self) -> None:
        collector.settle()
        young, middle, old = gc.get_threshold()
        self.assertEqual(young, 30_000)
        self.assertGreater(min(middle, old), 1_000_000_000)


class NewTests(SynchronousTestCase):
    """A look takes 4 ms, by the clock of the machine."""

    def setUp(self) -> None:
        self.done: list[str] = []
        self.finds: list[float] = []
        self.patch(gc, "collect", self.collect)
        for name in ("freeze", "unfreeze"):
            self.patch(gc, name, partial(self.done.append, name))
        self.patch(collector, "perf_counter", iter(n * 0.004 for n in range(10_000)).__next__)
        self.patch(collector, "trim", lambda: None)
        self.clock = SteppingClock()
        self.load = 100 * MOST
        self.collector = Collector(self.clock, lambda: self.load)
        self.collector.start()

    def collect(self, generation: int = 2) -> int:
        self.done.append(f"collect {generation}")
        return len([self.finds.pop() for at in self.finds if self.clock.seconds() > at])

    def pass_by(self, seconds: float) -> list[str]:
        """What is done meanwhile."""
        del self.done[:]
        self.clock.advance(seconds)
        return self.done

    def test_what_is_new_is_looked_at_ten_times_a_second_however_many_calls_there_are(self) -> None:
        self.patch(collector, "perf_counter", lambda: 1.0)
        self.assertEqual(self.pass_by(1.05), ["collect 0"] * 10)
        self.collector.stop()
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_where_nothing_is_found_a_hundredth_of_the_time_goes_into_that(self) -> None:
        self.pass_by(0.05)
        done = self.pass_by(2.05)
        self.assertEqual((done.count("collect 0"), done.count("freeze")), (5, 15))

    def test_where_something_is_found_everything_is_looked_at_for_a_while(self) -> None:
        self.pass_by(0.05)
        self.finds = [self.clock.seconds()]
        self.pass_by(0.4)
        self.assertEqual(self.pass_by(TRUST - 0.5), ["collect 0"] * 45)
        self.assertIn("freeze", self.pass_by(1.0))

    def whole(self) -> list[str]:
        """What is done, other than to look at what is new, when all calls are over."""
        self.load = 0
        self.patch(collector, "OFTEN", 3600.0)
        self.clock.advance(0.1)
        return self.pass_by(EVERY)

    def test_what_was_not_looked_at_is_gone_through_where_there_was_something_to_collect(self) -> None:
        self.pass_by(EVERY + 0.35)
        self.finds = [self.clock.seconds()]
        self.pass_by(1)
        self.assertEqual(self.whole(), ["unfreeze", "collect 2", "freeze"])
        self.assertEqual(set(self.pass_by(2 * IDLE)), {"collect 2"})  # all of it is done

    def test_where_there_was_nothing_it_waits_for_an_idle_moment(self) -> None:
        self.pass_by(EVERY + 0.35)
        self.assertEqual(self.whole(), ["collect 2"])
        self.pass_by(2 * IDLE)
        self.assertEqual([what for what in self.done if what != "collect 2"], ["unfreeze", "freeze"])


class QuietTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.load = 0
        self.done: list[str] = []
        self.patch(gc, "collect", self.collect)
        self.patch(collector, "OFTEN", 3600.0)
        self.patch(collector, "trim", lambda: self.done.append("trim"))
        self.clock = SteppingClock()
        self.collector = Collector(self.clock, lambda: self.load)
        self.collector.start()

    def collect(self, generation: int = 2) -> None:
        if generation:
            self.done.append("collect")

    def look(self, load: int) -> list[str]:
        """What is done about so many calls."""
        self.load = load
        del self.done[:]
        self.clock.advance(EVERY)
        return self.done

    def test_all_is_gone_through_when_three_of_four_of_many_calls_are_over(self) -> None:
        self.assertEqual(self.look(MANY), [])
        self.assertEqual(self.look(MANY // 4 + 1), [])
        self.assertEqual(self.look(MANY // 4), ["collect", "trim"])

    def test_and_again_when_the_time_limits_of_those_calls_are_over(self) -> None:
        self.look(MANY)
        self.look(0)
        self.look(0)
        began = self.clock.seconds()
        again = []
        while self.clock.seconds() < began + 300:
            if self.look(0):
                again.append(self.clock.seconds() - began)
        self.assertEqual(again, [10.0, 30.0, 70.0, 150.0])

    def test_and_again_for_those_that_were_left(self) -> None:
        self.look(MANY)
        self.look(MANY // 4)
        self.look(MANY // 4)
        self.assertEqual(self.look(MANY // 4), [])
        self.assertEqual(self.look(FEW // 2), ["collect", "trim"])
        self.look(0)
        self.assertEqual(self.look(0), [])

    def test_few_calls_leave_nothing_worth_it(self) -> None:
        self.look(MANY - 1)
        self.assertEqual(self.look(0), [])

    def test_what_many_calls_still_hold_is_not_gone_through(self) -> None:
        self.look(MOST * 4)
        self.assertEqual(self.look(MOST), ["trim"])
        self.assertEqual(self.look(MOST // 4), ["collect", "trim"])

    def test_with_few_calls_that_is_done_from_time_to_time(self) -> None:
        self.clock.advance(IDLE - EVERY)
        self.assertEqual(self.done, [])
        self.assertEqual(self.look(0), ["collect", "trim"])
        self.clock.advance(IDLE - EVERY)
        self.assertEqual(self.look(0), ["collect", "trim"])

    def test_with_many_calls_seldom(self) -> None:
        self.load = MOST
        self.clock.advance(LONGEST - EVERY)
        self.assertEqual(self.done, [])
        self.assertEqual(self.look(MOST), ["collect", "trim"])

    def test_stopped_it_looks_no_more(self) -> None:
        self.collector.stop()
        self.collector.stop()
        self.assertEqual(self.clock.getDelayedCalls(), [])


class TrimTests(SynchronousTestCase):
    def test_it_is_asked_of_the_c_library_where_that_can(self) -> None:
        asked: list[int] = []
        self.patch(collector, "_trim", asked.append)
        collector.trim()
        self.assertEqual(asked, [0])

    def test_elsewhere_nothing_happens(self) -> None:
        self.patch(collector, "_trim", None)
        collector.trim()
