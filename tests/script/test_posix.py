"""posix: regular expressions and substitutions as glibc has them."""

from types import SimpleNamespace
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.interfaces.script import Access
from sipapp.script.posix import Substitution, compile_regex


class _Binder:
    """Knows `$a`, whose value is the context's `a`."""

    def variable(self, source: bytes) -> Access:
        if source not in (b"$a", b"$(a)"):
            raise ConfigError(f"no {source!r}")
        return Access(lambda ctx: ctx.a)  # type: ignore[attr-defined]


def matches(expression: bytes, text: bytes, **options: bool) -> bytes | None:
    found = compile_regex(expression, **options).search(text)
    return found and found[0]


class RegexTests(SynchronousTestCase):
    def test_case_is_ignored_unless_asked_for(self) -> None:
        self.assertEqual(matches(b"^sip:", b"SIP:a"), b"SIP:")
        self.assertIsNone(matches(b"^sip:", b"SIP:a", icase=False))

    def test_bracket_classes(self) -> None:
        self.assertEqual(matches(b"[[:digit:]_]+", b"a1_2"), b"1_2")
        self.assertEqual(matches(b"[^[:alnum:]]", b"a1.b"), b".")
        self.assertEqual(matches(b"[[:upper:]]+", b"abC", icase=False), b"C")
        self.assertEqual(matches(b"[[:space:]]", b"a\tb"), b"\t")

    def test_a_bracket_may_hold_its_own_end_and_a_plain_backslash(self) -> None:
        self.assertEqual(matches(b"[]a]+", b"x]a]"), b"]a]")
        self.assertEqual(matches(b"[^]a]+", b"]xy"), b"xy")
        self.assertEqual(matches(rb"[\.]+", rb"a\.b"), rb"\.")
        self.assertEqual(matches(b"[a-]+", b"-a-"), b"-a-")

    def test_collating_elements_are_single_characters(self) -> None:
        self.assertEqual(matches(b"[[.-.]a]+", b"x-a"), b"-a")
        self.assertEqual(matches(b"[[=a=]]", b"ba"), b"a")

    def test_a_question_mark_or_plus_behind_a_repetition_repeats_it(self) -> None:
        self.assertEqual(matches(b"a+?", b"aaa"), b"aaa")
        self.assertEqual(matches(b"xa*+a", b"xaa"), b"xaa")
        self.assertEqual(matches(b"a{2}{2}", b"aaaaa"), b"aaaa")

    def test_intervals(self) -> None:
        self.assertEqual(matches(b"a{,2}", b"aaa"), b"aa")
        self.assertEqual(matches(b"a{2,}", b"aaa"), b"aaa")

    def test_gnu_operators(self) -> None:
        self.assertEqual(matches(rb"\<b\w+\>", b"ab bcd"), b"bcd")
        self.assertEqual(matches(rb"\`a", b"ba"), None)
        self.assertEqual(matches(rb"a\'", b"a\n"), None)

    def test_the_end_is_the_end_and_not_the_last_line_feed(self) -> None:
        self.assertIsNone(matches(b"a$", b"a\n"))
        self.assertEqual(matches(b"a$", b"a\nb", newline=True), b"a")

    def test_a_dot_takes_a_line_feed_unless_lines_count(self) -> None:
        self.assertEqual(matches(b"a.b", b"a\nb"), b"a\nb")
        self.assertIsNone(matches(b"a.b", b"a\nb", newline=True))
        self.assertIsNone(matches(b"a[^x]b", b"a\nb", newline=True))

    def test_back_references(self) -> None:
        self.assertEqual(matches(rb"(.)\1", b"abb"), b"bb")
        self.assertEqual(matches(rb"(a)\10", b"aa0"), b"aa0")

    def test_of_plain_alternatives_the_longest_wins(self) -> None:
        self.assertEqual(matches(b"sip|sips|tel", b"sips:x"), b"sips")

    def test_an_unmatched_closing_parenthesis_is_itself(self) -> None:
        self.assertEqual(matches(b"a)", b"(a)"), b"a)")

    def test_an_escaped_small_letter_matches_nothing_where_case_is_ignored(self) -> None:
        self.assertIsNone(matches(rb"\d", b"d1"))
        self.assertEqual(matches(rb"\d", b"d1", icase=False), b"d")

    def test_high_bytes_match_themselves_only(self) -> None:
        self.assertEqual(matches("ü".encode(), "ü".encode()), "ü".encode())
        self.assertIsNone(matches("ü".encode(), "Ü".encode()))

    def test_what_is_no_expression_is_refused(self) -> None:
        for expression, reason in (
            (b"*a", "nothing before '*' to repeat"),
            (b"a|+", "nothing before '+' to repeat"),
            (b"^*", "nothing before '*' to repeat"),
            (b"(a", "unmatched ("),
            (b"[a", "unmatched ["),
            (b"[[:no:]]", "no such class: [:no:]"),
            (b"[z-a]", "empty range z-a"),
            (b"a{", "a { that is no repetition count"),
            (b"a{x}", "a { that is no repetition count"),
            (b"a{3,2}", "a wrong repetition count"),
            (b"a\\", "it ends with a backslash"),
            (b"\\1(a)", "\\1 refers to no group before it"),
            (b"(a)|\\1", "\\1 refers to no group before it"),
        ):
            why = self.assertRaises(ConfigError, compile_regex, expression)
            self.assertEqual(str(why), f"bad regular expression {expression.decode()!r}: {reason}")


