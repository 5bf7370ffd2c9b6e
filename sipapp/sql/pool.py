# -*- test-case-name: tests.sql.test_pool -*-
"""pool: one database behind a bounded number of connections, made when they are wanted and again when they are lost."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar

from twisted.internet.defer import Deferred, fail, succeed
from twisted.python.failure import Failure
from zope.interface import implementer

from sipapp.backend import Backend, BackendTimeout
from sipapp.errors import BackendError, SqlError, SqlUnavailable
from sipapp.interfaces.sql import ISql, Rows, SqlValue, SqlWhere
from sipapp.log import Logger
from sipapp.sql.statements import Statement, Statements

log = Logger()

_T = TypeVar("_T")

FIRST_WAIT = 0.1
LONGEST_WAIT = 0.8
"""s for which nobody tries to connect after that has failed: doubled each time, to no more than this."""


class SqlLost(SqlUnavailable):
    """A connection broke under a statement."""


class Lane(Protocol):
    """One connection, made with its first statement. It tells its pool: `connected()`; after each statement, when it
    is ready for another, `free(lane)`; or, once, that it is no more, `lost(lane)`."""

    used: bool
    """It has answered a statement before."""

    def run(self, statement: bytes | None, values: Sequence[SqlValue]) -> Deferred[Rows]:
        """Make a statement; None: only connect. Cancelling it stops the statement in the database.

        Fails with SqlError; SqlUnavailable: no connection; SqlLost: it broke.
        """

    def close(self) -> None:
        """Close the connection; whatever it does is stopped."""


@implementer(ISql)
class Pool:
    """The database. `open_lane(pool)` makes a lane; `backend` says how many at a time."""

    def __init__(
        self,
        name: str,
        clock: Any,
        backend: Backend,
        open_lane: Callable[[Pool], Lane],
        statements: Statements,
        timeout: float = 0.0,
        retries: int = 1,
    ) -> None:
        self.name = name
        self.timeout = timeout  # s for a statement, its time in the queue included; 0: none
        self.statements = statements
        self.backslashes = statements.backslashes
        self._clock = clock
        self._backend = backend
        self._open_lane = open_lane
        self._retries = retries
        self._waiting: deque[Deferred[None]] = deque()  # for a connection that is still busy with what was given up
        self._idle: list[Lane] = []  # the last one in is the first one out: the others may rest
        self._lanes: set[Lane] = set()
        self._wait = 0.0
        self._try_at = 0.0
        self._why = ""  # why there is no lane
        self._last = ""  # why there was none when that was tried last
        self._closed = False

    # -- ISql

    def connect(self) -> Deferred[None]:
        if self._idle:
            return succeed(None)
        return self._call(None, ()).addCallbacks(lambda _: None, _unreachable)

    def execute(self, statement: bytes, values: Sequence[SqlValue] = ()) -> Deferred[Rows]:
        return self._call(statement, values)

    def select(
        self,
        table: bytes,
        columns: Sequence[bytes],
        where: SqlWhere | None = None,
        order: bytes | None = None,
    ) -> Deferred[Rows]:
        return self._call(*self.statements.select(table, columns, where, order))

    def insert(self, table: bytes, row: Mapping[bytes, SqlValue]) -> Deferred[None]:
        return self._call(*self.statements.insert(table, row)).addCallback(lambda _: None)

    def update(self, table: bytes, row: Mapping[bytes, SqlValue], where: SqlWhere | None = None) -> Deferred[int]:
        return self._call(*self.statements.update(table, row, where)).addCallback(lambda rows: rows.affected)

    def delete(self, table: bytes, where: SqlWhere | None = None) -> Deferred[int]:
        return self._call(*self.statements.delete(table, where)).addCallback(lambda rows: rows.affected)

    def replace(self, table: bytes, row: Mapping[bytes, SqlValue], keys: Sequence[bytes]) -> Deferred[None]:
        first, *others = self.statements.replace(table, row, keys)

        def next_one(rows: Rows, statement: Statement) -> Any:
            return rows if rows.affected else self._call(*statement)

        done: Deferred[Any] = self._call(*first)
        for other in others:
            done.addCallback(next_one, other)
        return done.addCallback(lambda _: None)

    # -- statements

    def _call(self, statement: bytes | None, values: Sequence[SqlValue]) -> Deferred[Rows]:
        called = self._backend.call(partial(self._run, statement, values, self._retries), self.timeout)
        return called.addErrback(self._failed)

    def _failed(self, failure: Failure) -> Rows:
        """The errors of the backend as those of a database."""
        why = failure.value
        if isinstance(why, BackendTimeout):
            raise SqlError(f"{self.name}: no answer within {self.timeout:g} s") from why
        if isinstance(why, BackendError):
            raise SqlUnavailable(str(why)) from why
        failure.raiseException()

    def _run(self, statement: bytes | None, values: Sequence[SqlValue], retries: int) -> Deferred[Rows]:
        lane = self._idle.pop() if self._idle else self._new_lane()
        if lane is None and not self._why:
            return self._later(statement, values, retries)
        if lane is None:
            return fail(SqlUnavailable(f"{self.name}: {self._why}"))
        used = lane.used
        running = lane.run(statement, values)
        if used and retries:
            running.addErrback(self._again, statement, values, retries - 1)
        return running

    def _later(self, statement: bytes | None, values: Sequence[SqlValue], retries: int) -> Deferred[Rows]:
        """Once a connection is free."""
        waiter: Deferred[None] = Deferred(self._waiting.remove)
        self._waiting.append(waiter)
        return waiter.addCallback(lambda _: self._run(statement, values, retries))

    def _again(self, failure: Failure, statement: bytes | None, values: Sequence[SqlValue], retries: int) -> Any:
        """A connection that had been there for a while turned out to be dead: a new one gets the statement."""
        failure.trap(SqlLost)
        log.info("{name}: {why}; connecting again", name=self.name, why=failure.getErrorMessage())
        return self._run(statement, values, retries)

    def _new_lane(self) -> Lane | None:
        """None: not now, for the reason in `_why`; without one, because there are as many as there may be."""
        if self._closed:
            self._why = "closed"
        elif 0 < self._backend.limits.in_flight <= len(self._lanes):
            self._why = ""
        elif self._clock.seconds() >= self._try_at:
            lane = self._open_lane(self)
            self._lanes.add(lane)
            return lane
        else:
            self._why = self._last
        return None

    # -- what lanes tell

    def connected(self) -> None:
        """A lane has its connection."""
        self._wait = self._try_at = 0.0

    def not_connected(self, why: str) -> None:
        """A lane got none: nobody tries for a while, longer each time."""
        self._last = why
        self._wait = min(self._wait * 2 or FIRST_WAIT, LONGEST_WAIT)
        self._try_at = self._clock.seconds() + self._wait

    def free(self, lane: Lane) -> None:
        """A lane is ready for its next statement."""
        if self._closed:
            lane.close()
        else:
            self._idle.append(lane)
            if self._waiting:
                self._waiting.popleft().callback(None)

    def lost(self, lane: Lane) -> None:
        """A lane is no more. Where it was used before, those that rest will be no better."""
        self._lanes.discard(lane)
        if lane in self._idle:
            self._idle.remove(lane)
        if lane.used:
            resting, self._idle = self._idle, []
            for other in resting:
                other.close()
        if self._waiting:
            self._waiting.popleft().callback(None)

    def close(self) -> None:
        """Close every connection; whatever is asked from now on fails."""
        self._closed = True
        self._idle = []
        for lane in list(self._lanes):
            lane.close()

    @property
    def connections(self) -> int:
        """How many there are, those that hang included."""
        return len(self._lanes)


def _unreachable(failure: Failure) -> None:
    """Whatever kept us from it, a connection that came too late included."""
    failure.trap(SqlError)
    raise SqlUnavailable(failure.getErrorMessage()) from failure.value
