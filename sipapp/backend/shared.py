# -*- test-case-name: tests.backend.test_shared -*-
"""shared: one connection for all calls, made when somebody needs it and made again when it is lost."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from twisted.internet.defer import Deferred
from twisted.internet.protocol import Factory
from twisted.python.failure import Failure

_C = TypeVar("_C")


def quiet(protocol: Callable[[], Any]) -> Any:
    """A factory of this protocol that does not log its comings and goings."""
    made: Any = Factory.forProtocol(protocol)
    made.noisy = False
    return made


class SharedConnection(Generic[_C]):
    """`connect` makes one; `usable` tells whether one is still of use."""

    def __init__(self, connect: Callable[[], Coroutine[Any, Any, _C]], usable: Callable[[_C], bool]) -> None:
        self._connect = connect
        self._usable = usable
        self._connection: _C | None = None
        self._connecting: Deferred[Any] | None = None
        self._waiting: list[Deferred[_C]] = []

    @property
    def present(self) -> _C | None:
        """The connection, if there is one that is of use."""
        connection = self._connection
        return connection if connection is not None and self._usable(connection) else None

    async def get(self) -> _C:
        """The connection; those who come while it is being made wait for the same one, and fail together. Who is
        cancelled leaves the others waiting."""
        present = self.present
        if present is not None:
            return present
        waiting: Deferred[_C] = Deferred(self._given_up)
        self._waiting.append(waiting)
        if self._connecting is None:
            self._connecting = Deferred.fromCoroutine(self._connect())
            self._connecting.addBoth(self._made)
        return await waiting

    def _given_up(self, waiting: Deferred[_C]) -> None:
        if waiting in self._waiting:
            self._waiting.remove(waiting)

    def _made(self, result: Any) -> None:
        self._connecting = None
        failed = isinstance(result, Failure)
        if not failed:
            self._connection = result
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            if failed:
                one.errback(result)
            else:
                one.callback(result)

    def close(self) -> None:
        """Stop making one; whoever waits fails."""
        if self._connecting is not None:
            self._connecting.cancel()
