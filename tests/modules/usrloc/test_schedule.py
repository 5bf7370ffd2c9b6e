from __future__ import annotations

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from sipapp.modules.usrloc.schedule import Schedule


class ScheduleTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = Clock()
        self.looked: list[tuple[float, bytes]] = []
        self.schedule = Schedule(self.clock, lambda aor: self.looked.append((self.clock.seconds(), aor)))

    def test_each_is_looked_at_in_its_second_with_one_timer_for_all(self) -> None:
        for second, aor in ((5, b"bob"), (3, b"carol"), (5, b"dave")):
            self.schedule.at(second, aor)
        self.assertEqual(len(self.clock.getDelayedCalls()), 1)
        self.clock.pump([2.5, 0.5, 1.5, 0.75])
        self.assertEqual(self.looked, [(3.0, b"carol"), (5.25, b"bob"), (5.25, b"dave")])
        self.assertEqual((len(self.schedule), self.clock.getDelayedCalls()), (0, []))

    def test_one_that_is_put_off_is_looked_at_when_it_was_due(self) -> None:
        self.schedule.at(3, b"bob")
        self.schedule.at(60, b"bob")
        self.clock.advance(100)
        self.assertEqual(self.looked, [(100.0, b"bob")])
        self.assertEqual(len(self.schedule), 0)

    def test_one_that_is_wanted_earlier_is_looked_at_then_and_not_again(self) -> None:
        self.schedule.at(60, b"bob")
        self.schedule.at(3, b"bob")
        self.clock.pump([3, 60])
        self.assertEqual(self.looked, [(3.0, b"bob")])

    def test_one_may_ask_again_while_it_is_looked_at(self) -> None:
        schedule = Schedule(self.clock, lambda aor: schedule.at(10, aor) if self.clock.seconds() < 10 else None)
        schedule.at(3, b"bob")
        self.clock.advance(3)
        self.assertEqual(len(schedule), 1)
        self.clock.advance(7)
        self.assertEqual(len(schedule), 0)

    def test_none_is_looked_at_once_it_is_stopped(self) -> None:
        self.schedule.at(3, b"bob")
        self.schedule.stop()
        self.clock.advance(5)
        self.assertEqual(self.looked, [])
