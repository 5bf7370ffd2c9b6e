# -*- test-case-name: tests.modules.htable.test_locking -*-
"""locking: sht_lock() and sht_unlock(): one route at a time for each key.

# Differs: Kamailio locks the slot that the key is in, against every access by other processes. Here each key has a
# lock of its own, and it keeps out only who asks for it.
"""

from __future__ import annotations

from twisted.internet.defer import Deferred

from sipapp.module import Context, ScriptError, script_function
from sipapp.modules.htable.places import Place, Places
from sipapp.modules.htable.table import HashTable
from sipapp.script.runtime import UNDO

LOCKED = "htable.locked"
"""`ctx.extra[LOCKED]`: the tables whose locks are let go should the run be cancelled."""


class Locking(Places):
    """Locks of items."""

    @script_function(parse={"htable_key": "place"}, asynchronous=False)
    def sht_lock(self, ctx: Context, htable_key: Place) -> int | Deferred[int]:
        """sht_lock("table=>key"): hold the lock of a key, once whoever has it lets it go; the route waits, the server
        does not. A route may take it several times, and lets it go as often. -11: no such table."""
        table = _table(htable_key)
        waiting = table.items.lock(htable_key.key(ctx), ctx)
        if waiting is None:
            return _locked(ctx, table)
        return waiting.addCallback(lambda _: _locked(ctx, table))

    @script_function(parse={"htable_key": "place"})
    def sht_unlock(self, ctx: Context, htable_key: Place) -> int:
        """sht_unlock("table=>key"): let the lock of a key go, whoever holds it; the route that waits longest gets it.
        -11: no such table."""
        _table(htable_key).items.unlock(htable_key.key(ctx))
        return 1


def _table(place: Place) -> HashTable:
    if place.table is None:
        raise ScriptError(f"no such htable: {place.name.decode(errors='replace')}", -11)
    return place.table


def _locked(ctx: Context, table: HashTable) -> int:
    tables: set[HashTable] = ctx.extra.setdefault(LOCKED, set())
    if table not in tables:
        tables.add(table)
        ctx.extra.setdefault(UNDO, []).append(lambda: table.items.unlock_all(ctx))
    return 1
