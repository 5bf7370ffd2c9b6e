"""sipapp/script/doubts.py: what is accepted, but hardly meant."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.script.engine import warnings


class DeadCodeTests(SynchronousTestCase):
    def test_what_stands_behind_the_end_is_told_once(self) -> None:
        for end, word in (("exit", "exit"), ("drop", "drop"), ("return 1", "return")):
            self.assertEqual(
                warnings(f"{end};\ngood();\nbad();"),
                [f"app.cfg:4:1: nothing reaches this: {word} comes before it"],
            )

    def test_it_is_found_inside_other_statements(self) -> None:
        for body in (
            "if (good()) {\nexit;\ngood();\n}",
            "while (good()) {\nbreak;\ngood();\n}",
            'switch ($rU) { case "a":\nexit;\ngood();\n}',
        ):
            self.assertEqual(len(warnings(body)), 1, body)

    def test_an_if_that_ends_on_both_sides_is_an_end(self) -> None:
        self.assertEqual(
            warnings("if (good()) exit; else return;\nbad();"),
            ["app.cfg:4:1: nothing reaches this: an if whose branches both end here comes before it"],
        )
        self.assertEqual(warnings("if (good()) exit;\nbad();"), [])

    def test_nothing_follows_async(self) -> None:
        self.assertEqual(len(warnings("async(wait(1), R);\nbad();", "route[R] { bad(); }")), 1)


class ConditionTests(SynchronousTestCase):
    def test_a_constant_condition_may_be_a_switch_by_a_define(self) -> None:
        for condition in ("1", "0", "1 > 2", '"proxy" == "registrar"'):
            self.assertEqual(warnings(f"if ({condition}) good();"), [], condition)

    def test_a_text_in_the_place_of_a_variable_is_doubtful(self) -> None:
        self.assertEqual(
            warnings('if ("$rU" == "bob") good();'),
            ["app.cfg:3:11: '$rU' is compared as it stands: write variables without quotes"],
        )
        self.assertEqual(len(warnings('if ($var(x) != "to $(rU{s.x})") good();')), 1)
        for condition in ('$rU == "5$"', '$rU =~ "^sip:.*$"', '$rU == "$5"'):
            self.assertEqual(warnings(f"if ({condition}) good();"), [], condition)

    def test_a_number_that_is_compared_with_no_number_is_doubtful(self) -> None:
        self.assertEqual(
            warnings('if ($rc == "ok") good();'), ["app.cfg:3:9: $rc is a number: 'ok' is compared with it as 0"]
        )
        for condition in ('$rc == "200"', '$rc == "0"', '$rc == ""', '$rU == "ok"', "$rc == 0"):
            self.assertEqual(warnings(f"if ({condition}) good();"), [], condition)

    def test_a_text_as_a_condition_is_doubtful(self) -> None:
        (found,) = warnings('if ("x" + $rU) good();')
        self.assertIn("a text is a condition", found)


class CaseTests(SynchronousTestCase):
    def test_a_text_that_an_expression_before_it_matches_is_never_compared(self) -> None:
        self.assertEqual(
            warnings('switch ($rU) { case /"^b": good();\ncase "bob": bad(); }'),
            ["app.cfg:4:1: nothing reaches this case: an expression before it matches it"],
        )
        self.assertEqual(warnings('switch ($rU) { case "bob": good(); case /"^b": bad(); }'), [])
