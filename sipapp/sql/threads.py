# -*- test-case-name: tests.sql.test_threads -*-
"""threads: a connection whose driver blocks, in a thread of its own."""

from __future__ import annotations

from collections.abc import Sequence
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, Protocol

from twisted.internet.defer import Deferred, fail, succeed

from sipapp.errors import SqlError, SqlUnavailable
from sipapp.interfaces.sql import Rows, SqlValue
from sipapp.log import Logger
from sipapp.sql.pool import SqlLost

if TYPE_CHECKING:
    from sipapp.interfaces.server import IServer
    from sipapp.sql.pool import Lane, Pool

log = Logger()

GRACE = 1.0
"""s that a statement that was given up has to end by itself, before its connection is broken."""

TIMES = 4
"""How often it is told to, meanwhile: the server may hear of it before the statement has begun."""

NOTHING = Rows((), ())


class Connection(Protocol):
    """A driver's connection. `interrupt` and `abort` are called from other threads than its own."""

    def open(self) -> None:
        """Connect. Raises SqlUnavailable."""

    def run(self, statement: bytes, values: Sequence[SqlValue]) -> Rows:
        """Raises SqlError; SqlLost: the connection is of no more use."""

    def interrupt(self) -> None:
        """Stop the statement that is running; may block. Raises nothing."""

    def abort(self) -> None:
        """Break the connection, or the attempt to connect, at once. Raises nothing."""

    def close(self) -> None:
        """Close it. Raises nothing."""


def lane(server: IServer, pool: Pool, connection: Connection, connect_timeout: float = 0.0) -> Lane:
    """A Lane of a connection that blocks. A server without threads, in a test on a clock of its own, blocks."""
    if not hasattr(server.reactor, "callFromThread"):
        return InlineLane(pool, connection)
    return ThreadLane(server.reactor, server.clock, pool, connection, connect_timeout)


class ThreadLane:
    """A Lane. The thread ends with its connection."""

    def __init__(self, reactor: Any, clock: Any, pool: Pool, connection: Connection, connect_timeout: float) -> None:
        self.used = False
        self._reactor = reactor
        self._clock = clock
        self._pool = pool
        self._connection = connection
        self._inbox: SimpleQueue[tuple[bytes | None, Sequence[SqlValue]] | None] = SimpleQueue()
        self._answer: Deferred[Rows] | None = None  # whoever waits for the statement
        self._busy = False  # the thread has a statement
        self._given_up = False  # the thread need not begin with it any more
        self._interrupts = 0  # 1: one is under way; the next statement has to wait for it, or it would be hit
        self._closing = False
        self._aborted = False
        self._late = f"no connection within {connect_timeout:g} s"
        self._alarm = clock.callLater(connect_timeout, self._abort) if connect_timeout > 0 else None
        Thread(target=self._work, name=f"sql {pool.name}", daemon=True).start()

    # -- what the pool asks

    def run(self, statement: bytes | None, values: Sequence[SqlValue]) -> Deferred[Rows]:
        answer: Deferred[Rows] = Deferred(self._cancelled)
        self._answer = answer
        self._busy = True
        self._given_up = False
        self._inbox.put((statement, values))
        return answer

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            self._inbox.put(None)
            if self._busy:
                self._stop()

    def _cancelled(self, _: Deferred[Rows]) -> None:
        self._answer = None
        self._given_up = True
        self._stop()

    def _stop(self) -> None:
        """Stop the statement. What is still being connected has its alarm."""
        if self._alarm is None:
            self._interrupt(1)

    def _interrupt(self, times: int) -> None:
        self._alarm = None
        if times > TIMES:
            self._abort()
            return
        self._alarm = self._clock.callLater(GRACE / TIMES, self._interrupt, times + 1)
        if not self._interrupts:
            self._interrupts = 1
            Thread(target=self._interrupt_in_thread, name="sql interrupt", daemon=True).start()

    def _interrupt_in_thread(self) -> None:
        self._connection.interrupt()
        self._reactor.callFromThread(self._interrupted)

    def _interrupted(self) -> None:
        self._interrupts = 0
        self._rest()

    def _abort(self) -> None:
        """Again and again: it may not have begun yet what is to be broken off."""
        self._aborted = True
        self._alarm = self._clock.callLater(GRACE, self._abort)
        self._connection.abort()

    # -- in the thread

    def _work(self) -> None:
        call = self._reactor.callFromThread
        connection = self._connection
        try:
            connection.open()
        except SqlError as why:
            call(self._not_opened, why)
            return
        call(self._opened)
        while (job := self._inbox.get()) is not None:
            statement, values = job
            try:
                result: Rows | SqlError = (
                    NOTHING if statement is None or self._given_up else connection.run(statement, values)
                )
            except SqlLost as why:
                call(self._ended, why)
                break
            except SqlError as why:
                result = why
            call(self._done, result)
        else:
            call(self._ended, None)
        connection.close()

    # -- what the thread tells

    def _opened(self) -> None:
        if self._alarm is not None and not self._interrupts:
            self._alarm.cancel()
            self._alarm = None
        self._pool.connected()

    def _not_opened(self, why: SqlError) -> None:
        reason = self._late if self._aborted else str(why)
        self._pool.not_connected(reason)
        self._ended(SqlUnavailable(f"{self._pool.name}: {reason}"))

    def _done(self, result: Rows | SqlError) -> None:
        answer, self._answer = self._answer, None  # before the next statement has one
        self._busy = False
        self.used = True
        self._rest()
        tell(answer, result)

    def _rest(self) -> None:
        """Ready for the next statement, once this one and all that was to stop it are over."""
        if self._busy or self._interrupts:
            return
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if not self._closing:
            self._pool.free(self)

    def _ended(self, why: SqlError | None) -> None:
        """The thread is gone."""
        self._closing = True
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        answer, self._answer = self._answer, None
        self._pool.lost(self)
        tell(answer, why or SqlLost(f"{self._pool.name}: closed"))


def tell(answer: Deferred[Rows] | None, result: Rows | SqlError) -> None:
    """Whoever waits for a statement, if anybody still does."""
    if answer is None:
        return
    if isinstance(result, SqlError):
        answer.errback(result)
    else:
        answer.callback(result)


class InlineLane:
    """A Lane that blocks the reactor."""

    def __init__(self, pool: Pool, connection: Connection) -> None:
        self.used = False
        self._pool = pool
        self._connection = connection
        self._opened = False

    def run(self, statement: bytes | None, values: Sequence[SqlValue]) -> Deferred[Rows]:
        try:
            if not self._opened:
                self._connection.open()
                self._opened = True
                self._pool.connected()
            result = NOTHING if statement is None else self._connection.run(statement, values)
        except SqlUnavailable as why:
            self._pool.lost(self)
            return fail(SqlUnavailable(f"{self._pool.name}: {why}"))
        except SqlError as why:
            self._pool.free(self)
            return fail(why)
        self.used = True
        self._pool.free(self)
        return succeed(result)

    def close(self) -> None:
        if self._opened:
            self._connection.close()
        self._pool.lost(self)
