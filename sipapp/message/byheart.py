# -*- test-case-name: tests.message.test_byheart -*-
"""byheart: what has been read before, so that it need not be read again. Part of `leaf_pure`."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

K = TypeVar("K")
V = TypeVar("V")

LONGEST = 512  # bytes of a text that is kept


class ByHeart(dict[K, V]):
    """A dictionary of the `most` that were met last; a subclass has a `__missing__` that reads and learns.

    The one learnt first makes room for the next. So whoever sends what nobody has sent before neither fills the memory
    nor stops the server, as to drop thousands of entries at once would. What everybody sends is forgotten now and then
    too, and learnt again.
    """

    __slots__ = ("_order",)

    def __init__(self, most: int) -> None:
        self._order: deque[Any] = deque([None] * most)  # None is no key

    def learn(self, key: K, found: V) -> None:
        """Keep this, which was missing."""
        order = self._order
        self.pop(order.popleft(), None)
        order.append(key)
        self[key] = found


class Memory(ByHeart[bytes, V]):
    """What `read` answers for each text; where that is None, it is not kept. Raises what `read` raises."""

    __slots__ = ("_read",)

    def __init__(self, read: Callable[[bytes], V], most: int) -> None:
        ByHeart.__init__(self, most)
        self._read = read

    def __missing__(self, text: bytes) -> V:
        found = self._read(text)
        if found is not None and len(text) <= LONGEST:
            self.learn(text, found)
        return found
