"""sipapp.http.fields."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.http.fields import parse_fields, with_usual


class FieldsTests(SynchronousTestCase):
    def test_lines_are_fields(self) -> None:
        self.assertEqual(
            parse_fields(b"X-A: 1\r\nX-B:2\nX-A: 3"), ([(b"X-A", b"1"), (b"X-B", b"2"), (b"X-A", b"3")], set())
        )

    def test_a_name_with_a_semicolon_is_sent_without_a_value(self) -> None:
        self.assertEqual(parse_fields(b"X-A;"), ([(b"X-A", b"")], set()))

    def test_a_name_with_nothing_behind_its_colon_is_not_wanted(self) -> None:
        self.assertEqual(parse_fields(b"Accept:\r\n"), ([], {b"accept"}))

    def test_other_lines_are_passed_over(self) -> None:
        self.assertEqual(parse_fields(b"\r\nnothing\r\n: x\r\n;"), ([], set()))

    def test_usual_fields_come_first_unless_they_are_set_or_not_wanted(self) -> None:
        usual = ((b"User-Agent", b"me"), (b"Accept", b"*/*"), (b"X-C", None))
        self.assertEqual(
            with_usual([(b"accept", b"text/plain")], set(), *usual),
            [(b"User-Agent", b"me"), (b"accept", b"text/plain")],
        )
        self.assertEqual(with_usual([], {b"user-agent"}, *usual), [(b"Accept", b"*/*")])
