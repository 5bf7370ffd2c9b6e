# -*- test-case-name: tests.store.test_redis -*-
"""redis_claims: which server has the lock of a key: a key of the Redis server, for as long as its owner says so.

Whoever has a lock has seen what all had changed who had it before: a lock is let go behind the changes of its holder,
and had when the copies here are as far as the Redis server was when it gave it.

A server that dies has its locks for LEASE more. Without a link a server has every lock at once: rather together than
never.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred

from sipapp.errors import RedisError
from sipapp.log import Logger
from sipapp.store.redis_scripts import CLAIM, RENEW
from sipapp.store.shared_locks import SharedLocks

if TYPE_CHECKING:
    from sipapp.store.redis import RedisStore

log = Logger()

LEASE = 30_000
"""Milliseconds."""

LOOK = 0.25
"""Seconds after which a server asks again for a lock that another has; it is told when it is let go."""


class RedisClaims:
    """Those of this server in one table."""

    def __init__(self, store: RedisStore, name: bytes, clock: Any) -> None:
        self._store = store
        self._clock = clock
        self._prefix = b"%block:%b:" % (store.prefix, name)
        self._had: dict[bytes, bytes] = {}  # keys and the tokens by which they are had; empty: without a link
        self._asking: dict[bytes, Deferred[Any]] = {}
        self._looks: dict[bytes, Any] = {}
        self._count = 0
        self._locks: SharedLocks | None = None

    def join(self, locks: SharedLocks) -> None:
        self._locks = locks

    # -- IClaims

    def take(self, key: bytes) -> bool:
        if key in self._looks:
            self._cancel(key)
        if key not in self._asking:
            # Not from within: whoever waits is entered only when this has returned.
            self._looks[key] = self._clock.callLater(0, self._ask, key)
        return False

    def give(self, key: bytes, again: bool) -> bool:
        self._cancel(key)
        token = self._had.pop(key, b"")
        if token:
            self._store.release(self._prefix + key, token)
        return False

    def force(self, key: bytes) -> None:
        self._store.release(self._prefix + key, b"")

    def watch(self) -> None:
        """Other servers say when they let a lock go that this one has."""

    def stop(self) -> None:
        for key in (*self._looks,):
            self._cancel(key)
        for key in (*self._had,):
            self.give(key, False)

    # -- asking

    def _cancel(self, key: bytes) -> None:
        look = self._looks.pop(key, None)
        if look is not None and look.active():
            look.cancel()

    def _ask(self, key: bytes) -> None:
        self._looks.pop(key, None)
        if key in self._asking:
            return
        asking = self._asking[key] = Deferred.fromCoroutine(self._try(key))
        asking.addBoth(lambda result: self._asked(key, result))

    async def _try(self, key: bytes) -> bytes | None:
        """The token by which the lock is had; None: another has it."""
        link = self._store.link
        if link is None:
            return b""
        self._count += 1
        token = b"%b:%d" % (self._store.origin, self._count)
        try:
            sequence = await link.call(
                CLAIM, self._prefix + key, self._store.prefix + b"sequence", token, b"%d" % LEASE
            )
        except RedisError:
            return b""
        if sequence < 0:
            return None
        behind = self._store.caught_up(sequence)
        if behind is not None:
            await behind
        return token

    def _asked(self, key: bytes, result: Any) -> None:
        assert self._locks is not None
        del self._asking[key]
        wanted = self._locks.wanted(key)
        if not isinstance(result, bytes):
            if result is not None:
                log.failure("a lock was not asked for", result)
            if wanted:
                self._looks[key] = self._clock.callLater(LOOK, self._ask, key)
        elif wanted:
            self._had[key] = result
            self._locks.granted(key)
        elif result:
            self._store.release(self._prefix + key, result)

    # -- what others say

    def unlocked(self, name: bytes, token: bytes) -> None:
        """A lock is free."""
        if not name.startswith(self._prefix) or self._locks is None:
            return
        key = name[len(self._prefix) :]
        if self._had.get(key) == token:
            self._had[key] = b""  # by the will of another server
            self._locks.lost(key)
        elif key in self._looks and self._locks.wanted(key):
            self._cancel(key)
            self._ask(key)

    def renew(self) -> None:
        """Have what this server has for longer."""
        link = self._store.link
        for key, token in self._had.items():
            if token and link is not None:
                renewed = Deferred.fromCoroutine(link.call(RENEW, self._prefix + key, token, b"%d" % LEASE))
                renewed.addErrback(lambda _: None)  # the next time
