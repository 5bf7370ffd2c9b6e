"""checks: what a value is, and texts evaluated twice."""

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.script import Value
from sipapp.script.values import TextWithNumber
from tests.modules.pv.script import Script

WITH_NUMBER = TextWithNumber(b"udp", 1)


class ChecksTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.script = Script()
        self.variable = self.script.variable("$vn(x)")

    def answers(self, function: str, *more: object) -> list[bool]:
        """For a number, a text, an empty text, null, and a text with a number of its own."""
        found = []
        values: tuple[Value, ...] = (5, b"text", b"", None, WITH_NUMBER)
        for value in values:
            self.script.write("$vn(x)", value)
            found.append(getattr(self.script.pv, function)(self.script.ctx, self.variable, *more) > 0)
        return found

    def test_all_but_null_is_set(self) -> None:
        self.assertEqual(self.answers("pv_isset"), [True, True, True, False, True])

    def test_a_number_and_a_text_with_one_are_integers(self) -> None:
        self.assertEqual(self.answers("is_int"), [True, False, False, False, True])

    def test_a_text_with_a_number_is_a_text_by_its_type(self) -> None:
        self.assertEqual(self.answers("typeof", b"int"), [True, False, False, False, False])
        self.assertEqual(self.answers("typeof", b"str"), [False, True, True, False, True])
        self.assertEqual(self.answers("typeof", b"null"), [False, False, False, True, False])

    def test_a_type_is_known_by_its_first_letter(self) -> None:
        self.assertEqual(self.answers("typeof", b"I"), [True, False, False, False, False])
        self.assertEqual(self.answers("typeof", b"x"), [False] * 5)
        self.assertEqual(self.answers("typeof", b""), [False] * 5)

    def test_only_texts_can_be_not_empty(self) -> None:
        self.assertEqual(self.answers("not_empty"), [False, True, False, False, True])

    def test_unset_makes_null(self) -> None:
        self.script.write("$vn(x)", 5)
        self.assertEqual(self.script.pv.pv_unset(self.script.ctx, self.variable), 1)
        self.assertIsNone(self.script.read("$vn(x)"))

    def test_what_cannot_be_written_cannot_be_unset(self) -> None:
        self.assertEqual(self.script.pv.pv_unset(self.script.ctx, self.script.variable("$rm")), -1)


class EvalxTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.script = Script()
        self.script.write("$var(a)", 5)

    def evaluate(self, text: bytes) -> int:
        code: int = self.script.pv.pv_evalx(self.script.ctx, self.script.variable("$vn(result)"), text)
        return code

    def test_variables_in_the_text_are_evaluated(self) -> None:
        self.assertEqual(self.evaluate(b"<$var(a)>"), 1)
        self.assertEqual(self.script.read("$vn(result)"), b"<5>")

    def test_a_text_is_remembered_not_its_value(self) -> None:
        self.evaluate(b"$var(a)")
        self.script.write("$var(a)", 6)
        self.evaluate(b"$var(a)")
        self.assertEqual(self.script.read("$vn(result)"), b"6")

    def test_only_so_many_texts_are_remembered(self) -> None:
        for number in range(1001):
            self.evaluate(b"%d" % number)
        self.assertLess(len(self.script.pv._evaluated), 1000)
        self.assertEqual(self.script.read("$vn(result)"), b"1000")

    def test_a_text_with_unknown_variables_is_false(self) -> None:
        self.assertEqual(self.evaluate(b"$nothing(x)"), -1)
        self.assertIsNone(self.script.read("$vn(result)"))
