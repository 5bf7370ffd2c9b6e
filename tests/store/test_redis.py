"""Shared tables in a real Redis server."""

from __future__ import annotations

from typing import Any

from sipapp.statistics import Statistics
from sipapp.store.open import open_store
from sipapp.store.redis import RedisStore
from tests.integration.redis import Redis
from tests.served import Standin
from tests.store.contract import ItemsContract, LocksContract, StoreCase, TimeContract
from tests.store.private import PrivateReactor


class RedisCase(StoreCase):
    """One server for all tests, emptied for each."""

    redis: Redis | None = None
    store: RedisStore
    url = ""
    clock: Any

    def setUp(self) -> None:
        self.serve()
        self.private = PrivateReactor(self)
        self.stores: list[RedisStore] = []
        super().setUp()

    def serve(self) -> None:
        """Have the server."""
        if RedisCase.redis is None:
            RedisCase.redis = Redis(Standin.until_exit())
        self.server = RedisCase.redis
        self.server.flush()

    def make_store(self) -> RedisStore:
        url = self.url or f"redis://127.0.0.1:{self.server.port}/1?prefix=t:"
        self.statistics = Statistics()
        store = open_store(url, self.clock, self.private.reactor, None, self.statistics)
        assert isinstance(store, RedisStore)
        started: list[None] = []
        store.start().addCallback(started.append)
        self.private.until(lambda: started)
        self.stores.append(store)
        self.addCleanup(self.stopped, store)
        return store

    def stopped(self, store: RedisStore) -> None:
        if store in self.stores:
            self.stores.remove(store)
            done: list[None] = []
            store.stop().addCallback(done.append)
            self.private.until(lambda: done)

    def settle(self) -> None:
        def idle() -> bool:
            self.clock.advance(0)
            return all(store.idle or store.link is None for store in self.stores)

        self.private.until(idle)
        self.clock.advance(0)


class RedisItemsTests(ItemsContract, RedisCase):
    pass


class RedisTimeTests(TimeContract, RedisCase):
    def pass_by(self, seconds: float) -> None:
        end = self.clock.seconds() + seconds
        self.settle()
        while (now := self.clock.seconds()) < end:
            due = min((call.getTime() for call in self.clock.getDelayedCalls()), default=end)
            self.clock.advance(min(due, end) - now)
            self.settle()


class RedisLocksTests(LocksContract, RedisCase):
    def later(self) -> None:
        for _ in range(20):
            self.clock.advance(0.01)
            self.private.reactor.iterate(0.005)
