"""define_expressions: what #!ifexp and #!defexp work out."""

from twisted.trial.unittest import SynchronousTestCase

from sipapp.script.define_expressions import ExpressionError, evaluate, shown

DEFINES = {"FOUR": "4", "NAME": '"bob"', "BARE": None, "HOST": "example.com"}


class EvaluateTests(SynchronousTestCase):
    def value(self, expression: str) -> float | str:
        return evaluate(expression, DEFINES)

    def test_operators_bind_as_in_c(self) -> None:
        self.assertEqual(self.value("1 + 2 * 3"), 7)
        self.assertEqual(self.value("(1 + 2) * 3"), 9)
        self.assertEqual(self.value("1 << 2 + 1"), 8)
        self.assertEqual(self.value("7 & 3 == 3"), 1)
        self.assertEqual(self.value("1 | 6 ^ 2"), 5)

    def test_powers_bind_to_the_right(self) -> None:
        self.assertEqual(self.value("2 ** 3 ** 2"), 512)

    def test_signs_stand_before_their_operand(self) -> None:
        self.assertEqual((self.value("-2 + 5"), self.value("!0"), self.value("!5"), self.value("^0")), (3, 1, 0, -1))

    def test_a_define_is_its_value(self) -> None:
        self.assertEqual(self.value("FOUR + 1"), 5)
        self.assertEqual(self.value("NAME"), "bob")
        self.assertEqual(self.value("HOST"), "example.com")

    def test_a_define_without_a_value_is_1_and_an_unknown_one_0(self) -> None:
        self.assertEqual((self.value("BARE"), self.value("NOPE")), (1, 0))

    def test_texts_join_and_compare(self) -> None:
        self.assertEqual(self.value('NAME + "@" + HOST'), "bob@example.com")
        self.assertEqual(self.value('NAME == "bob" && HOST != "x"'), 1)
        self.assertEqual(self.value('"a" + 5'), "a5")

    def test_escapes_in_texts(self) -> None:
        self.assertEqual(self.value(r"'it\'s\n'"), "it's\n")

    def test_what_cannot_be_worked_out_is_an_error(self) -> None:
        for expression in ("1 +", "(1", "1 2", "1 / 0", '1 + "x"', "1 ? 2", "1 << 99", "", ")"):
            with self.subTest(expression):
                self.assertRaises(ExpressionError, self.value, expression)

    def test_a_number_is_shown_without_its_fraction(self) -> None:
        self.assertEqual((shown(self.value("7 / 2")), shown("x")), ("3", "x"))
