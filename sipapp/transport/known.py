# -*- test-case-name: tests.transport.test_known -*-
"""known: what was found out before, for as long as there is not too much of it."""

from __future__ import annotations

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")

MOST = 4096


class Known(dict[K, V]):
    """A dictionary that begins anew where it would have more than MOST entries: whoever sends names that nobody has
    asked for before must not fill the memory."""

    __slots__ = ()

    def __setitem__(self, key: K, value: V) -> None:
        if len(self) >= MOST:
            self.clear()
        dict.__setitem__(self, key, value)
