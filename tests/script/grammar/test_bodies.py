"""bodies: statements, and how reading goes on behind a broken one."""

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigErrors
from sipapp.script import nodes
from sipapp.script.parser import parse_text


def body(text: str) -> list[nodes.Statement]:
    return parse_text(f"request_route {{\n{text}\n}}\n").routes[0].body


def one(text: str) -> nodes.Statement:
    [statement] = body(text)
    return statement


def mistakes(text: str) -> list[str]:
    try:
        parse_text(f"request_route {{\n{text}\n}}\n", "a")
    except ConfigErrors as why:
        return [str(error) for error in why.errors]
    return []


def warnings(text: str) -> list[str]:
    return [str(w) for w in parse_text(f"request_route {{\n{text}\n}}\n", "a").warnings]


class StatementTests(SynchronousTestCase):
    def test_a_lone_semicolon_is_nothing(self) -> None:
        self.assertEqual(body(";;"), [])

    def test_assignments(self) -> None:
        statement = one("$var(x) = 1 + 2;")
        assert isinstance(statement, nodes.Assign)
        self.assertEqual((statement.target.text, statement.at.column), (b"$var(x)", 1))
        self.assertIsInstance(statement.value, nodes.Binary)

    def test_calls_are_done_for_their_effect(self) -> None:
        for text in ("t_relay();", "force_rport;", "route(A);"):
            self.assertIsInstance(one(text), nodes.Do)

    def test_if_takes_a_statement_or_a_block_with_or_without_parentheses(self) -> None:
        for text in ("if (1) exit;", "if 1 exit;", "if (1) { exit; }"):
            statement = one(text)
            assert isinstance(statement, nodes.If)
            self.assertEqual([type(s) for s in statement.then], [nodes.Exit])
            self.assertIsNone(statement.otherwise)

    def test_else_belongs_to_the_nearest_if(self) -> None:
        statement = one("if (1) if (2) exit; else drop;")
        assert isinstance(statement, nodes.If)
        self.assertIsNone(statement.otherwise)
        inner = statement.then[0]
        assert isinstance(inner, nodes.If)
        assert inner.otherwise is not None
        self.assertIsInstance(inner.otherwise[0], nodes.Drop)

    def test_else_if_is_an_if_inside_of_else(self) -> None:
        statement = one("if (1) exit; else if (2) drop; else { return; }")
        assert isinstance(statement, nodes.If)
        assert statement.otherwise is not None
        inner = statement.otherwise[0]
        assert isinstance(inner, nodes.If)
        assert inner.otherwise is not None
        self.assertIsInstance(inner.otherwise[0], nodes.Return)
        self.assertEqual((inner.at.line, inner.at.column), (2, 19))

    def test_a_thousand_else_ifs_are_not_too_many(self) -> None:
        statement = one("if (0) exit;" + " else if (1) exit;" * 1000)
        depth = 0
        while isinstance(statement, nodes.If) and statement.otherwise:
            statement, depth = statement.otherwise[0], depth + 1
        self.assertEqual(depth, 1000)

    def test_an_empty_else_is_not_none_at_all(self) -> None:
        statement = one("if (1) exit; else ;")
        assert isinstance(statement, nodes.If)
        self.assertEqual(statement.otherwise, [])

    def test_while(self) -> None:
        statement = one("while ($var(i) < 3) { break; }")
        assert isinstance(statement, nodes.While)
        self.assertIsInstance(statement.condition, nodes.Binary)
        self.assertIsInstance(statement.body[0], nodes.Break)

    def test_leaving_with_and_without_a_value(self) -> None:
        for word, kind in (("return", nodes.Return), ("exit", nodes.Exit), ("drop", nodes.Drop)):
            for text in (f"{word};", f"{word}();"):
                self.assertEqual(one(text), kind(one(text).at, None))
            for text in (f"{word} -1;", f"{word}(-1);"):
                statement = one(text)
                assert isinstance(statement, kind)
                self.assertIsInstance(statement.value, nodes.Number)

    def test_a_missing_semicolon_makes_the_next_line_the_value(self) -> None:
        statement = one('exit\nxlog("x");')
        assert isinstance(statement, nodes.Exit)
        self.assertIsInstance(statement.value, nodes.Call)


class SwitchTests(SynchronousTestCase):
    def switch(self, text: str) -> nodes.Switch:
        statement = one(text)
        assert isinstance(statement, nodes.Switch)
        return statement

    def test_labels_and_their_statements(self) -> None:
        found = self.switch('switch ($rU) { case "a": case /"b": exit; break; default: drop; }').cases
        self.assertEqual([(case.pattern, len(case.body)) for case in found], [(False, 0), (True, 2), (False, 1)])
        self.assertIsNone(found[2].label)

    def test_labels_may_be_worked_out(self) -> None:
        found = self.switch("switch (1) { case 1 + 1: case -1: case yes: ; }").cases
        self.assertEqual([type(case.label) for case in found], [nodes.Binary, nodes.Number, nodes.Number])

    def test_a_switch_without_cases_is_warned_about(self) -> None:
        self.assertEqual(self.switch("switch (1) { }").cases, [])
        self.assertEqual(warnings("switch (1) { }"), ["a:2:14: this switch has no cases"])

    def test_patterns_and_texts_mix(self) -> None:
        self.assertEqual(mistakes('switch ($x) { case /"a": case "b": ; }'), [])


class RecoveryTests(SynchronousTestCase):
    def test_reading_goes_on_behind_the_semicolon(self) -> None:
        self.assertEqual(
            mistakes("$x = ; $y = 5 5;\n$z = *;"),
            [
                'a:2:6: a value is expected, not ";"',
                'a:2:15: ";" is expected before "5"',
                'a:3:6: a value is expected, not "*"',
            ],
        )

    def test_a_block_behind_a_broken_condition_is_passed_over_with_its_else(self) -> None:
        self.assertEqual(
            mistakes("if ($x = ) { $y = ; } else { $z = ; }\n$z = ;"),
            ['a:2:10: a value is expected, not ")"', 'a:3:6: a value is expected, not ";"'],
        )

    def test_mistakes_inside_of_blocks_are_found(self) -> None:
        self.assertEqual(
            mistakes("if (1) { $y = ; }\nwhile (1) { $z = ; }"),
            ['a:2:15: a value is expected, not ";"', 'a:3:18: a value is expected, not ";"'],
        )

    def test_a_broken_case_does_not_upset_the_others(self) -> None:
        self.assertEqual(
            mistakes('switch (1) {\ncase "a" exit;\ncase "b": $x = ;\ncase: exit;\n}'),
            [
                'a:3:10: ":" behind the label is expected, not "exit"',
                'a:4:16: a value is expected, not ";"',
                'a:5:5: a value is expected, not ":"',
            ],
        )

    def test_an_assignment_as_a_condition_is_warned_about(self) -> None:
        self.assertEqual(warnings("if ($x = 1) exit;"), ['a:2:5: "=" assigns, "==" would compare'])

    def test_a_block_as_a_condition_is_warned_about(self) -> None:
        self.assertEqual(warnings("if { exit; } drop;"), ["a:2:4: this block is taken for the condition"])
