# -*- test-case-name: tests.interfaces.test_sql -*-
"""sql: databases by URL, for modules that keep things in tables; the engine modules provide them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from zope.interface import Attribute, Interface

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred

SqlValue = int | float | bytes | None
"""What a column holds. Texts are bytes, dates seconds since 1970."""


class Rows(NamedTuple):
    """What a statement answered; one that answers no rows has no columns."""

    columns: tuple[bytes, ...]
    rows: Sequence[tuple[SqlValue, ...]]


class ISql(Interface):
    """One database. Every Deferred may be cancelled, and fails with SqlError."""

    def select(
        table: bytes,
        columns: Sequence[bytes],
        where: Mapping[bytes, SqlValue] | None = None,
        order: bytes | None = None,
    ) -> Deferred[Rows]:
        """These columns of the rows whose columns are equal to `where`; all rows without it."""

    def insert(table: bytes, row: Mapping[bytes, SqlValue]) -> Deferred[None]:
        """Add a row."""

    def delete(table: bytes, where: Mapping[bytes, SqlValue] | None = None) -> Deferred[None]:
        """Remove the rows whose columns are equal to `where`; all rows without it."""

    def execute(statement: bytes) -> Deferred[Rows]:
        """Any statement, as it stands."""


class ISqlEngine(Interface):
    """A module that speaks to one kind of database."""

    schemes: tuple[str, ...] = Attribute("what its URLs begin with: 'sqlite', 'mysql', 'postgres'")

    def database(url: str) -> ISql:
        """The database of a URL, its connections shared by all who ask for it. Raises ConfigError: a wrong URL."""
