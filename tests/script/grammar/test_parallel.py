"""parallel: where the word begins a block, and where it is a name like any other."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import SyntaxErrors
from sipapp.script import nodes
from sipapp.script.parser import parse_text


def body(text: str) -> list[nodes.Statement]:
    return parse_text(f"request_route {{\n{text}\n}}\n", "app.cfg").routes[0].body


def block(text: str) -> nodes.Parallel:
    [found] = body(text)
    assert isinstance(found, nodes.Parallel)
    return found


class BlockTests(SynchronousTestCase):
    def mistakes(self, text: str) -> list[str]:
        return [str(e) for e in self.assertRaises(SyntaxErrors, body, text).errors]

    def test_each_statement_is_a_member(self) -> None:
        found = block("parallel { a(); if (1) b(); else { c(); } ; $var(x) = d(); }")
        self.assertEqual([len(m.body) for m in found.members], [1, 1, 1])
        self.assertEqual([type(m.body[0]) for m in found.members], [nodes.Do, nodes.If, nodes.Assign])
        self.assertEqual((found.first, found.seconds), (False, None))

    def test_a_block_is_one_member(self) -> None:
        found = block("parallel { { a(); b(); } c(); parallel { d(); e(); } }")
        self.assertEqual([len(m.body) for m in found.members], [2, 1, 1])
        self.assertIsInstance(found.members[2].body[0], nodes.Parallel)

    def test_options(self) -> None:
        for text, first, seconds in (
            ("(first)", True, None),
            ("(timeout=0.5)", False, 0.5),
            ("(timeout = 20)", False, 20.0),
            ("(first, timeout=0.05)", True, 0.05),
            ("(timeout=1.25, first)", True, 1.25),
        ):
            found = block(f"parallel{text} {{ a(); }}")
            self.assertEqual((found.first, found.seconds), (first, seconds))

    def test_its_place_is_that_of_the_word(self) -> None:
        found = block("  parallel {\n a(); { b(); } }")
        self.assertEqual((found.at.line, found.at.column), (2, 3))
        self.assertEqual((found.members[1].at.line, found.members[1].at.column), (3, 7))

    def test_it_may_be_the_branch_of_an_if(self) -> None:
        [found] = body("if (1) parallel { a(); b(); } else parallel(first) { c(); }")
        assert isinstance(found, nodes.If)
        self.assertIsInstance(found.then[0], nodes.Parallel)

    def test_wrong_options_are_mistakes_at_their_place(self) -> None:
        for text, place in (
            ("parallel(last) { a(); }", "app.cfg:2:10: "),
            ("parallel(first, first) { a(); }", "app.cfg:2:17: "),
            ("parallel(timeout) { a(); }", 'app.cfg:2:17: "=" behind timeout is expected'),
            ("parallel(timeout=0) { a(); }", "app.cfg:2:18: timeout= wants a number of seconds above 0"),
            ("parallel(timeout=$var(x)) { a(); }", "app.cfg:2:18: a number of seconds is expected"),
            ("parallel() { a(); }", "app.cfg:2:10: "),
        ):
            found = self.mistakes(text)
            self.assertTrue(found[0].startswith(place), found)

    def test_mistakes_in_members_are_all_found(self) -> None:
        found = self.mistakes("parallel { a() b(); }\nparallel { $var(x) 5; c(; }")
        self.assertEqual([e.split(": ")[0] for e in found], ["app.cfg:2:16", "app.cfg:3:20", "app.cfg:3:25"])

    def test_an_empty_block_is_a_mistake(self) -> None:
        self.assertIn("a parallel block cannot be empty", self.mistakes("parallel { }")[0])


class NameTests(SynchronousTestCase):
    def test_a_function_of_that_name_is_called(self) -> None:
        [found] = body("parallel(5);")
        assert isinstance(found, nodes.Do)
        assert isinstance(found.expression, nodes.Call)
        self.assertEqual(found.expression.name, "parallel")

    def test_routes_and_parameters_may_have_that_name(self) -> None:
        script = parse_text(
            'loadmodule "x"\nmodparam("x", "parallel", 1)\n'
            "request_route { route(parallel); if (parallel()) { exit; } }\nroute[parallel] { exit; }"
        )
        self.assertEqual([block.name for block in script.routes], ["", "parallel"])

    def test_a_call_without_parentheses_is_the_old_mistake(self) -> None:
        error = self.assertRaises(SyntaxErrors, body, "parallel;")
        self.assertIn('"(" is expected behind the function\'s name parallel', str(error))
