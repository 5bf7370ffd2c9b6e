"""headers: names, folds and comma-separated values."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ParseError
from sipapp.message import headers
from sipapp.message.headers import header_key, is_token, split_spans, split_values, unfold


class HeaderKeyTests(SynchronousTestCase):
    def test_spelling_does_not_matter(self) -> None:
        for name in (b"Call-ID", b"CALL-ID", b"call-id", b"cAlL-iD", b"i", b"I"):
            self.assertEqual(header_key(name), b"call-id")

    def test_every_compact_form_is_known(self) -> None:
        expected = {
            b"a": b"accept-contact",
            b"b": b"referred-by",
            b"c": b"content-type",
            b"d": b"request-disposition",
            b"e": b"content-encoding",
            b"f": b"from",
            b"j": b"reject-contact",
            b"k": b"supported",
            b"l": b"content-length",
            b"m": b"contact",
            b"n": b"identity-info",
            b"o": b"event",
            b"r": b"refer-to",
            b"s": b"subject",
            b"t": b"to",
            b"u": b"allow-events",
            b"v": b"via",
            b"x": b"session-expires",
            b"y": b"identity",
        }
        self.assertEqual({name: header_key(name) for name in expected}, expected)
        self.assertEqual(header_key(b"z"), b"z")

    def test_white_space_before_the_colon_is_no_part_of_the_name(self) -> None:
        self.assertEqual(header_key(b"v  "), b"via")
        self.assertEqual(header_key(b"X-Thing\t"), b"x-thing")

    def test_a_name_that_is_no_token_is_refused(self) -> None:
        for name in (b"", b" Via", b"Vi a", b"Vi:a", b"V\xc3\xada", b"a\r"):
            self.assertRaises(ParseError, header_key, name)

    def test_names_never_met_before_are_kept_up_to_a_limit(self) -> None:
        known = dict(headers.SPELLINGS)
        try:
            for number in range(5000):
                self.assertEqual(header_key(b"X-Random-%d" % number), b"x-random-%d" % number)
            self.assertEqual(len(headers.SPELLINGS), 4096)
        finally:
            headers.SPELLINGS.clear()
            headers.SPELLINGS.update(known)


class ValueTests(SynchronousTestCase):
    def test_a_fold_is_one_space(self) -> None:
        self.assertEqual(unfold(b"a  \r\n \tb\r\n c\n\td"), b"a b c d")
        self.assertEqual(unfold(b"a  b"), b"a  b")

    def test_values_are_split_at_commas_only_outside_of_quotes_and_angle_brackets(self) -> None:
        value = b'"a, \\", b" <sip:x@y;p=1,2>;q="1,2" , <sip:z> ,, c'
        self.assertEqual(split_values(value), [b'"a, \\", b" <sip:x@y;p=1,2>;q="1,2"', b"<sip:z>", b"c"])

    def test_spans_point_into_the_value(self) -> None:
        value = b" a , b,c "
        self.assertEqual(split_spans(value), [(1, 2), (5, 6), (7, 8)])

    def test_nothing_splits_into_nothing(self) -> None:
        self.assertEqual(split_values(b"  "), [])
        self.assertEqual(split_values(b" , ,"), [])
        self.assertEqual(split_spans(b""), [])

    def test_a_quote_that_never_ends_goes_to_the_end(self) -> None:
        self.assertEqual(split_values(b'a, "b, c'), [b"a", b'"b, c'])
        self.assertEqual(split_values(b"a, <b, c"), [b"a", b"<b, c"])

    def test_tokens(self) -> None:
        self.assertTrue(is_token(b"!interesting-Method0123456789_*+`.%indeed'~"))
        self.assertFalse(is_token(b"a b"))
        self.assertFalse(is_token(b"a/b"))
        self.assertFalse(is_token(b""))
