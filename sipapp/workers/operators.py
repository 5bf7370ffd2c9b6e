# -*- test-case-name: tests.workers.test_operators -*-
"""operators: the RPC commands of a server with several workers: theirs, joined, and the supervisor's own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from twisted.internet.defer import Deferred, succeed

from sipapp.workers.asking import Asking, Joined, Parameters

_NAME = "supervisor"


class Operators(Joined):
    """As Joined; core.kill is for the supervisor, and lists of processes begin with it."""

    def __init__(self, asking: Asking, workers: Callable[[], list[int]], commands: Iterable[str], clock: Any) -> None:
        super().__init__(asking, workers, commands)
        self._clock = clock

    def call(self, method: str, parameters: Parameters = ()) -> Deferred[Any]:
        if method == "core.kill":
            return self._kill(*(parameters.values() if isinstance(parameters, dict) else parameters))
        answer = super().call(method, parameters)
        if method in _OWN_ROWS:
            answer.addCallback(_OWN_ROWS[method], os.getpid())
        return answer

    def _kill(self, signal: Any = 15) -> Deferred[Any]:
        # The answer goes out first.
        self._clock.callLater(0.1, os.kill, os.getpid(), int(signal))
        return succeed(None)


def _in_a_row(rows: list[Any], pid: int) -> list[Any]:
    return [pid, _NAME, *rows]


def _structures(rows: list[dict[str, Any]], pid: int) -> list[dict[str, Any]]:
    return [{"IDX": 0, "PID": pid, "DSC": _NAME}, *({**row, "IDX": n} for n, row in enumerate(rows, 1))]


def _states(rows: list[dict[str, Any]], pid: int) -> list[dict[str, Any]]:
    own = {"index": 0, "pid": pid, "status": 1, "rank": 0, "description": _NAME}
    return [own, *({**row, "index": n, "rank": n} for n, row in enumerate(rows, 1))]


_OWN_ROWS: dict[str, Callable[[Any, int], Any]] = {
    "core.ps": _in_a_row,
    "core.psx": _structures,
    "core.psa": _states,
}
