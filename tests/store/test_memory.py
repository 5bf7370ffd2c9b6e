"""Shared tables in one process."""

from __future__ import annotations

from typing import Any

from sipapp.store.memory import MemoryStore
from tests.store.contract import ItemsContract, LocksContract, StoreCase, TimeContract


class MemoryCase(StoreCase):
    def make_store(self: Any) -> MemoryStore:
        return MemoryStore(self.clock)


class MemoryItemsTests(ItemsContract, MemoryCase):
    pass


class MemoryLocksTests(LocksContract, MemoryCase):
    pass


class MemoryTimeTests(TimeContract, MemoryCase):
    def test_renewing_costs_no_memory(self) -> None:
        table = self.table(lifetime=1000)
        for _ in range(500):
            table.put(b"k", 1)
            self.clock.advance(1)
        self.assertLessEqual(sum(len(keys) for keys in table._due.values()), 1)
