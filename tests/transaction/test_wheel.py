from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from sipapp.testing.clock import SteppingClock
from sipapp.transaction.timers import NEVER
from sipapp.transaction.wheel import AT_ONCE, Wheel


class Owner:
    """Notes when it is woken; `again` are the times to be woken at after that."""

    def __init__(self, clock: Clock, due: float, again: list[float] | None = None, woken: Any = None) -> None:
        self.clock = clock
        self.due = due
        self.slot = 0
        self.again = again or []
        self.woken: list[Any] = [] if woken is None else woken
        self.name = due

    def expired(self) -> None:
        self.woken.append(round(self.clock.seconds(), 3))
        self.due = self.again.pop(0) if self.again else NEVER


class CountingClock(Clock):
    """Notes at each callLater how many have been woken."""

    def __init__(self, woken: list[Any]) -> None:
        super().__init__()
        self.woken = woken
        self.turns: list[int] = []

    def callLater(self, delay: float, called: Any, *given: Any, **named: Any) -> Any:  # type: ignore[override]
        self.turns.append(len(self.woken))
        return super().callLater(delay, called, *given, **named)


class WheelTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = SteppingClock()
        self.wheel = Wheel(self.clock)

    def start(self, due: float, **more: Any) -> Owner:
        owner = Owner(self.clock, due, **more)
        self.wheel.start(owner)
        return owner

    def test_an_owner_is_woken_at_its_time(self) -> None:
        owner = self.start(0.5)
        self.clock.advance(0.49)
        self.assertEqual(owner.woken, [])
        self.clock.advance(0.01)
        self.assertEqual(owner.woken, [0.5])
        self.clock.advance(100)
        self.assertEqual(owner.woken, [0.5])

    def test_nobody_is_woken_before_its_time(self) -> None:
        for due in (0.001, 0.29, 0.07, 1.005, 12.3456):
            owner = self.start(self.clock.seconds() + due)
            before = owner.due
            self.clock.advance(due + 0.02)
            self.assertEqual(len(owner.woken), 1)
            self.assertLessEqual(before - 0.0005, owner.woken[0])
            self.assertLess(owner.woken[0], before + 0.011)

    def test_a_turn_is_within_what_the_transport_wants_around_it(self) -> None:
        told: list[Any] = []

        @contextmanager
        def together() -> Iterator[None]:
            told.append("begin")
            yield
            told.append("end")

        self.wheel.together = together
        self.start(0.5, woken=told)
        self.clock.advance(1)
        self.assertEqual(told, ["begin", 0.5, "end"])

    def test_whose_time_is_far_off_is_woken_at_it_all_the_same(self) -> None:
        owners = [self.start(due) for due in (39.99, 40.0, 40.01, 95.0, 3600.0)]
        self.clock.advance(3700)
        self.assertEqual([owner.woken for owner in owners], [[39.99], [40.0], [40.01], [95.0], [3600.0]])

    def test_who_is_stopped_is_held_for_40_s_at_most(self) -> None:
        self.clock.advance(7)
        self.start(0.01)
        self.clock.advance(0)  # a turn: from here on
        owner = self.start(3600)
        owner.due = NEVER
        self.clock.advance(39.99)
        self.assertEqual(len(self.wheel), 1)
        self.clock.advance(0.02)
        self.assertEqual((len(self.wheel), owner.woken), (0, []))

    def test_an_owner_that_sets_a_new_time_is_woken_again(self) -> None:
        owner = self.start(0.5, again=[1.5, 3.5])
        self.clock.advance(10)
        self.assertEqual(owner.woken, [0.5, 1.5, 3.5])

    def test_never_stops(self) -> None:
        owner = self.start(0.5)
        owner.due = NEVER
        self.clock.advance(10)
        self.assertEqual(owner.woken, [])
        self.assertEqual(len(self.wheel), 0)

    def test_postponing_is_a_write(self) -> None:
        owner = self.start(0.5)
        owner.due = 2.0
        self.clock.advance(10)
        self.assertEqual(owner.woken, [2.0])

    def test_an_earlier_time_wants_start_again_and_wakes_once(self) -> None:
        owner = self.start(5.0)
        owner.due = 1.0
        self.wheel.start(owner)
        self.clock.advance(10)
        self.assertEqual(owner.woken, [1.0])

    def test_starting_twice_makes_one_entry(self) -> None:
        owner = self.start(1.0)
        self.wheel.start(owner)
        self.assertEqual(len(self.wheel), 1)
        self.clock.advance(10)
        self.assertEqual(owner.woken, [1.0])

    def test_a_stopped_owner_can_be_started_again(self) -> None:
        owner = self.start(0.5)
        owner.due = NEVER
        self.clock.advance(1)
        owner.due = 2.0
        self.wheel.start(owner)
        self.clock.advance(10)
        self.assertEqual(owner.woken, [2.0])

    def test_those_of_one_slot_are_woken_in_the_order_of_their_times(self) -> None:
        order: list[float] = []

        class Named(Owner):
            def expired(self) -> None:
                order.append(self.name)
                self.due = NEVER

        for due in (1.009, 1.003, 1.001, 1.006):
            self.wheel.start(Named(self.clock, due))
        self.clock.advance(2)
        self.assertEqual(order, [1.001, 1.003, 1.006, 1.009])

    def test_an_owner_may_stop_another_of_the_same_slot(self) -> None:
        victim = Owner(self.clock, 1.009)

        class Killer(Owner):
            def expired(self) -> None:
                victim.due = self.due = NEVER

        self.wheel.start(victim)
        self.wheel.start(Killer(self.clock, 1.001))
        self.clock.advance(2)
        self.assertEqual(victim.woken, [])

    def test_a_failing_owner_is_logged_and_hurts_nobody_else(self) -> None:
        class Broken(Owner):
            def expired(self) -> None:
                raise ZeroDivisionError

        self.wheel.start(Broken(self.clock, 1.001))
        good = self.start(1.002)
        self.clock.advance(2)
        self.assertEqual(good.woken, [1.01])
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        self.assertEqual(len(self.wheel), 0)

    def test_there_is_one_delayed_call_however_many_owners(self) -> None:
        for number in range(1000):
            self.start(1 + number * 0.013)
        self.assertEqual(len(self.clock.getDelayedCalls()), 1)
        self.start(0.5)
        self.assertEqual([call.getTime() for call in self.clock.getDelayedCalls()], [0.5])

    def test_without_owners_nothing_waits(self) -> None:
        self.start(0.5)
        self.clock.advance(1)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_many_that_are_due_at_once_leave_the_reactor_its_turn(self) -> None:
        woken: list[float] = []
        clock = CountingClock(woken)
        wheel = Wheel(clock)
        for number in range(3 * AT_ONCE):
            wheel.start(Owner(clock, 1 + number * 0.001, woken=woken))
        clock.advance(60)
        self.assertEqual(clock.turns, [0, AT_ONCE, 2 * AT_ONCE])
        self.assertEqual(len(woken), 3 * AT_ONCE)

    def test_so_do_many_of_one_moment_in_the_order_in_which_they_were_started(self) -> None:
        woken: list[int] = []
        clock = CountingClock(woken)
        wheel = Wheel(clock)
        for number in range(2 * AT_ONCE + 1):
            wheel.at(1.0, woken.append, number)
        clock.advance(1)
        self.assertEqual(clock.turns, [0, AT_ONCE, 2 * AT_ONCE])
        self.assertEqual(woken, list(range(2 * AT_ONCE + 1)))
        self.assertEqual(len(wheel), 0)

    def test_a_late_clock_wakes_everybody_in_order(self) -> None:
        clock = Clock()
        wheel = Wheel(clock)
        owner = Owner(clock, 1.0, again=[2.0, 3.0])
        wheel.start(owner)
        clock.advance(10)
        self.assertEqual(owner.woken, [10, 10, 10])

    def test_stop_wakes_nobody_any_more(self) -> None:
        owner = self.start(1.0)
        self.wheel.stop()
        self.clock.advance(2)
        self.assertEqual(owner.woken, [])
        self.assertEqual(self.clock.getDelayedCalls(), [])


class AlarmTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = SteppingClock()
        self.wheel = Wheel(self.clock)
        self.calls: list[Any] = []

    def test_it_calls_back_once_with_its_arguments(self) -> None:
        alarm = self.wheel.at(1.5, lambda *given: self.calls.append((self.clock.seconds(), given)), 1, "two")
        self.assertTrue(alarm.active)
        self.clock.advance(5)
        self.assertEqual(self.calls, [(1.5, (1, "two"))])
        self.assertFalse(alarm.active)

    def test_cancelled_it_never_calls(self) -> None:
        alarm = self.wheel.at(1.5, self.calls.append, 1)
        alarm.cancel()
        alarm.cancel()
        self.clock.advance(5)
        self.assertEqual(self.calls, [])
        self.assertFalse(alarm.active)

    def test_it_can_be_postponed(self) -> None:
        alarm = self.wheel.at(1.5, lambda: self.calls.append(self.clock.seconds()))
        alarm.due = 2.5
        self.clock.advance(5)
        self.assertEqual(self.calls, [2.5])
