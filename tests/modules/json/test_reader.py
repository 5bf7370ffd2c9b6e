from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ScriptError
from sipapp.modules.json.reader import Number, read


class ReaderTests(SynchronousTestCase):
    def test_proper_json_is_read(self) -> None:
        self.assertEqual(read(b' {"a" : [1, "x", null, true, {}]} '), {"a": [1, "x", None, True, {}]})
        self.assertEqual(read(b'"x"'), "x")

    def test_what_follows_counts_for_nothing(self) -> None:
        self.assertEqual(read(b'{"a":1} and more'), {"a": 1})
        self.assertEqual(read(b'{"a":1}\0}'), {"a": 1})

    def test_sloppy_json_is_read(self) -> None:
        for text, value in (
            (b"{'a':'b\"c'}", {"a": 'b"c'}),
            (b'{"a":1,}', {"a": 1}),
            (b"[1,]", [1]),
            (b"/* c */ [1 // d\n, 2]", [1, 2]),
            (b"[TRUE, False, NULL]", [True, False, None]),
            (b"['\\u00e9\\n\\/']", ["\u00e9\n/"]),
            (b'["\t"]', ["\t"]),
            (b"[01]", [1]),
        ):
            self.assertEqual(read(text), value)

    def test_reals_stay_as_they_were_written(self) -> None:
        for text, real in ((b"[1.50]", "1.50"), (b"['', 1e5,]", "1e5"), (b"[1e]", 1), (b"[1.,]", "1.")):
            self.assertEqual(read(text)[-1], real)
        for text in (b"[NaN]", b"[-Infinity,]", b"[1.5]"):
            self.assertIsInstance(read(text)[0], Number)

    def test_integers_end_where_those_of_c_do(self) -> None:
        self.assertEqual(read(b"[99999999999999999999]"), [18446744073709551615])
        self.assertEqual(read(b"[-99999999999999999999,]"), [-9223372036854775808])

    def test_surrogates_make_one_character_or_are_replaced(self) -> None:
        self.assertEqual(read(b'["\\ud83d\\ude00"]'), ["\U0001f600"])
        for text in (b'["\\ud800"]', b'["\\udc00"]', b'["\\ud800\\u0041"]'):
            self.assertEqual(read(text)[0][0], "\ufffd")
        self.assertEqual(read(b'["\\ud800\\u0041"]'), ["\ufffdA"])

    def test_bytes_that_are_no_utf8_are_kept(self) -> None:
        self.assertEqual(read(b'["\xff"]')[0].encode("utf-8", "surrogateescape"), b"\xff")

    def test_what_is_none_is_an_error(self) -> None:
        for text in (
            b"",
            b"nonsense",
            b"{a:1}",
            b'{"a" 1}',
            b'{"a":1 "b":2}',
            b"[1 2]",
            b"[,]",
            b"{,}",
            b"['x",
            b"['\\q']",
            b"['\\u00g0']",
            b"[+1]",
            b"[.5]",
            b"[-]",
            b"[1.2.3]",
            b"[tru]",
            b"[1",
            b"[" * 100000,
        ):
            self.assertRaises(ScriptError, read, text)
