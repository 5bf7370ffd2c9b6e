"""sipapp/script/check.py: every mistake, at its place, in one run."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.script.engine import mistakes


class CheckTests(SynchronousTestCase):
    def test_all_mistakes_of_a_script_come_at_once_and_in_its_order(self) -> None:
        body = """nosuch();
$var(x) = 1 + "x";
if (two()) {
    $rU = "x";
    while ("text") { nope(); }
}
switch ($rU) { case "a": case "a": good(); }"""
        self.assertEqual(
            [line.split(": ", 1)[0] for line in mistakes(body)],
            [
                "app.cfg:3:1",
                "app.cfg:4:15",
                "app.cfg:5:5",
                "app.cfg:6:5",
                "app.cfg:7:12",
                "app.cfg:7:22",
                "app.cfg:9:26",
            ],
        )

    def test_what_cannot_be_written_cannot_be_assigned(self) -> None:
        self.assertEqual(mistakes('$rU = "x";'), ["app.cfg:3:1: $rU cannot be written"])
        self.assertIn("no such transformation", mistakes('$(var(x){s.len}) = "x";')[0])

    def test_both_sides_of_an_assignment_are_judged(self) -> None:
        self.assertEqual(
            mistakes("$nope = $(nopes{s.x});"),
            [
                "app.cfg:3:1: $nope: no such variable",
                "app.cfg:3:9: $nopes: no such variable",
                "app.cfg:3:9: {s.x}: no such transformation",
            ],
        )

    def test_return_exit_drop_and_while_want_numbers(self) -> None:
        for word in ("return", "exit", "drop"):
            self.assertEqual(
                mistakes(f'{word} "abc";'),
                [f"app.cfg:3:{len(word) + 2}: {word} wants a number, got a text; write (int) before it"],
            )
        self.assertEqual(
            mistakes('while ("a") good();'), ["app.cfg:3:8: while wants a number, got a text; write (int) before it"]
        )

    def test_cases_differ_and_have_values(self) -> None:
        for cases, place, reason in (
            ("case 1: case 1: good();", "3:27", "this case is there already"),
            ("case 2: case 1+1: good();", "3:27", "this case is there already"),
            ("case 1/0: good();", "3:25", "the label of a case has no value"),
            ('case /"(": good();', "3:25", "bad regular expression '(': unmatched ("),
        ):
            self.assertEqual(mistakes(f"switch($var(q)) {{ {cases} }}"), [f"app.cfg:{place}: {reason}"], cases)

    def test_a_script_without_mistakes_has_none(self) -> None:
        self.assertEqual(mistakes('if ($rU == "x" && good()) { route(A); } exit;', "route[A] { return -1; }"), [])
