# -*- test-case-name: tests.integration.test_sql_postgres -*-
"""polling: what libpq opens without blocking, a connection or a request to cancel, driven by the reactor."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from psycopg import pq
from twisted.internet.interfaces import IReadWriteDescriptor
from zope.interface import implementer

if TYPE_CHECKING:
    from psycopg.pq.abc import PGcancelConn, PGconn


class Watched:
    """A socket of libpq's in the reactor. When libpq finds it broken it closes it at once, and another may get its
    number, so what the reactor has is a descriptor of our own for it."""

    def __init__(self, reactor: Any) -> None:
        self.reactor = reactor
        self._fileno = -1

    def watch(self, socket: int, *, write: bool) -> None:
        """Be told when it can be read, or written to."""
        self.unwatch()
        self._fileno = os.dup(socket)
        if write:
            self.reactor.addWriter(self)
        else:
            self.reactor.addReader(self)

    def unwatch(self) -> None:
        if self._fileno >= 0:
            self.reactor.removeReader(self)
            self.reactor.removeWriter(self)
            os.close(self._fileno)
            self._fileno = -1

    def fileno(self) -> int:
        return self._fileno

    def logPrefix(self) -> str:
        return "db_postgres"


@implementer(IReadWriteDescriptor)
class Polling(Watched):
    """Until it is there, `done(True)`, or has failed, `done(False)`, or `stop()`."""

    def __init__(
        self,
        reactor: Any,
        opening: PGconn | PGcancelConn,
        poll: Callable[[], int],
        done: Callable[[bool], None],
    ) -> None:
        super().__init__(reactor)
        self._opening = opening
        self._poll = poll
        self._done = done

    def start(self) -> None:
        self.watch(self._opening.socket, write=True)

    def stop(self) -> None:
        self.unwatch()

    def doRead(self) -> None:
        state = self._poll()
        if state in (pq.PollingStatus.OK, pq.PollingStatus.FAILED):
            self.unwatch()
            self._done(state == pq.PollingStatus.OK)
        else:
            # Its socket may be another by now.
            self.watch(self._opening.socket, write=state == pq.PollingStatus.WRITING)

    doWrite = doRead

    def connectionLost(self, reason: object) -> None:
        """The reactor found the socket closed; libpq knows what that means."""
        if self.fileno() >= 0:
            self.doRead()
