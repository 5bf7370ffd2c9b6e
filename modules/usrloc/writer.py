# -*- test-case-name: tests.modules.usrloc.test_writer -*-
"""writer: what has changed in memory goes to the database: at once, or later all that has come together."""

from __future__ import annotations

from twisted.internet.defer import Deferred, ensureDeferred

from sipapp.errors import SqlError
from sipapp.interfaces.location import Contact
from sipapp.log import Logger
from sipapp.modules.usrloc.database import Database
from sipapp.modules.usrloc.record import differences

log = Logger()

MEMORY_ONLY = 1
"""The flag of contacts that are not for the database."""

Change = tuple[bytes, Contact | None]
"""(address of record, the contact as it is now; None: it is gone)."""


class Writer:
    """Contacts that are to be written, by table and unique id; of several changes the last counts. What could not be
    written is tried again with the next `flush`."""

    def __init__(self, database: Database, at_once: bool) -> None:
        self._database = database
        self._at_once = at_once
        self._changes: dict[tuple[bytes, bytes], Change] = {}

    def __len__(self) -> int:
        return len(self._changes)

    def changed(self, table: bytes, aor: bytes, before: list[Contact], now: list[Contact]) -> Deferred[None] | None:
        """Contacts have changed; fires when that is written, where it is at once."""
        changed, gone = differences(before, now)
        changes: dict[tuple[bytes, bytes], Change] = {}
        changes.update(((table, c.ruid), (aor, c)) for c in changed if not c.flags & MEMORY_ONLY)
        changes.update(((table, c.ruid), (aor, None)) for c in gone if not c.flags & MEMORY_ONLY)
        if not self._at_once:
            self._changes.update(changes)
            return None
        return ensureDeferred(self._write(changes)) if changes else None

    async def flush(self) -> None:
        """Write all that waits. Errors are logged."""
        changes, self._changes = self._changes, {}
        await self._write(changes)

    async def _write(self, changes: dict[tuple[bytes, bytes], Change]) -> None:
        left = dict(changes)
        try:
            for (table, ruid), (aor, contact) in changes.items():
                if contact is None:
                    await self._database.remove(table, ruid)
                else:
                    await self._database.write(table, aor, contact)
                del left[table, ruid]
        except SqlError as why:
            log.error("{count} contacts are not written yet: {why}", count=len(left), why=str(why))
            self._changes = {**left, **self._changes}
