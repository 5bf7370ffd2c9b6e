"""sipapp/script/values.py: 32-bit integers, texts and null."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from sipapp.script import values
from sipapp.script.values import EvaluationError, TextWithNumber


class IntegerTests(SynchronousTestCase):
    def test_decimal_texts_may_have_a_sign_and_leading_zeros(self) -> None:
        for text, number in ((b"12", 12), (b"+12", 12), (b"-12", -12), (b"012", 12), (b"00000000000000012", 12)):
            self.assertEqual(values.integer(text), number, text)

    def test_a_text_that_is_no_number_is_zero(self) -> None:
        for text in (b"", b"abc", b"12abc", b" 12", b"1 ", b"-", b"+", b"0x", b"0xg", b"1_0", b"- 1"):
            self.assertEqual(values.integer(text), 0, text)

    def test_null_is_zero(self) -> None:
        self.assertEqual(values.integer(None), 0)

    def test_a_decimal_that_does_not_fit_32_bits_is_zero(self) -> None:
        for text in (b"2147483648", b"4294967295", b"99999999999", b"-2147483649", b"9" * 6000):
            self.assertEqual(values.integer(text), 0, text)
        self.assertEqual(values.integer(b"2147483647"), 2147483647)
        self.assertEqual(values.integer(b"-2147483648"), -2147483648)

    def test_a_hexadecimal_keeps_its_last_32_bits(self) -> None:
        for text, number in ((b"0x1F", 31), (b"0X1f", 31), (b"0xFFFFFFFF", -1), (b"0x1FFFFFFFF", -1)):
            self.assertEqual(values.integer(text), number, text)

    def test_a_text_with_a_number_counts_as_that_number(self) -> None:
        method = TextWithNumber(b"OPTIONS", 512)
        self.assertEqual(values.integer(method), 512)
        self.assertEqual(method, b"OPTIONS")

    @given(st.integers(values.LOWEST, values.HIGHEST))
    def test_every_integer_comes_back_from_its_text(self, number: int) -> None:
        self.assertEqual(values.integer(values.text(number)), number)

    @given(st.binary(max_size=12))
    def test_any_text_is_some_32_bit_number(self, text: bytes) -> None:
        self.assertLessEqual(abs(values.integer(text)), 0x80000000)


class ArithmeticTests(SynchronousTestCase):
    def test_sums_wrap_around_in_32_bits(self) -> None:
        self.assertEqual(values.wrap(2147483647 + 1), -2147483648)
        self.assertEqual(values.wrap(-2147483648 - 1), 2147483647)
        self.assertEqual(values.wrap(65536 * 65536), 0)

    def test_division_and_remainder_go_towards_zero(self) -> None:
        self.assertEqual([values.divide(a, b) for a, b in ((7, 2), (-7, 2), (7, -2), (-7, -2))], [3, -3, -3, 3])
        self.assertEqual([values.modulo(a, b) for a, b in ((7, 3), (-7, 3), (7, -3), (-7, -3))], [1, -1, 1, -1])

    def test_the_one_quotient_that_does_not_fit_wraps(self) -> None:
        self.assertEqual(values.divide(-2147483648, -1), -2147483648)

    def test_dividing_by_zero_has_no_value(self) -> None:
        self.assertRaises(EvaluationError, values.divide, 1, 0)
        self.assertRaises(EvaluationError, values.modulo, 1, 0)

    def test_shifts_look_at_five_bits_of_the_count(self) -> None:
        self.assertEqual(values.shift_left(1, 33), 2)
        self.assertEqual(values.shift_left(1, -1), -2147483648)
        self.assertEqual(values.shift_right(-8, 1), -4)


class TextTests(SynchronousTestCase):
    def test_a_text_is_bytes_and_nothing_else(self) -> None:
        for value, text in ((b"a", b"a"), (TextWithNumber(b"udp", 1), b"udp"), (-5, b"-5"), (None, b"")):
            self.assertEqual(values.text(value), text)
            self.assertIs(type(values.text(value)), bytes)


class PlusTests(SynchronousTestCase):
    def test_the_left_side_decides(self) -> None:
        self.assertEqual(values.plus(b"20", 3), b"203")
        self.assertEqual(values.plus(3, b"20"), 23)
        self.assertEqual(values.plus(3, b"x"), 3)
        self.assertEqual(values.plus(2147483647, 1), -2147483648)

    def test_null_on_the_left_is_an_empty_text(self) -> None:
        self.assertEqual(values.plus(None, 1), b"1")
        self.assertEqual(values.plus(b"a", None), b"a")
        self.assertEqual(values.plus(3, None), 3)


class EqualTests(SynchronousTestCase):
    def test_the_left_side_decides(self) -> None:
        self.assertTrue(values.equal(5, b"05"))
        self.assertFalse(values.equal(b"05", 5))
        self.assertTrue(values.equal(b"5", 5))
        self.assertTrue(values.equal(0, b"x"))

    def test_null_on_the_left_takes_the_type_of_the_right(self) -> None:
        self.assertTrue(values.equal(None, 0))
        self.assertTrue(values.equal(None, b""))
        self.assertTrue(values.equal(None, None))
        self.assertFalse(values.equal(None, b"0"))


class MatchTests(SynchronousTestCase):
    def test_case_does_not_matter(self) -> None:
        self.assertTrue(values.matches(b"Bob", b"^b.b$"))

    def test_a_wrong_expression_has_no_value(self) -> None:
        why = self.assertRaises(EvaluationError, values.matches, b"bob", b"(")
        self.assertEqual(str(why), "bad regular expression '(': unmatched (")
