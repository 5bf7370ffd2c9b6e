# -*- test-case-name: tests.modules.test_cachedb_local -*-
"""caches: OpenSIPS' cache_*() functions: they come with each module that has such a store, and reach them all.

`cache_fetch("redis:cluster1", "key", $avp(value))`: the kind of store, and its name where there are several.
"""

from __future__ import annotations

from sipapp.errors import ScriptError
from sipapp.interfaces.cache import ICache
from sipapp.interfaces.server import IServer
from sipapp.module.avps import avp_keys
from sipapp.module.functions import PvRef, script_function, writable
from sipapp.nearest import nearest
from sipapp.script.avp import AvpKey
from sipapp.script.runtime import Context

ABSENT = -2
_WRITES = {"dest": writable}


class CacheFunctions:
    """For modules that are an ICache."""

    server: IServer

    def _cache(self, store: str) -> tuple[ICache, str]:
        """Raises ScriptError: there is none of this kind."""
        scheme, _, group = store.partition(":")
        caches = {m.scheme: m for m in self.server.modules.values() if ICache.providedBy(m)}
        found = caches.get(scheme)
        if found is None:
            raise ScriptError(f"no store {store!r}{nearest(scheme, caches)}")
        return found, group

    @script_function()
    async def cache_store(self, store: str, key: bytes, value: bytes, timeout: int = 0) -> int:
        """Keep a value under a key, for `timeout` seconds or for ever. False where that cannot be done."""
        cache, group = self._cache(store)
        await cache.store(group, key, value, timeout)
        return 1

    @script_function(parse=_WRITES)
    async def cache_fetch(self, ctx: Context, store: str, key: bytes, dest: PvRef) -> int:
        """Read a value into a variable. Returns 1; -2: there is none, and the variable stays; -1: an error."""
        cache, group = self._cache(store)
        value = await cache.fetch(group, key)
        if value is None:
            return ABSENT
        assert dest.set is not None
        dest.set(ctx, value)
        return 1

    @script_function()
    async def cache_remove(self, store: str, key: bytes) -> int:
        """Forget a value; true also where there was none."""
        cache, group = self._cache(store)
        await cache.remove(group, key)
        return 1

    @script_function(parse=_WRITES)
    async def cache_counter_fetch(self, ctx: Context, store: str, counter: bytes, dest: PvRef) -> int:
        """Read a counter into a variable, as a number. Returns as cache_fetch() does; -1: it is no number."""
        cache, group = self._cache(store)
        value = await cache.fetch(group, counter)
        if value is None:
            return ABSENT
        assert dest.set is not None
        dest.set(ctx, _number(value))
        return 1

    @script_function(parse={"new_val": writable})
    async def cache_add(
        self, ctx: Context, store: str, counter: bytes, increment: int, expires: int, new_val: PvRef | None = None
    ) -> int:
        """Add to a counter, in one step whoever else does; `expires` seconds later it is gone, 0: it stays."""
        return await self._add(ctx, store, counter, increment, expires, new_val)

    @script_function(parse={"new_val": writable})
    async def cache_sub(
        self, ctx: Context, store: str, counter: bytes, decrement: int, expires: int, new_val: PvRef | None = None
    ) -> int:
        """Take from a counter; else as cache_add()."""
        return await self._add(ctx, store, counter, -decrement, expires, new_val)

    async def _add(
        self, ctx: Context, store: str, counter: bytes, number: int, expires: int, new_val: PvRef | None
    ) -> int:
        cache, group = self._cache(store)
        now = await cache.add(group, counter, number, expires)
        if new_val is not None and new_val.set is not None:
            new_val.set(ctx, now)
        return 1

    @script_function(parse={"result": avp_keys})
    async def cache_raw_query(self, ctx: Context, store: str, query: bytes, result: list[AvpKey] | None = None) -> int:
        """Have the store do something in its own language; columns go to AVPs, the first row on top.

        Returns 1; -2: there are no rows; -1: an error.
        """
        cache, group = self._cache(store)
        rows = await cache.query(group, query)
        for row in reversed(rows):
            for key, value in zip(result or (), row, strict=False):
                if value is not None:
                    ctx.avps.setdefault(key, []).append(value)
        return 1 if rows or not result else ABSENT


def _number(value: bytes) -> int:
    try:
        return int(value)
    except ValueError:
        raise ScriptError(f"no counter: {value[:40]!r}") from None
