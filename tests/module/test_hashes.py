"""Kamailio's string hash."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module.hashes import kamailio_hash


class HashTests(SynchronousTestCase):
    def test_it_is_the_hash_of_kamailio(self) -> None:
        # recorded from Kamailio 5.6.3: core_hash("alice", "", 16) - 1 and so on
        self.assertEqual(
            [
                kamailio_hash(b"alice", b"", 1 << 16),
                kamailio_hash(b"alice", b"bob", 1 << 16),
                kamailio_hash(b"a", b"", 2),
                kamailio_hash("grüße".encode(), b"", 1 << 16),
            ],
            [63453, 11169, 1, 41529],
        )

    def test_without_slots_it_has_32_bits(self) -> None:
        self.assertEqual(kamailio_hash(b"alice") & 0xFFFF, 63453)
        self.assertLess(kamailio_hash(b"\xff" * 99), 1 << 32)
