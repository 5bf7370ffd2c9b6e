"""sipapp.redis.commands."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import RedisError
from sipapp.redis.commands import slot, words


class WordsTests(SynchronousTestCase):
    def test_blanks_separate(self) -> None:
        self.assertEqual(words(b" SET  foo bar "), [b"SET", b"foo", b"bar"])

    def test_an_argument_stays_in_one_piece(self) -> None:
        self.assertEqual(words(b"SET k:%s %s", [b"a b", b"%s c"]), [b"SET", b"k:a b", b"%s c"])

    def test_an_empty_argument_is_a_word(self) -> None:
        self.assertEqual(words(b"SET a %s", [b""]), [b"SET", b"a", b""])

    def test_per_cent_signs(self) -> None:
        self.assertEqual(words(b"SET a 5%%s%d"), [b"SET", b"a", b"5%s%d"])

    def test_more_places_than_arguments(self) -> None:
        self.assertRaises(RedisError, words, b"GET %s")
        self.assertRaises(RedisError, words, b"  ")


class SlotTests(SynchronousTestCase):
    def test_the_examples_of_the_specification(self) -> None:
        self.assertEqual(slot(b"123456789"), 0x31C3)
        self.assertEqual(slot(b"{user1000}.following"), slot(b"{user1000}.followers"))
        self.assertEqual(slot(b"foo{}{bar}"), slot(b"foo{}{bar}"))
        self.assertNotEqual(slot(b"foo{}{bar}"), slot(b"bar"))
        self.assertEqual(slot(b"foo{{bar}}zap"), slot(b"{bar"))
