"""in_list(), cmp_str(), starts_with() and their like."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ConfigError
from sipapp.modules.textops import Textops
from sipapp.modules.textops.strings import separator
from tests.modules.texts import made


class ListTests(SynchronousTestCase):
    def test_white_space_around_elements_counts_nothing(self) -> None:
        asked = [(b"b", b" a ; b ;c ", b";"), (b"a ", b"a ,b", b","), (b"ab", b"a b ab", b" "), (b"c", b"a,b,c,", b",")]
        self.assertEqual([made(Textops).in_list(*a) for a in asked], [True, False, True, True])

    def test_nothing_is_in_no_list(self) -> None:
        self.assertFalse(made(Textops).in_list(b"", b"a,,b", b","))
        self.assertFalse(made(Textops).in_list(b"a", b"", b","))

    def test_a_prefix_is_an_element_that_the_subject_starts_with(self) -> None:
        asked = [(b"0049123", b"0043|0049", b"|"), (b"ab", b"abc", b","), (b"abc", b",,x", b","), (b"", b"a", b",")]
        self.assertEqual([made(Textops).in_list_prefix(*a) for a in asked], [True, False, False, False])

    def test_a_separator_of_other_than_one_character_is_a_mistake(self) -> None:
        self.assertEqual(separator(b";"), b";")
        for text in (b"", b", "):
            self.assertRaises(ConfigError, separator, text)


class ComparisonTests(SynchronousTestCase):
    def test_cmp_str_answers_1_for_equal_else_the_order(self) -> None:
        asked = [(b"a", b"a"), (b"a", b"b"), (b"b", b"a"), (b"", b""), (b"", b"a"), (b"ab", b"a"), (b"a", b"B")]
        self.assertEqual([made(Textops).cmp_str(*a) for a in asked], [1, -2, -1, 1, -2, -1, -1])

    def test_cmp_istr_does_so_without_case(self) -> None:
        asked = [(b"A", b"a"), (b"A", b"b"), (b"a", b"B"), (b"Z", b"_")]
        self.assertEqual([made(Textops).cmp_istr(*a) for a in asked], [1, -2, -2, -1])

    def test_starts_with(self) -> None:
        asked = [(b"abc", b"ab"), (b"abc", b""), (b"abc", b"abcd"), (b"abc", b"ac"), (b"abc", b"aa")]
        self.assertEqual([made(Textops).starts_with(*a) for a in asked], [1, 1, -1, -2, -1])

    def test_ends_with(self) -> None:
        asked = [(b"abc", b"bc"), (b"abc", b""), (b"abc", b"xabc"), (b"abc", b"cc"), (b"abc", b"ac")]
        self.assertEqual([made(Textops).ends_with(*a) for a in asked], [1, 1, -1, -2, -1])


class FindTests(SynchronousTestCase):
    def test_positions_count_from_1(self) -> None:
        asked = [(b"abcdef", b"cd"), (b"abcdef", b"CD"), (b"abc", b"abcd"), (b"abc", b"a")]
        self.assertEqual([made(Textops).str_find(*a) for a in asked], [3, -1, -1, 1])

    def test_str_ifind_ignores_the_case_of_letters_only(self) -> None:
        asked = [(b"abcDEF", b"cde"), (b"a@", b"a`")]
        self.assertEqual([made(Textops).str_ifind(*a) for a in asked], [3, -1])

    def test_characters_of_a_list(self) -> None:
        asked = [(b"alice", b"xc"), (b"alice", b"xy"), (b"alice", b""), (b"", b"a"), (b"alice", b"ca")]
        self.assertEqual([made(Textops).str_any_in(*a) for a in asked], [True, False, False, False, True])
        self.assertEqual([made(Textops).str_all_in(*a) for a in asked], [False, False, False, False, True])
