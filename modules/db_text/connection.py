# -*- test-case-name: tests.modules.db_text.test_db_text -*-
"""connection: a folder of tables, kept in memory by SQLite: statements may be all that it understands."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from sipapp.errors import SqlError, SqlUnavailable
from sipapp.interfaces.sql import Rows, SqlValue
from sipapp.log import Logger
from sipapp.modules.db_text.table import Table
from sipapp.sql.sqlite import SqliteConnection

log = Logger()

DUMP = b"-- write back what has changed"
"""A statement for these connections alone."""


class TextConnection(SqliteConnection):
    """A Connection."""

    def __init__(self, folder: Path, delimiter: bytes, empty: bool, most: int, reload: bool) -> None:
        super().__init__(":memory:")
        self._folder = folder
        self._delimiter = delimiter
        self._empty = empty
        self._most = most
        self._reload = reload
        self._tables: dict[str, Table] = {}
        self._stamps: dict[str, tuple[int, int]] = {}  # of the files as they were read: time, size
        self._changes = 0

    def open(self) -> None:
        if not self._folder.is_dir():
            raise SqlUnavailable(f"{self._folder}: no such folder")
        super().open()
        self._load()

    def run(self, statement: bytes, values: Sequence[SqlValue]) -> Rows:
        if statement == DUMP:
            return Rows((), (), self._dump())
        if self._reload:
            self._load()
        return super().run(statement, values)

    def close(self) -> None:
        with suppress(SqlError):
            self._dump()
        super().close()

    def _load(self) -> None:
        """Read the files that are new or have changed. Raises SqlUnavailable: the folder cannot be read."""
        try:
            files = [path for path in self._folder.iterdir() if path.is_file()]
        except OSError as why:
            raise SqlUnavailable(f"{self._folder}: {why.strerror}") from why
        for path in sorted(files):
            with suppress(OSError):
                found = path.stat()
                stamp = (found.st_mtime_ns, found.st_size)
                if self._stamps.get(path.name) != stamp:
                    self._stamps[path.name] = stamp
                    self._load_table(path)
        self._changes = self._total()

    def _load_table(self, path: Path) -> None:
        """A file that is no table is left out, with a log line."""
        first, _, rest = path.read_bytes().partition(b"\n")
        try:
            table = Table(path.name, first.rstrip(b"\r"), self._delimiter, self._empty)
            rows = table.rows(rest.split(b"\n"))[: self._most]
            super().run(b'DROP TABLE IF EXISTS "%b"' % path.name.encode(), ())
            super().run(table.sql.encode(), ())
            marks = b",".join(b"?" for _ in table.columns)
            for row in rows:
                super().run(b'INSERT INTO "%b" VALUES (%b)' % (path.name.encode(), marks), row)
        except SqlError as why:
            log.error("{folder}: {why}", folder=str(self._folder), why=str(why))
            return
        self._tables[path.name] = table

    def _dump(self) -> int:
        """Write the tables that have changed; how many there were. Raises SqlError: one cannot be written."""
        total = self._total()
        if total == self._changes:
            return 0
        written = 0
        for name, table in self._tables.items():
            text = table.text(super().run(b'SELECT * FROM "%b"' % name.encode(), ()).rows)
            path = self._folder / name
            try:
                if path.read_bytes() != text:
                    path.write_bytes(text)
                    found = path.stat()
                    self._stamps[name] = (found.st_mtime_ns, found.st_size)
                    written += 1
            except OSError as why:
                raise SqlError(f"{path}: {why.strerror}") from why
        self._changes = total
        return written

    def _total(self) -> int:
        """What has been changed since it was opened."""
        return self._database.total_changes if self._database is not None else 0
