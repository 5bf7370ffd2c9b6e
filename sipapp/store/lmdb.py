# -*- test-case-name: tests.store.test_lmdb -*-
"""lmdb: tables that several processes of one machine share, in a file in memory.

Each method is one transaction of lmdb: what another process does is before it or behind it. Beside every table stands
an index of what is to expire, by the second, so that nobody has to look at items that stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from lmdb import Transaction
from twisted.internet.defer import Deferred
from zope.interface import implementer

from sipapp.interfaces.store import Expired, IStore, ITable, Stored
from sipapp.log import Logger
from sipapp.script.values import wrap
from sipapp.statistics import Statistics
from sipapp.store.claims import Claims
from sipapp.store.mapped import Full, Mapped
from sipapp.store.record import FURTHEST, Record, index_of, key_of, packed, place, second_of, unpacked
from sipapp.store.shared_locks import SharedLocks
from sipapp.store.watchers import Watchers

log = Logger()

_T = TypeVar("_T")

AT_ONCE = 1000
"""How many items expire in one transaction: the others wait for it, and the reactor for the next."""

CHECK = 60
"""Seconds between looks for readers that have died."""


@implementer(ITable)
class LmdbTable:
    """One table. Time counts in whole seconds, as in MemoryTable."""

    def __init__(self, store: LmdbStore, name: bytes, lifetime: int, renew: bool) -> None:
        self.name = name
        self._clock = store.clock
        self._lifetime = lifetime
        self._renew = renew
        self._mapped = store.mapped
        self._items = store.mapped.database(b"items:" + name)
        self._index = store.mapped.database(b"index:" + name)
        self._locks = SharedLocks(self._clock, Claims(store.mapped, name, self._clock))
        self._watchers = Watchers(name, self._clock)
        self._over: list[tuple[bytes, Stored]] = []  # what the transaction has found to be over
        self._failed_at = -1.0
        self._unwritten = store.unwritten

    # -- items

    def __len__(self) -> int:
        while self._sweep_some():
            pass
        with self._mapped.begin(self._items) as reading:
            count: int = reading.stat(self._items)["entries"]
        return count

    def get(self, key: bytes) -> Stored | None:
        record = self._read(key)
        return None if record is None else record.value

    def put(self, key: bytes, value: Stored, lifetime: int | None = None) -> None:
        self._write(None, self._put, key, value, lifetime)

    def add(self, key: bytes, amount: int, initial: int | None = None) -> int | None:
        return self._write(None, self._add, key, amount, initial)

    def delete(self, key: bytes) -> bool:
        return self._take(False, self._delete, key)

    def clear(self) -> None:
        self._take(None, self._clear)

    def items(self) -> Iterator[tuple[bytes, Stored]]:
        return iter([(key, unpacked(data).value) for key, data in self._all()])

    def remove(self, unwanted: Callable[[bytes, Stored], bool]) -> int:
        # Asked outside of the transaction: others would wait, and whoever is asked may want to write.
        found = [(key, data) for key, data in self._all() if unwanted(key, unpacked(data).value)]
        return self._take(0, self._remove, found) if found else 0

    def replace(self, items: dict[bytes, tuple[Stored, int | None]]) -> None:
        self._write(None, self._replace, items)

    # -- time

    def lifetime(self, key: bytes) -> int | None:
        record = self._read(key)
        if record is None:
            return None
        return record.expires - self._now() if record.expires else 0

    def expire(self, key: bytes, lifetime: int | None) -> bool:
        return self._write(False, self._expire, key, lifetime)

    def on_expired(self, callback: Expired) -> None:
        self._watchers.callbacks.append(callback)

    # -- locks

    def lock(self, key: bytes, holder: Any) -> Deferred[None] | None:
        return self._locks.lock(key, holder)

    def unlock(self, key: bytes) -> None:
        self._locks.unlock(key)

    def unlock_all(self, holder: Any) -> None:
        self._locks.unlock_all(holder)

    # -- how it is read

    def _now(self) -> int:
        return int(self._clock.seconds())

    def _read(self, key: bytes) -> Record | None:
        with self._mapped.begin(self._items) as reading:
            data = reading.get(place(key))
        if data is None:
            return None
        record = unpacked(data)
        return None if record.expires and record.expires < self._clock.seconds() // 1 else record

    def _all(self) -> Iterator[tuple[bytes, bytes]]:
        """Every key with its record as bytes, of this moment."""
        now = self._now()
        with self._mapped.begin(self._items) as reading:
            found = list(reading.cursor())
        for where, data in found:
            expires = second_of(data)
            if not expires or expires >= now:
                yield key_of(where, data), data

    # -- how it is written: what stands below runs within a transaction, perhaps several times until one succeeds

    def _write(self, failed: _T, work: Callable[..., _T], *arguments: Any) -> _T:
        """What `work` answers; `failed`, where there is no room any more."""
        return self._done(self._mapped.write, failed, work, arguments)

    def _take(self, failed: _T, work: Callable[..., _T], *arguments: Any) -> _T:
        """The same for work that takes away."""
        return self._done(self._mapped.remove, failed, work, arguments)

    def _done(self, how: Any, failed: _T, work: Callable[..., _T], arguments: tuple[Any, ...]) -> _T:
        try:
            answer: _T = how(self._items, work, *arguments)
        except Full as why:
            self._over.clear()
            self._unwritten.add()
            now = self._clock.seconds()
            if now > self._failed_at + 10 or self._failed_at < 0:
                self._failed_at = now
                log.error("table {name}: not written: {why}", name=self.name.decode(errors="replace"), why=str(why))
            return failed
        if self._over:
            gone, self._over = self._over, []
            self._watchers.tell(gone)
        return answer

    def _live(self, writing: Transaction[bytes], key: bytes, where: bytes) -> Record | None:
        """The item; one whose time is over is removed here."""
        self._over.clear()
        data = writing.get(where)
        if data is None:
            return None
        record = unpacked(data)
        if record.expires and record.expires < self._now():
            self._drop(writing, where, record.due)
            self._over.append((key, record.value))
            return None
        return record

    def _drop(self, writing: Transaction[bytes], where: bytes, due: int) -> None:
        writing.delete(where)
        if due:
            writing.delete(index_of(due, where), db=self._index)

    def _end(self, lifetime: int | None) -> int:
        """The last second of an item that begins now; 0: it stays."""
        if lifetime is None:
            lifetime = self._lifetime
        return self._after(lifetime) if lifetime else 0

    def _after(self, lifetime: int) -> int:
        return max(1, min(self._now() + lifetime, FURTHEST))

    def _keep(self, writing: Transaction[bytes], key: bytes, where: bytes, record: Record) -> None:
        """Write an item. Where it is in the index for an earlier second, it is looked at then, and that is enough."""
        expires, due, value = record
        if expires and (not due or expires < due):
            if due:
                writing.delete(index_of(due, where), db=self._index)
            writing.put(index_of(expires, where), b"", db=self._index)
            due = expires
        writing.put(where, packed(key, expires, due, value))

    def _put(self, writing: Transaction[bytes], key: bytes, value: Stored, lifetime: int | None) -> None:
        where = place(key)
        record = self._live(writing, key, where)
        if record is None:
            record = Record(self._end(lifetime), 0, value)
        elif lifetime is not None or self._renew:
            record = Record(self._end(lifetime), record.due, value)
        else:
            record = Record(record.expires, record.due, value)
        self._keep(writing, key, where, record)

    def _add(self, writing: Transaction[bytes], key: bytes, amount: int, initial: int | None) -> int | None:
        where = place(key)
        record = self._live(writing, key, where)
        before = initial if record is None else record.value
        if not isinstance(before, int):
            return None
        number = wrap(before + amount)
        if record is None or self._renew:
            expires = self._end(None)
        else:
            expires = record.expires
        self._keep(writing, key, where, Record(expires, record.due if record else 0, number))
        return number

    def _delete(self, writing: Transaction[bytes], key: bytes) -> bool:
        where = place(key)
        record = self._live(writing, key, where)
        if record is None:
            return False
        self._drop(writing, where, record.due)
        return True

    def _clear(self, writing: Transaction[bytes]) -> None:
        writing.drop(self._items, delete=False)
        writing.drop(self._index, delete=False)

    def _remove(self, writing: Transaction[bytes], found: list[tuple[bytes, bytes]]) -> int:
        count = 0
        for key, data in found:
            where = place(key)
            if writing.get(where) == data:  # else it has changed meanwhile: nobody has said that this is unwanted
                self._drop(writing, where, unpacked(data).due)
                count += 1
        return count

    def _replace(self, writing: Transaction[bytes], items: dict[bytes, tuple[Stored, int | None]]) -> None:
        self._clear(writing)
        for key, (value, lifetime) in items.items():
            self._keep(writing, key, place(key), Record(self._end(lifetime), 0, value))

    def _expire(self, writing: Transaction[bytes], key: bytes, lifetime: int | None) -> bool:
        where = place(key)
        record = self._live(writing, key, where)
        if record is None:
            return False
        expires = 0 if lifetime is None else self._after(lifetime)
        self._keep(writing, key, where, record._replace(expires=expires))
        return True

    # -- what is over

    def sweep(self) -> None:
        """Remove what is over, so much at a time that nobody waits long."""
        if self._mapped.is_open and self._sweep_some():
            self._clock.callLater(0, self.sweep)

    def _sweep_some(self) -> bool:
        """Whether there is more."""
        with self._mapped.begin(self._index) as reading:
            cursor = reading.cursor()
            if not cursor.first() or second_of(cursor.key()) >= self._now():
                return False
        return self._take(False, self._sweep)

    def _sweep(self, writing: Transaction[bytes]) -> bool:
        self._over.clear()
        now = self._now()
        cursor = writing.cursor(self._index)
        for _ in range(AT_ONCE):
            if not cursor.first() or (second := second_of(cursor.key())) >= now:
                return False
            where = cursor.key()[4:]
            cursor.delete()
            data = writing.get(where)
            record = None if data is None else unpacked(data)
            if data is None or record is None or record.due != second:
                continue
            key = key_of(where, data)
            if not record.expires or record.expires >= now:
                self._keep(writing, key, where, record._replace(due=0))
            else:
                writing.delete(where)
                self._over.append((key, record.value))
        return True

    def stop(self) -> None:
        """Let all locks of this process go."""
        self._locks.stop()


@implementer(IStore)
class LmdbStore:
    """The tables of one file. size: how far it may grow (bytes)."""

    shared = True

    def __init__(self, path: str, size: int, clock: Any, statistics: Statistics | None = None) -> None:
        self.clock = clock
        count = (statistics or Statistics()).counter
        self.unwritten = count("store", "unwritten", "changes of tables for which there was no room")
        self.mapped = Mapped(path, size)
        self._tables: dict[bytes, LmdbTable] = {}
        self._alarm: Any = None

    def start(self) -> None:
        self.mapped.open()
        self._set_alarm()

    def table(self, name: bytes, lifetime: int = 0, renew: bool = True) -> LmdbTable:
        found = self._tables.get(name)
        if found is None:
            found = self._tables[name] = LmdbTable(self, name, lifetime, renew)
        return found

    def stop(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        for table in self._tables.values():
            table.stop()
        self._tables.clear()
        self.mapped.close()

    def _set_alarm(self) -> None:
        """For when this second is over: whatever another process has put, or has left when it died, is seen then."""
        now = self.clock.seconds()
        self._alarm = self.clock.callLater(max(0.001, int(now) + 1 - now), self._second)

    def _second(self) -> None:
        self._set_alarm()
        for table in self._tables.values():
            table.sweep()
        if not int(self.clock.seconds()) % CHECK:
            self.mapped.check()
