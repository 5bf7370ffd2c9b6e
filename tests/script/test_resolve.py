"""sipapp/script/resolve.py: names, arities, kinds of route."""

from __future__ import annotations

from typing import cast

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.module import IModule
from sipapp.module.registry import Registry
from sipapp.script.check import check
from sipapp.script.parser import parse_text
from tests.script.engine import Trial, checked, mistakes, registry, said, truth, warnings


class FunctionTests(SynchronousTestCase):
    def mistake(self, body: str, routes: str = "", kind: str = "request_route") -> str:
        (found,) = mistakes(body, routes, kind)
        return found.removeprefix("app.cfg:3:1: ")

    def test_an_unknown_function_is_told_with_the_nearest_name(self) -> None:
        self.assertEqual(self.mistake("good_();"), 'good_(): no such function; did you mean "good"?')
        self.assertEqual(self.mistake("zzzz();"), "zzzz(): no such function")

    def test_the_module_that_has_it_is_told_where_one_is_known(self) -> None:
        script = parse_text("#!KAMAILIO\nrequest_route { say(1); }", "app.cfg")
        catalogue = [cast(IModule, Trial())]
        (error,) = check(script, Registry(lambda: catalogue), None).errors
        self.assertEqual(error.reason, 'say(): no such function; it is in module trial: loadmodule "trial"')

    def test_the_arguments_of_an_unknown_function_are_judged_too(self) -> None:
        self.assertEqual(
            mistakes('nosuch($nope, "$nope", 1 + $(var(x){s.x}));'),
            [
                "app.cfg:3:1: nosuch(): no such function",
                "app.cfg:3:8: $nope: no such variable",
                "app.cfg:3:28: {s.x}: no such transformation",
            ],
        )

    def test_what_another_module_offers_is_judged_by_it_and_missed_once(self) -> None:
        body = 'two(); code("x"); say($var(x)); say($var(y)); only_failure();'
        script = parse_text(f"#!KAMAILIO\nrequest_route {{ {body} }}", "app.cfg")
        catalogue = [cast(IModule, Trial())]
        self.assertEqual(
            [error.reason for error in check(script, Registry(lambda: catalogue), None).errors],
            [
                'two(): no such function; it is in module trial: loadmodule "trial"',
                "two() takes 1 or 2 arguments, got none",
                'code(): no such function; it is in module trial: loadmodule "trial"',
                "code(): 'number' must be int, got 'x'",
                'say(): no such function; it is in module trial: loadmodule "trial"',
                '$var: no such variable; it is in module trial: loadmodule "trial"',
                'only_failure(): no such function; it is in module trial: loadmodule "trial"',
                "only_failure() is not allowed in request_route, only in failure_route",
            ],
        )

    def test_a_wrong_number_of_arguments_says_what_it_takes(self) -> None:
        self.assertEqual(self.mistake("good(1);"), "good() takes no arguments, got 1")
        self.assertEqual(self.mistake("two();"), "two() takes 1 or 2 arguments, got none")
        self.assertEqual(self.mistake('two(1, 2, "3");'), "two() takes 1 or 2 arguments, got 3")
        self.assertEqual(self.mistake("code();"), "code() takes 1 argument, got none")

    def test_a_function_stands_only_where_it_may(self) -> None:
        self.assertEqual(
            self.mistake("only_failure();"), "only_failure() is not allowed in request_route, only in failure_route"
        )
        self.assertEqual(mistakes("only_failure();", kind="failure_route[X]"), [])
        self.assertEqual(
            self.mistake("only_failure();", kind="onreply_route[X]"),
            "only_failure() is not allowed in onreply_route, only in failure_route",
        )

    def test_an_event_route_takes_what_requests_and_events_take(self) -> None:
        self.assertEqual(mistakes("only_event(); good();", kind="event_route[a:b]"), [])

    def test_a_request_route_takes_what_events_take_too(self) -> None:
        self.assertEqual(mistakes("only_event(); good();"), [])

    def test_a_route_may_be_called_inside_arguments(self) -> None:
        route = 'route[R] { $var(x) = "new"; return 7; }'
        self.assertEqual(said('$var(x) = "old"; two($var(x), route(R)); say("$var(x)");', route), ["b'old' '1'", "new"])

    def test_route_is_not_called_in_an_onsend_route(self) -> None:
        self.assertIn("route", mistakes("route(A);", "route[A] { good(); }", "onsend_route")[0])


