# -*- test-case-name: tests.modules.regex.test_pcre -*-
"""Perl-compatible expressions, translated to Python's."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.modules.regex.pcre import CASELESS, DOTALL, EXTENDED, MULTILINE, compile_pcre


class PcreTests(SynchronousTestCase):
    def yes(self, *pairs: tuple[bytes, bytes], flags: bytes = b"") -> None:
        for pattern, text in pairs:
            self.assertIsNotNone(compile_pcre(pattern, flags).search(text), (pattern, text))

    def no(self, *pairs: tuple[bytes, bytes], flags: bytes = b"") -> None:
        for pattern, text in pairs:
            self.assertIsNone(compile_pcre(pattern, flags).search(text), (pattern, text))

    def refused(self, *patterns: bytes) -> None:
        for pattern in patterns:
            with self.assertRaises(ConfigError, msg=pattern):
                compile_pcre(pattern)

    def test_plain_expressions_match_as_they_stand(self) -> None:
        self.yes((b"^sip:[[:alpha:]]+@", b"sip:bob@x"), (b"|a", b""), (b"(?:)", b""), (b"x{2}", b"xx"), (rb"\.", b"."))
        self.yes((rb"[\w.+-]+@", b"a+b@"), (b"[[]", b"["), (b"[a&&b]", b"&"), (rb"\/", b"/"), (rb"\<a", b"<a"))
        self.no((rb"\.", b"x"), (b"x{2}", b"x"))

    def test_braces_that_are_no_quantifier_are_characters(self) -> None:
        self.yes((b"a{,2}", b"a{,2}"), (b"a{x", b"a{x"))
        self.no((b"a{,2}", b"aa"))

    def test_flags_in_the_middle_hold_up_to_the_end_of_the_group(self) -> None:
        self.yes((b"(?i)^BOB$", b"bob"), (b"a(?i)b", b"aB"), (b"((?i)a)b", b"Ab"))
        self.no((b"a(?i)b", b"AB"), (b"((?i)a)b", b"AB"))

    def test_flags_hold_in_the_alternatives_behind_them(self) -> None:
        self.yes((b"a(?i)b|c", b"C"))
        self.no((b"a(?i)b|c", b"A"))

    def test_flags_of_a_group_end_with_it(self) -> None:
        self.yes((b"(?i:a)b", b"Ab"), (b"(?i:a|b)c", b"Bc"), (b"(?im-s:^x.)", b"y\nXa"))
        self.no((b"(?i:a)b", b"AB"), (b"(?-i)A", b"a"))

    def test_flags_from_outside_can_be_taken_back(self) -> None:
        self.yes((b"A", b"a"), flags=CASELESS)
        self.no((b"(?-i)A", b"a"), (b"(?^:A)", b"a"), flags=CASELESS)

    def test_flags_from_outside_count(self) -> None:
        self.yes((b"^b$", b"a\nb\nc"), flags=MULTILINE)
        self.no((b"^b$", b"a\nb\nc"))
        self.yes((b"a.b", b"a\nb"), flags=DOTALL)
        self.no((b"a.b", b"a\nb"))
        self.yes((b"a b # c", b"ab"), flags=EXTENDED)
        self.no((b"a b", b"ab"))

    def test_free_spacing_and_comments_are_left_out(self) -> None:
        self.yes((b"(?x) a b # c\n d +", b"abdd"), (b"(?#c)a", b"a"), (rb"(?x)a\ b", b"a b"), (b"(?x)[ ]", b" "))

    def test_look_behinds_have_alternatives_of_several_lengths(self) -> None:
        self.yes((b"(?<=a|bc)x", b"bcx"), (b"(?<=a|bc)x", b"ax"), (b"(?<!a|bc)x", b"dx"))
        self.no((b"(?<!a|bc)x", b"bcx"), (b"(?<!a|bc)x", b"ax"), (b"(?<=a|bc)x", b"cx"))

    def test_quoted_text_stands_for_itself(self) -> None:
        self.yes((rb"\Qa.b\E+", b"a.bb"), (rb"\Q.*", b".*"), (rb"a\E+", b"aa"))
        self.no((rb"\Qa.b\E", b"axb"), (rb"\Q.*", b"x"))

    def test_back_references_go_by_number_and_name(self) -> None:
        self.yes((rb"(a)(b)\2\1", b"abba"), (rb"(?<n>a)\k<n>", b"aa"), (b"(?P<n>a)(?P=n)", b"aa"))
        self.yes((rb"(a)\g{-1}", b"aa"), (rb"(a)\g1", b"aa"), (rb"(?'n'a)\g{n}", b"aa"), (rb"(a)\g{1}1", b"aa1"))
        self.no((rb"(a)(b)\2\1", b"abab"))

    def test_a_reference_beyond_the_groups_is_an_octal_number(self) -> None:
        self.yes((rb"\101", b"A"), (rb"(a)\10", b"a\x08"))

    def test_ends_of_the_text_and_of_lines_differ(self) -> None:
        self.yes((b"^a$", b"a\n"), (rb"^a\Z", b"a\n"), (rb"^a\z", b"a"), (rb"\Aa", b"a"))
        self.no((rb"^a\z", b"a\n"), (rb"^a\Z", b"a\nb"))

    def test_line_breaks_and_blanks_have_names(self) -> None:
        self.yes((rb"^\h+\R$", b" \t\r\n"), (rb"\v", b"\x0b"), (rb"^\H\V\N$", b"abc"))
        self.no((rb"\N", b"\n"), (rb"\R", b"a"))

    def test_groups_may_be_atomic_and_quantifiers_possessive(self) -> None:
        self.yes((b"(?>a+)b", b"aab"), (b"a+?b", b"aab"))
        self.no((b"a++a", b"aaa"), (b"(?>a+)a", b"aaa"))

    def test_conditions_ask_whether_a_group_matched(self) -> None:
        self.yes((b"^(a)?(?(1)b|c)$", b"ab"), (b"^(a)?(?(1)b|c)$", b"c"), (b"^(?<n>a)?(?(<n>)b|c)$", b"ab"))
        self.no((b"^(a)?(?(1)b|c)$", b"ac"))

    def test_what_is_not_closed_or_not_opened_is_an_error(self) -> None:
        self.refused(b"(a", b"a)", b"[a", b"*a", b"a\\", b"(?#a", b"(?<=a", b"a**")

    def test_what_python_cannot_do_is_an_error(self) -> None:
        self.refused(b"(?R)", rb"\Ka", b"(?|a|b)", rb"\pL", b"(*FAIL)", b"(?<=a+)b", b"(?J)a", rb"\g{-1}", rb"(a)\2")

    def test_the_error_names_the_expression(self) -> None:
        with self.assertRaises(ConfigError) as caught:
            compile_pcre(b"ab(c")
        self.assertEqual(caught.exception.reason, "bad regular expression 'ab(c': unmatched (")
