# -*- test-case-name: tests.modules.regex.test_groups -*-
"""Files of expressions."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.modules.regex.groups import parse_groups


def patterns(text: str, flags: bytes = b"", most: int = 20, longest: int = 8192) -> list[bytes]:
    return [one.pattern for one in parse_groups(text.encode(), flags, most, longest)]


class GroupsTests(SynchronousTestCase):
    def test_the_lines_of_a_group_are_alternatives(self) -> None:
        self.assertEqual(patterns("[0]\n^a\nb$\n[1]\nc\n"), [b"((^a)|(b$))", b"((c))"])

    def test_comments_and_empty_lines_are_left_out(self) -> None:
        self.assertEqual(patterns("# first\n\n[0]\n\n# in it\n not this\n\ta\nb\n"), [b"((b))"])

    def test_the_numbers_in_brackets_do_not_count(self) -> None:
        self.assertEqual(patterns("[7]\na\n[7]\nb\n"), [b"((a))", b"((b))"])

    def test_an_empty_group_matches_the_empty_text_only(self) -> None:
        self.assertEqual(patterns("[0]\n[1]\na\n"), [b"^$", b"((a))"])

    def test_flags_count_for_all(self) -> None:
        group = parse_groups(b"[0]\nABC", b"i", 20, 8192)[0]
        self.assertIsNotNone(group.search(b"abc"))

    def test_mistakes_are_errors(self) -> None:
        for text in ("", "# nothing\n", "a\n[0]\nb\n", "[0]\n(a\n"):
            with self.assertRaises(ConfigError, msg=text):
                patterns(text)

    def test_there_may_be_so_many_groups_and_no_more(self) -> None:
        self.assertEqual(len(patterns("[0]\na\n[1]\nb\n", most=2)), 2)
        with self.assertRaises(ConfigError):
            patterns("[0]\na\n[1]\nb\n[2]\nc\n", most=2)

    def test_a_group_may_have_so_many_bytes_and_no_more(self) -> None:
        self.assertEqual(patterns("[0]\nabcd\n", longest=11), [b"((abcd))"])
        with self.assertRaises(ConfigError):
            patterns("[0]\nabcde\n", longest=11)
