"""sipapp/script/suspended.py: how many scripts wait, for how long, and what that cost."""

from __future__ import annotations

from datetime import datetime

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import TooManySuspended
from sipapp.script.runtime import FAILED, Context
from sipapp.script.suspended import AT_ONCE, Waits
from tests.script.engine import Engine, Keeper


class BoundTests(SynchronousTestCase):
    def test_one_more_than_suspend_max_ends_with_503(self) -> None:
        engine = Engine('wait(1); say("on");', suspend_max=2)
        contexts = [engine.start() for _ in range(3)]
        self.assertEqual(engine.ended, [-1])
        error = contexts[2].extra[FAILED]
        self.assertIsInstance(error, TooManySuspended)
        self.assertEqual(error.status, 503)
        engine.advance(1)
        self.assertEqual(engine.said, ["on", "on"])

    def test_the_refused_call_is_cancelled(self) -> None:
        engine = Engine("wait(1);", suspend_max=0)
        engine.start()
        self.assertEqual(engine.timers(), 0)
        self.assertEqual(engine.server.suspended.functions["wait"].errors, 1)


class TimeoutTests(SynchronousTestCase):
    def test_each_wait_has_the_whole_time(self) -> None:
        engine = Engine('wait(9); wait(9); say("on");', suspend_timeout=10)
        engine.start()
        engine.advance(9)
        engine.advance(9)
        self.assertEqual(engine.said, ["on"])

    def test_each_run_is_ended_when_it_is_due(self) -> None:
        engine = Engine("broken();", suspend_timeout=10)
        engine.start()
        engine.advance(4)
        engine.start()
        engine.advance(6)
        self.assertEqual(len(engine.ended), 1)
        engine.advance(3.9)
        self.assertEqual(len(engine.ended), 1)
        engine.advance(0.1)
        self.assertEqual(len(engine.ended), 2)
        self.assertEqual(engine.server.suspended.functions["broken"].timeouts, 2)

    def test_a_shorter_time_holds_from_the_next_wait_on_for_all(self) -> None:
        engine = Engine("broken();", suspend_timeout=100)
        engine.start()
        engine.server.config.suspend_timeout = 10
        engine.start()
        engine.advance(9.9)
        self.assertEqual(engine.ended, [])
        engine.advance(0.1)
        self.assertEqual((len(engine.ended), engine.timers()), (2, 0))

    def test_0_means_for_ever(self) -> None:
        engine = Engine("broken();", suspend_timeout=0)
        engine.start()
        engine.advance(100000)
        self.assertEqual(engine.ended, [])


class ForgetTests(SynchronousTestCase):
    def forgetful(self, engine: Engine) -> list[float]:
        """When a context is told to forget."""
        told: list[float] = []
        clock = engine.server.clock
        self.patch(Context, "forget", lambda ctx: told.append(clock.seconds()))
        return told

    def engine(self, body: str) -> Engine:
        engine = Engine(body)
        engine.server.keeper = Keeper()
        return engine

    def test_who_waits_for_a_second_forgets_what_can_be_had_again(self) -> None:
        engine = self.engine("wait(9); wait(9);")
        told = self.forgetful(engine)
        engine.start()
        engine.advance(0.99)
        self.assertEqual(told, [])
        engine.advance(0.01)
        self.assertEqual(told, [1.0])
        engine.advance(8)
        engine.advance(1)
        self.assertEqual(told, [1.0, 10.0])

    def test_who_is_over_before_does_not(self) -> None:
        engine = self.engine("broken();")
        told = self.forgetful(engine)
        engine.start()
        engine.advance(0.9)
        engine.trial.pending[0].callback(None)
        engine.advance(5)
        self.assertEqual((told, engine.timers()), ([], 0))

    def test_who_has_no_message_of_its_own_does_not(self) -> None:
        engine = Engine("wait(9);")
        told = self.forgetful(engine)
        engine.start()
        engine.advance(5)
        self.assertEqual(told, [])

    def test_so_many_at_a_time(self) -> None:
        engine = self.engine("wait(9);")
        told = self.forgetful(engine)
        for _ in range(AT_ONCE + 1):
            engine.start()
        between: list[int] = []
        engine.server.clock.callLater(1.0, lambda: between.append(len(told)))
        engine.advance(1)
        self.assertEqual((between, len(told)), ([AT_ONCE], AT_ONCE + 1))

    def test_those_that_come_one_by_one_are_gone_through_ten_times_a_second(self) -> None:
        engine = self.engine("wait(9);")
        told = self.forgetful(engine)
        for _ in range(10):
            engine.start()
            engine.advance(0.02)
        for _ in range(100):
            engine.advance(0.01)
        self.assertEqual((len(told), len(set(told))), (10, 3))


