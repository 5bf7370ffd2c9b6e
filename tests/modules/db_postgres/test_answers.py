"""db_postgres: values as PostgreSQL has them; rows are in tests.integration.test_sql_postgres."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from psycopg import pq
from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.sql import Rows, SqlBigInt, SqlTime, SqlValue
from sipapp.modules.db_postgres.answers import numbered, parameters, rows


class Result:
    """What libpq answers: one row of columns (type, text)."""

    status = pq.ExecStatus.TUPLES_OK
    command_tuples: int | None = 1
    ntuples = 1

    def __init__(self, *columns: tuple[int, bytes | None]) -> None:
        self.columns = columns
        self.nfields = len(columns)

    def fname(self, column: int) -> bytes:
        return b"c%d" % column

    def ftype(self, column: int) -> int:
        return self.columns[column][0]

    def get_value(self, row: int, column: int) -> bytes | None:
        return self.columns[column][1]


def read(*columns: tuple[int, bytes | None]) -> tuple[SqlValue, ...]:
    result: Any = Result(*columns)
    return rows(result).rows[0]


class RowTests(SynchronousTestCase):
    def test_numbers(self) -> None:
        found = read((21, b"-7"), (23, b"5"), (20, b"5"), (701, b"1.5"))
        self.assertEqual(found, (-7, 5, 5, 1.5))
        self.assertIs(type(found[2]), SqlBigInt)

    def test_bits_are_read_as_digits(self) -> None:
        self.assertEqual(read((1560, b"101"), (1562, b"011")), (101, 11))

    def test_a_numeric_keeps_all_its_digits(self) -> None:
        self.assertEqual(read((1700, b"12.50")), (b"12.50",))

    def test_texts_and_truth(self) -> None:
        self.assertEqual(read((25, b"x"), (1043, b""), (16, b"t"), (17, b"\\x4142")), (b"x", b"", b"t", b"AB"))

    def test_null_of_any_type(self) -> None:
        self.assertEqual(read((23, None), (25, None), (1184, None)), (None, None, None))

    def test_times(self) -> None:
        self.assertEqual(read((1184, b"2026-11-23 01:00:00+01")), (1795392000,))
        midnight = datetime(2026, 11, 23).timestamp()
        self.assertEqual(read((1114, b"2026-11-23 00:00:00"), (1082, b"2026-11-23")), (midnight, midnight))
        self.assertEqual(read((1114, b"infinity")), (b"infinity",))

    def test_a_change_has_no_columns(self) -> None:
        result: Any = Result()
        result.status = pq.ExecStatus.COMMAND_OK
        result.command_tuples = 3
        self.assertEqual(rows(result), Rows((), (), 3))

    def test_a_question_changes_nothing(self) -> None:
        result: Any = Result((23, b"1"))
        self.assertEqual(rows(result), Rows((b"c0",), [(1,)], 0))


class ParameterTests(SynchronousTestCase):
    def test_values_are_texts(self) -> None:
        self.assertEqual(parameters([1, 2.5, b"x'y", None]), [b"1", b"2.5", b"x'y", None])

    def test_a_time_has_its_zone(self) -> None:
        (text,) = parameters([SqlTime(1795392000)])
        self.assertEqual(read((1184, text)), (1795392000,))

    def test_marks_are_numbered(self) -> None:
        self.assertEqual(numbered((b"a=", b" and b=", b"")), b"a=$1 and b=$2")
