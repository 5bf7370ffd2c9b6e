# -*- test-case-name: tests.modules.db_postgres.test_answers -*-
"""answers: values as PostgreSQL writes them, and as it wants them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from psycopg import pq

from sipapp.interfaces.sql import Rows, SqlBigInt, SqlTime, SqlValue

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult


def _time(text: bytes) -> SqlValue:
    """A date, with or without a time: s since 1970; local time where it has no zone. Others (`infinity`) are texts."""
    try:
        return int(datetime.fromisoformat(text.decode()).timestamp())
    except ValueError:
        return text


def _bytea(text: bytes) -> SqlValue:
    return pq.Escaping().unescape_bytea(text)


def _bits(text: bytes) -> SqlValue:
    """Kamailio reads them as decimal digits: b'101' is 101."""
    return int(text)


_READERS: dict[int, Callable[[bytes], SqlValue]] = {  # by the number of the type, as pg_type has it
    17: _bytea,
    20: SqlBigInt,  # int8
    21: int,  # int2
    23: int,  # int4
    26: int,  # oid
    700: float,  # float4
    701: float,  # float8
    1082: _time,  # date
    1114: _time,  # timestamp
    1184: _time,  # timestamptz
    1560: _bits,  # bit
    1562: _bits,  # varbit
}
"""All others are texts; a numeric is one too, for it may have more digits than a float."""


def rows(result: PGresult) -> Rows:
    """What a statement answered."""
    columns = range(result.nfields)
    affected = result.command_tuples or 0
    if not columns:
        return Rows((), (), affected)
    names = tuple(result.fname(column) or b"" for column in columns)
    get = result.get_value
    readers = [(column, _READERS.get(result.ftype(column))) for column in columns]
    found: list[tuple[SqlValue, ...]] = []
    for row in range(result.ntuples):
        values: list[SqlValue] = []
        for column, read in readers:
            text = get(row, column)
            values.append(text if read is None or text is None else read(text))
        found.append(tuple(values))
    return Rows(names, found, 0 if result.status == pq.ExecStatus.TUPLES_OK else affected)


def parameters(values: Sequence[SqlValue]) -> list[bytes | None]:
    """Values to be bound, as texts; the database knows what type each mark has."""
    return [_parameter(value) for value in values]


def _parameter(value: SqlValue) -> bytes | None:
    if value is None or isinstance(value, bytes):
        return value
    if isinstance(value, SqlTime):
        return datetime.fromtimestamp(value).astimezone().isoformat(" ").encode()
    return b"%d" % value if isinstance(value, int) else repr(value).encode()


def numbered(parts: Sequence[bytes]) -> bytes:
    """A statement, cut at its marks, with PostgreSQL's own: $1, $2, ..."""
    together = [parts[0]]
    for number, part in enumerate(parts[1:], 1):
        together.append(b"$%d%b" % (number, part))
    return b"".join(together)
