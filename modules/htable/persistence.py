# -*- test-case-name: tests.modules.htable.test_persistence -*-
"""persistence: tables loaded from a database when the server starts, and written back when it stops."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import ensureDeferred

from sipapp.errors import SqlError
from sipapp.interfaces.server import IServer
from sipapp.interfaces.sql import ISql, SqlValue
from sipapp.interfaces.store import Stored
from sipapp.log import Logger
from sipapp.module import modparam
from sipapp.module.sql import database
from sipapp.modules.htable.events import Events
from sipapp.script.values import integer, wrap

if TYPE_CHECKING:
    from sipapp.modules.htable.definition import Definition
    from sipapp.modules.htable.table import HashTable

log = Logger()

TEXT, NUMBER = 0, 1  # of the value type column
ARRAY = 1  # of the key type column


class Persistence(Events):
    """What the tables have in the database."""

    db_url: str = modparam(default="", doc="the database that tables with a dbtable are loaded from")
    key_name_column: bytes = modparam(default=b"key_name", doc="column of the key")
    key_type_column: bytes = modparam(
        default=b"key_type",
        doc="column of the key's type: 0: a key; 1: an array, its rows are the items key[0], key[1]",
    )
    value_type_column: bytes = modparam(default=b"value_type", doc="column of the value's type: 0: text, 1: number")
    key_value_column: bytes = modparam(default=b"key_value", doc="column of the value")
    expires_column: bytes = modparam(default=b"expires", doc="column of the time (s since 1970) when an item ends")
    array_size_suffix: bytes = modparam(default=b"::size", doc="behind an array's name, the item that has its length")
    fetch_rows: int = modparam(default=100, doc="rows fetched at once in Kamailio; without effect here")
    db_expires: int = modparam(default=0, doc="1: tables with autoexpire load and store when their items end")

    clock: Any
    database: ISql | None

    async def start_persistence(self, server: IServer) -> None:
        """Load the tables, in one worker, unless it takes the place of another: then they are there.

        Raises ConfigError: no database module; SqlError: not the answer that is wanted.
        """
        self.database = database(server, self.db_url, 'modparam("htable", "db_url")') if self.db_url else None
        for table in self.tables.values():
            if self.database is not None and table.definition.dbtable and server.worker == 1:
                if server.begins:
                    await self.load(table, beside=True)
                table.loaded = True
                self.reload_later(table)

    async def stop_persistence(self) -> None:
        """Write back what the tables' dbmode says, in one worker."""
        for table in self.tables.values():
            definition = table.definition
            if self.database is None or not definition.dbtable or not definition.dbmode:
                continue
            if table.loaded and not definition.cols:
                await self.save(table)

    # -- loading

    async def load(self, table: HashTable, beside: bool = False) -> None:
        """Have what the database has, in place of all items; beside: only what is not there. Raises SqlError."""
        items, rows = table.items, await self._rows(table)
        if beside and len(items):  # servers that share the table have been using it
            for key, (value, lifetime) in rows.items():
                if items.get(key) is None:
                    items.put(key, value, lifetime)
        else:
            items.replace(rows)
        table.loaded = True

    async def _rows(self, table: HashTable) -> dict[bytes, tuple[Stored, int | None]]:
        assert self.database is not None
        definition = table.definition
        columns: tuple[bytes, ...] = definition.cols or (
            self.key_name_column,
            self.key_type_column,
            self.value_type_column,
            self.key_value_column,
        )
        if self._with_expiry(definition):
            columns += (self.expires_column,)
        found = await self.database.select(definition.dbtable.encode(), columns, order=columns[0])
        for number, row in enumerate(found.rows):
            if row[0] is None:
                raise SqlError(f"htable {table.name}: row {number} of {definition.dbtable} has no key")
        if definition.cols:
            return {_text(row[0]): (_packed(definition, row[1:]), None) for row in found.rows}
        return self._items(found.rows)

    def _with_expiry(self, definition: Definition) -> bool:
        return bool(self.db_expires and definition.autoexpire and not definition.cols)

    def _items(self, rows: Iterable[tuple[SqlValue, ...]]) -> dict[bytes, tuple[Stored, int | None]]:
        now = int(self.clock.seconds())
        items: dict[bytes, tuple[Stored, int | None]] = {}
        sizes: dict[bytes, int] = {}
        for row in rows:
            key = _text(row[0])
            expires = _number(row[4]) if len(row) > 4 else 0
            if 0 < expires < now:
                continue
            if _number(row[1]) == ARRAY:
                name = b"%b[%d]" % (key, sizes.setdefault(key, 0))
                sizes[key] += 1
            else:
                name = key
            value = wrap(_number(row[3])) if _number(row[2]) == NUMBER else _text(row[3])
            items[name] = (value, expires - now if expires > 0 else None)
        items.update((key + self.array_size_suffix, (size, None)) for key, size in sizes.items())
        return items

    # -- loading again

    def reload_later(self, table: HashTable) -> None:
        """Load the table again after `reloadat` seconds."""
        if table.definition.reloadat:
            table.reload = self.clock.callLater(table.definition.reloadat, self._reload, table)

    def _reload(self, table: HashTable) -> None:
        def again(_: object) -> None:
            self.reload_later(table)

        def failed(failure: Any) -> None:
            log.error("htable {name}: not reloaded: {why}", name=table.name, why=failure.getErrorMessage())

        reloaded = ensureDeferred(self.load(table))
        reloaded.addCallbacks(lambda _: self.reloaded(table), failed)
        reloaded.addErrback(lambda failure: log.failure("htable {name}", failure, name=table.name))
        reloaded.addBoth(again)

    # -- storing

    async def save(self, table: HashTable) -> None:
        """Put the table's items in place of what the database has. Raises SqlError."""
        assert self.database is not None
        definition = table.definition
        place = definition.dbtable.encode()
        await self.database.delete(place)
        now = int(self.clock.seconds())
        for key, value in table.ordered():
            row: dict[bytes, SqlValue] = {
                self.key_name_column: key,
                self.key_type_column: 0,
                self.value_type_column: NUMBER if isinstance(value, int) else TEXT,
                self.key_value_column: b"%d" % value if isinstance(value, int) else value,
            }
            if self._with_expiry(definition):
                left = table.items.lifetime(key)
                row[self.expires_column] = now + left if left else 0
            await self.database.insert(place, row)


def _packed(definition: Definition, values: Iterable[SqlValue]) -> bytes:
    """The columns of a row as one text."""
    return definition.coldelim.join(definition.colnull if value is None else _text(value) for value in values)


def _text(value: SqlValue) -> bytes:
    if value is None:
        raise SqlError("a value is null")
    return value if isinstance(value, bytes) else str(value).encode()


def _number(value: SqlValue) -> int:
    return integer(value) if isinstance(value, bytes) else int(value or 0)
