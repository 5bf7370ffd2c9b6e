"""sipapp/script/traced.py: what whoever watches a script is told."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

from sipapp.interfaces.script import Value
from sipapp.interfaces.trace import ITrace, Step
from sipapp.script.runtime import CallSite, Context
from tests.script.engine import Engine


@implementer(ITrace)
class Notes:
    """Writes down what it is told, without the file's name."""

    tracing = True

    def __init__(self) -> None:
        self.told: list[str] = []

    def _note(self, site: Step | CallSite, text: str) -> None:
        self.told.append(f"{site.at.line}:{site.at.column} {text}")

    def statement(self, ctx: Context, step: Step) -> None:
        self._note(step, f"{step.route} {step.name}")

    def condition(self, ctx: Context, step: Step, value: Value) -> None:
        self._note(step, f"{step.name} {value!r}")

    def assigned(self, ctx: Context, site: Step | CallSite, name: bytes, value: Value) -> None:
        self._note(site, f"{name.decode()} = {value!r}")

    def returned(self, ctx: Context, site: CallSite, code: int) -> None:
        self._note(site, f"{site.function} -> {code}")


def told(body: str, routes: str = "", **config: Any) -> list[str]:
    """What is told while a script runs to its end. Its first line is line 3."""
    notes = Notes()
    engine = Engine(body, routes, trace=notes, **config)
    engine.start()
    engine.advance(10)
    assert engine.ended
    return notes.told


class TracedTests(SynchronousTestCase):
    def test_the_notes_are_a_trace(self) -> None:
        self.assertTrue(verifyObject(ITrace, Notes()))

    def test_without_a_trace_nothing_of_it_is_in_the_code(self) -> None:
        self.assertNotIn("TRACE", Engine("$var(x) = 1; if (good()) bad();").program.dump())

    def test_each_statement_is_told_before_what_it_does(self) -> None:
        self.assertEqual(
            told("good();\n$var(x) = 1 + $var(y);\nexit;"),
            [
                "3:1 request_route good",
                "3:1 good -> 1",
                "4:1 request_route assign",
                "4:1 $var(x) = 1",
                "5:1 request_route exit",
            ],
        )

    def test_a_value_is_told_once_and_computed_once(self) -> None:
        self.assertEqual(
            told('$var(x) = word("a");'),
            ["3:1 request_route assign", "3:11 word -> 1", "3:1 $var(x) = b'a'"],
        )

    def test_conditions_tell_what_they_found_after_their_calls(self) -> None:
        self.assertEqual(
            told("if (bad()) good();\nwhile ($var(i) < 1) { $var(i) = 1; }")[:3],
            ["3:1 request_route if", "3:5 bad -> -1", "3:1 if False"],
        )
        self.assertEqual(
            told("while ($var(i) < 1) $var(i) = 1;"),
            [
                "3:1 request_route while",
                "3:1 while True",
                "3:21 request_route assign",
                "3:21 $var(i) = 1",
                "3:1 while False",
            ],
        )

    def test_a_switch_tells_its_value(self) -> None:
        self.assertEqual(
            told('switch ($rU) { case "bob": break; }'),
            ["3:1 request_route switch", "3:1 switch b'bob'", "3:28 request_route break"],
        )

    def test_a_condition_without_a_value_is_told_as_false(self) -> None:
        self.assertEqual(told("if (1 / $var(x)) good();"), ["3:1 request_route if", "3:1 if False"])

    def test_routes_are_told_by_name_and_tell_their_return_code(self) -> None:
        self.assertEqual(
            told("route(A); route($rU);", "route[A] { return 5; } route[bob] { good(); }"),
            [
                "3:1 request_route route",
                "5:12 route[A] return",
                "3:1 route(A) -> 5",
                "3:11 request_route route",
                "5:37 route[bob] good",
                "5:37 good -> 1",
                "3:11 route($rU) -> 1",
            ],
        )

    def test_a_function_that_waits_has_returned_when_it_is_over(self) -> None:
        notes = Notes()
        engine = Engine("wait(2); good();", trace=notes)
        engine.start()
        self.assertEqual(notes.told, ["3:1 request_route wait"])
        engine.advance(2)
        self.assertEqual(notes.told[1:], ["3:1 wait -> 1", "3:10 request_route good", "3:10 good -> 1"])

    def test_a_failed_function_tells_the_code_of_its_failure(self) -> None:
        self.assertEqual(told("fail(-7);"), ["3:1 request_route fail", "3:1 fail -> -7"])

    def test_a_zero_is_told_before_it_ends_the_run(self) -> None:
        self.assertEqual(told("code(0); good();"), ["3:1 request_route code", "3:1 code -> 0"])

    def test_what_a_function_writes_is_told_with_the_variable_s_name(self) -> None:
        self.assertEqual(
            told('put("$var(x)", "a"); put($avp(y), "b");'),
            [
                "3:1 request_route put",
                "3:1 $var(x) = b'a'",
                "3:1 put -> 1",
                "3:22 request_route put",
                "3:22 $avp(y) = b'b'",
                "3:22 put -> 1",
            ],
        )

    def test_async_tells_the_call_and_then_the_route_it_goes_on_in(self) -> None:
        self.assertEqual(
            told("async(wait(1), B);", "route[B] { good(); }"),
            ["3:1 request_route async", "3:7 wait -> 1", "5:12 route[B] good", "5:12 good -> 1"],
        )

    def test_launch_tells_the_code_of_the_call_when_it_comes_and_then_the_report_route(self) -> None:
        self.assertEqual(
            told("launch(wait(1), B); good();", "route[B] { bad(); }"),
            [
                "3:1 request_route launch",
                "3:21 request_route good",
                "3:21 good -> 1",
                "3:8 wait -> 1",
                "5:12 route[B] bad",
                "5:12 bad -> -1",
            ],
        )
        self.assertIn("3:8 stumble -> -3", told("launch(stumble());"))

    def test_an_assignment_that_fails_is_not_told(self) -> None:
        self.assertEqual(told('$var(x) = "refused";'), ["3:1 request_route assign"])
