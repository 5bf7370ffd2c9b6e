from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.modules.json.reader import Number, read
from sipapp.modules.json.writer import text_of, write


class WriterTests(SynchronousTestCase):
    def test_structures_have_blanks_inside(self) -> None:
        self.assertEqual(
            write({"a": 1, "b": [1, None, True, False], "c": {}, "d": []}),
            b'{ "a": 1, "b": [ 1, null, true, false ], "c": { }, "d": [ ] }',
        )

    def test_texts_are_escaped(self) -> None:
        self.assertEqual(write('"\\/\b\f\n\r\t\x1f\u00e9'), b'"\\"\\\\\\/\\b\\f\\n\\r\\t\\u001f\xc3\xa9"')

    def test_a_text_alone_can_do_without_quotes(self) -> None:
        self.assertEqual(text_of('a"/\u00e9'), b'a"/\xc3\xa9')
        self.assertEqual(text_of("a\0b"), b"a")
        self.assertEqual(text_of(["a"]), b'[ "a" ]')
        self.assertEqual(text_of(5), b"5")
        self.assertEqual(text_of(Number("1.50")), b"1.50")

    def test_reals_and_strange_bytes_come_out_as_they_went_in(self) -> None:
        self.assertEqual(write(read(b'[1.50,1e5,"\xff"]')), b'[ 1.50, 1e5, "\xff" ]')
