"""sipapp/cli/examples.py: how examples are told apart, and what a line of one uses."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.cli import examples
from sipapp.cli.examples import Example

TEXT = """loadmodule "sl"

#== First: one, two
request_route { sl_send_reply("200", "OK"); }  # -> 200 OK
#== Second
request_route {
    # a comment about drop()
    xinfo("# $rU{s.len}");
}
"""


class SplitTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.found = list(examples.split("sl", TEXT))

    def test_each_title_begins_an_example_behind_the_common_head(self) -> None:
        self.assertEqual([example.title for example in self.found], ["First: one, two", "Second"])
        self.assertEqual({example.head for example in self.found}, {'loadmodule "sl"'})
        self.assertTrue(self.found[1].text.startswith('loadmodule "sl"\nrequest_route {'))

    def test_anchors_are_those_of_headings(self) -> None:
        self.assertEqual([example.anchor for example in self.found], ["first-one-two", "second"])


class CodeTests(SynchronousTestCase):
    def test_a_comment_is_no_code(self) -> None:
        self.assertEqual(examples.code("f(1); # g()"), "f(1); ")

    def test_a_mark_inside_a_text_begins_no_comment(self) -> None:
        self.assertEqual(examples.code("f(\"#1\", '#2'); # g"), "f(\"#1\", '#2'); ")

    def test_directives_of_the_preprocessor_and_rpc_lines_count(self) -> None:
        self.assertEqual(examples.code("#!define A 1"), "#!define A 1")
        self.assertEqual(examples.code("  # rpc tm.stats"), "# rpc tm.stats")


class UseTests(SynchronousTestCase):
    def used(self, pattern: object) -> list[str]:
        found = examples.first_use(examples.split("sl", TEXT), pattern)  # type: ignore[arg-type]
        return found[1] if found else []

    def test_a_function_is_used_where_it_is_called(self) -> None:
        line = 'request_route { sl_send_reply("200", "OK"); }  # -> 200 OK'
        self.assertEqual(self.used(examples.function_pattern("sl_send_reply")), [line])
        self.assertEqual(self.used(examples.function_pattern("send_reply")), [])
        self.assertEqual(self.used(examples.function_pattern("drop")), [])

    def test_variables_and_transformations_are_whole_names(self) -> None:
        self.assertEqual(self.used(examples.variable_pattern("rU")), ['xinfo("# $rU{s.len}");'])
        self.assertEqual(self.used(examples.variable_pattern("r")), [])
        self.assertEqual(self.used(examples.transformation_pattern("s.len")), ['xinfo("# $rU{s.len}");'])
        self.assertEqual(self.used(examples.transformation_pattern("s.le")), [])

    def test_parameters_commands_and_event_routes(self) -> None:
        text = 'modparam("tm", "fr_timer", 5)\nevent_route[htable:expired:t] {}\n# rpc tm.stats => ...'
        example = Example("tm", "One", "", text)
        for pattern, line in (
            (examples.parameter_pattern("tm", "fr_timer"), 'modparam("tm", "fr_timer", 5)'),
            (examples.event_route_pattern("htable:expired:<table>"), "event_route[htable:expired:t] {}"),
            (examples.command_pattern("tm.stats"), "# rpc tm.stats => ..."),
        ):
            self.assertEqual(example.lines(pattern), [line])
