# -*- test-case-name: tests.modules.acc.test_rows -*-
"""rows: records in a database, in Kamailio's tables `acc` and `missed_calls`.

Nobody waits for a row. One that cannot be written is in the log, and counted (`acc.failed_inserts`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred, DeferredList, ensureDeferred

from sipapp.errors import SqlError
from sipapp.interfaces.sql import ISql, SqlTime, SqlValue
from sipapp.log import Logger
from sipapp.module import Context
from sipapp.modules.acc.extras import Extras, Legs, Texts
from sipapp.modules.acc.record import Record
from sipapp.modules.acc.stamp import Stamp

if TYPE_CHECKING:
    from sipapp.statistics import Counter

log = Logger()

Row = dict[bytes, SqlValue]


class Rows:
    """Writes them. columns: those of a Record's fields, in their order."""

    def __init__(
        self,
        sql: ISql,
        columns: tuple[bytes, ...],
        stamp: Stamp,
        extras: Extras,
        legs: Legs | None,
        nullable: bool,
        failed: Counter,
    ) -> None:
        self._sql = sql
        self._columns = columns
        self._stamp = stamp
        self._extras = extras
        self._legs = legs
        self._null: bytes | None = None if nullable else b""
        self._failed = failed
        self._open: set[Deferred[None]] = set()

    def write(self, ctx: Context, table: bytes, record: Record) -> None:
        """Begin to write the row of a record, or those of its legs."""
        row: Row = dict(zip(self._columns, (*record[:-1], SqlTime(record.time)), strict=True))
        row.update(self._stamp.columns(record.time))
        row.update(self._values(self._extras.names, self._extras.read(ctx)))
        legs = self._legs
        rows = [row] if legs is None else [{**row, **self._values(legs.names, leg)} for leg in legs.read(ctx)]
        writing = ensureDeferred(self._insert(table, rows))
        if not writing.called:
            self._open.add(writing)
            writing.addBoth(lambda _: self._open.discard(writing))

    def _values(self, names: tuple[bytes, ...], values: Texts) -> Row:
        return {name: self._null if value is None else value for name, value in zip(names, values, strict=True)}

    async def _insert(self, table: bytes, rows: list[Row]) -> None:
        """In this order: legs are told apart by nothing else. The log has what the database has not."""
        for row in rows:
            try:
                await self._sql.insert(table, row)
            except SqlError as why:
                self._failed.add()
                shown = ";".join(f"{name.decode()}={_shown(value)}" for name, value in row.items())
                log.error(
                    "no row in {table}: {why}: {row}", table=table.decode(errors="replace"), why=str(why), row=shown
                )

    def done(self) -> Deferred[Any]:
        """Fires when all that was begun has ended."""
        return DeferredList(list(self._open))


def _shown(value: SqlValue) -> str:
    return value.decode(errors="backslashreplace") if isinstance(value, bytes) else "" if value is None else str(value)
