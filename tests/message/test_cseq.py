"""cseq: a number and a method."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ParseError
from sipapp.message.cseq import CSeq


class CSeqTests(SynchronousTestCase):
    def test_number_and_method(self) -> None:
        self.assertEqual(CSeq.parse(b"4711 INVITE"), CSeq(4711, b"INVITE"))
        self.assertEqual(CSeq.parse(b"0 !x-Method%").method, b"!x-Method%")

    def test_white_space_and_leading_zeros_are_nothing(self) -> None:
        self.assertEqual(CSeq.parse(b"0009\r\n  INVITE"), CSeq(9, b"INVITE"))
        self.assertEqual(CSeq.parse(b"1 \t  OPTIONS"), CSeq(1, b"OPTIONS"))
        self.assertEqual(CSeq.parse(b"0000000000000000001 ACK"), CSeq(1, b"ACK"))
        self.assertEqual(CSeq.parse(b"00000000000000000 ACK"), CSeq(0, b"ACK"))

    def test_the_highest_number_fits_32_bits(self) -> None:
        self.assertEqual(CSeq.parse(b"4294967295 INVITE").number, 4294967295)
        for number in (b"4294967296", b"36893488147419103232", b"9" * 5000):
            self.assertRaises(ParseError, CSeq.parse, number + b" INVITE")

    def test_malformed_ones_are_refused(self) -> None:
        for text in (b"", b"1", b"INVITE", b"abc INVITE", b"-1 INVITE", b"+1 ACK", b"1_0 ACK", b"1 IN/VITE", b"1 A B"):
            self.assertRaises(ParseError, CSeq.parse, text)

    def test_bytes(self) -> None:
        self.assertEqual(bytes(CSeq(7, b"BYE")), b"7 BYE")
