"""byheart: what has been read before."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.byheart import LONGEST, Memory


class MemoryTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.asked: list[bytes] = []
        self.memory: Memory[int | None] = Memory(self.read, 3)

    def read(self, text: bytes) -> int | None:
        self.asked.append(text)
        return int(text) if text != b"odd" else None

    def test_what_was_read_is_not_read_again(self) -> None:
        self.assertEqual([self.memory[b"1"], self.memory[b"1"]], [1, 1])
        self.assertEqual(self.asked, [b"1"])

    def test_the_one_learnt_first_makes_room(self) -> None:
        for text in (b"1", b"2", b"3", b"4"):
            self.memory[text]
        self.assertEqual(self.memory, {b"2": 2, b"3": 3, b"4": 4})
        self.memory[b"1"]
        self.assertEqual(self.memory, {b"3": 3, b"4": 4, b"1": 1})

    def test_a_flood_of_new_ones_does_not_grow_it(self) -> None:
        for number in range(1000):
            self.memory[b"%d" % number]
            self.assertLessEqual(len(self.memory), 3)
        self.assertEqual(set(self.memory), {b"997", b"998", b"999"})

    def test_what_is_long_is_not_kept(self) -> None:
        for size, kept in ((LONGEST, True), (LONGEST + 1, False)):
            text = b"1".zfill(size)
            self.assertEqual(self.memory[text], 1)
            self.assertIs(text in self.memory, kept)

    def test_what_cannot_be_read_is_not_kept(self) -> None:
        for _ in range(2):
            self.assertRaises(ValueError, self.memory.__getitem__, b"x")
            self.assertIsNone(self.memory[b"odd"])
        self.assertEqual((self.asked, dict(self.memory)), ([b"x", b"odd"] * 2, {}))
