# -*- test-case-name: tests.modules.db_text.test_table -*-
"""table: a table as a file: a line of columns, `id(int,auto) name(str) note(str,null)`, and a line for each row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sipapp.errors import SqlError
from sipapp.interfaces.sql import SqlValue

_column = re.compile(rb"\s*([^\s(]+)\s*\(\s*([a-z]+)\s*(?:,\s*(a|n)[a-z]*\s*)?\)", re.IGNORECASE).match
_escape = re.compile(rb"\\(.)", re.DOTALL).sub
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"0": b"\0"}
_WRITTEN = {b"\n": b"\\n", b"\r": b"\\r", b"\t": b"\\t", b"\0": b"\\0", b"\\": b"\\\\"}

_TYPES = {b"i": "INT", b"t": "INT", b"d": "REAL", b"s": "TEXT", b"b": "BLOB"}
"""By the first letter of the type: int, time, double, str and string, blob."""


@dataclass(frozen=True, slots=True)
class Column:
    """`written`: as the file has it."""

    name: str
    kind: str  # SQLite's type
    null: bool
    auto: bool  # where a row has none, one more than the greatest there is
    written: bytes

    @property
    def sql(self) -> str:
        if self.auto:
            return f'"{self.name}" INTEGER PRIMARY KEY'
        return f'"{self.name}" {self.kind}{"" if self.null else " NOT NULL"}'


class Table:
    """Reads and writes one file's text."""

    def __init__(self, name: str, first_line: bytes, delimiter: bytes = b":", empty: bool = False) -> None:
        """empty: a text of no characters is one, not null. Raises SqlError: not a line of columns."""
        self.name = name
        self.columns = _columns(name, first_line)
        self._delimiter = delimiter
        self._empty = empty
        self._special = re.compile(rb"[\n\r\t\0\\%b]" % re.escape(delimiter)).sub

    @property
    def sql(self) -> str:
        """The statement that creates it."""
        return f'CREATE TABLE "{self.name}" ({", ".join(column.sql for column in self.columns)})'

    def rows(self, lines: Iterable[bytes]) -> list[list[SqlValue]]:
        """Raises SqlError: a line is not a row of this table."""
        found = []
        for number, line in enumerate(lines, 2):
            line = line.rstrip(b"\r")
            if line:
                found.append(self._row(number, line))
        return found

    def _row(self, number: int, line: bytes) -> list[SqlValue]:
        texts = self._split(line)
        if len(texts) != len(self.columns):
            raise SqlError(f"{self.name}: line {number} has {len(texts)} fields, not {len(self.columns)}")
        try:
            return [self._value(column, text) for column, text in zip(self.columns, texts, strict=True)]
        except ValueError:
            raise SqlError(f"{self.name}: line {number}: a field is not a number") from None

    def _split(self, line: bytes) -> list[bytes]:
        found: list[bytes] = []
        start = at = 0
        while at < len(line):
            if line[at : at + 1] == b"\\":
                at += 1
            elif line[at : at + 1] == self._delimiter:
                found.append(line[start:at])
                start = at + 1
            at += 1
        return [*found, line[start:]]

    def _value(self, column: Column, text: bytes) -> SqlValue:
        if column.kind == "INT":
            return int(text) if text else None
        if column.kind == "REAL":
            return float(text) if text else None
        if not text:
            return None if column.null and not self._empty else b""
        return _escape(lambda match: _ESCAPED.get(match[1], match[1]), text)

    def text(self, rows: Iterable[Sequence[SqlValue]]) -> bytes:
        """The file."""
        lines = [b" ".join(column.written for column in self.columns)]
        lines += [self._delimiter.join(map(self._written, row)) for row in rows]
        return b"\n".join(lines) + b"\n"

    def _written(self, value: SqlValue) -> bytes:
        if value is None:
            return b""
        if isinstance(value, bytes):
            return self._special(lambda match: _WRITTEN.get(match[0], b"\\" + match[0]), value)
        return b"%d" % value if isinstance(value, int) else b"%.2f" % value


def _columns(name: str, line: bytes) -> list[Column]:
    found: list[Column] = []
    at = 0
    while line[at:].strip():
        match = _column(line, at)
        kind = _TYPES.get(match[2][:1].lower()) if match else None
        if match is None or kind is None:
            raise SqlError(f"{name}: not a column: {line[at:].strip().decode(errors='replace')!r}")
        attribute = (match[3] or b"").lower()
        auto = attribute == b"a" and kind == "INT"
        found.append(Column(match[1].decode(errors="replace"), kind, attribute == b"n", auto, match[0].strip()))
        at = match.end()
    if not found:
        raise SqlError(f"{name}: no columns")
    return found
