# -*- test-case-name: tests.modules.regex.test_escapes -*-
"""Characters and classes of Perl-compatible expressions."""

from __future__ import annotations

import re

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.modules.regex.escapes import bracket, character, written


def members(text: bytes) -> bytes:
    """All characters that the class in brackets matches."""
    source, end = bracket(text, 0)
    assert end == len(text), (end, text)
    return b"".join(re.findall(source, bytes(range(256)), re.DOTALL))


class CharacterTests(SynchronousTestCase):
    def test_numbers_are_hexadecimal_octal_and_control(self) -> None:
        self.assertEqual(character(rb"\x41b", 1), (0x41, 4))
        self.assertEqual(character(rb"\x{41}b", 1), (0x41, 6))
        self.assertEqual(character(rb"\xg", 1), (0, 2))
        self.assertEqual(character(rb"\1019", 1), (0x41, 4))
        self.assertEqual(character(rb"\0", 1), (0, 2))
        self.assertEqual(character(rb"\ca", 1), (1, 3))

    def test_letters_name_control_characters(self) -> None:
        for letter, number in zip(b"aefnrt", (7, 27, 12, 10, 13, 9), strict=True):
            self.assertEqual(character(bytes((letter,)), 0), (number, 1))

    def test_marks_stand_for_themselves(self) -> None:
        self.assertEqual(character(rb"\.", 1), (ord("."), 2))
        self.assertEqual(character(rb"\<", 1), (ord("<"), 2))

    def test_what_python_cannot_do_is_refused(self) -> None:
        for text in (b"K", b"G", b"X", b"C", b"p", b"i", b"8", b""):
            with self.assertRaises(ConfigError):
                character(text, 0)


class BracketTests(SynchronousTestCase):
    def test_ranges_and_characters_are_joined(self) -> None:
        self.assertEqual(members(b"[c-eax]"), b"acdex")

    def test_the_first_closing_bracket_is_a_member(self) -> None:
        self.assertEqual(members(b"[]a]"), b"]a")
        self.assertNotIn(b"]", members(b"[^]a]"))
        self.assertEqual(len(members(b"[^]a]")), 254)

    def test_a_hyphen_beside_a_class_or_at_an_end_is_a_member(self) -> None:
        self.assertEqual(members(rb"[\d-x]"), b"-0123456789x")
        self.assertEqual(members(rb"[x-\d]"), b"-0123456789x")
        self.assertEqual(members(b"[-a]"), b"-a")
        self.assertEqual(members(b"[a-]"), b"-a")

    def test_a_hyphen_may_end_a_range(self) -> None:
        self.assertEqual(members(b"[+--]"), b"+,-")

    def test_posix_classes_have_their_members(self) -> None:
        self.assertEqual(members(b"[[:xdigit:]]"), b"0123456789ABCDEFabcdef")
        self.assertEqual(members(b"[[:blank:][:upper:]]"), b"\t ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        self.assertEqual(len(members(b"[[:^digit:]]")), 246)
        self.assertEqual(members(b"[[:punct:]]"), b"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")

    def test_escapes_work_inside(self) -> None:
        self.assertEqual(members(rb"[\x41-\x43\b\]]"), b"\x08ABC]")
        self.assertEqual(members(rb"[\h]"), b"\t \xa0")
        self.assertEqual(members(rb"[\Qa-c\Ez]"), b"-acz")

    def test_mistakes_are_errors(self) -> None:
        for text in (b"[a", b"[", b"[]", b"[z-a]", b"[[:nope:]]", b"[a\\", rb"[\Qa]"):
            with self.assertRaises(ConfigError, msg=text):
                bracket(text, 0)

    def test_the_empty_set_never_matches(self) -> None:
        self.assertIsNone(re.search(written(()), b"a"))
        self.assertIsNotNone(re.search(written((), negated=True), b"\n"))
