"""sipapp/script/statements.py: what statements do, and what a route answers."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.script.runtime import ScriptExit
from tests.script.engine import Engine, said


def code_of(body: str, before: str = "") -> str:
    """$rc after route(R), or nothing where the run ended in it."""
    return "".join(said(f'{before} route(R); say("$rc");', f"route[R] {{ {body} }}"))


class ReturnTests(SynchronousTestCase):
    def test_return_answers_its_value(self) -> None:
        for body, code in (
            ("return 5;", "5"),
            ("return -7;", "-7"),
            ("return;", "1"),
            ("return 2 + 3;", "5"),
            ("$var(x) = 4; return $var(x);", "4"),
            ('return ($rU == "bob");', "1"),
            ("return code(7);", "1"),
        ):
            self.assertEqual(code_of(body), code, body)

    def test_return_zero_ends_the_run(self) -> None:
        for body in ("return 0;", "return $var(none);", "return bad();", 'if (good()) { return (1 > 2); } say("no");'):
            self.assertEqual(code_of(body), "", body)

    def test_a_return_without_a_value_to_compute_is_an_error_code(self) -> None:
        self.assertEqual(code_of("return 1 / $var(z);"), "-5")

    def test_a_route_that_falls_off_its_end_answers_its_last_statements_code(self) -> None:
        for body, code in (
            ("$var(x) = 1;", "1"),
            ("bad();", "-1"),
            ("code(33);", "33"),
            ("if (bad()) { $var(x) = 1; }", "1"),
            ("if (good()) { code(9); } else { code(8); }", "9"),
            ("if (bad()) { code(9); } else { code(8); }", "8"),
            ("while ($var(i) < 2) { $var(i) = $var(i) + 1; code(6); }", "6"),
            ("while (bad()) { code(6); }", "1"),
            ("while (1) { break; }", "0"),
            ('switch ($rU) { case "bob": code(4); }', "4"),
            ('switch ($rU) { case "bob": code(4); break; }', "0"),
            ('switch ($rU) { case "al": code(4); }', "1"),
            ('switch ($rU) { case "bob": code(4); default: code(3); }', "3"),
            ("if (good()) { break; } return 3;", "0"),
            ("$var(y) = 1 / $var(z);", "-1"),
            ('$var(y) = "refused";', "-1"),
            ("route(S); } route[S] { return -4;", "-4"),
        ):
            self.assertEqual(code_of(body), code, body)

    def test_exit_and_drop_end_the_run_from_anywhere(self) -> None:
        for word in ("exit", "drop"):
            engine = Engine('route(A); say("no");', f"route[A] {{ route(B); }} route[B] {{ {word}; }}")
            ctx = engine.start()
            self.assertEqual(engine.said, [])
            self.assertIs(ctx.dropped, word == "drop")
            self.assertEqual(engine.ended, [1 if word == "exit" else 0])

    def test_exit_ends_the_run_through_whatever_has_called_the_route(self) -> None:
        for call in (
            "route(A);",
            '$var(n) = "A"; route($var(n));',
            "if ({ route(A); good(); }) good();",
            "while (route(A)) good();",
            "$var(x) = 1 + route(A);",
            "$var(n) = 1; route(RECURSIVE);",
            "parallel { route(A); good(); }",
            "wait(1); route(A);",
        ):
            for body in ("exit;", "wait(1); exit;", "code(5); exit;"):
                routes = f"route[A] {{ {body} }} route[RECURSIVE] {{ if ($var(n) > 1) route(A); else {{ "
                routes += '$var(n) = 2; route(RECURSIVE); } say("no"); }'
                engine = Engine(f'{call} say("no");', routes)
                ctx = engine.start()
                engine.advance(1)
                engine.advance(1)
                self.assertEqual((engine.said, engine.ended, ctx.dropped), ([], [1], False), (call, body))
                self.assertIsNotNone(ctx.rc)

    def test_who_is_no_script_gets_an_exception_of_a_route_that_exits(self) -> None:
        engine = Engine(";", "route[A] { route(B); } route[B] { exit; }")
        for name in ("A", "B"):
            self.assertEqual(
                self.assertRaises(ScriptExit, engine.program.routes[name].function, engine.context()).code, 1
            )

    def test_exit_in_the_main_block_ends_it_too(self) -> None:
        engine = Engine('if (good()) { while (1) { exit; } } say("no");')
        engine.start()
        self.assertEqual(engine.said, [])
        self.assertEqual(engine.ended, [1])

    def test_the_main_block_can_be_called_as_route_0(self) -> None:
        script = '$var(n) = $var(n) + 1; if ($var(n) < 3) route(0); say("$var(n)"); exit;'
        self.assertEqual(said(script), ["3"])


class IfTests(SynchronousTestCase):
    def test_else_belongs_to_the_nearest_if(self) -> None:
        self.assertEqual(said('if (good()) if (bad()) say("a"); else say("b"); say("c");'), ["b", "c"])

    def test_else_if_goes_on_to_the_first_that_is_true(self) -> None:
        script = 'if ($rU == "al") say("1"); else if ($rU == "bob") say("2"); else if (good()) say("3");'
        self.assertEqual(said(script), ["2"])


class WhileTests(SynchronousTestCase):
    def test_any_number_but_zero_goes_on(self) -> None:
        self.assertEqual(said('$var(i) = -2; while ($var(i)) { $var(i) = $var(i) + 1; say("x"); }'), ["x", "x"])

    def test_break_leaves_the_innermost(self) -> None:
        script = """$var(i) = 0; while ($var(i) < 2) { $var(i) = $var(i) + 1; $var(j) = 0;
            while (1) { if ($var(j) == 2) break; $var(j) = $var(j) + 1; } say("$var(i) $var(j)"); }"""
        self.assertEqual(said(script), ["1 2", "2 2"])

    def test_it_ends_after_max_while_loops_and_the_script_goes_on(self) -> None:
        script = '$var(i) = 0; while (1) { $var(i) = $var(i) + 1; } say("$var(i)");'
        self.assertEqual(said(script), ["100"])
        self.assertEqual(said(script, max_while_loops=10), ["10"])
        self.assertEqual(said(script.replace("(1)", "($var(i) < 250)"), max_while_loops=0), ["250"])

    def test_a_condition_that_calls_is_called_each_time(self) -> None:
        script = 'while (say("?") && $var(i) < 2) { $var(i) = $var(i) + 1; }'
        self.assertEqual(said(script), ["?", "?", "?"])

    def test_a_condition_without_a_value_ends_it(self) -> None:
        self.assertEqual(said('while (1 / $var(z)) { say("no"); } say("on");'), ["on"])

    def test_return_inside_ends_the_route(self) -> None:
        self.assertEqual(code_of("while (1) { $var(i) = $var(i) + 1; if ($var(i) == 3) return 7; }"), "7")


class AssignTests(SynchronousTestCase):
    def test_a_variable_that_refuses_a_value_keeps_its_own(self) -> None:
        engine = Engine('$var(x) = 1; $var(x) = "refused"; say("$var(x)");')
        engine.start()
        self.assertEqual(engine.said, ["1"])
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_an_assignment_may_be_a_condition(self) -> None:
        self.assertEqual(said('if ($var(x) = 0) say("T $var(x)");'), ["T 0"])
        self.assertEqual(said('if ($var(x) = "refused") say("T"); else say("F");'), ["F"])


class BlockTests(SynchronousTestCase):
    def test_a_block_in_a_value_answers_its_last_code_and_keeps_its_returns(self) -> None:
        self.assertEqual(said('$var(x) = { good(); return 9; }; say("$var(x)");'), ["9"])
        self.assertEqual(said('if ({ bad(); }) say("T"); else say("F $rc");'), ["F -1"])

    def test_exit_in_a_block_ends_the_run(self) -> None:
        self.assertEqual(said('if ({ exit; }) say("T"); else say("F");'), [])


class LocalTests(SynchronousTestCase):
    def test_a_route_that_waits_needs_no_more_room_for_more_statements(self) -> None:
        few, many = (
            Engine("wait(1);" * number).program.request_route.function.__code__.co_nlocals  # type: ignore[union-attr]
            for number in (2, 50)
        )
        self.assertEqual(few, many)
