"""probe: a script module whose one function waits for somebody who does as he is told."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred

from sipapp.module import ANY, IServer, ScriptError, module, script_function

REFUSED, TOO_LATE = -7, -3


@module("probe")
class Probe:
    """For tests of what becomes of a script and its request while a call waits, and afterwards."""

    def start(self, server: IServer) -> None:
        self.server = server
        self.cancelled: list[float] = []  # s: when a call was given up

    @script_function(routes=ANY, timeout_code=TOO_LATE)
    def ask(self, how: str) -> Deferred[int]:
        """After 1 s: "success" is 1, "error" -7; anything else waits for ever."""
        answer: Deferred[int] = Deferred(self._cancelled)
        ends: dict[str, Any] = {
            "success": lambda: answer.callback(1),
            "error": lambda: answer.errback(ScriptError("refused", REFUSED)),
        }
        if how in ends:
            self.server.clock.callLater(1.0, lambda: answer.called or ends[how]())
        return answer

    def _cancelled(self, answer: Deferred[int]) -> None:
        self.cancelled.append(self.server.clock.seconds())
