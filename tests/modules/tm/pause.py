"""pause: a script module that waits in any route, and fails when it is told to."""

from __future__ import annotations

from twisted.internet.defer import Deferred

from sipapp.module import ANY, IServer, module, script_function


@module("pause")
class Pause:
    """For tests of what happens meanwhile."""

    def start(self, server: IServer) -> None:
        self.server = server
        self.cancelled = 0

    @script_function(routes=ANY)
    def pause(self, milliseconds: int) -> Deferred[int]:
        """Go on after this time (ms)."""
        waited: Deferred[int] = Deferred(self._cancelled)
        self.server.wheel.at(self.server.clock.seconds() + milliseconds / 1000, self._over, waited)
        return waited

    def _over(self, waited: Deferred[int]) -> None:
        if not waited.called:
            waited.callback(1)

    def _cancelled(self, waited: Deferred[int]) -> None:
        self.cancelled += 1

    @script_function(routes=ANY)
    def broken(self) -> int:
        """Raises ValueError."""
        raise ValueError("a bug")
