# -*- test-case-name: tests.modules.usrloc.test_stored -*-
"""stored: a location table that is in the database and nowhere else: `db_mode` 3."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred, ensureDeferred

from sipapp.errors import SqlError
from sipapp.interfaces.location import Contact
from sipapp.interfaces.store import IStore
from sipapp.log import Logger
from sipapp.modules.usrloc.database import Database
from sipapp.modules.usrloc.location import Gone, Location, Rules
from sipapp.modules.usrloc.record import differences

log = Logger()


class StoredLocation(Location):
    """Every question is one to the database. Locks and unique ids are the store's, as those of other tables."""

    def __init__(self, database: Database, name: bytes, store: IStore, clock: Any, rules: Rules, gone: Gone) -> None:
        super().__init__(name, store, clock, rules, gone)
        self._database = database

    def get(self, aor: bytes) -> Deferred[list[Contact]]:  # type: ignore[override]
        return ensureDeferred(self._read(aor))

    async def _read(self, aor: bytes) -> list[Contact]:
        now = self._clock.seconds()
        contacts: list[Contact] = []
        for contact in await self._database.of(self.name, aor):
            if not contact.is_over(now):
                self.place(contacts, contact)
        return contacts

    def put(self, aor: bytes, contacts: list[Contact]) -> Deferred[None]:
        return ensureDeferred(self._write(aor, contacts))

    async def _write(self, aor: bytes, contacts: list[Contact]) -> None:
        changed, gone = differences(await self._database.of(self.name, aor), contacts)
        for contact in changed:
            await self._database.write(self.name, aor, contact)
        for contact in gone:
            await self._database.remove(self.name, contact.ruid)

    def remove_ruid(self, ruid: bytes) -> Deferred[bool]:
        return ensureDeferred(self._remove(ruid))

    async def _remove(self, ruid: bytes) -> bool:
        return await self._database.remove(self.name, ruid) > 0

    async def clean(self) -> None:
        """Remove the rows whose time is over, and tell of them. An error is logged."""
        database = self._database
        try:
            over = await database.read(self.name, database.over(database.rm_expired_delay))
            for aor, contact in over:
                await database.remove(self.name, contact.ruid)
                self.expired.value += 1
                self._gone(self, aor, contact)
        except SqlError as why:
            log.error("{table}: rows whose time is over stay: {why}", table=self.name.decode(), why=str(why))
