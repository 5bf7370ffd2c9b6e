# -*- test-case-name: tests.store.test_watchers -*-
"""watchers: who is told of items whose time is over."""

from __future__ import annotations

from typing import Any

from sipapp.interfaces.store import Expired, Stored
from sipapp.log import Logger

log = Logger()


class Watchers:
    """Those of one table."""

    __slots__ = ("_clock", "_name", "callbacks")

    def __init__(self, name: bytes, clock: Any) -> None:
        self._name = name
        self._clock = clock
        self.callbacks: list[Expired] = []

    def tell(self, gone: list[tuple[bytes, Stored]]) -> None:
        """Tell of each (key, value). Not from within: whoever reads a table wants no routes to run meanwhile."""
        if gone and self.callbacks:
            self._clock.callLater(0, self._tell, gone)

    def _tell(self, gone: list[tuple[bytes, Stored]]) -> None:
        for key, value in gone:
            for callback in self.callbacks:
                try:
                    callback(key, value)
                except Exception:
                    name = self._name.decode(errors="replace")
                    log.failure("table {name}: an expired item was not dealt with", name=name)
