# -*- test-case-name: tests.workers.test_operators -*-
"""operators: the RPC commands of a server with several workers: theirs, joined, and the supervisor's own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from twisted.internet.defer import Deferred, succeed

from sipapp.workers.asking import Asking, Joined, Parameters


class Operators(Joined):
    """As Joined; core.kill is for the supervisor, and lists of processes begin with it. spares: the process ids of
    those that wait to replace a worker."""

    def __init__(
        self,
        asking: Asking,
        workers: Callable[[], list[int]],
        spares: Callable[[], list[int]],
        commands: Iterable[str],
        clock: Any,
    ) -> None:
        super().__init__(asking, workers, commands)
        self._spares = spares
        self._clock = clock

    def call(self, method: str, parameters: Parameters = ()) -> Deferred[Any]:
        if method == "core.kill":
            return self._kill(*(parameters.values() if isinstance(parameters, dict) else parameters))
        answer = super().call(method, parameters)
        if method in _LISTS:
            others = [(pid, "spare worker") for pid in self._spares()]
            answer.addCallback(_LISTS[method], (os.getpid(), "supervisor"), others)
        return answer

    def _kill(self, signal: Any = 15) -> Deferred[Any]:
        # The answer goes out first.
        self._clock.callLater(0.1, os.kill, os.getpid(), int(signal))
        return succeed(None)


_Process = tuple[int, str]


def _in_a_row(rows: list[Any], own: _Process, others: list[_Process]) -> list[Any]:
    return [*own, *rows, *(part for other in others for part in other)]


def _structures(rows: list[dict[str, Any]], own: _Process, others: list[_Process]) -> list[dict[str, Any]]:
    made = [[{"PID": pid, "DSC": what} for pid, what in some] for some in ([own], others)]
    return [{"IDX": n, **_without(row, "IDX")} for n, row in enumerate([*made[0], *rows, *made[1]])]


def _states(rows: list[dict[str, Any]], own: _Process, others: list[_Process]) -> list[dict[str, Any]]:
    made = [[{"pid": pid, "status": 1, "description": what} for pid, what in some] for some in ([own], others)]
    every = enumerate([*made[0], *rows, *made[1]])
    return [{"index": n, **_without(row, "index", "rank"), "rank": n} for n, row in every]


def _without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


_LISTS: dict[str, Callable[[Any, _Process, list[_Process]], Any]] = {
    "core.ps": _in_a_row,
    "core.psx": _structures,
    "core.psa": _states,
}
