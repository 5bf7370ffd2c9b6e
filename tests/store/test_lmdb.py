"""Shared tables in an lmdb file."""

from __future__ import annotations

import os
from typing import Any

from sipapp.store.lmdb import LmdbStore
from sipapp.store.mapped import MEGABYTE
from tests.store.contract import ItemsContract, LocksContract, StoreCase, TimeContract


class LmdbCase(StoreCase):
    """A file of its own for each test."""

    size = 64 * MEGABYTE

    def make_store(self: Any) -> LmdbStore:
        store = LmdbStore(os.path.abspath(self.mktemp()), self.size, self.clock)
        store.start()
        self.addCleanup(store.stop)
        return store


class LmdbItemsTests(ItemsContract, LmdbCase):
    pass


class LmdbTimeTests(TimeContract, LmdbCase):
    pass


class LmdbLocksTests(LocksContract, LmdbCase):
    pass