class ListTests(SynchronousTestCase):
    def test_a_row_says_who_waits_where_for_what_and_how_long(self) -> None:
        engine = Engine("route(A);", "route[A] {\n  $var(x) = 1;\n  wait(60);\n}", suspend_timeout=120)
        engine.start()
        engine.advance(50)
        (row,) = engine.server.suspended.rows()
        (row,) = engine.server.suspended.rows()
        self.assertEqual((row.id, row.call_id, row.method), (1, "call-1", "OPTIONS"))
        self.assertEqual((row.route, row.function, row.place), ("route[A]", "wait", "app.cfg:7:3"))
        self.assertEqual(row.age, 50.0)
        began, ends = datetime.fromisoformat(row.since), datetime.fromisoformat(row.deadline or "")
        self.assertEqual((ends - began).total_seconds(), 120.0)
        engine.advance(10)
        self.assertEqual(list(engine.server.suspended.rows()), [])

    def test_a_limit_of_its_own_is_the_deadline_where_it_is_the_earlier_one(self) -> None:
        engine = Engine("async(wait(60), R, 5);", "route[R] { wait(60); }", suspend_timeout=120)
        engine.start()
        (row,) = engine.server.suspended.rows()
        began, ends = datetime.fromisoformat(row.since), datetime.fromisoformat(row.deadline or "")
        self.assertAlmostEqual((ends - began).total_seconds(), 5.0, places=2)
        engine.advance(5)
        (row,) = engine.server.suspended.rows()
        began, ends = datetime.fromisoformat(row.since), datetime.fromisoformat(row.deadline or "")
        self.assertAlmostEqual((ends - began).total_seconds(), 120.0, places=2)

    def test_a_run_that_nothing_ends_has_no_deadline(self) -> None:
        engine = Engine("wait(60);", suspend_timeout=0)
        engine.start()
        (row,) = engine.server.suspended.rows()
        self.assertIsNone(row.deadline)

    def test_one_run_can_be_ended_by_its_id(self) -> None:
        engine = Engine('wait(60); say("on");')
        contexts = [engine.start() for _ in range(2)]
        self.assertTrue(engine.server.suspended.end(2))
        self.assertFalse(engine.server.suspended.end(2))
        self.assertEqual(engine.ended, [-1])
        self.assertIsInstance(contexts[1].extra[FAILED], TooManySuspended)
        engine.advance(60)
        self.assertEqual(engine.said, ["on"])

    def test_the_longest_comes_first(self) -> None:
        engine = Engine("wait(60);")
        for _ in range(3):
            engine.start()
            engine.advance(1)
        self.assertEqual([row.age for row in engine.server.suspended.rows()], [3.0, 2.0, 1.0])


class CountTests(SynchronousTestCase):
    def test_every_outcome_is_counted(self) -> None:
        engine = Engine("wait(1);")
        for _ in range(3):
            engine.start()
        waits = engine.server.suspended.functions["wait"]
        self.assertEqual((waits.started, waits.running), (3, 3))
        next(iter(engine.server.suspended)).cancel()
        engine.advance(1)
        self.assertEqual((waits.started, waits.running, waits.finished, waits.cancelled), (3, 0, 2, 1))

    def test_a_failed_deferred_is_an_error(self) -> None:
        engine = Engine("broken();")
        engine.start()
        engine.trial.pending[0].errback(KeyError())
        self.assertEqual(engine.server.suspended.functions["broken"].errors, 1)
        self.flushLoggedErrors(KeyError)

    def test_percentiles_are_right_to_a_quarter(self) -> None:
        waits = Waits()
        self.assertEqual(waits.percentile(0.5), 0.0)
        for milliseconds in range(1, 101):
            waits.ended("finished", milliseconds / 1000)
        for share, seconds in ((0.5, 0.05), (0.95, 0.095), (0.99, 0.099)):
            found = waits.percentile(share)
            self.assertTrue(seconds <= found <= seconds * 1.27, f"p{share}: {found}")

    def test_times_beyond_the_ends_have_a_place(self) -> None:
        waits = Waits()
        waits.ended("finished", 0.0)
        self.assertEqual(waits.percentile(1.0), 0.0001)
        waits.ended("finished", 1e9)
        self.assertAlmostEqual(waits.percentile(1.0), 10000.0)


class ShutDownTests(SynchronousTestCase):
    def test_all_runs_end_and_are_owed_503(self) -> None:
        engine = Engine('slowly("x"); say("no");')
        contexts = [engine.start() for _ in range(2)]
        engine.server.suspended.shut_down()
        self.assertEqual(engine.ended, [-1, -1])
        self.assertEqual([ctx.extra[FAILED].status for ctx in contexts], [503, 503])
        self.assertEqual(engine.said, ["finally x", "finally x"])
        self.assertEqual(engine.server.clock.getDelayedCalls(), [])
