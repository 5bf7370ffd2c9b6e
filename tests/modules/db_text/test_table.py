"""db_text: the text of a table."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import SqlError
from sipapp.interfaces.sql import SqlValue
from sipapp.modules.db_text.table import Table

COLUMNS = b"id(int,auto) name(str) flag(double) desc(string,null) at(time,null) x(blob,null)"


class TableTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.table = Table("t", COLUMNS)

    def test_columns(self) -> None:
        self.assertEqual(
            self.table.sql,
            'CREATE TABLE "t" ("id" INTEGER PRIMARY KEY, "name" TEXT NOT NULL, "flag" REAL NOT NULL, "desc" TEXT, '
            '"at" INT, "x" BLOB)',
        )

    def test_rows(self) -> None:
        rows = self.table.rows([b"1:nick:0.34:a\\tgood\\: friend:1795392000:", b"2::-3.75:::\r", b""])
        self.assertEqual(
            rows, [[1, b"nick", 0.34, b"a\tgood: friend", 1795392000, None], [2, b"", -3.75, None, None, None]]
        )

    def test_a_text_without_characters_may_be_one(self) -> None:
        self.assertEqual(Table("t", b"a(str,null)", empty=True).rows([b":"[:0], b""]), [])
        self.assertEqual(Table("t", b"a(int) b(str,null)", empty=True).rows([b"1:"]), [[1, b""]])

    def test_what_is_written_is_read(self) -> None:
        rows: list[list[SqlValue]] = [[7, b"a:b\\c\nd\r\t\0", 2.0, None, None, b"x"]]
        text = self.table.text(rows)
        self.assertEqual(text, COLUMNS + b"\n7:a\\:b\\\\c\\nd\\r\\t\\0:2.00:::x\n")
        self.assertEqual(self.table.rows(text.split(b"\n")[1:]), rows)

    def test_another_delimiter(self) -> None:
        table = Table("t", b"a(str) b(str)", b"|")
        self.assertEqual(table.rows([b"x:y|z\\|"]), [[b"x:y", b"z|"]])
        self.assertEqual(table.text([[b"x|y", b":"]]), b"a(str) b(str)\nx\\|y|:\n")

    def test_what_is_no_table_is_refused(self) -> None:
        for line in (b"", b"just a text", b"a(what)", b"a(int) b"):
            self.assertRaises(SqlError, Table, "t", line)

    def test_what_is_no_row_is_refused_with_its_line(self) -> None:
        why = self.assertRaises(SqlError, self.table.rows, [b"1:nick:0.34:::", b"2:cole"])
        self.assertEqual(str(why), "t: line 3 has 2 fields, not 6")
        why = self.assertRaises(SqlError, self.table.rows, [b"x:nick:0.34:::"])
        self.assertEqual(str(why), "t: line 2: a field is not a number")
