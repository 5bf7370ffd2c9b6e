"""sipapp/script/callgraph.py: which routes may wait, which may call themselves."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.script.callgraph import CallGraph
from tests.script.engine import checked


def graph(text: str) -> CallGraph:
    made = checked(text)
    assert not made.errors, made.errors
    return CallGraph(made.routes)


class WaitingTests(SynchronousTestCase):
    def test_who_calls_what_waits_waits(self) -> None:
        found = graph(
            "request_route { route(A); } route[A] { if (good()) route(B); } route[B] { wait(1); } route[C] { ; }"
        )
        self.assertEqual(found.waiting(), {"A", "B"} | {"0"})
        self.assertTrue(found.waits("request_route", ""))
        self.assertFalse(found.waits("route", "C"))

    def test_async_waits_and_launch_does_not(self) -> None:
        self.assertTrue(graph("request_route { async(wait(1), R); } route[R] { ; }").waits("request_route", ""))
        self.assertFalse(graph("request_route { launch(wait(1), R); } route[R] { ; }").waits("request_route", ""))

    def test_a_call_in_an_expression_or_block_counts(self) -> None:
        for statement in ("if ($var(x) == 1 && wait(1)) ;", "$var(x) = 1 + wait(1);", "$var(x) = { wait(1); };"):
            self.assertTrue(graph(f"request_route {{ {statement} }}").waits("request_route", ""), statement)

    def test_a_computed_name_may_be_of_any_route(self) -> None:
        text = "request_route { route($var(x)); } route[A] { %s; }"
        self.assertTrue(graph(text % "wait(1)").waits("request_route", ""))
        self.assertFalse(graph(text % "good()").waits("request_route", ""))

    def test_a_failure_route_that_waits_makes_no_route_wait(self) -> None:
        found = graph("request_route { route($var(x)); } route[A] { ; } failure_route[F] { wait(1); }")
        self.assertFalse(found.waits("request_route", ""))
        self.assertTrue(found.waits("failure_route", "F"))


class RecursionTests(SynchronousTestCase):
    def test_routes_in_a_circle_are_recursive(self) -> None:
        found = graph("route[A] { route(B); } route[B] { route(C); } route[C] { route(B); } route[D] { route(A); }")
        self.assertEqual(found.recursive(), {"B", "C"})

    def test_a_computed_name_closes_every_circle(self) -> None:
        found = graph("route[A] { route(B); } route[B] { route($var(x)); }")
        self.assertEqual(found.recursive(), {"A", "B"})

    def test_the_main_block_is_recursive_when_it_is_called(self) -> None:
        self.assertEqual(graph("request_route { route(A); } route[A] { route(0); }").recursive(), {"A", "0"})
