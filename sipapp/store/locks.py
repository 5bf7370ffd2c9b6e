# -*- test-case-name: tests.store.test_locks -*-
"""locks: one holder at a time for each key; who has to wait gets a Deferred."""

from __future__ import annotations

from collections import deque
from typing import Any

from twisted.internet.defer import Deferred


class Held:
    """A lock that is held: by whom, how often, who waits for it, and whether it is on its way to the first of them."""

    __slots__ = ("depth", "holder", "passing", "queue")

    def __init__(self, holder: Any) -> None:
        self.holder = holder
        self.depth = 1
        self.queue: deque[tuple[Deferred[None], Any]] = deque()
        self.passing = False


class Locks:
    """Locks by key, made when they are first wanted and forgotten when nobody holds them."""

    def __init__(self, clock: Any) -> None:
        self._clock = clock
        self._held: dict[bytes, Held] = {}

    def lock(self, key: bytes, holder: Any) -> Deferred[None] | None:
        """Hold a key's lock, None: at once. A holder may take it again; cancelling gives up the place in the queue."""
        held = self._held.get(key)
        if held is None:
            self._held[key] = Held(holder)
            return None
        if held.holder is holder and not held.passing:
            held.depth += 1
            return None
        place: tuple[Deferred[None], Any]
        place = (Deferred(lambda _: held.queue.remove(place)), holder)
        held.queue.append(place)
        return place[0]

    def unlock(self, key: bytes) -> None:
        """Let a key's lock go once; one that nobody holds stays free."""
        held = self._held.get(key)
        if held is None or held.passing:
            return
        held.depth -= 1
        if not held.depth:
            self._release(key, held)

    def unlock_all(self, holder: Any) -> None:
        """Let every lock go that the holder has."""
        for key, held in [(k, h) for k, h in self._held.items() if h.holder is holder and not h.passing]:
            held.depth = 0
            self._release(key, held)

    def _release(self, key: bytes, held: Held) -> None:
        if held.queue:
            # Not from within: a long queue of short routes would grow the stack.
            held.passing = True
            self._clock.callLater(0, self._pass_on, key, held)
        else:
            del self._held[key]

    def _pass_on(self, key: bytes, held: Held) -> None:
        held.passing = False
        if not held.queue:
            del self._held[key]
            return
        turn, held.holder = held.queue.popleft()
        held.depth = 1
        turn.callback(None)
