"""replace*()."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import compile_regex
from sipapp.modules.textops import Textops
from sipapp.modules.textops.replace import whole_text_regex
from tests.modules.texts import added, body, made, running, wire

MORE = b"Subject: hello line\r\nX-One: first\r\n"
BODY = b"Hello line one\r\nline two has bob\r\nthe end\r\n"


def regex(text: bytes) -> Any:
    return compile_regex(text, newline=True)


class ReplaceTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.module = made(Textops)
        self.ctx = running(MORE, body=BODY, content_type=b"text/plain")

    def test_replace_takes_the_first_match_behind_the_first_line(self) -> None:
        self.assertTrue(self.module.replace(self.ctx, regex(b"hello"), b"bye"))
        self.assertIn(b"Subject: bye line", added(self.ctx))
        self.assertEqual(body(self.ctx), BODY)
        self.assertFalse(self.module.replace(self.ctx, regex(b"^MESSAGE sip"), b"x"))

    def test_replace_hdrs_does_not_look_into_the_body(self) -> None:
        self.assertTrue(self.module.replace_hdrs(self.ctx, regex(b"line"), b"L"))
        self.assertFalse(self.module.replace_hdrs(self.ctx, regex(b"has bob"), b"L"))

    def test_replace_body_takes_the_first_match_of_the_body(self) -> None:
        self.assertTrue(self.module.replace_body(self.ctx, regex(b"^line .*$"), b"L"))
        self.assertEqual(body(self.ctx), b"Hello line one\r\nL\nthe end\r\n")
        self.assertFalse(self.module.replace_body(running(), regex(b".*"), b"L"))

    def test_replace_all_takes_every_match_and_corrects_the_length(self) -> None:
        self.assertTrue(self.module.replace_all(self.ctx, regex(b"line"), b"L"))
        self.assertIn(b"Subject: hello L", added(self.ctx))
        self.assertEqual(body(self.ctx), b"Hello L one\r\nL two has bob\r\nthe end\r\n")
        self.assertIn(b"\r\nContent-Length: 37\r\n", wire(self.ctx))

    def test_replace_all_fails_where_the_empty_text_matches(self) -> None:
        self.assertFalse(self.module.replace_all(self.ctx, regex(b"^"), b"L"))
        self.assertEqual(body(self.ctx), BODY)

    def test_replace_body_all_goes_line_by_line(self) -> None:
        self.assertTrue(self.module.replace_body_all(self.ctx, regex(b"^line"), b"L"))
        self.assertEqual(body(self.ctx), b"Hello line one\r\nL two has bob\r\nthe end\r\n")

    def test_replace_body_atonce_takes_the_body_as_one_line(self) -> None:
        self.assertFalse(self.module.replace_body_atonce(self.ctx, whole_text_regex(b"^line"), b"L"))
        self.assertTrue(self.module.replace_body_atonce(self.ctx, whole_text_regex(b"one.*bob"), b"L"))
        self.assertEqual(body(self.ctx), b"Hello line L\r\nthe end\r\n")

    def test_without_a_match_all_are_false(self) -> None:
        answers = [
            function(self.ctx, regex(b"nothing"), b"x")
            for function in (
                self.module.replace,
                self.module.replace_hdrs,
                self.module.replace_body,
                self.module.replace_all,
                self.module.replace_body_all,
                self.module.replace_body_atonce,
            )
        ]
        self.assertEqual(answers, [False] * 6)


class ReplaceStrTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.module = made(Textops)
        self.ctx = running(MORE, body=BODY, content_type=b"text/plain")

    def test_mode_f_takes_the_first_and_a_takes_all(self) -> None:
        self.assertTrue(self.module.replace_str(self.ctx, b"line", b"1", b"f"))
        self.assertIn(b"Subject: hello 1", added(self.ctx))
        self.assertEqual(body(self.ctx), BODY)
        self.assertTrue(self.module.replace_body_str(self.ctx, b"line", b"2", b"a"))
        self.assertEqual(body(self.ctx), b"Hello 2 one\r\n2 two has bob\r\nthe end\r\n")

    def test_case_counts(self) -> None:
        self.module.replace_str(self.ctx, b"HELLO", b"x", b"a")
        self.assertEqual(wire(self.ctx), self.ctx.message.raw)

    def test_in_header_fields_only(self) -> None:
        self.assertTrue(self.module.replace_hdrs_str(self.ctx, b"line", b"L", b"a"))
        self.assertIn(b"Subject: hello L", added(self.ctx))
        self.assertEqual(body(self.ctx), BODY)

    def test_without_a_match_is_true_without_a_body_false(self) -> None:
        self.assertTrue(self.module.replace_str(self.ctx, b"nothing", b"x", b"a"))
        self.assertTrue(self.module.replace_str(self.ctx, b"", b"x", b"a"))
        self.assertFalse(self.module.replace_body_str(running(), b"x", b"y", b"a"))
