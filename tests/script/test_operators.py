"""sipapp/script/operators.py: types that do not fit, and operators over constants."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.script.operators import of_constant, of_constants
from sipapp.script.values import EvaluationError
from tests.script.engine import mistakes


class TypeTests(SynchronousTestCase):
    def refused(self, expression: str) -> str:
        found = mistakes(f"$var(r) = {expression};")
        self.assertEqual(len(found), 1, f"{expression}: {found}")
        return found[0]

    def accepted(self, expression: str) -> None:
        self.assertEqual(mistakes(f"$var(r) = {expression};"), [], expression)

    def test_a_text_is_no_operand_of_arithmetic(self) -> None:
        for expression in ('"10" - 3', '3 * "5"', '$var(r) - "3"', '"a" mod 2', '1 & "x"', '"5" << 1', '"a" && 1'):
            self.assertIn("wants a number, got a text", self.refused(expression))

    def test_the_mistake_is_where_the_wrong_operand_is(self) -> None:
        self.assertEqual(self.refused('3 - "10"'), "app.cfg:3:15: '-' wants a number, got a text")

    def test_a_number_cannot_have_a_text_added(self) -> None:
        self.assertIn("a number on its left wants a number on its right", self.refused('3 + "5"'))
        self.assertIn("a number on its left wants a number on its right", self.refused('1 + 2 + "x"'))
        self.accepted('"5" + 3')
        self.accepted('$var(x) + "5"')

    def test_a_number_cannot_be_compared_with_a_text(self) -> None:
        self.refused('1 == "1"')
        self.accepted('"1" == 1')
        self.accepted('$var(i) + 0 == "5"')

    def test_eq_wants_texts_and_ieq_wants_numbers(self) -> None:
        self.assertIn("'eq' wants a text, got a number", self.refused("1 eq 1"))
        self.assertIn("'ieq' wants a number, got a text", self.refused('"5" ieq 5'))
        self.accepted("$rU eq 5")

    def test_unary_operators_want_their_types(self) -> None:
        for expression in ('!"abc"', '!""', '~"1"', "strlen(12345)", "defined 5", "bad() == $null"):
            self.refused(expression)
        self.accepted("-$rU")
        self.accepted('(int)"12" + (int)$rU')

    def test_an_expression_to_match_must_be_a_text_that_compiles(self) -> None:
        self.assertIn("wants a regular expression, got a number", self.refused("$rU =~ 5"))
        self.assertIn("unmatched (", self.refused('$rU =~ "(unclosed"'))


class ConstantTests(SynchronousTestCase):
    def test_operators_over_constants_have_kamailios_values(self) -> None:
        for operator, left, right, result in (
            ("+", b"5", 3, b"53"),
            ("+", 2147483647, 1, -2147483648),
            ("==", b"1", 1, 1),
            ("!=", b"", b"a", 1),
            ("&&", 5, 3, 1),
            ("||", 0, 7, 1),
            ("<<", 1, 33, 2),
            ("eq", b"a", b"A", 0),
            ("=~", b"Bob", b"^b", 1),
            ("mod", -7, 3, -1),
        ):
            self.assertEqual(of_constants(operator, left, right), result, (operator, left, right))

    def test_unary_operators_over_constants(self) -> None:
        for operator, operand, result in (
            ("!", 5, 0),
            ("~", 0, -1),
            ("-", -2147483648, -2147483648),
            ("(int)", b"12abc", 0),
            ("(str)", -3, b"-3"),
            ("strlen", b"hello", 5),
            ("strempty", b"", 1),
            ("defined", b"x", 1),
            ("notdefined", b"x", 0),
        ):
            self.assertEqual(of_constant(operator, operand), result, (operator, operand))

    def test_a_division_by_zero_has_no_value(self) -> None:
        self.assertRaises(EvaluationError, of_constants, "/", 1, 0)
