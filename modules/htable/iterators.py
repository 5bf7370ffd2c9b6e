# -*- test-case-name: tests.modules.htable.test_iterators -*-
"""iterators: walking through a table, item by item.

An iterator belongs to the run that started it, and walks over the items of that moment; those removed meanwhile are
left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipapp.interfaces.store import Stored
from sipapp.module import Context, ScriptError, Value, pseudo_variable, script_function
from sipapp.modules.htable.places import Places

if TYPE_CHECKING:
    from sipapp.modules.htable.table import HashTable

ITERATORS = "htable.iterators"
"""`ctx.extra[ITERATORS]`: name -> Iterator."""


class Iterator:
    """A place in a table: on an item, or on none: before the first, behind the last."""

    __slots__ = ("at", "keys", "table")

    def __init__(self, table: HashTable) -> None:
        self.table = table
        self.keys: list[bytes] = []
        self.at = -1

    @property
    def key(self) -> bytes | None:
        return self.keys[self.at] if self.at >= 0 else None

    def value(self) -> Stored | None:
        return self.table.items.get(self.keys[self.at]) if self.at >= 0 else None

    def next(self) -> bool:
        """Go on; from behind the last item to the first, as in Kamailio."""
        if self.at < 0:
            self.keys = [key for key, _ in self.table.ordered()]
        return self._seek(self.at + 1)

    def remove(self) -> bool:
        """Remove the item and go on to the next; whether there is one."""
        self.table.items.delete(self.keys[self.at])
        return self._seek(self.at + 1)

    def _seek(self, start: int) -> bool:
        """Be on the first item that is still there from `start` on."""
        get = self.table.items.get
        for at in range(start, len(self.keys)):
            if get(self.keys[at]) is not None:
                self.at = at
                return True
        self.at = -1
        return False


class Iterators(Places):
    """Iterators by name."""

    @script_function()
    def sht_iterator_start(self, ctx: Context, iname: bytes, hname: bytes) -> int:
        """sht_iterator_start(iterator, table): begin to walk through a table; sht_iterator_next() goes to the first
        item."""
        if not iname:
            raise ScriptError("the iterator's name is empty")
        ctx.extra.setdefault(ITERATORS, {})[iname] = Iterator(self.table(hname))
        return 1

    @script_function()
    def sht_iterator_next(self, ctx: Context, iname: bytes) -> int:
        """sht_iterator_next(iterator): go on to the next item; false behind the last."""
        return 1 if _iterator(ctx, iname).next() else -1

    @script_function()
    def sht_iterator_end(self, ctx: Context, iname: bytes) -> int:
        """sht_iterator_end(iterator): forget the iterator."""
        _iterator(ctx, iname)
        del ctx.extra[ITERATORS][iname]
        return 1

    @script_function()
    def sht_iterator_rm(self, ctx: Context, iname: bytes) -> int:
        """sht_iterator_rm(iterator): remove the item and go on to the next: 1, or -2 where there is none."""
        return 1 if _on_item(ctx, iname).remove() else -2

    @script_function()
    def sht_iterator_sets(self, ctx: Context, iname: bytes, sval: bytes) -> int:
        """sht_iterator_sets(iterator, text): set the item."""
        return _set(_on_item(ctx, iname), sval)

    @script_function()
    def sht_iterator_seti(self, ctx: Context, iname: bytes, ival: int) -> int:
        """sht_iterator_seti(iterator, number): set the item."""
        return _set(_on_item(ctx, iname), ival)

    @script_function()
    def sht_iterator_setex(self, ctx: Context, iname: bytes, exval: int) -> int:
        """sht_iterator_setex(iterator, seconds): for how long the item stays. Without effect in tables without
        autoexpire."""
        iterator = _on_item(ctx, iname)
        if iterator.table.definition.autoexpire:
            iterator.table.items.expire(iterator.keys[iterator.at], exval)
        return 1

    @pseudo_variable("shtitkey")
    def pv_shtitkey(self, ctx: Context, inner: bytes) -> Value:
        """$shtitkey(iterator): the key of the item that it is on."""
        iterator = ctx.extra.get(ITERATORS, {}).get(inner)
        return None if iterator is None else iterator.key

    @pseudo_variable("shtitval")
    def pv_shtitval(self, ctx: Context, inner: bytes) -> Value:
        """$shtitval(iterator): the value of the item that it is on."""
        iterator = ctx.extra.get(ITERATORS, {}).get(inner)
        return None if iterator is None else iterator.value()


def _iterator(ctx: Context, name: bytes) -> Iterator:
    found: Iterator | None = ctx.extra.get(ITERATORS, {}).get(name)
    if found is None:
        raise ScriptError(f"iterator not found: {name.decode(errors='replace')!r}")
    return found


def _on_item(ctx: Context, name: bytes) -> Iterator:
    found = _iterator(ctx, name)
    if found.at < 0:
        raise ScriptError(f"the iterator {name.decode(errors='replace')!r} is on no item")
    return found


def _set(iterator: Iterator, value: Stored) -> int:
    iterator.table.put(iterator.keys[iterator.at], value)
    return 1
