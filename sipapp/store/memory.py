# -*- test-case-name: tests.store.test_memory -*-
"""memory: shared tables in this process: dicts, and a queue of what is to expire."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from typing import Any

from twisted.internet.defer import Deferred
from zope.interface import implementer

from sipapp.interfaces.store import Expired, IStore, ITable, Stored
from sipapp.script.values import wrap
from sipapp.store.locks import Locks
from sipapp.store.watchers import Watchers


class Item:
    """A value, and the last second (of the clock) in which it is there; 0: it stays."""

    __slots__ = ("due", "expires", "value")

    def __init__(self, value: Stored) -> None:
        self.value = value
        self.expires = 0
        self.due = 0  # the second after which it is looked at; where it was renewed, before it expires


@implementer(ITable)
class MemoryTable:
    """A dict. Time counts in whole seconds, as Kamailio's does: an item with 5 s left is there for the rest of this
    second and the five after it."""

    def __init__(self, name: bytes, clock: Any, lifetime: int, renew: bool) -> None:
        self.name = name
        self._clock = clock
        self._lifetime = lifetime
        self._renew = renew
        self._items: dict[bytes, Item] = {}
        self._locks = Locks(clock)
        self._watchers = Watchers(name, clock)
        self._due: dict[int, list[bytes]] = {}  # keys by Item.due
        self._seconds: list[int] = []  # the keys of _due, as a heap
        self._alarm: Any = None

    # -- items

    def __len__(self) -> int:
        self._sweep()
        return len(self._items)

    def _live(self, key: bytes) -> Item | None:
        item = self._items.get(key)
        if item is None or not item.expires or item.expires >= self._clock.seconds() // 1:
            return item
        self._sweep()
        return None

    def get(self, key: bytes) -> Stored | None:
        item = self._live(key)
        return None if item is None else item.value

    def put(self, key: bytes, value: Stored, lifetime: int | None = None) -> None:
        item = self._live(key)
        if item is None:
            item = self._items[key] = Item(value)
            self._begin(key, item, lifetime)
        else:
            item.value = value
            if lifetime is not None or self._renew:
                self._begin(key, item, lifetime)

    def add(self, key: bytes, amount: int, initial: int | None = None) -> int | None:
        item = self._live(key)
        before = initial if item is None else item.value
        if not isinstance(before, int):
            return None
        number = wrap(before + amount)
        MemoryTable.put(self, key, number)  # a table that tells others of what is put tells them of the addition
        return number

    def delete(self, key: bytes) -> bool:
        if self._live(key) is None:
            return False
        del self._items[key]
        return True

    def clear(self) -> None:
        self._items.clear()
        self._due.clear()
        self._seconds.clear()

    def items(self) -> Iterator[tuple[bytes, Stored]]:
        self._sweep()
        return iter([(key, item.value) for key, item in self._items.items()])

    def remove(self, unwanted: Callable[[bytes, Stored], bool]) -> int:
        found = [key for key, value in self.items() if unwanted(key, value)]
        for key in found:
            del self._items[key]
        return len(found)

    def replace(self, items: dict[bytes, tuple[Stored, int | None]]) -> None:
        self.clear()
        for key, (value, lifetime) in items.items():
            self.put(key, value, lifetime)

    # -- time

    def lifetime(self, key: bytes) -> int | None:
        item = self._live(key)
        if item is None:
            return None
        return item.expires - self._now() if item.expires else 0

    def expire(self, key: bytes, lifetime: int | None) -> bool:
        item = self._live(key)
        if item is None:
            return False
        self._until(key, item, 0 if lifetime is None else self._now() + lifetime)
        return True

    def on_expired(self, callback: Expired) -> None:
        self._watchers.callbacks.append(callback)

    def _now(self) -> int:
        return int(self._clock.seconds())

    def _begin(self, key: bytes, item: Item, lifetime: int | None) -> None:
        if lifetime is None:
            lifetime = self._lifetime
        if lifetime or item.expires:
            self._until(key, item, self._now() + lifetime if lifetime else 0)

    def _until(self, key: bytes, item: Item, second: int) -> None:
        item.expires = second
        if second and (not item.due or second < item.due):
            self._look(key, item, second)

    def _look(self, key: bytes, item: Item, second: int) -> None:
        """Look at the item when this second is over."""
        item.due = second
        keys = self._due.get(second)
        if keys is not None:
            keys.append(key)
            return
        self._due[second] = [key]
        heappush(self._seconds, second)
        if self._seconds[0] == second:
            self._set_alarm()

    def _set_alarm(self) -> None:
        self.stop()
        self._alarm = self._clock.callLater(max(0.0, self._seconds[0] + 1 - self._clock.seconds()), self._awake)

    def _awake(self) -> None:
        self._sweep()
        if self._seconds:
            self._set_alarm()

    def _sweep(self) -> None:
        """Remove what is over."""
        now = self._now()
        gone: list[tuple[bytes, Stored]] = []
        while self._seconds and self._seconds[0] < now:
            second = heappop(self._seconds)
            for key in self._due.pop(second):
                item = self._items.get(key)
                if item is None or item.due != second:
                    continue
                if not item.expires:
                    item.due = 0
                elif item.expires >= now:
                    self._look(key, item, item.expires)
                else:
                    del self._items[key]
                    gone.append((key, item.value))
        if gone:
            self._over(gone)

    def _over(self, gone: list[tuple[bytes, Stored]]) -> None:
        """These items are removed: their time was over."""
        self._watchers.tell(gone)

    def stop(self) -> None:
        """Nothing expires any more."""
        if self._alarm is not None and self._alarm.active():
            self._alarm.cancel()

    # -- locks

    def lock(self, key: bytes, holder: Any) -> Deferred[None] | None:
        return self._locks.lock(key, holder)

    def unlock(self, key: bytes) -> None:
        self._locks.unlock(key)

    def unlock_all(self, holder: Any) -> None:
        self._locks.unlock_all(holder)


@implementer(IStore)
class MemoryStore:
    """All tables of this process."""

    shared = False

    def __init__(self, clock: Any) -> None:
        self._clock = clock
        self._tables: dict[bytes, MemoryTable] = {}

    def table(self, name: bytes, lifetime: int = 0, renew: bool = True) -> MemoryTable:
        found = self._tables.get(name)
        if found is None:
            found = self._tables[name] = MemoryTable(name, self._clock, lifetime, renew)
        return found

    def start(self) -> None:
        """It begins empty."""

    def stop(self) -> None:
        for table in self._tables.values():
            table.stop()
