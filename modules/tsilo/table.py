# -*- test-case-name: tests.modules.tsilo.test_table -*-
"""table: which transactions wait for a user to register, by address of record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from sipapp.module.hashes import kamailio_hash


class Stored(NamedTuple):
    """One transaction, by the names that tm has for it."""

    tindex: int  # $T(id_index)
    tlabel: int  # $T(id_label)


class Table:
    """Transactions by address, in the order of their storing. `size`: of Kamailio's hash table, for those who ask."""

    def __init__(self, size: int) -> None:
        self.size = 1 << (max(size, 1).bit_length() - 1)
        self._by_address: dict[bytes, dict[Stored, None]] = {}
        self._addresses: dict[Stored, set[bytes]] = {}

    def add(self, address: bytes, stored: Stored) -> bool:
        """Whether it was not there."""
        waiting = self._by_address.setdefault(address, {})
        if stored in waiting:
            return False
        waiting[stored] = None
        self._addresses.setdefault(stored, set()).add(address)
        return True

    def get(self, address: bytes) -> list[Stored]:
        return list(self._by_address.get(address, ()))

    def remove(self, stored: Stored) -> list[bytes]:
        """A transaction is over; for whom no other waits now."""
        empty = []
        for address in self._addresses.pop(stored, ()):
            waiting = self._by_address[address]
            del waiting[stored]
            if not waiting:
                del self._by_address[address]
                empty.append(address)
        return empty

    def __len__(self) -> int:
        """How many addresses there are."""
        return len(self._by_address)

    def __iter__(self) -> Iterator[tuple[bytes, list[Stored]]]:
        for address, waiting in self._by_address.items():
            yield address, list(waiting)

    @property
    def transactions(self) -> int:
        """How many there are, counted for each of their addresses."""
        return sum(map(len, self._by_address.values()))

    @property
    def longest(self) -> int:
        """How many addresses the fullest slot of Kamailio's hash table would have."""
        slots = Counter(kamailio_hash(address, b"", self.size) for address in self._by_address)
        return max(slots.values(), default=0)
