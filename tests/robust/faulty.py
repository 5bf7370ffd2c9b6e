"""faulty: a script module with everything that can go wrong in one."""

from __future__ import annotations

from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from sipapp.module import ANY, IServer, module, script_function


@module("faulty")
class Faulty:
    """For tests of what becomes of the call, and of the server."""

    def start(self, server: IServer) -> None:
        self.clock = server.clock

    @script_function(routes=ANY)
    def raises(self) -> int:
        """A bug."""
        return 1 // 0

    @script_function(routes=ANY)
    def fails_later(self) -> Deferred[int]:
        """A bug, after it has waited."""
        return deferLater(self.clock, 0.05, self.raises)

    @script_function(routes=ANY)
    async def breaks(self) -> int:
        """A bug in a coroutine."""
        await deferLater(self.clock, 0.05, lambda: None)
        raise KeyError("backend")

    @script_function(routes=ANY)
    def silent(self) -> Deferred[int]:
        """A backend that never answers."""
        return Deferred()

    @script_function(routes=ANY)
    def odd(self) -> object:
        """Answers what no function may."""
        return object()
