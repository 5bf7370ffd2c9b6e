"""Items as bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from sipapp.store.record import LONGEST, Record, index_of, key_of, packed, place, second_of, unpacked

SECONDS = st.integers(0, 0xFFFFFFFF)


class RecordTests(SynchronousTestCase):
    @given(st.binary(max_size=2 * LONGEST), SECONDS, SECONDS, st.integers() | st.binary())
    def test_what_is_packed_comes_out_again(self, key: bytes, expires: int, due: int, value: int | bytes) -> None:
        data = packed(key, expires, due, value)
        self.assertEqual(unpacked(data), Record(expires, due, value))
        self.assertEqual((key_of(place(key), data), second_of(data)), (key, expires))

    def test_no_place_is_too_long_for_the_index(self) -> None:
        for length in (0, 1, LONGEST - 1, LONGEST, LONGEST + 1, 5000):
            self.assertTrue(1 <= len(place(b"x" * length)) <= 507, length)

    def test_long_keys_have_places_of_their_own(self) -> None:
        self.assertNotEqual(place(b"x" * 600 + b"a"), place(b"x" * 600 + b"b"))

    def test_the_index_goes_by_the_second(self) -> None:
        entries = [index_of(second, place(key)) for second, key in ((300, b"a"), (5, b"z"), (70000, b""), (5, b"b"))]
        self.assertEqual(
            [(second_of(e), e[4:]) for e in sorted(entries)], [(5, b"kb"), (5, b"kz"), (300, b"ka"), (70000, b"k")]
        )
