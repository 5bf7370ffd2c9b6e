"""sipapp.sql.threads."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.trial.unittest import SynchronousTestCase

from sipapp.backend import Backend, Limits
from sipapp.errors import SqlError, SqlUnavailable
from sipapp.interfaces.sql import Rows, SqlValue
from sipapp.sql.pool import Lane, Pool, SqlLost
from sipapp.sql.statements import Statements
from sipapp.sql.threads import GRACE, TIMES, ThreadLane, lane
from sipapp.transaction.wheel import Wheel
from tests.modules.stage import Server
from tests.sql.threaded import LONGEST, ThreadReactor


class Connection:
    """Its statements: what is raised, or else an answer; `wait` waits to be interrupted, `stuck` to be aborted."""

    def __init__(self, opening: str = "") -> None:
        self.opening = opening
        self.began = Event()
        self.interrupted = Event()
        self.interrupts = 0
        self.aborted = Event()
        self.closed = Event()

    def open(self) -> None:
        if self.opening == "refused":
            raise SqlUnavailable("connection refused")
        if self.opening in ("stuck", "slow"):
            self.aborted.wait(LONGEST)
        if self.opening == "stuck":
            raise SqlUnavailable("aborted")

    def run(self, statement: bytes, values: Sequence[SqlValue]) -> Rows:
        self.began.set()
        if statement == b"wait":
            self.interrupted.wait(LONGEST)
            raise SqlError("interrupted")
        if statement == b"stuck":
            self.aborted.wait(LONGEST)
            raise SqlLost("aborted")
        if statement == b"wrong":
            raise SqlError("syntax error")
        return Rows((statement,), [tuple(values)])

    def interrupt(self) -> None:
        self.interrupts += 1
        self.interrupted.set()

    def abort(self) -> None:
        self.aborted.set()

    def close(self) -> None:
        self.closed.set()


class ThreadLaneTests(SynchronousTestCase):
    def make(self, opening: str = "", connect_timeout: float = 2.0) -> Pool:
        self.reactor = ThreadReactor()
        self.connections: list[Connection] = []

        def open_lane(pool: Pool) -> Lane:
            self.connections.append(Connection(opening))
            return ThreadLane(self.reactor, self.reactor, pool, self.connections[-1], connect_timeout)

        backend = Backend("x", Wheel(self.reactor), Limits(in_flight=1))
        self.pool = Pool("db://x", self.reactor, backend, open_lane, Statements())
        self.addCleanup(self.pool.close)
        return self.pool

    def fails(self, deferred: Deferred[Any], kind: type[Exception]) -> str:
        return str(self.assertRaises(kind, self.reactor.result, deferred))

    def begun(self) -> None:
        """The connection is open, and has its statement."""
        self.reactor.one()
        self.assertTrue(self.connections[0].began.wait(LONGEST))

    def test_a_statement_is_made_in_its_thread(self) -> None:
        pool = self.make()
        self.assertEqual(self.reactor.result(pool.execute(b"a", [1])), Rows((b"a",), [(1,)]))
        self.assertEqual(self.reactor.result(pool.execute(b"b", [2])), Rows((b"b",), [(2,)]))
        self.assertEqual(len(self.connections), 1)
        self.assertEqual(self.reactor.getDelayedCalls(), [])

    def test_connect_makes_no_statement(self) -> None:
        pool = self.make()
        self.assertIsNone(self.reactor.result(pool.connect()))
        self.assertFalse(self.connections[0].began.is_set())

    def test_a_statement_that_fails_leaves_the_connection(self) -> None:
        pool = self.make()
        self.assertEqual(self.fails(pool.execute(b"wrong"), SqlError), "syntax error")
        self.reactor.result(pool.execute(b"a"))
        self.assertEqual(len(self.connections), 1)

    def test_no_connection(self) -> None:
        pool = self.make("refused")
        self.assertEqual(self.fails(pool.execute(b"a"), SqlUnavailable), "db://x: connection refused")
        self.assertEqual(pool.connections, 0)

    def test_a_connection_that_hangs_while_it_opens_is_given_up(self) -> None:
        pool = self.make("stuck")
        asked = pool.execute(b"a")
        self.reactor.advance(2)
        self.assertEqual(self.fails(asked, SqlUnavailable), "db://x: no connection within 2 s")
        self.assertEqual(pool.connections, 0)

    def test_cancelled_it_is_interrupted_and_used_again(self) -> None:
        pool = self.make()
        asked = pool.execute(b"wait")
        self.begun()
        asked.cancel()
        self.failureResultOf(asked, CancelledError)
        self.reactor.until(lambda: not self.reactor.getDelayedCalls())
        self.assertTrue(self.connections[0].interrupted.is_set())
        self.reactor.result(pool.execute(b"a"))
        self.assertEqual(len(self.connections), 1)

    def test_it_is_interrupted_again_and_again(self) -> None:
        """The server may not have begun with it when it hears that it is to stop."""
        asked = self.make().execute(b"stuck")
        self.begun()
        asked.cancel()
        self.failureResultOf(asked, CancelledError)
        for _ in range(3):
            self.reactor.one()
            self.reactor.advance(GRACE / TIMES)
        self.reactor.one()
        self.assertEqual(self.connections[0].interrupts, 4)
        self.assertFalse(self.connections[0].aborted.is_set())
        self.reactor.advance(GRACE / TIMES)
        self.assertTrue(self.connections[0].aborted.is_set())

    def test_what_is_given_up_while_the_connection_opens_is_never_begun(self) -> None:
        pool = self.make("slow")
        asked = pool.execute(b"a")
        asked.cancel()
        self.failureResultOf(asked, CancelledError)
        self.connections[0].aborted.set()
        self.reactor.result(pool.connect())
        self.assertFalse(self.connections[0].began.is_set())

    def test_what_cannot_be_interrupted_is_aborted(self) -> None:
        pool = self.make()
        asked = pool.execute(b"stuck")
        self.begun()
        asked.cancel()
        self.failureResultOf(asked, CancelledError)
        self.assertEqual(pool.connections, 1)
        self.reactor.advance(GRACE)
        self.reactor.until(lambda: pool.connections == 0)
        self.assertTrue(self.connections[0].closed.wait(LONGEST))

    def test_the_next_statement_waits_for_it_and_gets_its_own_answer(self) -> None:
        pool = self.make()
        first = pool.execute(b"wait")
        self.begun()
        second = pool.execute(b"b")
        first.cancel()
        self.failureResultOf(first, CancelledError)
        third = pool.execute(b"c")
        self.assertEqual(self.reactor.result(second).columns, (b"b",))
        self.assertEqual(self.reactor.result(third).columns, (b"c",))
        self.assertEqual(pool.connections, 1)

    def test_closed_the_thread_ends(self) -> None:
        pool = self.make()
        self.reactor.result(pool.connect())
        pool.close()
        self.assertTrue(self.connections[0].closed.wait(LONGEST))
        self.reactor.until(lambda: pool.connections == 0)


class InlineTests(SynchronousTestCase):
    def make(self, opening: str = "") -> Pool:
        self.connections: list[Connection] = []
        server: Any = Server()

        def open_lane(pool: Pool) -> Lane:
            self.connections.append(Connection(opening))
            return lane(server, pool, self.connections[-1])

        return Pool("db://x", server.clock, Backend("x", server.wheel), open_lane, Statements())

    def test_without_threads_a_statement_is_made_at_once(self) -> None:
        pool = self.make()
        self.assertEqual(self.successResultOf(pool.execute(b"a", [1])), Rows((b"a",), [(1,)]))
        self.assertEqual(str(self.failureResultOf(pool.execute(b"wrong"), SqlError).value), "syntax error")
        self.successResultOf(pool.connect())
        self.assertEqual(len(self.connections), 1)

    def test_no_connection(self) -> None:
        why = self.failureResultOf(self.make("refused").execute(b"a"), SqlUnavailable).value
        self.assertEqual(str(why), "db://x: connection refused")

    def test_closed_the_connection_is(self) -> None:
        pool = self.make()
        self.successResultOf(pool.connect())
        pool.close()
        self.assertTrue(self.connections[0].closed.is_set())
        self.assertEqual(pool.connections, 0)