class SubstitutionTests(SynchronousTestCase):
    def apply(self, source: bytes, text: bytes, a: Any = None) -> tuple[bytes, int]:
        ctx: Any = SimpleNamespace(
            a=a, draft=SimpleNamespace(request_uri=None), message=SimpleNamespace(uri=b"sip:u@example.com")
        )
        return Substitution.parse(source, _Binder()).apply(ctx, text)  # type: ignore[arg-type]

    def test_the_first_match_is_replaced(self) -> None:
        self.assertEqual(self.apply(b"/X/-/", b"aXbXc"), (b"a-bXc", 1))

    def test_g_replaces_every_match_and_i_ignores_case(self) -> None:
        self.assertEqual(self.apply(b"/x/-/ig", b"aXbXc"), (b"a-b-c", 2))

    def test_without_a_match_the_text_stays(self) -> None:
        self.assertEqual(self.apply(b"/Z/-/", b"abc"), (b"abc", 0))

    def test_groups(self) -> None:
        self.assertEqual(self.apply(rb"/([a-z]+) ([a-z]+)/\2 \1/", b"john smith"), (b"smith john", 1))
        self.assertEqual(self.apply(rb"/^.*$/[\0]/", b"ab"), (b"[ab]", 1))
        self.assertEqual(self.apply(rb"/(a)|b/<\1\2>/", b"b"), (b"<>", 1))

    def test_any_character_may_be_the_separator(self) -> None:
        self.assertEqual(self.apply(b"@3@/@", b"12345"), (b"12/45", 1))
        self.assertEqual(self.apply(rb"/a\/b/c\/d/", b"a/b"), (b"c/d", 1))

    def test_escapes_in_the_replacement(self) -> None:
        self.assertEqual(self.apply(rb"/x/\n\r\t\\\$a/", b"x"), (b"\n\r\t\\$a", 1))

    def test_variables_in_the_replacement(self) -> None:
        self.assertEqual(self.apply(b"/b/<$a>/", b"abc", a=b"bob"), (b"a<bob>c", 1))
        self.assertEqual(self.apply(b"/b/$(a)9/", b"abc", a=12), (b"a129c", 1))

    def test_a_null_variable_in_the_replacement_is_empty(self) -> None:
        self.assertEqual(self.apply(b"/b/$a/", b"abc"), (b"ac", 1))

    def test_u_is_the_request_uri(self) -> None:
        self.assertEqual(self.apply(rb"/b/\u/", b"abc"), (b"asip:u@example.comc", 1))

    def test_lines_count_unless_s_is_given(self) -> None:
        self.assertEqual(self.apply(b"/^b$/x/", b"a\nb\nc"), (b"a\nx\nc", 1))
        self.assertEqual(self.apply(b"/^b$/x/s", b"a\nb\nc"), (b"a\nb\nc", 0))

    def test_the_start_matches_once_even_with_g(self) -> None:
        self.assertEqual(self.apply(b"/^a/x/g", b"aaa"), (b"xaa", 1))

    def test_an_empty_match_fails_the_substitution(self) -> None:
        self.assertEqual(self.apply(b"/x*/y/", b"abc"), (b"abc", -1))

    def test_broken_substitutions_are_refused(self) -> None:
        for source, reason in (
            (b"/a", "not a substitution /expression/replacement/flags: '/a'"),
            (b"\\a\\b\\", "not a substitution /expression/replacement/flags: '\\\\a\\\\b\\\\'"),
            (b"/ab", "the substitution '/ab' has no second '/'"),
            (b"/a/", "the substitution '/a/' has no third '/'"),
            (b"/a/b", "the substitution '/a/b' has no third '/'"),
            (b"/a/b/gx", "no such flag of a substitution: 'x'; there are g, i and s"),
            (b"/(a/b/", "bad regular expression '(a': unmatched ("),
            (b"/a/$b/", "no b'$b'"),
        ):
            why = self.assertRaises(ConfigError, self.apply, source, b"")
            self.assertEqual(str(why), reason)
