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
    def test_a_constant_condition_is_doubtful(self) -> None:
        self.assertEqual(warnings("if (1 > 2) good();"), ["app.cfg:3:7: this condition is the same in every run"])
        self.assertEqual(warnings("while (1) break;"), [])

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
