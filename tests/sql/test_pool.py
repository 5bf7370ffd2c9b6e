"""sipapp.sql.pool."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from sipapp.backend import Backend, Limits
from sipapp.errors import SqlError, SqlUnavailable
from sipapp.interfaces.sql import ISql, Rows, SqlValue
from sipapp.sql.pool import Pool, SqlLost
from sipapp.sql.statements import Statements
from sipapp.transaction.wheel import Wheel

ONE = Rows((b"a",), [(1,)])


class Lane:
    """Does what the test tells it to."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.used = False
        self.asked: list[tuple[bytes | None, tuple[SqlValue, ...]]] = []
        self.running: Deferred[Rows] | None = None
        self.cancelled = 0
        self.closed = False

    def run(self, statement: bytes | None, values: Sequence[SqlValue]) -> Deferred[Rows]:
        self.asked.append((statement, tuple(values)))
        self.running = Deferred(self._cancel)
        return self.running

    def _cancel(self, _: Deferred[Rows]) -> None:
        self.cancelled += 1

    def close(self) -> None:
        self.closed = True
        self.pool.lost(self)

    def answer(self, rows: Rows = ONE) -> None:
        self.used = True
        self.pool.connected()
        self.pool.free(self)
        self._fire().callback(rows)

    def refuse(self, why: str = "connection refused") -> None:
        self.pool.not_connected(why)
        self.pool.lost(self)
        self._fire().errback(SqlUnavailable(why))

    def break_down(self) -> None:
        self.pool.lost(self)
        self._fire().errback(SqlLost("gone"))

    def _fire(self) -> Deferred[Rows]:
        running, self.running = self.running, None
        assert running is not None
        return running


