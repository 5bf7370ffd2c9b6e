"""turns: a module that a server under test loads: how long the reactor's turns are.

    loadmodule "/path/of/bench/turns.py"

`turns.longest` by RPC: the longest turn since it was asked the last time, [ms of the clock, ms of processor time]; they
may be two turns. All that is ready, and all timers that are due, are served in one turn.
"""

from __future__ import annotations

import time
from typing import Any

from sipapp.module import IServer, module, rpc_command


class Watched:
    """A poll object of epoll; what is between the end of one poll and the begin of the next is a turn."""

    def __init__(self, poller: Any) -> None:
        self._poller = poller
        self.wall = self.processor = 0.0
        self._began = self._used = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._poller, name)

    def poll(self, *arguments: Any) -> Any:
        if self._began:
            self.wall = max(self.wall, time.perf_counter() - self._began)
            self.processor = max(self.processor, time.thread_time() - self._used)
        found = self._poller.poll(*arguments)
        self._began, self._used = time.perf_counter(), time.thread_time()
        return found


@module("turns")
class Turns:
    """How long the reactor's turns are."""

    def start(self, server: IServer) -> None:
        reactor: Any = server.reactor
        reactor._poller = self.watched = Watched(reactor._poller)

    @rpc_command("turns.longest")
    def rpc_longest(self) -> list[float]:
        """The longest turn since this was asked the last time: ms of the clock, ms of processor time."""
        longest = [round(1000 * one, 1) for one in (self.watched.wall, self.watched.processor)]
        self.watched.wall = self.watched.processor = 0.0
        return longest
