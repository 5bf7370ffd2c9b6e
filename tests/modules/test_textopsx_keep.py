"""keep_hf(), remove_body(), fnmatch()."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import compile_regex
from sipapp.modules.textopsx import Textopsx
from tests.modules.texts import HEAD, added, body, made, running, wire


class KeepTests(SynchronousTestCase):
    def test_leaves_what_matches_and_what_a_message_needs(self) -> None:
        ctx = running(b"X-One: 1\r\nSubject: s\r\nContact: <sip:a@b>\r\nRoute: <sip:p>\r\nMax-Forwards: 7\r\n")
        self.assertFalse(made(Textopsx).keep_hf(ctx, compile_regex(b"^subj", newline=True)))
        self.assertIn(HEAD, wire(ctx))
        self.assertEqual(
            added(ctx),
            [b"Subject: s", b"Contact: <sip:a@b>", b"Route: <sip:p>", b"Max-Forwards: 7", b"Content-Length: 0"],
        )

    def test_remove_body_leaves_length_0(self) -> None:
        ctx = running(body=b"hello", content_type=b"text/plain")
        self.assertTrue(made(Textopsx).remove_body(ctx))
        self.assertEqual(added(ctx), [b"Content-Type: text/plain", b"Content-Length: 0"])
        self.assertEqual(body(ctx), b"")
        self.assertTrue(made(Textopsx).remove_body(running()))


class FnmatchTests(SynchronousTestCase):
    def matches(self, *asked: tuple[bytes, ...]) -> list[bool]:
        return [made(Textopsx).fnmatch(*arguments) for arguments in asked]

    def test_star_and_question_mark(self) -> None:
        self.assertEqual(
            self.matches((b"abc.txt", b"*.txt"), (b"abc", b"a?c"), (b"abc", b"a?"), (b"a/b\r\n", b"*"), (b"", b"*")),
            [True, True, False, True, True],
        )

    def test_brackets(self) -> None:
        self.assertEqual(
            self.matches((b"abc", b"[!b]bc"), (b"abc", b"[^a]bc"), (b"a]c", b"a[]]c"), (b"x-y", b"x[a-]y")),
            [True, False, True, True],
        )
        self.assertEqual(self.matches((b"a", b"[[:alpha:]]"), (b"a", b"[z-a]"), (b"a[b", b"a[b")), [True, False, True])

    def test_what_means_something_to_regular_expressions_stands_for_itself(self) -> None:
        self.assertEqual(
            self.matches((b"a.c", b"a.c"), (b"abc", b"a.c"), (b"(a)+^$|", b"(a)+^$|"), (b"a]", b"a]")),
            [True, False, True, True],
        )

    def test_a_backslash_takes_the_meaning_away(self) -> None:
        self.assertEqual(
            self.matches((b"a*c", b"a\\*c"), (b"abc", b"a\\*c"), (b"a\\", b"a\\")),
            [True, False, True],
        )

    def test_case_counts_but_with_flag_i(self) -> None:
        self.assertEqual(
            self.matches((b"ABC", b"abc"), (b"ABC", b"abc", b"i"), (b"ABC", b"a*", b"I"), (b"ABC", b"a*", b"x")),
            [False, True, True, False],
        )
