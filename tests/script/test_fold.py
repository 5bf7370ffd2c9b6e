"""sipapp/script/fold.py: what Kamailio computes beforehand shows in the results."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.script.engine import Engine, said, truth, value


class NeutralTests(SynchronousTestCase):
    def test_and_one_is_the_other_side_as_a_number(self) -> None:
        self.assertEqual(value("$var(i) && 1", "$var(i) = -7;"), -7)
        self.assertEqual(value("1 && $var(i)", "$var(i) = 5;"), 5)
        self.assertFalse(truth("$var(i) && 1", "$var(i) = -7;"))
        self.assertEqual(value("$var(i) && $var(i)", "$var(i) = -7;"), 1)

    def test_or_zero_is_the_other_side_as_a_number(self) -> None:
        self.assertEqual(value("$var(i) || 0", "$var(i) = 5;"), 5)
        self.assertEqual(value("$var(i) || 2", "$var(i) = 5;"), 1)

    def test_what_zero_or_one_decides_is_never_called(self) -> None:
        script = 'if (say("x") && 0) say("and"); if (say("y") || 1) say("or"); if (say("z") * 0) say("times");'
        self.assertEqual(said(script), ["or"])

    def test_a_call_and_one_is_the_call_itself(self) -> None:
        self.assertEqual(value("code(200) && 1"), 200)

    def test_times_one_and_plus_nothing_make_numbers(self) -> None:
        for expression in ("$var(s) * 1", "$var(s) / 1", "$var(s) | 0", "$var(s) - 0", "0 + $var(s)"):
            self.assertEqual(value(expression, '$var(s) = "7";'), 7, expression)

    def test_zero_divided_is_zero_even_by_zero(self) -> None:
        self.assertEqual(value("0 / $var(z)", "$var(z) = 0;"), 0)

    def test_nothing_added_to_a_text_makes_it_a_text(self) -> None:
        self.assertEqual(value('"" + $var(i)', "$var(i) = 5;"), b"5")
        self.assertEqual(value('$var(i) + ""', "$var(i) = 5;"), 5)

    def test_equal_to_an_empty_text_asks_whether_it_is_empty(self) -> None:
        self.assertFalse(truth('$var(i) == ""', "$var(i) = 0;"))
        self.assertFalse(truth('$var(i) != ""', "$var(i) = 0;"))
        self.assertTrue(truth('$avp(none) == ""'))


class ConstantTests(SynchronousTestCase):
    def dump(self, expression: str) -> str:
        return Engine(f"$var(r) = {expression};").program.dump()

    def test_constants_are_computed_at_load(self) -> None:
        self.assertIn("set_var_r(ctx, 7)", self.dump("1 + 2 * 3"))
        self.assertIn("set_var_r(ctx, b'ab')", self.dump('"a" + "b"'))
        self.assertIn("set_var_r(ctx, b'x')", self.dump('selval(1 > 2, "y", "x")'))

    def test_constants_of_one_kind_come_together(self) -> None:
        self.assertIn("+ 3", self.dump("$var(x) - -1 - -2"))
        self.assertIn("b'ab'", self.dump('"a" + ("b" + $var(x))'))
        self.assertIn("6", self.dump("2 * ($var(x) * 3)"))

    def test_texts_on_the_right_of_a_variable_do_not(self) -> None:
        self.assertEqual(value('$var(i) + "1" + "2"', "$var(i) = 5;"), 8)
        self.assertEqual(value('$var(i) + "1" + "2"', '$var(i) = "5";'), b"512")

    def test_what_has_no_value_fails_when_it_runs(self) -> None:
        engine = Engine('$var(r) = 7; $var(r) = 1 / 0; say("on");')
        ctx = engine.start()
        self.assertEqual(ctx.vars[b"r"], 7)
        self.assertEqual(engine.said, ["on"])