class RouteNameTests(SynchronousTestCase):
    def test_a_constant_name_must_be_a_routes(self) -> None:
        routes = "route[RELAY] { good(); } failure_route[FAIL] { good(); }"
        self.assertEqual(
            mistakes("route(REALY);", routes),
            ['app.cfg:3:1: route(REALY): there is no route[REALY]; did you mean "RELAY"?'],
        )
        self.assertEqual(len(mistakes("route(FAIL);", routes)), 1)
        self.assertEqual(mistakes('route("RE" + "LAY");', routes), [])

    def test_async_and_launch_name_routes_that_there_are(self) -> None:
        self.assertEqual(mistakes("async(wait(1), R);"), ["app.cfg:3:1: async(): there is no route[R]"])
        self.assertEqual(mistakes("launch(wait(1), R);"), ["app.cfg:3:1: launch(): there is no route[R]"])
        self.assertEqual(mistakes("launch(wait(1));"), [])

    def test_async_and_launch_wrap_what_waits(self) -> None:
        self.assertEqual(
            mistakes("async(good(), R);", "route[R] { bad(); }"),
            ["app.cfg:3:7: async(): good() never waits for anything"],
        )
        self.assertEqual(mistakes("launch(bug());"), ["app.cfg:3:8: launch(): bug() never waits for anything"])

    def test_a_function_that_names_a_missing_route_gets_a_warning(self) -> None:
        made = checked('request_route { arm("nope"); run_route("there"); } route[there] { good(); }')
        self.assertEqual(made.errors, [])
        self.assertEqual([str(w) for w in made.warnings], ["app.cfg:2:21: arm(): there is no failure_route[nope]"])


class VariableTests(SynchronousTestCase):
    def test_an_unknown_variable_is_told_at_each_place(self) -> None:
        self.assertEqual(
            mistakes('if ($rV == "x") good();\n$var(x) = $rV;'),
            ["app.cfg:3:5: $rV: no such variable", "app.cfg:4:11: $rV: no such variable"],
        )

    def test_a_wrong_variable_in_a_text_is_told_at_the_text(self) -> None:
        self.assertEqual(mistakes('say("a $rX");'), ["app.cfg:3:5: say(): $rX: no such variable"])

    def test_outside_the_kamailio_dialect_a_bare_name_may_be_an_avp(self) -> None:
        made = check(parse_text('#!SER\nroute { $mine = 1; if ($rU == "x") say("y"); }', "app.cfg"), registry(), None)
        self.assertEqual(made.errors, [])


class OperandTests(SynchronousTestCase):
    def test_a_comparison_of_a_bare_operand_is_one_of_the_cores_own(self) -> None:
        self.assertTrue(truth("method == OPTIONS"))
        self.assertEqual(said('if (src_ip == 192.0.2.0/24 && src_port == 5060) say("T");'), ["T"])


class SelectTests(SynchronousTestCase):
    def test_an_unknown_select_is_accepted_with_a_warning_and_has_no_value(self) -> None:
        body = 'if (@form.uri == "") { say("none"); }'
        self.assertEqual(
            warnings(body), ['app.cfg:3:5: @form.uri: no such select; did you mean "from"?: it has no value']
        )
        self.assertEqual(said(body), ["none"])

    def test_one_that_is_none_at_all_is_refused(self) -> None:
        self.assertEqual(len(mistakes('if (@cfg_get.x == "") { say("none"); }')), 1)
