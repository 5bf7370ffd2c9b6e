"""The patterns of shells."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module.shell_pattern import shell_pattern


class ShellPatternTests(SynchronousTestCase):
    def test_the_pattern_is_of_the_whole_text(self) -> None:
        self.assertIsNone(shell_pattern(b"b", False).fullmatch(b"abc"))
        self.assertIsNotNone(shell_pattern(b"*b*", False).fullmatch(b"abc"))

    def test_letter_case_counts_where_it_is_not_ignored(self) -> None:
        self.assertIsNone(shell_pattern(b"A*", False).fullmatch(b"abc"))
        self.assertIsNotNone(shell_pattern(b"A*", True).fullmatch(b"abc"))

    def test_a_backslash_takes_the_meaning_away(self) -> None:
        self.assertIsNone(shell_pattern(rb"a\*", False).fullmatch(b"abc"))
        self.assertIsNotNone(shell_pattern(rb"a\*", False).fullmatch(b"a*"))

    def test_a_bracket_that_is_wrong_matches_nothing(self) -> None:
        self.assertIsNone(shell_pattern(b"[z-a]", False).fullmatch(b"b"))
