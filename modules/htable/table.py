# -*- test-case-name: tests.modules.htable.test_table -*-
"""table: one hash table: its definition, its items, and the order in which Kamailio would show them."""

from __future__ import annotations

from typing import Any

from sipapp.interfaces.store import IStore, ITable, Stored
from sipapp.module import Value
from sipapp.module.hashes import kamailio_hash
from sipapp.modules.htable.definition import Definition


class HashTable:
    """A table of the script; `items` is there from the start of the server on."""

    __slots__ = ("definition", "initial", "items", "loaded", "reload")

    items: ITable

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.initial = definition.initval
        self.loaded = False  # from its database table, without which it is not written back there
        self.reload: Any = None  # the call that loads it again

    @property
    def name(self) -> str:
        return self.definition.name.decode("utf-8", "backslashreplace")

    def open(self, store: IStore) -> None:
        """Find the items."""
        definition = self.definition
        self.items = store.table(b"htable:" + definition.name, definition.autoexpire, definition.updateexpire)

    def get(self, key: bytes) -> Value:
        """The value of an item; the initial one, if any, where there is none."""
        value = self.items.get(key)
        return self.initial if value is None else value

    def put(self, key: bytes, value: Stored, lifetime: int = 0) -> None:
        """Set an item. lifetime: s; 0 and less: the table's own."""
        if value.__class__ is not bytes and isinstance(value, bytes):
            value = bytes(value)  # a text that counts as a number counts so no more
        self.items.put(key, value, lifetime if lifetime > 0 and self.definition.autoexpire else None)

    def add(self, key: bytes, amount: int) -> int | None:
        """Add to a number; None: it is a text, or is not there and the table has no initial value."""
        return self.items.add(key, amount, self.initial)

    def expire(self, key: bytes, lifetime: int) -> None:
        """Let an item live for so long (s) from now on; 0 and less: for ever. Without effect where items stay."""
        if self.definition.autoexpire:
            self.items.expire(key, lifetime if lifetime > 0 else None)

    def slot(self, key: bytes) -> int:
        """The number of the slot that an item is in."""
        return kamailio_hash(key.lower(), slots=self.definition.size)

    def ordered(self) -> list[tuple[bytes, Stored]]:
        """Every (key, value), slot by slot, as Kamailio's iterators and dumps have them."""
        mask = self.definition.size - 1

        def place(item: tuple[bytes, Stored]) -> tuple[int, int]:
            number = kamailio_hash(item[0].lower())
            return number & mask, number

        return sorted(self.items.items(), key=place)