class PoolTests(SynchronousTestCase):
    def make(self, **limits: Any) -> Pool:
        self.clock = Clock()
        self.lanes: list[Lane] = []
        backend = Backend("x", Wheel(self.clock), Limits(**(limits or {"in_flight": 2, "queue": 1})))
        self.pool = Pool("db://host/x", self.clock, backend, self._lane, Statements(), timeout=5)
        return self.pool

    def _lane(self, pool: Pool) -> Lane:
        self.lanes.append(Lane(pool))
        return self.lanes[-1]

    def test_it_keeps_the_contract(self) -> None:
        self.assertTrue(verifyObject(ISql, self.make()))

    def test_a_statement_gets_a_connection_and_the_next_one_the_same(self) -> None:
        pool = self.make()
        first = pool.execute(b"select a", [1])
        self.lanes[0].answer()
        self.assertEqual(self.successResultOf(first), ONE)
        second = pool.execute(b"select b")
        self.lanes[0].answer()
        self.successResultOf(second)
        self.assertEqual(self.lanes[0].asked, [(b"select a", (1,)), (b"select b", ())])
        self.assertEqual(pool.connections, 1)

    def test_statements_at_the_same_time_have_connections_of_their_own_up_to_the_limit(self) -> None:
        pool = self.make()
        asked = [pool.execute(b"%d" % n) for n in range(3)]
        self.assertEqual([lane.asked for lane in self.lanes], [[(b"0", ())], [(b"1", ())]])
        self.lanes[1].answer()
        self.assertEqual(self.lanes[1].asked, [(b"1", ()), (b"2", ())])
        self.successResultOf(asked[1])
        self.assertNoResult(asked[2])

    def test_beyond_the_queue_they_fail_at_once(self) -> None:
        pool = self.make()
        for _ in range(3):
            pool.execute(b"x")
        why = self.failureResultOf(pool.execute(b"y"), SqlUnavailable).value
        self.assertEqual(str(why), "backend x: 2 calls in flight, 1 queued")

    def test_connect_opens_a_connection_and_is_content_with_one(self) -> None:
        pool = self.make()
        connecting = pool.connect()
        self.assertEqual(self.lanes[0].asked, [(None, ())])
        self.lanes[0].answer(Rows((), ()))
        self.assertIsNone(self.successResultOf(connecting))
        self.assertIsNone(self.successResultOf(pool.connect()))
        self.assertEqual(len(self.lanes), 1)

    def test_what_is_late_is_stopped(self) -> None:
        pool = self.make()
        asked = pool.execute(b"slow")
        self.clock.advance(5)
        why = self.failureResultOf(asked, SqlError).value
        self.assertEqual(str(why), "db://host/x: no answer within 5 s")
        self.assertEqual(self.lanes[0].cancelled, 1)

    def test_what_is_cancelled_is_stopped(self) -> None:
        asked = self.make().execute(b"slow")
        asked.cancel()
        self.failureResultOf(asked, CancelledError)
        self.assertEqual(self.lanes[0].cancelled, 1)

    def test_what_was_given_up_keeps_its_connection_until_it_has_stopped(self) -> None:
        pool = self.make()
        for _ in range(2):
            asked = pool.execute(b"hangs")
            asked.cancel()
            self.failureResultOf(asked, CancelledError)
        given_up, waiting = pool.execute(b"a"), pool.execute(b"b")
        self.assertEqual(pool.connections, 2)
        given_up.cancel()
        self.failureResultOf(given_up, CancelledError)
        pool.free(self.lanes[1])
        self.lanes[1].answer()
        self.assertEqual(self.successResultOf(waiting), ONE)
        self.assertEqual([lane.asked for lane in self.lanes], [[(b"hangs", ())], [(b"hangs", ()), (b"b", ())]])

    def test_a_connection_that_is_lost_makes_room_for_another(self) -> None:
        pool = self.make(in_flight=1)
        asked = pool.execute(b"hangs")
        asked.cancel()
        self.failureResultOf(asked, CancelledError)
        waiting = pool.execute(b"a")
        pool.lost(self.lanes[0])
        self.lanes[1].answer()
        self.assertEqual(self.successResultOf(waiting), ONE)

    def test_after_a_failed_connect_nobody_tries_for_a_while_that_doubles(self) -> None:
        pool = self.make()
        tried = pool.execute(b"x")
        self.lanes[0].refuse()
        self.failureResultOf(tried, SqlUnavailable)
        self.clock.advance(0.09)
        why = self.failureResultOf(pool.execute(b"x"), SqlUnavailable).value
        self.assertEqual(str(why), "db://host/x: connection refused")
        self.assertEqual(len(self.lanes), 1)
        self.clock.advance(0.02)
        tried = pool.execute(b"x")
        self.lanes[1].refuse()
        self.failureResultOf(tried, SqlUnavailable)
        self.clock.advance(0.19)
        self.failureResultOf(pool.execute(b"x"), SqlUnavailable)
        self.clock.advance(0.02)
        tried = pool.execute(b"x")
        self.lanes[2].answer()
        self.successResultOf(tried)

    def test_the_wait_has_an_end(self) -> None:
        pool = self.make()
        for _ in range(10):
            self.clock.advance(0.801)
            tried = pool.execute(b"x")
            self.lanes[-1].refuse()
            self.failureResultOf(tried, SqlUnavailable)
        self.assertEqual(len(self.lanes), 10)

    def test_a_connection_that_died_while_it_rested_is_replaced_with_all_others_that_rest(self) -> None:
        pool = self.make()
        both = [pool.execute(b"a"), pool.execute(b"b")]
        for lane in self.lanes:
            lane.answer()
        for one in both:
            self.successResultOf(one)
        asked = pool.execute(b"c")
        self.lanes[1].break_down()
        self.assertTrue(self.lanes[0].closed)
        self.assertEqual(self.lanes[2].asked, [(b"c", ())])
        self.lanes[2].answer()
        self.assertEqual(self.successResultOf(asked), ONE)

    def test_a_new_connection_that_breaks_is_not_replaced(self) -> None:
        asked = self.make().execute(b"c")
        self.lanes[0].break_down()
        self.failureResultOf(asked, SqlLost)
        self.assertEqual(len(self.lanes), 1)

    def test_the_other_methods_are_statements(self) -> None:
        pool = self.make()
        changed = Rows((), (), 2)
        calls: list[tuple[Callable[[], Deferred[Any]], Rows, Any]] = [
            (lambda: pool.select(b"t", [b"a"], {b"b": 1}), ONE, ONE),
            (lambda: pool.insert(b"t", {b"a": 1}), changed, None),
            (lambda: pool.update(b"t", {b"a": 1}), changed, 2),
            (lambda: pool.delete(b"t"), changed, 2),
            (lambda: pool.replace(b"t", {b"a": 1, b"b": 2}, [b"a"]), changed, None),
        ]
        for call, rows, result in calls:
            called = call()
            self.lanes[0].answer(rows)
            self.assertEqual(self.successResultOf(called), result)
        self.assertEqual(
            [statement for statement, _ in self.lanes[0].asked],
            [
                b"SELECT a FROM t WHERE b=?",
                b"INSERT INTO t (a) VALUES (?)",
                b"UPDATE t SET a=?",
                b"DELETE FROM t",
                b"UPDATE t SET b=? WHERE a=?",
            ],
        )

    def test_replace_adds_the_row_where_nothing_was_changed(self) -> None:
        pool = self.make()
        replacing = pool.replace(b"t", {b"a": 1, b"b": 2}, [b"a"])
        self.lanes[0].answer(Rows((), (), 0))
        self.assertNoResult(replacing)
        self.lanes[0].answer(Rows((), (), 1))
        self.successResultOf(replacing)
        self.assertEqual(self.lanes[0].asked[1], (b"INSERT INTO t (a,b) VALUES (?,?)", (1, 2)))

    def test_closed_it_has_no_connections_and_makes_none(self) -> None:
        pool = self.make()
        asked = pool.execute(b"a")
        self.lanes[0].answer()
        self.successResultOf(asked)
        pool.close()
        self.assertTrue(self.lanes[0].closed)
        why = self.failureResultOf(pool.execute(b"b"), SqlUnavailable).value
        self.assertEqual(str(why), "db://host/x: closed")
