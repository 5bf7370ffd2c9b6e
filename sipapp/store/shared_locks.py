# -*- test-case-name: tests.store.test_processes -*-
"""shared_locks: locks that several processes share: within each they are Locks, and between them each stands in a
queue as one, for all of its holders.
"""

from __future__ import annotations

from typing import Any, Protocol

from twisted.internet.defer import Deferred

from sipapp.store.locks import Held, Locks


class IClaims(Protocol):
    """How processes agree. They call `granted` and `lost` of the locks."""

    def join(self, locks: SharedLocks) -> None:
        """These are the locks that this process claims."""

    def take(self, key: bytes) -> bool:
        """Stand in the queue for a key; True: this process has it already. Else `granted` is called, later."""

    def give(self, key: bytes, again: bool) -> bool:
        """Leave the queue. again: somebody here still wants the lock, so stand behind the others; True: this process
        has it all the same."""

    def force(self, key: bytes) -> None:
        """Take the lock from whichever process has it."""

    def watch(self) -> None:
        """Somebody here waits for one who has a lock here, which another process may let go."""

    def stop(self) -> None:
        """Leave every queue."""


class SharedLocks(Locks):
    """Its `lock` and `unlock` are those of ITable."""

    def __init__(self, clock: Any, claims: IClaims) -> None:
        super().__init__(clock)
        self._claims = claims
        self._claimed: set[bytes] = set()
        self._grants: dict[bytes, list[Deferred[None]]] = {}
        claims.join(self)

    # -- what holders ask

    def lock(self, key: bytes, holder: Any) -> Deferred[None] | None:
        turn = super().lock(key, holder)
        if turn is None and (key in self._claimed or (key not in self._grants and self._take(key))):
            return None
        if turn is not None:
            self._claims.watch()
        return Deferred.fromCoroutine(self._both(key, turn))

    async def _both(self, key: bytes, turn: Deferred[None] | None) -> None:
        """First the turn here, then the claim."""
        if turn is not None:
            await turn
        if key in self._claimed or (key not in self._grants and self._take(key)):
            return
        grant: Deferred[None] = Deferred()
        self._grants.setdefault(key, []).append(grant)
        try:
            await grant
        except BaseException:
            self._given_up(key, grant)
            raise

    def _take(self, key: bytes) -> bool:
        taken = self._claims.take(key)
        if taken:
            self._claimed.add(key)
        return taken

    def _given_up(self, key: bytes, grant: Deferred[None]) -> None:
        waiting = self._grants.get(key, [])
        if grant in waiting:
            waiting.remove(grant)
            if not waiting:
                del self._grants[key]
        super().unlock(key)

    def unlock(self, key: bytes) -> None:
        if key in self._claimed:
            super().unlock(key)
        else:
            self._claims.force(key)

    def _release(self, key: bytes, held: Held) -> None:
        self._claimed.discard(key)
        if self._claims.give(key, bool(held.queue)):
            self._claimed.add(key)
        super()._release(key, held)

    def _pass_on(self, key: bytes, held: Held) -> None:
        super()._pass_on(key, held)
        if key not in self._held:  # whoever was to have it has given up
            self._claimed.discard(key)
            self._claims.give(key, False)

    # -- what the claims tell

    def granted(self, key: bytes) -> None:
        """This process has the lock now."""
        self._claimed.add(key)
        for grant in self._grants.pop(key, []):
            grant.callback(None)

    def lost(self, key: bytes) -> None:
        """Another process has let go what is held here: the next one's turn."""
        held = self._held.get(key)
        if key in self._claimed and held is not None and not held.passing:
            held.depth = 0
            self._release(key, held)

    def wanted(self, key: bytes) -> bool:
        """Somebody here waits for the process's turn."""
        return key in self._grants

    def queued(self) -> list[bytes]:
        """The keys that this process has, and for which somebody here waits."""
        return [key for key in self._claimed if (held := self._held.get(key)) is not None and held.queue]

    def stop(self) -> None:
        """Let everything go."""
        self._claims.stop()
