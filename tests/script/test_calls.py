"""sipapp/script/calls.py: function calls, route(), and $rc after them."""

from __future__ import annotations

from typing import Any, cast

from twisted.logger import ILogObserver, globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase

from tests.script.engine import Engine, said


class CallTests(SynchronousTestCase):
    def logged(self) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = []
        observer = cast(ILogObserver, events.append)
        globalLogPublisher.addObserver(observer)
        self.addCleanup(globalLogPublisher.removeObserver, observer)
        return events

    def test_rc_is_the_last_functions_answer(self) -> None:
        for call, code in (
            ("good()", "1"),
            ("bad()", "-1"),
            ("nothing()", "1"),
            ("code(200)", "200"),
            ('word("x")', "1"),
        ):
            self.assertEqual(said(f'{call}; say("$rc");'), [code], call)

    def test_an_assignment_leaves_rc_alone(self) -> None:
        self.assertEqual(said('code(9); $var(x) = 5; say("$rc");'), ["9"])

    def test_a_function_that_answers_0_ends_the_run(self) -> None:
        self.assertEqual(said('code(0); say("no");'), [])
        self.assertEqual(said('if (code(0)) say("T"); else say("F");'), [])

    def test_inside_an_expression_rc_starts_from_0(self) -> None:
        route = "route[SEE] { $var(seen) = $rc; return 1; }"
        self.assertEqual(said('code(5); if (route(SEE)) say("$var(seen)");', route), ["0"])
        self.assertEqual(said('code(5); route(SEE); say("$var(seen)");', route), ["5"])
        self.assertEqual(said('code(5); if (any("$rc")) ;'), ["0"])

    def test_a_script_error_is_false_and_one_line_of_the_log_at_its_place(self) -> None:
        events = self.logged()
        self.assertEqual(said('fail();\nsay("$rc");\nfail("-7"); say("$rc");'), ["-1", "-7"])
        lines = [e["log_format"].format(**e) for e in events if "site" in e]
        self.assertEqual(
            lines,
            [
                "app.cfg:3:1: fail(): it failed, in request_route, call call-1",
                "app.cfg:5:1: fail(): it failed, in request_route, call call-1",
            ],
        )

    def test_any_other_exception_ends_the_run_with_the_scripts_lines_in_the_traceback(self) -> None:
        engine = Engine("route(A);\nsay(1);", 'route[A] {\n  $var(x) = 1;\n  if (bug()) say("no");\n}')
        ctx = engine.start()
        self.assertEqual(engine.said, [])
        self.assertEqual(engine.ended, [-1])
        self.assertIsInstance(ctx.extra["failed"], ZeroDivisionError)
        (failure,) = self.flushLoggedErrors(ZeroDivisionError)
        text = failure.getTraceback()
        self.assertIn("app.cfg", text)
        self.assertIn("route[A]", text)
        places = [(frame[0], frame[2]) for frame in failure.frames if frame[1] == "app.cfg"]
        self.assertEqual(places, [("request_route", 3), ("route[A]", 8)])

    def test_an_answer_that_a_script_cannot_have_is_a_bug(self) -> None:
        engine = Engine("odd();")
        engine.start()
        self.assertEqual(len(self.flushLoggedErrors(TypeError)), 1)


class RouteTests(SynchronousTestCase):
    def test_rc_is_the_routes_code_in_each_caller(self) -> None:
        routes = """route[A] { route(B); say("A $rc"); return 10; } route[B] { route(C); say("B $rc"); return 20; }
            route[C] { return 30; }"""
        self.assertEqual(said('route(A); say("main $rc");', routes), ["B 30", "A 20", "main 10"])

    def test_in_an_expression_a_route_is_one_or_zero_but_assigned_its_code(self) -> None:
        routes = "route[R] { return 5; }"
        self.assertEqual(said('$var(q) = route(R); say("$var(q)");', routes), ["5"])
        self.assertEqual(said('$var(q) = route(R) + 1; say("$var(q)");', routes), ["2"])
        self.assertEqual(said('if (route(R) == 5) say("T"); else say("F $rc");', routes), ["F 5"])

    def test_a_computed_name_is_looked_up_when_it_runs(self) -> None:
        routes = 'route[R1] { say("one"); } route[R2] { say("two"); return 4; }'
        self.assertEqual(said('$var(n) = "R2"; route($var(n)); say("$rc");', routes), ["two", "4"])
        self.assertEqual(said('$var(n) = 1; route("R" + $var(n));', routes), ["one"])

    def test_a_computed_name_that_no_route_has_leaves_rc_alone(self) -> None:
        self.assertEqual(said('code(7); $var(n) = "no"; route($var(n)); say("$rc");'), ["7"])
        self.assertEqual(said('$var(n) = "no"; $var(k) = route($var(n)); say("$var(k)");'), ["-10"])

    def test_a_computed_zero_is_not_the_request_route(self) -> None:
        self.assertEqual(said('$var(n) = 0; say("once"); route($var(n)); say("end");'), ["once", "end"])

    def test_routes_may_call_themselves_until_that_is_too_deep(self) -> None:
        routes = "route[A] { $var(n) = $var(n) + 1; if ($var(n) < %d) route(A); }"
        script = 'if (good()) { route(C); } say("$var(n)");'
        for most, limit, expected in ((20, 256, "20"), (200, 256, "127"), (50, 20, "9"), (200, 250, "124")):
            text = routes % most + " route[C] { route(A); }"
            self.assertEqual(said(script, text, max_recursive_level=limit), [expected], (most, limit))

    def test_one_that_only_a_computed_name_calls_again_is_limited_too(self) -> None:
        engine = Engine("route(A);", 'route[A] { $var(n) = $var(n) + 1; $var(x) = "A"; route($var(x)); }')
        self.assertEqual(engine.start().vars[b"n"], 255)
