# -*- test-case-name: tests.message.test_resting -*-
"""resting: an object that waits throws away what can be had again, and has it again when somebody asks.

With a `__getattr__`, every attribute of a class is looked up the long way, several times as dear. So an object has one
only as long as something is missing: its class is another until then.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any


def _made(kind: type[Any]) -> type[Any]:
    def wake(self: Any, name: str) -> Any:
        self.__class__ = kind
        self.remember()
        return getattr(self, name)

    return type(kind.__name__, (kind,), {"__slots__": (), "__getattr__": wake})


resting: Callable[[type[Any]], type[Any]] = cache(_made)  # type: ignore[assignment]
"""The class for an object of this kind that misses something; `remember()` makes that anew."""
