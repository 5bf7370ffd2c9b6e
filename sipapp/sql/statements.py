# -*- test-case-name: tests.sql.test_statements -*-
"""statements: the SQL of what modules ask for, with `?` where its values go."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from sipapp.errors import SqlError
from sipapp.interfaces.sql import SqlValue, SqlWhere

Statement = tuple[bytes, tuple[SqlValue, ...]]

# Texts, quoted names and comments, in which a `?` is just that, or the mark itself.
_token = re.compile(rb"""'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`[^`]*`|--[^\n]*|/\*.*?\*/|\?""", re.DOTALL)


@lru_cache(maxsize=1024)
def pieces(statement: bytes) -> tuple[bytes, ...]:
    """What stands between the marks."""
    found = []
    start = 0
    for match in _token.finditer(statement):
        if match[0] == b"?":
            found.append(statement[start : match.start()])
            start = match.end()
    return (*found, statement[start:])


def filled(statement: bytes, values: Iterable[bytes]) -> bytes:
    """The statement with a text, already quoted, in place of each mark. Raises SqlError: not as many."""
    texts = list(values)
    parts = pieces(statement)
    if len(parts) != len(texts) + 1:
        raise SqlError(f"{len(texts)} values for {len(parts) - 1} marks")
    together = [parts[0]]
    for text, part in zip(texts, parts[1:], strict=True):
        together += (text, part)
    return b"".join(together)


class Statements:
    """The SQL of one kind of database; `quote` stands around names, empty where they are as they are; `backslashes`:
    they escape in texts."""

    def __init__(self, quote: bytes = b"", backslashes: bool = False) -> None:
        self._quote = quote
        self.backslashes = backslashes

    def name(self, name: bytes) -> bytes:
        return self._quote + name + self._quote

    def select(self, table: bytes, columns: Sequence[bytes], where: SqlWhere | None, order: bytes | None) -> Statement:
        wanted = b",".join(map(self.name, columns)) or b"*"
        condition, values = self._where(where)
        tail = b" ORDER BY " + self.name(order) if order is not None else b""
        return b"SELECT %b FROM %b%b%b" % (wanted, self.name(table), condition, tail), values

    def insert(self, table: bytes, row: Mapping[bytes, SqlValue]) -> Statement:
        columns = b",".join(map(self.name, row))
        marks = b",".join(b"?" for _ in row)
        return b"INSERT INTO %b (%b) VALUES (%b)" % (self.name(table), columns, marks), tuple(row.values())

    def update(self, table: bytes, row: Mapping[bytes, SqlValue], where: SqlWhere | None) -> Statement:
        changes = b",".join(self.name(column) + b"=?" for column in row)
        condition, values = self._where(where)
        return b"UPDATE %b SET %b%b" % (self.name(table), changes, condition), (*row.values(), *values)

    def delete(self, table: bytes, where: SqlWhere | None) -> Statement:
        condition, values = self._where(where)
        return b"DELETE FROM %b%b" % (self.name(table), condition), values

    def replace(self, table: bytes, row: Mapping[bytes, SqlValue], keys: Sequence[bytes]) -> list[Statement]:
        """Statements to be made in turn until one has changed a row."""
        if not keys:
            statement, values = self.insert(table, row)
            return [(statement.replace(b"INSERT", b"REPLACE", 1), values)]
        rest = {column: value for column, value in row.items() if column not in keys} or row
        return [self.update(table, rest, {key: row[key] for key in keys}), self.insert(table, row)]

    def _where(self, where: SqlWhere | None) -> Statement:
        if not where:
            return b"", ()
        tests = [(c, b"=", v) for c, v in where.items()] if isinstance(where, Mapping) else where
        texts = [self.name(column) + _compared(operator, value) for column, operator, value in tests]
        return b" WHERE " + b" AND ".join(texts), tuple(value for _, _, value in tests if value is not None)


def _compared(operator: bytes, value: SqlValue) -> bytes:
    if value is None:
        return b" IS NULL" if operator == b"=" else b" IS NOT NULL"
    return b" %b ?" % operator if operator[-1:].isalpha() else operator + b"?"
