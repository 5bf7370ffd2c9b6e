"""Bytes written as pairs of hexadecimal digits."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.modules.textops.hexa import from_hex


class FromHexTests(SynchronousTestCase):
    def test_blanks_between_pairs_count_nothing(self) -> None:
        self.assertEqual(from_hex(b"61 62\t0D0a "), b"ab\r\n")

    def test_anything_else_is_none(self) -> None:
        for text in (b"", b"  ", b"6", b"zz", b"6 1 6"):
            self.assertIsNone(from_hex(text), text)
