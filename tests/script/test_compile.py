"""sipapp/script/compile.py: Python functions with the script's positions."""

from __future__ import annotations

from inspect import iscoroutinefunction

from twisted.trial.unittest import SynchronousTestCase

from tests.script.engine import Engine


class CompileTests(SynchronousTestCase):
    def test_a_route_that_cannot_wait_is_a_plain_function(self) -> None:
        program = Engine("route(A);", "route[A] { good(); } route[B] { wait(1); }").program
        assert program.request_route is not None
        self.assertFalse(iscoroutinefunction(program.request_route.function))
        self.assertFalse(iscoroutinefunction(program.routes["A"].function))
        self.assertTrue(iscoroutinefunction(program.routes["B"].function))
        self.assertTrue(program.routes["B"].suspends)

    def test_code_belongs_to_the_file_and_line_of_the_script(self) -> None:
        program = Engine("good();", "\n\nroute[NEXT HOP] {\n    bad();\n}".replace("NEXT HOP", '"NEXT HOP"')).program
        code = program.routes["NEXT HOP"].function.__code__
        self.assertEqual(code.co_filename, "app.cfg")
        self.assertEqual(code.co_name, "route[NEXT HOP]")
        self.assertEqual(code.co_firstlineno, 7)
        lines = {line for _, _, line in code.co_lines() if line}
        self.assertEqual(lines, {7, 8})

    def test_names_of_one_spelling_are_kept_apart(self) -> None:
        engine = Engine('route("a b"); route(a_b);', 'route["a b"] { say("1"); } route[a_b] { say("2"); }')
        engine.start()
        self.assertEqual(engine.said, ["1", "2"])
