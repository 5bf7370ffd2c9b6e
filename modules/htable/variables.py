# -*- test-case-name: tests.modules.htable.test_variables -*-
"""variables: $sht and its kin."""

from __future__ import annotations

from collections.abc import Callable

from sipapp.interfaces.script import Getter, IBinder
from sipapp.log import Logger
from sipapp.module import Access, ConfigError, Context, ScriptError, Value, pseudo_variable
from sipapp.modules.htable.matching import count_keys, count_values
from sipapp.modules.htable.places import Place, Places
from sipapp.modules.htable.table import HashTable

log = Logger()

EXPIRED = "htable.expired"
"""`ctx.extra[EXPIRED]`: (key, value), in event_route[htable:expired:...]."""


class Variables(Places):
    """What a script reads and writes."""

    @pseudo_variable("sht", bind=True, writable=True)
    def pv_sht(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$sht(table=>key): the value of an item; null, or the table's initval, where there is none. The key may have
        variables in it. Writing sets it, $null removes it."""
        place = self._bound("sht", inner, index, binder)
        table, key = place.table, place.key
        if table is None:
            return _nowhere(place)
        get = table.get

        def write(ctx: Context, value: Value) -> None:
            if value is None:
                table.items.delete(key(ctx))
            else:
                table.put(key(ctx), value)

        if place.constant is not None:
            constant = place.constant
            return Access(lambda ctx: get(constant), write)
        return Access(lambda ctx: get(key(ctx)), write)

    @pseudo_variable("shtex", bind=True, writable=True)
    def pv_shtex(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$shtex(table=>key): for how long (s) an item is still there; 0 where it stays or is not there. Writing sets
        it; 0 lets the item stay. Tables without autoexpire have none."""
        place = self._bound("shtex", inner, index, binder)
        table, key = place.table, place.key
        if table is None:
            return _nowhere(place)

        def write(ctx: Context, value: Value) -> None:
            if value is None or isinstance(value, int):
                table.expire(key(ctx), value or 0)
            else:
                table.expire(key(ctx), 0)

        return Access(lambda ctx: table.items.lifetime(key(ctx)) or 0, write)

    @pseudo_variable("shtcn", bind=True)
    def pv_shtcn(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$shtcn(table=>expression): how many items have a key that matches: `~~regex` (or `regex` alone), `%~start`,
        `~%end`, `==key`; `**` counts all."""
        return self._counter("shtcn", count_keys, inner, index, binder)

    @pseudo_variable("shtcv", bind=True)
    def pv_shtcv(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$shtcv(table=>expression): how many items have a value that matches: texts as for $shtcn, numbers with
        `eq5`."""
        return self._counter("shtcv", count_values, inner, index, binder)

    @pseudo_variable("shtinc", bind=True)
    def pv_shtinc(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$shtinc(table=>key): adds 1 to a number and is its new value. An item that is not there begins at the
        table's initval; without one, and for a text, it is null."""
        return self._adder("shtinc", 1, inner, index, binder)

    @pseudo_variable("shtdec", bind=True)
    def pv_shtdec(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$shtdec(table=>key): takes 1 from a number and is its new value; else as $shtinc."""
        return self._adder("shtdec", -1, inner, index, binder)

    @pseudo_variable("shtrecord", keys=("key", "value"))
    def pv_shtrecord(self, ctx: Context, inner: bytes) -> Value:
        """$shtrecord(key), $shtrecord(value): the item whose time was over, in event_route[htable:expired:...]; null
        elsewhere."""
        expired: tuple[Value, Value] = ctx.extra.get(EXPIRED, (None, None))
        return expired[inner == b"value"]

    # -- how

    def _bound(self, name: str, inner: bytes | None, index: bytes | None, binder: IBinder) -> Place:
        if inner is None or index is not None:
            raise ConfigError(f"${name}: needs a place and takes no index: ${name}(table=>key)")
        try:
            return self.place(inner, binder)
        except ConfigError as why:
            raise ConfigError(f"${name}: {why.reason}") from None

    def _counter(
        self,
        name: str,
        count: Callable[[HashTable, bytes], int],
        inner: bytes | None,
        index: bytes | None,
        binder: IBinder,
    ) -> Access:
        place = self._bound(name, inner, index, binder)
        table, key = place.table, place.key
        return _nowhere(place) if table is None else Access(lambda ctx: count(table, key(ctx)))

    def _adder(self, name: str, amount: int, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        place = self._bound(name, inner, index, binder)
        table, key = place.table, place.key
        return _nowhere(place) if table is None else Access(lambda ctx: table.add(key(ctx), amount))


def _nowhere(place: Place) -> Access:
    """A variable of a table that there is not: null, and it cannot be set."""

    def write(ctx: Context, value: Value) -> None:
        raise ScriptError(f"no such htable: {place.name.decode(errors='replace')}")

    read: Getter = lambda ctx: None  # noqa: E731
    return Access(read, write)
