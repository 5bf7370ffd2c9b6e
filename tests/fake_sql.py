"""fake_sql: a database of dicts, for tests of modules that keep things in one."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from typing import Any

from twisted.internet.defer import Deferred, fail, succeed
from zope.interface import implementer

from sipapp.errors import SqlError
from sipapp.interfaces.sql import ISql, ISqlEngine, Rows, SqlValue, SqlWhere

Row = dict[bytes, SqlValue]

_OPERATORS: dict[bytes, Any] = {b"=": operator.eq, b"!=": operator.ne, b">": operator.gt, b"<": operator.lt}


@implementer(ISql, ISqlEngine)
class FakeSql:
    """Its own engine, for URLs `fake:`. tables: name -> rows; answers: statement -> Rows; `wait`: nothing is answered
    before `go()`; `broken`: everything fails."""

    schemes = ("fake",)
    backslashes = True

    def __init__(self, **tables: list[Row]) -> None:
        self.tables = {name.encode(): rows for name, rows in tables.items()}
        self.answers: dict[bytes, Rows] = {}
        self.statements: list[bytes] = []
        self.values: list[tuple[SqlValue, ...]] = []
        self.wait = False
        self.broken = False
        self.cancelled = 0
        self._waiting: list[tuple[Deferred[Any], Any]] = []

    def database(self, url: str, server: Any = None) -> FakeSql:
        return self

    def connect(self) -> Deferred[None]:
        return self._answer(None)

    def select(
        self,
        table: bytes,
        columns: Sequence[bytes],
        where: SqlWhere | None = None,
        order: bytes | None = None,
    ) -> Deferred[Rows]:
        found = [row for row in self.tables.get(table, []) if _fits(row, where)]
        if order is not None:
            found.sort(key=lambda row: str(row[order]))
        names = tuple(columns) or tuple(found[0] if found else ())
        return self._answer(Rows(names, [tuple(row.get(c) for c in names) for row in found]))

    def insert(self, table: bytes, row: Mapping[bytes, SqlValue]) -> Deferred[None]:
        if not self.broken:
            self.tables.setdefault(table, []).append(dict(row))
        return self._answer(None)

    def update(self, table: bytes, row: Mapping[bytes, SqlValue], where: SqlWhere | None = None) -> Deferred[int]:
        found = [] if self.broken else [old for old in self.tables.get(table, []) if _fits(old, where)]
        for old in found:
            old.update(row)
        return self._answer(len(found))

    def replace(self, table: bytes, row: Mapping[bytes, SqlValue], keys: Sequence[bytes]) -> Deferred[None]:
        if not self.broken:
            rows = self.tables.setdefault(table, [])
            rows[:] = [old for old in rows if not _fits(old, {key: row[key] for key in keys})]
            rows.append(dict(row))
        return self._answer(None)

    def delete(self, table: bytes, where: SqlWhere | None = None) -> Deferred[int]:
        rows = self.tables.get(table, [])
        kept = [row for row in rows if self.broken or not _fits(row, where)]
        self.tables[table] = kept
        return self._answer(len(rows) - len(kept))

    def execute(self, statement: bytes, values: Sequence[SqlValue] = ()) -> Deferred[Rows]:
        self.statements.append(statement)
        self.values.append(tuple(values))
        return self._answer(self.answers.get(statement, Rows((), [])))

    def go(self) -> None:
        """Answer whatever waits."""
        waiting, self._waiting = self._waiting, []
        for deferred, answer in waiting:
            deferred.callback(answer)

    def _answer(self, answer: Any) -> Deferred[Any]:
        if self.broken:
            return fail(SqlError("the database is broken"))
        if not self.wait:
            return succeed(answer)
        deferred: Deferred[Any] = Deferred(self._cancel)
        self._waiting.append((deferred, answer))
        return deferred

    def _cancel(self, deferred: Deferred[Any]) -> None:
        self.cancelled += 1
        self._waiting = [(d, a) for d, a in self._waiting if d is not deferred]


def _fits(row: Row, where: SqlWhere | None) -> bool:
    tests = [(c, b"=", v) for c, v in where.items()] if isinstance(where, Mapping) else where or ()
    return all(_OPERATORS[sign](row.get(column), value) for column, sign, value in tests)
