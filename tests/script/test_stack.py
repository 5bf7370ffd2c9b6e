"""sipapp/script/stack.py: which routes were open when something went wrong."""

from __future__ import annotations

from typing import Any, cast

from twisted.internet.defer import Deferred
from twisted.logger import ILogObserver, formatEvent, globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ScriptError
from sipapp.script.stack import Level, innermost, open_routes, shown
from tests.script.engine import Engine

NESTED = "route[A] {\n  route(B);\n}\nroute[B] {\n  if (good()) { %s; }\n}"


class StackTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.events: list[dict[str, Any]] = []
        observer = cast(ILogObserver, self.events.append)
        globalLogPublisher.addObserver(observer)
        self.addCleanup(globalLogPublisher.removeObserver, observer)

    def lines(self) -> list[str]:
        return [formatEvent(event).removeprefix("app.cfg:") for event in self.events if "inside" in event]

    def run_nested(self, statement: str, **config: Any) -> Engine:
        """The statement in route B, called by A, called by request_route in line 4."""
        engine = Engine("good();\nroute(A);", NESTED % statement, **config)
        engine.start()
        return engine

    def test_levels_are_shown_from_the_inside_out(self) -> None:
        levels = [
            Level("route[B]", "app.cfg", 9, 3),
            Level("route[A]", "b.cfg", 7, 2),
            Level("request_route", "a", 4, 1),
        ]
        self.assertEqual(
            shown(levels), "in route[B] called from route[A] at b.cfg:7:2 called from request_route at a:4:1"
        )
        self.assertEqual(shown([]), "")

    def test_outside_of_routes_none_is_open(self) -> None:
        self.assertEqual(open_routes(), [])

    def test_outside_of_routes_no_place_is_being_run(self) -> None:
        self.assertEqual(innermost(), "")

    def test_what_a_function_warns_of_has_the_place_in_its_brackets(self) -> None:
        engine = Engine("good();\nwarns();")
        engine.start()
        systems = [e["log_system"] for e in self.events if e.get("log_format") == "something is odd"]
        self.assertEqual(systems, ["WARNING tests.script.engine app.cfg:4"])

    def test_a_failed_function_names_the_routes(self) -> None:
        self.run_nested("fail()")
        self.assertEqual(
            self.lines(),
            [
                "10:17: fail(): it failed, in route[B] called from route[A] at app.cfg:7:3"
                " called from request_route at app.cfg:4:1, call call-1"
            ],
        )

    def test_so_does_one_that_fails_after_the_run_has_waited(self) -> None:
        engine = self.run_nested("broken()")
        pending: Deferred[Any] = engine.trial.pending[0]
        pending.errback(ScriptError("nobody answered"))
        self.assertEqual(
            self.lines(),
            [
                "10:17: broken(): nobody answered, in route[B] called from route[A] at app.cfg:7:3"
                " called from request_route at app.cfg:4:1, call call-1"
            ],
        )

    def test_so_does_one_that_fails_in_a_later_statement_than_the_one_that_waited(self) -> None:
        self.run_nested("wait(1); fail()").advance(1)
        self.assertIn("10:26: fail(): it failed, in route[B] called from route[A] at app.cfg:7:3", self.lines()[0])

    def test_an_exception_names_the_place_and_the_routes(self) -> None:
        self.run_nested("bug()")
        self.assertEqual(
            self.lines(),
            [
                "10:17: ZeroDivisionError('a bug'), in route[B] called from route[A] at app.cfg:7:3"
                " called from request_route at app.cfg:4:1, call call-1"
            ],
        )
        self.flushLoggedErrors(ZeroDivisionError)

    def test_an_exception_after_a_wait_does_as_well(self) -> None:
        engine = self.run_nested("broken()")
        engine.trial.pending[0].errback(ZeroDivisionError("late"))
        self.assertIn(
            "10:17: ZeroDivisionError('late'), in route[B] called from route[A] at app.cfg:7:3", self.lines()[0]
        )
        self.flushLoggedErrors(ZeroDivisionError)

    def test_blocks_in_expressions_are_no_routes(self) -> None:
        self.run_nested("if ({ good();\n route(C); }) ;\n} }\nroute[C] { if (good()) { fail()")
        self.assertEqual(
            self.lines(),
            [
                "13:26: fail(): it failed, in route[C] called from route[B] at app.cfg:11:2"
                " called from route[A] at app.cfg:7:3 called from request_route at app.cfg:4:1, call call-1"
            ],
        )

    def test_values_loops_and_names_that_are_none_name_the_routes_too(self) -> None:
        self.run_nested("$var(x) = 1 / $var(y); while (1) good(); $var(n) = $rU; route($var(n))", max_while_loops=2)
        inside = "in route[B] called from route[A] at app.cfg:7:3 called from request_route at app.cfg:4:1"
        self.assertEqual(
            self.lines(),
            [
                f"10:17: division by zero, {inside}, call call-1",
                f"10:40: left this while after 2 rounds (max_while_loops), {inside}",
                f"10:73: there is no route[bob], {inside}",
            ],
        )

    def test_members_of_a_parallel_block_are_no_routes_either(self) -> None:
        self.run_nested("parallel { wait(1); { wait(2); fail(); } }").advance(2)
        self.assertEqual(self.lines(), ["10:48: fail(): it failed, in route[B], call call-1"])

    def test_a_launched_function_names_the_route_that_launched_it(self) -> None:
        engine = self.run_nested("launch(stumble())")
        engine.advance(1)
        self.assertEqual(self.lines(), ["10:24: stumble(): it stumbled, launched in route[B], call call-1"])
