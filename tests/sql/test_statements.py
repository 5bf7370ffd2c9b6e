"""sipapp.sql.statements."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import SqlError
from sipapp.sql.statements import Statements, filled, pieces


class MarksTests(SynchronousTestCase):
    def test_a_mark_in_a_text_a_name_or_a_comment_is_none(self) -> None:
        statement = b"""select "a?", `b?`, 'c''?' from t where d=? /* ? */ and e='\\'?' -- ?\n and f=?"""
        self.assertEqual(
            pieces(statement),
            (
                b"""select "a?", `b?`, 'c''?' from t where d=""",
                b""" /* ? */ and e='\\'?' -- ?\n and f=""",
                b"",
            ),
        )

    def test_values_take_the_places_of_the_marks(self) -> None:
        self.assertEqual(filled(b"a=? and b=?", [b"1", b"'?'"]), b"a=1 and b='?'")

    def test_more_values_than_marks_are_refused(self) -> None:
        why = self.assertRaises(SqlError, filled, b"a=?", [b"1", b"2"])
        self.assertEqual(str(why), "2 values for 1 marks")


class StatementsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.make = Statements()

    def test_select(self) -> None:
        self.assertEqual(
            self.make.select(b"t", [b"a", b"b"], {b"c": 1, b"d": None, b"e": b"x"}, b"a"),
            (b"SELECT a,b FROM t WHERE c=? AND d IS NULL AND e=? ORDER BY a", (1, b"x")),
        )

    def test_select_everything(self) -> None:
        self.assertEqual(self.make.select(b"t", [], None, None), (b"SELECT * FROM t", ()))

    def test_insert(self) -> None:
        self.assertEqual(
            self.make.insert(b"t", {b"a": 1, b"b": None}), (b"INSERT INTO t (a,b) VALUES (?,?)", (1, None))
        )

    def test_update(self) -> None:
        self.assertEqual(
            self.make.update(b"t", {b"a": 1, b"b": b"x"}, {b"c": 2}),
            (b"UPDATE t SET a=?,b=? WHERE c=?", (1, b"x", 2)),
        )

    def test_delete(self) -> None:
        self.assertEqual(self.make.delete(b"t", {b"a": 1}), (b"DELETE FROM t WHERE a=?", (1,)))
        self.assertEqual(self.make.delete(b"t", None), (b"DELETE FROM t", ()))

    def test_replace_changes_the_row_or_adds_it(self) -> None:
        self.assertEqual(
            self.make.replace(b"t", {b"k": 1, b"v": b"x"}, [b"k"]),
            [
                (b"UPDATE t SET v=? WHERE k=?", (b"x", 1)),
                (b"INSERT INTO t (k,v) VALUES (?,?)", (1, b"x")),
            ],
        )

    def test_other_comparisons_than_equal(self) -> None:
        where = [(b"a", b"<", 1), (b"b", b"!=", None), (b"c", b"=", None), (b"d", b"not like", b"x%")]
        self.assertEqual(
            self.make.delete(b"t", where),
            (b"DELETE FROM t WHERE a<? AND b IS NOT NULL AND c IS NULL AND d not like ?", (1, b"x%")),
        )

    def test_replace_by_what_the_database_knows(self) -> None:
        self.assertEqual(self.make.replace(b"t", {b"k": 1}, []), [(b"REPLACE INTO t (k) VALUES (?)", (1,))])

    def test_replace_of_nothing_but_the_key(self) -> None:
        self.assertEqual(self.make.replace(b"t", {b"k": 1}, [b"k"])[0], (b"UPDATE t SET k=? WHERE k=?", (1, 1)))

    def test_names_are_quoted_where_the_database_has_quotes(self) -> None:
        self.assertEqual(
            Statements(b"`").select(b"t", [b"key"], {b"order": 1}, b"key"),
            (b"SELECT `key` FROM `t` WHERE `order`=? ORDER BY `key`", (1,)),
        )
