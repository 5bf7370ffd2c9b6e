"""search*() and regex_substring()."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import compile_regex
from sipapp.modules.textops import Textops
from tests.modules.stage import variable
from tests.modules.texts import added, body, made, running

MORE = b"X-One: first\r\nX-One: second\r\nX-Fold: ab\r\n  cb\r\n"


def regex(text: bytes) -> Any:
    return compile_regex(text, newline=True)


class SearchTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.module = made(Textops)
        self.ctx = running(MORE, body=b"line one\r\nline two\r\n", content_type=b"text/plain")

    def test_looks_into_the_first_line_the_fields_and_the_body(self) -> None:
        answers = [self.module.search(self.ctx, regex(t)) for t in (b"^message sip", b"^x-one", b"line two", b"three")]
        self.assertEqual(answers, [True, True, True, False])

    def test_a_folded_header_field_is_several_lines(self) -> None:
        self.assertFalse(self.module.search(self.ctx, regex(b"ab.*cb")))
        self.assertTrue(self.module.search_hf(self.ctx, b"x-fold", regex(b"^  c"), b"a"))

    def test_search_body_looks_into_the_body_only(self) -> None:
        self.assertTrue(self.module.search_body(self.ctx, regex(b"^line")))
        self.assertFalse(self.module.search_body(self.ctx, regex(b"first")))
        self.assertFalse(self.module.search_body(running(), regex(b".*")))

    def test_search_hf_looks_into_all_the_first_or_the_last(self) -> None:
        asked = [(b"second", b"a"), (b"second", b"f"), (b"second", b"l"), (b"first", b"l"), (b"first", b"")]
        answers = [self.module.search_hf(self.ctx, b"x-one", regex(t), flag) for t, flag in asked]
        self.assertEqual(answers, [True, False, True, False, True])

    def test_search_append_writes_behind_the_first_match(self) -> None:
        self.assertTrue(self.module.search_append(self.ctx, regex(b"x-one: "), b"very "))
        self.assertIn(b"X-One: very first", added(self.ctx))
        self.assertFalse(self.module.search_append(self.ctx, regex(b"nothing"), b"x"))

    def test_search_append_leaves_the_first_line_alone(self) -> None:
        self.assertFalse(self.module.search_append(self.ctx, regex(b"^MESSAGE sip"), b"x"))

    def test_search_append_body_writes_behind_the_first_match_of_the_body(self) -> None:
        self.assertTrue(self.module.search_append_body(self.ctx, regex(b"line"), b"Z"))
        self.assertEqual(body(self.ctx), b"lineZ one\r\nline two\r\n")
        self.assertFalse(self.module.search_append_body(self.ctx, regex(b"first"), b"Z"))


class SearchStrTests(SynchronousTestCase):
    def test_answers_as_documented(self) -> None:
        asked = [(b"alice", b"LI"), (b"alice", b"x"), (b"alice", b""), (b"", b"a"), (b"alice", b"(")]
        self.assertEqual([made(Textops).search_str(*a) for a in asked], [1, -1, 2, -2, -2])


class RegexSubstringTests(SynchronousTestCase):
    URI = b"sip:bob@192.0.2.1:5060"

    def ask(self, regexp: bytes, index: int, count: int) -> tuple[int, object]:
        target = variable()
        return made(Textops).regex_substring(running(), self.URI, regexp, index, count, target), target.value

    def test_puts_a_group_into_the_variable(self) -> None:
        self.assertEqual(self.ask(b"sip:([^@]+)@(.*)", 2, 3), (1, b"192.0.2.1:5060"))
        self.assertEqual(self.ask(b"sip.b", 0, 1), (1, b"sip:b"))

    def test_without_a_match_is_minus_2_and_case_counts(self) -> None:
        self.assertEqual(self.ask(b"SIP", 0, 1), (-2, None))

    def test_a_group_that_is_empty_missing_or_beyond_the_count_is_minus_1(self) -> None:
        for asked in ((b"(x*)sip", 1, 2), (b"(x)?sip", 1, 2), (b"sip", 1, 2), (b"(s)ip", 1, 1), (b"(", 0, 1)):
            self.assertEqual(self.ask(*asked), (-1, None), asked)

    def test_a_variable_that_cannot_be_written_is_minus_1(self) -> None:
        target = variable()
        target.set = None
        self.assertEqual(made(Textops).regex_substring(running(), self.URI, b"sip", 0, 1, target), -1)
