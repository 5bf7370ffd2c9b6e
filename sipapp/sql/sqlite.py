# -*- test-case-name: tests.modules.test_db_sqlite -*-
"""sqlite: a connection to an SQLite database, for a thread of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from urllib.parse import quote

from sipapp.errors import SqlError, SqlUnavailable
from sipapp.interfaces.sql import Rows, SqlBigInt, SqlTime, SqlValue
from sipapp.sql.statements import filled

_EPOCH = 2440587.5  # the Julian day of 1970-01-01: Kamailio keeps times as Julian days
_DAY = 86400


class SqliteConnection:
    """A Connection."""

    def __init__(self, path: str, readonly: bool = False, mode: str | None = None, busy_timeout: int = 500) -> None:
        self._path = path
        self._readonly = readonly
        self._mode = mode
        self._busy_timeout = busy_timeout  # ms
        self._database: sqlite3.Connection | None = None

    def open(self) -> None:
        name = f"file:{quote(self._path)}{'?mode=ro' if self._readonly else ''}"
        try:
            database = sqlite3.connect(
                name,
                uri=True,
                timeout=self._busy_timeout / 1000,
                isolation_level=None,
                check_same_thread=False,
                detect_types=sqlite3.PARSE_DECLTYPES,
            )
            database.text_factory = bytes
            if self._mode is not None:
                database.execute(f"PRAGMA journal_mode={self._mode}")
        except sqlite3.Error as why:
            raise SqlUnavailable(f"{self._path}: {why}") from why
        self._database = database

    def run(self, statement: bytes, values: Sequence[SqlValue]) -> Rows:
        assert self._database is not None
        marks, bound = _bound(values)
        try:
            text = (filled(statement, marks) if marks else statement).decode("utf-8", "surrogateescape")
            cursor = self._database.execute(text, bound)
            found = cursor.fetchall()
        except (sqlite3.Error, sqlite3.Warning, UnicodeError, OverflowError) as why:
            raise SqlError(str(why)) from why
        if cursor.description is None:
            return Rows((), (), max(cursor.rowcount, 0))
        return Rows(tuple(column[0].encode() for column in cursor.description), found, max(cursor.rowcount, 0))

    def interrupt(self) -> None:
        if self._database is not None:
            with suppress(sqlite3.ProgrammingError):  # closed, in its own thread, meanwhile
                self._database.interrupt()

    abort = interrupt

    def close(self) -> None:
        if self._database is not None:
            self._database.close()


def _bound(values: Sequence[SqlValue]) -> tuple[list[bytes], list[object]]:
    """What to bind. Texts are UTF-8 to SQLite; others are bound as blobs, and the marks, if any are given, make them
    texts again."""
    bound: list[object] = []
    odd = False
    for value in values:
        if isinstance(value, bytes):
            try:
                bound.append(value.decode())
            except UnicodeDecodeError:
                bound.append(value)
                odd = True
        else:
            bound.append(value / _DAY + _EPOCH if isinstance(value, SqlTime) else value)
    return [b"CAST(? AS TEXT)" if isinstance(v, bytes) else b"?" for v in bound] if odd else [], bound


def _time(value: bytes) -> int | bytes:
    """A column of dates: a Julian day, as Kamailio writes it, a text, of local time, or s since 1970."""
    try:
        number = float(value)
    except ValueError:
        try:
            return int(datetime.fromisoformat(value.decode()).timestamp())
        except ValueError:
            return value
    return round((number - _EPOCH) * _DAY) if number < 1e7 else int(number)


for _name in ("DATE", "DATETIME", "TIME", "TIMESTAMP"):
    sqlite3.register_converter(_name, _time)
sqlite3.register_converter("BIGINT", lambda value: SqlBigInt(value))
