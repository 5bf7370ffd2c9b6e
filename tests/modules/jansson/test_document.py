from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ScriptError
from sipapp.modules.jansson.document import dump, integer, parse, real_text, to_value


class DocumentTests(SynchronousTestCase):
    def test_objects_and_arrays_are_documents(self) -> None:
        self.assertEqual(parse(b' {"a" : [1, 2.5, "x", null, true]} '), {"a": [1, 2.5, "x", None, True]})
        self.assertEqual(parse(b"[]"), [])
        self.assertEqual(parse(b'{"a":"\\u00e9\\ud83d\\ude00"}'), {"a": "\u00e9\U0001f600"})

    def test_anything_else_is_an_error(self) -> None:
        for text in (
            b"",
            b"5",
            b'"x"',
            b"null",
            b"{'a':1}",
            b'{"a":1,}',
            b'{"a":1}x',
            b'{"a":1,"a":2}',
            b'{"a":NaN}',
            b'{"a":1e999}',
            b'{"a":9223372036854775808}',
            b'{"a":"\\u0000"}',
            b'{"a":"\\ud800"}',
            b'{"a":"\t"}',
            b'{"a":"\xff"}',
            b"[" * 100000,
        ):
            self.assertRaises(ScriptError, parse, text)

    def test_it_is_written_without_blanks_or_with_them(self) -> None:
        value = {"a": [1, None, True, False], "b": {}, "c": "x"}
        self.assertEqual(dump(value), b'{"a":[1,null,true,false],"b":{},"c":"x"}')
        self.assertEqual(dump(value, spaced=True), b'{"a": [1, null, true, false], "b": {}, "c": "x"}')

    def test_texts_are_escaped_where_they_must(self) -> None:
        self.assertEqual(dump(['"\\/\b\f\n\r\t\x1f\x7f\u00e9']), b'["\\"\\\\/\\b\\f\\n\\r\\t\\u001F\x7f\xc3\xa9"]')
        self.assertRaises(ScriptError, dump, ["\ud800"])

    def test_reals_have_17_digits(self) -> None:
        for number, text in (
            (1.0, "1.0"),
            (2.5, "2.5"),
            (0.1, "0.10000000000000001"),
            (1e20, "1e20"),
            (1e-7, "9.9999999999999995e-8"),
            (-2.5e10, "-25000000000.0"),
        ):
            self.assertEqual(real_text(number), text)

    def test_what_a_variable_gets(self) -> None:
        for value, got in (
            ("\u00e9", b"\xc3\xa9"),
            (True, 1),
            (False, 0),
            (None, None),
            (5, 5),
            (2147483648, b"2147483648"),
            (-2147483649, b"-2147483649"),
            (0.1, b"0.1"),
            (1e20, b"1e+20"),
            ([1, {"a": 2}], b'[1,{"a":2}]'),
        ):
            self.assertEqual(to_value(value), got)

    def test_integers_have_64_bits(self) -> None:
        self.assertEqual(integer("-9223372036854775808"), -9223372036854775808)
        self.assertRaises(ValueError, integer, "9223372036854775808")
