"""module_calls: calls of modules' functions, of routes, async() and launch()."""

from twisted.trial.unittest import SynchronousTestCase

from sipapp.script import nodes
from sipapp.script.parser import parse_text


def statement(text: str) -> nodes.Statement:
    [found] = parse_text(f"request_route {{\n{text}\n}}\n").routes[0].body
    return found


def call(text: str) -> nodes.Expression:
    found = statement(text)
    assert isinstance(found, nodes.Do)
    return found.expression


class CallTests(SynchronousTestCase):
    def test_arguments_are_expressions(self) -> None:
        found = call('t_reply("404", $var(x) + 1, 5);')
        assert isinstance(found, nodes.Call)
        self.assertEqual(found.name, "t_reply")
        self.assertEqual([type(a) for a in found.arguments], [nodes.String, nodes.Binary, nodes.Number])

    def test_a_call_stands_where_its_name_does(self) -> None:
        self.assertEqual((call("  t_relay();").at.line, call("  t_relay();").at.column), (2, 3))

    def test_there_may_be_no_arguments(self) -> None:
        self.assertEqual(call("t_relay();"), nodes.Call(call("t_relay();").at, "t_relay", []))

    def test_a_comma_before_the_first_argument_means_nothing(self) -> None:
        found = call('xlog(, "a");')
        assert isinstance(found, nodes.Call)
        self.assertEqual(len(found.arguments), 1)

    def test_calls_of_routes_and_of_the_core_may_stand_among_arguments(self) -> None:
        found = call("xlog(route(A), isflagset(3));")
        assert isinstance(found, nodes.Call)
        self.assertEqual([type(a) for a in found.arguments], [nodes.RouteCall, nodes.Call])


class RouteCallTests(SynchronousTestCase):
    def target(self, text: str) -> nodes.Expression:
        found = call(text)
        assert isinstance(found, nodes.RouteCall)
        return found.target

    def test_a_bare_name_is_a_word(self) -> None:
        target = self.target("route(RELAY);")
        self.assertEqual(target, nodes.Word(target.at, b"RELAY"))

    def test_a_quoted_name_a_number_and_a_variable_are_what_they_are(self) -> None:
        found = [type(self.target(t)) for t in ('route("A B");', "route(5);", "route($var(x));", 'route("a" + $rU);')]
        self.assertEqual(found, [nodes.String, nodes.Number, nodes.Variable, nodes.Binary])

    def test_a_function_may_name_the_route(self) -> None:
        self.assertIsInstance(self.target("route(which());"), nodes.Call)


class AsyncTests(SynchronousTestCase):
    def test_a_call_a_route_and_seconds(self) -> None:
        found = statement('async(rest_get("http://192.0.2.1/", $avp(b)), resume, 5);')
        assert isinstance(found, nodes.Async)
        self.assertEqual((found.call.name, found.route, found.seconds), ("rest_get", "resume", 5))
        self.assertEqual([type(a) for a in found.call.arguments], [nodes.String, nodes.Variable])
        self.assertEqual((found.at.column, found.call.at.column), (1, 7))

    def test_the_route_may_be_quoted_or_a_number(self) -> None:
        found = [statement(f"async(sleep(1), {name});") for name in ("r", '"a b"', "5", "0x10")]
        self.assertEqual([f.route for f in found if isinstance(f, nodes.Async)], ["r", "a b", "5", "16"])
        self.assertEqual([f.seconds for f in found if isinstance(f, nodes.Async)], [None] * 4)

    def test_arguments_of_its_function_may_be_left_out(self) -> None:
        found = statement('async(exec("id", , $avp(o)), r);')
        assert isinstance(found, nodes.Async)
        self.assertEqual(found.call.name, "exec")
        self.assertEqual([type(a) for a in found.call.arguments], [nodes.String, nodes.Omitted, nodes.Variable])

    def test_launch_may_do_without_a_route(self) -> None:
        found = statement("launch(sleep(1));")
        assert isinstance(found, nodes.Launch)
        self.assertEqual((found.call.name, found.route, found.parameter), ("sleep", None, None))

    def test_launch_may_hand_on_a_parameter(self) -> None:
        found = statement('launch(sleep(1), report, "p $rU");')
        assert isinstance(found, nodes.Launch)
        assert isinstance(found.parameter, nodes.String)
        self.assertEqual((found.route, found.parameter.value), ("report", b"p $rU"))

    def test_both_may_stand_in_expressions(self) -> None:
        condition = statement("if (async(sleep(1), r)) exit;")
        assert isinstance(condition, nodes.If)
        self.assertIsInstance(condition.condition, nodes.Async)
        assignment = statement("$var(x) = launch(sleep(1), r);")
        assert isinstance(assignment, nodes.Assign)
        self.assertIsInstance(assignment.value, nodes.Launch)
