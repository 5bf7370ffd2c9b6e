# -*- test-case-name: tests.interfaces.test_sql -*-
"""sql: databases by URL, for modules that keep things in tables; the engine modules provide them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from zope.interface import Attribute, Interface

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred

    from sipapp.interfaces.server import IServer

SqlValue = int | float | bytes | None
"""What a column holds. Texts are bytes, dates seconds since 1970."""


class SqlTime(int):
    """A time to be written (s since 1970), for a column of dates; those that are read are plain numbers."""

    __slots__ = ()


class SqlBigInt(int):
    """A number out of a column of 64 bits: scripts, which have 32, get it as a text."""

    __slots__ = ()


SqlWhere = Mapping[bytes, SqlValue] | Sequence[tuple[bytes, bytes, SqlValue]]
"""Which rows: columns that are equal to a value, or (column, operator, value), all of which hold. None is null, which a
column is or is not."""


class Rows(NamedTuple):
    """What a statement answered; one that answers no rows has no columns."""

    columns: tuple[bytes, ...]
    rows: Sequence[tuple[SqlValue, ...]]
    affected: int = 0  # rows that it added, changed or removed


class ISql(Interface):
    """One database. Every Deferred may be cancelled, which stops the statement in the database too, and fails with
    SqlError (SqlUnavailable where the database could not be asked at all).

    Texts go to the database as bytes, never as part of the statement; table and column names are the caller's own.
    """

    backslashes: bool = Attribute("in a text within a statement, a backslash escapes what is behind it")

    def connect() -> Deferred[None]:
        """Make sure that there is a connection; SqlUnavailable where none can be had."""

    def select(
        table: bytes,
        columns: Sequence[bytes],
        where: SqlWhere | None = None,
        order: bytes | None = None,
    ) -> Deferred[Rows]:
        """These columns (all, in the table's order, where there are none) of the rows for which
        `where` holds; all rows without it."""

    def insert(table: bytes, row: Mapping[bytes, SqlValue]) -> Deferred[None]:
        """Add a row."""

    def update(table: bytes, row: Mapping[bytes, SqlValue], where: SqlWhere | None = None) -> Deferred[int]:
        """Write these columns into the rows for which `where` holds; answers how many there were."""

    def replace(table: bytes, row: Mapping[bytes, SqlValue], keys: Sequence[bytes]) -> Deferred[None]:
        """Write `row` over the one with the same values in the columns `keys`; add it where there is none. Without
        `keys` the database knows which one; SqlError where it has no REPLACE."""

    def delete(table: bytes, where: SqlWhere | None = None) -> Deferred[int]:
        """Remove the rows for which `where` holds, all rows without it; answers how many there were."""

    def execute(statement: bytes, values: Sequence[SqlValue] = ()) -> Deferred[Rows]:
        """Any statement: as it stands without `values`, else with them for its `?` marks, in order."""


class ISqlEngine(Interface):
    """A module that speaks to one kind of database."""

    schemes: tuple[str, ...] = Attribute("what its URLs begin with: 'sqlite', 'mysql', 'postgres'")

    def database(url: str, server: IServer) -> ISql:
        """The database of a URL, its connections shared by all who ask for it. The engine may not be started yet.

        Raises ConfigError: a wrong URL.
        """
