# -*- test-case-name: tests.store.test_redis -*-
"""redis_table: the copy of a table that several servers share by Redis.

What is done here is done to the copy at once, and kept until the Redis server has said what came of it: every change
of everybody comes back, in the one order in which that server has made them, as the item is then. What is still on
its way is done to that once more, and this is the copy's item: whatever comes between, all copies are alike in the
end.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from zope.interface import implementer

from sipapp.interfaces.store import ITable, Stored
from sipapp.store.changes import Add, Change, Over, Put, State, after, join
from sipapp.store.memory import Item, MemoryTable


@implementer(ITable)
class RedisTable(MemoryTable):
    """`changed()` is called when there is something to be sent."""

    def __init__(self, name: bytes, clock: Any, locks: Any, changed: Callable[[RedisTable], None]) -> None:
        super().__init__(name, clock, 0, True)
        self._locks = locks
        self._changed = changed
        self.defined = False
        self.linked = False  # the Redis server can be reached
        # What is to be sent, by key. The first key of a dict gets ever dearer to find as it is emptied from there.
        self._waiting: OrderedDict[bytes, list[Change]] = OrderedDict()
        self._cleared = False  # before that, the table is to be emptied
        self._sent: dict[bytes, list[tuple[int, Change]]] = {}  # what is on its way, with the number of its batch
        self._sent_clear = 0  # the batch of the last emptying that is on its way

    def define(self, lifetime: int, renew: bool) -> None:
        """What a table does by itself is said when it is asked for; it may have been filled before."""
        self.defined = True
        self._lifetime = lifetime
        self._renew = renew

    # -- what is done here

    def put(self, key: bytes, value: Stored, lifetime: int | None = None) -> None:
        super().put(key, value, lifetime)
        self._change(key, Put(self._state(key)))

    def add(self, key: bytes, amount: int, initial: int | None = None) -> int | None:
        number = super().add(key, amount, initial)
        if number is not None:
            end = self._now() + self._lifetime if self._lifetime else 0
            self._change(key, Add(amount, initial, end, end if self._renew else None))
        return number

    def delete(self, key: bytes) -> bool:
        was_there = super().delete(key)
        if was_there:
            self._change(key, Put(None))
        return was_there

    def clear(self) -> None:
        super().clear()
        self._waiting.clear()
        self._sent.clear()
        self._cleared = True
        self._changed(self)

    def remove(self, unwanted: Callable[[bytes, Stored], bool]) -> int:
        return sum(self.delete(key) for key, value in self.items() if unwanted(key, value))

    def expire(self, key: bytes, lifetime: int | None) -> bool:
        is_there = super().expire(key, lifetime)
        if is_there:
            self._change(key, Add(None, None, 0, self._items[key].expires))
        return is_there

    def _over(self, gone: list[tuple[bytes, Stored]]) -> None:
        """Where the Redis server says so, this server is the one that has removed an item, and tells of it. Where it
        cannot be asked, every server tells of its own."""
        if not self.linked:
            super()._over(gone)
        told = self.linked and bool(self._watchers.callbacks)
        for key, _ in gone:
            self._change(key, Over(self._now(), told))

    def _state(self, key: bytes) -> State | None:
        item = self._items.get(key)
        return None if item is None else State(item.value, item.expires)

    # -- what is to be sent

    def _change(self, key: bytes, change: Change) -> None:
        waiting = self._waiting.get(key)
        if waiting is None:
            self._waiting[key] = [change]
            if len(self._waiting) == 1:
                self._changed(self)
        else:
            join(waiting, change)

    @property
    def dirty(self) -> bool:
        return self._cleared or bool(self._waiting)

    @property
    def unsent(self) -> int:
        """How many items have changes that nobody else may know."""
        return len(self._waiting) + len(self._sent)

    def take(self, batch: int, most: int, size: int) -> list[bytes]:
        """What the script is told of so many changes, or of so many bytes, now on their way in this batch: six words
        for each change."""
        words: list[bytes] = []
        if self._cleared:
            self._cleared = False
            self._sent_clear = batch
            words += (b"c", self.name, b"", b"", b"", b"")
        while self._waiting and len(words) < 6 * most and size > 0:
            key, changes = self._waiting.popitem(last=False)
            for change in changes:
                kind, *more = change.words()
                words += (kind, self.name, key, *more)
                size -= len(key) + len(more[0])
                self._sent.setdefault(key, []).append((batch, change))
        return words

    # -- what has come of it

    def _after(self, key: bytes, state: State | None, batch: int) -> State | None:
        """What an item is once all is done that is on its way behind this batch."""
        if self._cleared or self._sent_clear > batch:
            state = None
        sent = self._sent.get(key)
        if sent is not None:
            if batch:
                sent = [(number, change) for number, change in sent if number > batch]
                if sent:
                    self._sent[key] = sent
                else:
                    del self._sent[key]
            state = after(state, (change for _, change in sent))
        waiting = self._waiting.get(key)
        return state if waiting is None else after(state, waiting)

    def learn(self, key: bytes, state: State | None, batch: int) -> None:
        """The item was this when a change had been made. batch: in which one of ours; 0: it was another's."""
        self._have(key, self._after(key, state, batch))

    def tell(self, key: bytes, value: Stored) -> None:
        """This server has removed an item whose time was over."""
        self._watchers.tell([(key, value)])

    def emptied(self, batch: int) -> None:
        """The table was emptied, by a batch of ours or, 0, by another."""
        if batch:
            if batch >= self._sent_clear:
                self._sent_clear = 0
            return
        self.forgo(())

    def forgo(self, others: Iterable[bytes]) -> None:
        """There are no items but these, and what is still on its way."""
        for key in (self._items.keys() | self._sent.keys() | self._waiting.keys()).difference(others):
            self.learn(key, None, 0)

    def _have(self, key: bytes, state: State | None) -> None:
        item = self._items.get(key)
        if state is None:
            if item is not None:
                del self._items[key]
            return
        if item is None:
            item = self._items[key] = Item(state.value)
        else:
            item.value = state.value
        if item.expires != state.expires:
            self._until(key, item, state.expires)

    # -- when the Redis server has lost its data

    def forget(self) -> None:
        """Nothing is on its way any more: all of the copy is to be sent."""
        pending = self._waiting.keys() | self._sent.keys()
        self._sent.clear()
        self._sent_clear = 0
        self._cleared = False
        self._waiting = OrderedDict((key, [Put(self._state(key))]) for key in pending)
        for key in self._items.keys() - pending:
            self._waiting[key] = [Put(self._state(key), new=True)]
