"""sipapp.modules.sqlops.forms: what is JSON, and what is wanted of it. Variables are in test_structured."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ScriptError
from sipapp.modules.sqlops.forms import columns, conditions, name, of_value, row


class FormTests(SynchronousTestCase):
    def refused(self, read: object, *texts: bytes) -> None:
        for text in texts:
            self.assertRaises(ScriptError, of_value, text, read)

    def test_columns(self) -> None:
        self.assertEqual(of_value(b'["a", "b_1"]', columns), [b"a", b"b_1"])
        self.refused(columns, b'"a"', b'["a b"]', b'["a;--"]', b"[1]", b'["a"', b'[""]')

    def test_a_row(self) -> None:
        self.assertEqual(
            of_value(b'[{"a": 1}, {"b": "x", "c": null}, {"d": {"=": 1.5}}]', row),
            {b"a": 1, b"b": b"x", b"c": None, b"d": 1.5},
        )
        self.refused(row, b"[]", b'{"a": 1}', b'[{"a": {">": 1}}]', b'[{"a": true}]', b'[{"a": [1]}]', b'[{"a b": 1}]')

    def test_conditions(self) -> None:
        self.assertEqual(
            of_value(
                b'[{"a": 1}, {"b": {"!=": null}}, {"c": {"not like": "x%"}}, {"d": {">": 1, "<": 5}}]', conditions
            ),
            [(b"a", b"=", 1), (b"b", b"!=", None), (b"c", b"not like", b"x%"), (b"d", b">", 1), (b"d", b"<", 5)],
        )
        self.assertEqual(of_value(b"[]", conditions), [])
        self.refused(conditions, b'[{"a": {"= 1 or": 1}}]', b'[{"a": {">": null}}]', b'[{"a": {"--": 1}}]', b"[1]")

    def test_nothing_is_none(self) -> None:
        self.assertIsNone(of_value(None, conditions))
        self.assertIsNone(of_value(b"", conditions))

    def test_an_escaped_quote_is_one(self) -> None:
        self.assertEqual(of_value(rb"""[{"a": "O\'B\\ \""}]""", row), {b"a": rb"""O'B\ """ + b'"'})

    def test_bytes_that_are_no_text_stay(self) -> None:
        self.assertEqual(of_value(b'[{"a": "\xff"}]', row), {b"a": b"\xff"})

    def test_numbers_have_64_bits(self) -> None:
        self.refused(row, b'[{"a": 9223372036854775808}]')

    def test_names(self) -> None:
        self.assertEqual(name("public.t"), b"public.t")
        for given in ("", "a`", 'a"', "a-b", "é", 1):
            self.assertRaises(ScriptError, name, given)
