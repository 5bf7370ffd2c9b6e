"""Where the values of comma-separated header fields are, and how a script names one."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ConfigError
from sipapp.modules.textopsx.values import (
    Spec,
    assigned,
    find_listed,
    find_parameter,
    find_value,
    place,
    target,
    values_of,
    whole,
)
from tests.modules.texts import request


class SpecTests(SynchronousTestCase):
    def test_is_a_name_an_index_and_a_parameter(self) -> None:
        for text, wanted in (
            (b"X-One", Spec(b"X-One", b"x-one", False, 1, False, b"")),
            (b" s [ 2 ] . Q", Spec(b"s", b"subject", True, 2, False, b"q")),
            (b"Z[-3]", Spec(b"Z", b"z", True, -3, False, b"")),
            (b"Z[]", Spec(b"Z", b"z", True, 1, False, b"")),
            (b"Z[0]", Spec(b"Z", b"z", True, 1, False, b"")),
            (b"Z[*].p", Spec(b"Z", b"z", True, 1, True, b"p")),
        ):
            self.assertEqual(target(text), wanted)

    def test_anything_else_is_a_mistake(self) -> None:
        for text in (b"", b"X Y", b"X[", b"X[*", b"X[a]", b"X.", b"X. ", b"X.p q", b"X[-11]"):
            self.assertRaises(ConfigError, target, text)

    def test_a_place_has_neither_asterisk_nor_parameter(self) -> None:
        self.assertEqual(place(-1)(b"X").number, -1)
        self.assertEqual(place(-1)(b"X[2]").number, 2)
        for text in (b"X[*]", b"X.p"):
            self.assertRaises(ConfigError, place(1), text)

    def test_an_asterisk_is_assigned_only_with_a_parameter(self) -> None:
        self.assertTrue(assigned(b"X[*].p").every)
        self.assertRaises(ConfigError, assigned, b"X[*]")

    def test_a_bare_name_has_neither_index_nor_parameter(self) -> None:
        self.assertEqual(whole(b"X").key, b"session-expires")
        for text in (b"X[1]", b"X.p"):
            self.assertRaises(ConfigError, whole, text)


class ValuesTests(SynchronousTestCase):
    def found(self, line: bytes) -> list[tuple[bytes, bytes]]:
        """(value, with white space and comma) of each."""
        message = request(b"Z: %b\r\n" % line)
        field = message.field(b"z")
        raw = message.raw
        return [(raw[v.start : v.end], raw[v.whole_start : v.whole_end]) for v in values_of(message, field)]

    def test_a_comma_belongs_to_the_value_before_it(self) -> None:
        self.assertEqual(self.found(b"a ,b;p=1, c"), [(b"a", b"a ,"), (b"b;p=1", b"b;p=1,"), (b"c", b" c")])

    def test_a_comma_in_quotes_separates_nothing(self) -> None:
        self.assertEqual(self.found(b'"a,\\",b", c'), [(b'"a,\\",b"', b'"a,\\",b",'), (b"c", b" c")])

    def test_nothing_is_one_empty_value(self) -> None:
        self.assertEqual(self.found(b""), [(b"", b"")])
        self.assertEqual(self.found(b"a,,b,"), [(b"a", b"a,"), (b"", b","), (b"b", b"b,")])

    def test_values_are_counted_over_all_header_fields_of_the_name(self) -> None:
        message = request(b"Z: a, b\r\nY: z\r\nz: c\r\n")
        found = [find_value(message, target(t)) for t in (b"Z[2]", b"Z[3]", b"Z[-1]", b"Z[-3]", b"Z[4]", b"Z[-4]")]
        self.assertEqual([v and message.raw[v.start : v.end] for v in found], [b"b", b"c", b"c", b"a", None, None])


class ParameterTests(SynchronousTestCase):
    def find(self, text: bytes, name: bytes = b"p") -> tuple[bytes, bytes] | int:
        """(what holds the value, the whole parameter), or where the parameters end."""
        span, end = find_parameter(text, name, 0, len(text))
        return end if span is None else (text[span.value_start : span.value_end], text[span.start : span.end])

    def test_is_found_behind_name_and_uri(self) -> None:
        self.assertEqual(self.find(b'"a;p=0" <sip:a@b;p=1;q="x;y">;o ; P = 2;z'), (b" = 2", b"; P = 2"))

    def test_may_be_quoted_or_without_value(self) -> None:
        self.assertEqual(self.find(b'a;p="x;y";q'), (b'="x;y"', b';p="x;y"'))
        self.assertEqual(self.find(b"a;p"), (b"", b";p"))

    def test_where_it_is_missing_the_end_is_told(self) -> None:
        self.assertEqual(self.find(b"<sip:a;p=1>;q=2"), 15)
        self.assertEqual(self.find(b"a"), 1)
        self.assertEqual(self.find(b"a;q b;p"), 4)


class ListedTests(SynchronousTestCase):
    TEXT = b'Digest username="a,b", realm=r , qop=auth'

    def find(self, name: bytes, text: bytes = TEXT) -> tuple[bytes, bytes] | bytes:
        span, separator = find_listed(text, name, 0, len(text))
        return separator if span is None else (text[span.value_start : span.value_end], text[span.start : span.end])

    def test_an_entry_goes_with_one_comma(self) -> None:
        self.assertEqual(self.find(b"realm"), (b"=r", b", realm=r"))
        self.assertEqual(self.find(b"qop"), (b"=auth", b" , qop=auth"))

    def test_the_first_one_with_the_comma_behind_it(self) -> None:
        self.assertEqual(self.find(b"username"), (b'="a,b"', b'username="a,b",'))

    def test_where_it_is_missing_the_separator_is_told(self) -> None:
        self.assertEqual(self.find(b"nonce"), b",")
        self.assertEqual(self.find(b"nonce", b"Digest"), b" ")
        self.assertEqual(self.find(b"nonce", b""), b"")

    def test_what_is_no_such_list_is_stepped_over(self) -> None:
        self.assertEqual(self.find(b"p", b'"q";;a;p=1, p=2'), (b"=2", b", p=2"))
