# -*- test-case-name: tests.integration.test_sql_postgres -*-
"""lane: a connection to PostgreSQL that the reactor drives: nothing in it blocks, and no thread has a part in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import pq
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReadWriteDescriptor
from twisted.python.failure import Failure
from zope.interface import implementer

from sipapp.errors import SqlError, SqlUnavailable
from sipapp.interfaces.sql import Rows, SqlValue
from sipapp.modules.db_postgres.answers import numbered, parameters, rows
from sipapp.modules.db_postgres.polling import Polling, Watched
from sipapp.sql.pool import SqlLost
from sipapp.sql.statements import pieces
from sipapp.sql.threads import GRACE, NOTHING, TIMES, tell

if TYPE_CHECKING:
    from psycopg.pq.abc import PGcancelConn, PGconn, PGresult

    from sipapp.sql.pool import Pool

_SHUTDOWN = (b"57P01", b"57P02", b"57P03")
"""SQLSTATEs of a server that goes down: its connections are of no more use."""

_GOOD = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK, pq.ExecStatus.EMPTY_QUERY)
_COPY = (pq.ExecStatus.COPY_IN, pq.ExecStatus.COPY_OUT, pq.ExecStatus.COPY_BOTH)


@implementer(IReadWriteDescriptor)
class PostgresLane(Watched):
    """A Lane. `conninfo()`: libpq's, without host names, which it would look up and wait."""

    def __init__(
        self, reactor: Any, clock: Any, pool: Pool, conninfo: Callable[[], Deferred[bytes]], connect_timeout: float
    ) -> None:
        super().__init__(reactor)
        self.used = False
        self._clock = clock
        self._pool = pool
        self._timeout = connect_timeout
        self._conninfo = conninfo
        self._connection: PGconn | None = None
        self._looking: Deferred[Any] | None = None  # for its host's addresses
        self._polling: Polling | None = None  # of the connection, or of the request to cancel
        self._cancel: PGcancelConn | None = None  # on its way: the next statement has to wait, or it would be hit
        self._ready = False  # connected
        self._statement: tuple[bytes | None, Sequence[SqlValue]] | None = None  # under way, or to be made
        self._answer: Deferred[Rows] | None = None  # whoever waits for it
        self._last: PGresult | None = None
        self._alarm: Any = None

    # -- what the pool asks

    def run(self, statement: bytes | None, values: Sequence[SqlValue]) -> Deferred[Rows]:
        answer: Deferred[Rows] = Deferred(self._cancelled)
        self._answer = answer
        self._statement = (statement, values)
        if self._ready:
            self._send()
        else:
            self._connect()
        return answer

    def close(self) -> None:
        self._lose(SqlLost(f"{self._pool.name}: closed"))

    def _cancelled(self, _: Deferred[Rows]) -> None:
        """Stop the statement; where it is still being connected, that."""
        self._answer = None
        if not self._ready:
            self._lose(None)
        elif self._alarm is None:
            self._interrupt(1)

    def _interrupt(self, times: int) -> None:
        """Ask the server to stop, again if need be; break the connection where that does not help."""
        self._alarm = None
        if times > TIMES or self._connection is None:
            self._lose(None)
            return
        self._alarm = self._clock.callLater(GRACE / TIMES, self._interrupt, times + 1)
        if self._cancel is None:
            self._cancel = self._connection.cancel_conn()
            self._cancel.start()
            self._polling = Polling(self.reactor, self._cancel, self._cancel.poll, self._cancel_sent)
            self._polling.start()

    def _cancel_sent(self, done: bool) -> None:
        """The server has heard of it, or could not be reached."""
        self._end_cancel()
        self._rest()

    def _end_cancel(self) -> None:
        cancel, self._cancel = self._cancel, None
        polling, self._polling = self._polling, None
        if polling is not None:
            polling.stop()
        if cancel is not None:
            cancel.finish()

    # -- connecting

    def _connect(self) -> None:
        late = f"no connection within {self._timeout:g} s"
        self._alarm = self._clock.callLater(self._timeout, self._not_connected, late)
        self._looking = self._conninfo().addCallbacks(self._begin, self._not_found)

    def _not_found(self, failure: Failure) -> None:
        self._looking = None
        if not failure.check(CancelledError):
            self._not_connected(failure.getErrorMessage())

    def _begin(self, conninfo: bytes) -> None:
        self._looking = None
        self._connection = connection = pq.PGconn.connect_start(conninfo)
        if connection.status == pq.ConnStatus.BAD:
            self._not_connected(_reason(connection))
            return
        connection.nonblocking = 1
        self._polling = Polling(self.reactor, connection, connection.connect_poll, self._opened)
        self._polling.start()

    def _opened(self, done: bool) -> None:
        connection = self._connection
        assert connection is not None
        if not done:
            self._not_connected(_reason(connection))
            return
        self._polling = None
        self._disarm()
        self._ready = True
        self.watch(connection.socket, write=False)
        self._pool.connected()
        self._send()

    def _not_connected(self, why: str) -> None:
        self._pool.not_connected(why)
        self._lose(SqlUnavailable(f"{self._pool.name}: {why}"))

    # -- a statement

    def _send(self) -> None:
        assert self._statement is not None and self._connection is not None
        statement, values = self._statement
        if statement is None:
            self._done(NOTHING)
            return
        try:
            if values:
                self._connection.send_query_params(numbered(pieces(statement)), parameters(values))
            else:
                self._connection.send_query(statement)
            self._flush()
        except psycopg.Error as why:
            self._lose(SqlLost(f"{self._pool.name}: {_first_line(str(why))}"))

    def _flush(self) -> None:
        assert self._connection is not None
        if self._connection.flush():
            self.reactor.addWriter(self)
        else:
            self.reactor.removeWriter(self)

    def doRead(self) -> None:
        connection = self._connection
        if connection is None:
            return
        try:
            connection.consume_input()
            if self._statement is None:
                return  # a notice, or the end, of which consume_input has told
            while not connection.is_busy():
                result = connection.get_result()
                if result is None:
                    self._ended()
                    return
                self._last = result
                if result.status in _COPY:
                    self._lose(SqlLost(f"{self._pool.name}: COPY is not for scripts"))
                    return
        except psycopg.Error as why:
            self._lose(SqlLost(f"{self._pool.name}: {_first_line(str(why))}"))

    def doWrite(self) -> None:
        try:
            self._flush()
        except psycopg.Error as why:
            self._lose(SqlLost(f"{self._pool.name}: {_first_line(str(why))}"))

    def _ended(self) -> None:
        """All of the answer is there; of several statements in one, it is the last one's."""
        result, self._last = self._last, None
        assert self._connection is not None
        if result is None or result.status not in _GOOD:
            why = _result_reason(result)
            lost = self._connection.status == pq.ConnStatus.BAD or _sqlstate(result) in _SHUTDOWN
            if lost:
                self._lose(SqlLost(f"{self._pool.name}: {why}"))
            else:
                self._done(SqlError(why))
        else:
            self._done(rows(result) if self._answer is not None else NOTHING)

    def _done(self, result: Rows | SqlError) -> None:
        answer, self._answer = self._answer, None  # before the next statement has one
        self._statement = None
        self.used = True
        self._rest()
        tell(answer, result)

    def _rest(self) -> None:
        """Ready for the next statement, once this one and all that was to stop it are over."""
        if self._statement is None and self._cancel is None and self._connection is not None:
            self._disarm()
            self._pool.free(self)

    def _lose(self, why: SqlError | None) -> None:
        """The connection is no more."""
        connection, self._connection = self._connection, None
        looking, self._looking = self._looking, None
        self._disarm()
        if looking is not None:
            looking.cancel()
        self.unwatch()
        self._end_cancel()
        if connection is not None:
            connection.finish()
        self._ready = False
        answer, self._answer = self._answer, None
        self._pool.lost(self)
        if why is not None:
            tell(answer, why)

    def _disarm(self) -> None:
        alarm, self._alarm = self._alarm, None
        if alarm is not None and alarm.active():
            alarm.cancel()

    def connectionLost(self, reason: object) -> None:
        """The reactor found the socket closed."""
        self._lose(SqlLost(f"{self._pool.name}: connection lost"))


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]


def _reason(connection: PGconn) -> str:
    text = connection.get_error_message().strip()
    return " ".join(text.split())


def _result_reason(result: PGresult | None) -> str:
    return "no answer" if result is None else _first_line(result.get_error_message().removeprefix("ERROR:"))


def _sqlstate(result: PGresult | None) -> bytes | None:
    return None if result is None else result.error_field(pq.DiagnosticField.SQLSTATE)
