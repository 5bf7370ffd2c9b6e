"""db_mysql: values as MySQL has them; rows are in tests.integration.test_sql_mysql."""

from __future__ import annotations

from datetime import datetime

from pymysql.constants import FIELD_TYPE
from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.sql import SqlBigInt, SqlTime
from sipapp.modules.db_mysql.answers import READERS, literal

NOON = datetime(2026, 11, 23, 12).timestamp()


class ReaderTests(SynchronousTestCase):
    def test_numbers(self) -> None:
        self.assertEqual(READERS[FIELD_TYPE.LONG](b"-7"), -7)
        self.assertIs(type(READERS[FIELD_TYPE.LONGLONG](b"5")), SqlBigInt)
        self.assertEqual(READERS[FIELD_TYPE.DOUBLE](b"1.5"), 1.5)
        self.assertEqual(READERS[FIELD_TYPE.BIT](b"\x01\x02"), 258)

    def test_a_decimal_stays_a_text(self) -> None:
        self.assertNotIn(FIELD_TYPE.NEWDECIMAL, READERS)

    def test_times_are_local(self) -> None:
        for kind in (FIELD_TYPE.DATETIME, FIELD_TYPE.TIMESTAMP):
            self.assertEqual(READERS[kind](b"2026-11-23 12:00:00"), NOON)
        self.assertEqual(READERS[FIELD_TYPE.DATETIME](b"0000-00-00 00:00:00"), b"0000-00-00 00:00:00")


class LiteralTests(SynchronousTestCase):
    def test_numbers_and_null(self) -> None:
        self.assertEqual([literal(value) for value in (5, -1.5, None)], [b"5", b"-1.5", b"NULL"])

    def test_a_text_is_escaped(self) -> None:
        self.assertEqual(literal(b"O'B\\\"\n\0"), b"'O\\'B\\\\\\\"\\n\\0'")

    def test_where_backslashes_are_plain_quotes_are_doubled(self) -> None:
        self.assertEqual(literal(b"O'B\\", backslashes=False), b"'O''B\\'")

    def test_a_time_is_local(self) -> None:
        self.assertEqual(literal(SqlTime(NOON)), b"'2026-11-23 12:00:00'")
