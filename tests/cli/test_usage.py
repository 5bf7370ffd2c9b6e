"""sipapp/cli/usage.py: what a script names."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.cli.usage import short, uses
from sipapp.script.parser import parse_text


def names(text: str) -> list[str]:
    """`kind name`, with a ? where it may be none."""
    found = uses(parse_text("#!KAMAILIO\n" + text, "app.cfg"))
    return [f"{u.kind} {u.module + '.' if u.module else ''}{u.name}{'' if u.sure else '?'}" for u in found]


class UsageTests(SynchronousTestCase):
    def test_settings_name_modules_and_parameters(self) -> None:
        self.assertEqual(
            names(
                'debug=2\nloadmodule "/x/acc.so"\nloadmodule "tm"\nmodparam("acc|tm", "x", 1)\nmodparam("no", "y", 1)'
            ),
            ["core parameter debug", "module acc", "module tm", "parameter acc.x", "parameter tm.x", "parameter no.y"],
        )

    def test_statements_name_functions_and_variables_wherever_they_stand(self) -> None:
        self.assertEqual(
            names(
                "request_route { if (!f($a) && @via.host == 1) { while (g()) { switch ($b) { case 1: $c = h(); } } } }"
            ),
            [
                "function f()",
                "variable $a",
                "select @via.host",
                "function g()",
                "variable $b",
                "variable $c",
                "function h()",
            ],
        )

    def test_transformations_and_what_stands_in_them_are_named(self) -> None:
        self.assertEqual(
            names("request_route { $x = $(sht(a=>$ru){s.substr,0,$var(n)}{s.len}); }"),
            [
                "variable $x",
                "variable $sht",
                "variable $ru?",
                "transformation {s.substr}",
                "variable $var?",
                "transformation {s.len}",
            ],
        )

    def test_variables_in_texts_may_be_none(self) -> None:
        self.assertEqual(
            names('request_route { f("to $rU, 5$ and $(ru{uri.host}) $$"); }'),
            ["function f()", "variable $rU?", "variable $ru?", "transformation {uri.host}?"],
        )

    def test_event_routes_and_calls_of_the_other_dialect_are_named(self) -> None:
        self.assertEqual(
            names("event_route[a:b] { async(f(1), R); launch(g()); }"),
            ["event route a:b", "function f()", "function g()"],
        )

    def test_the_same_thing_is_named_as_often_as_it_stands_there(self) -> None:
        self.assertEqual(names("request_route { f(); f(); }"), ["function f()", "function f()"])

    def test_a_module_goes_by_its_short_name(self) -> None:
        self.assertEqual([short("tm"), short("tm.so"), short("/a/b/quota.py")], ["tm", "tm", "quota"])
