"""sipapp/script/arguments.py: what functions get of what stands between their parentheses."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.script.engine import Engine, mistakes, said


class NumberTests(SynchronousTestCase):
    def test_numbers_texts_variables_and_expressions_are_numbers(self) -> None:
        script = '$var(i) = 7; $var(s) = "8"; $var(k) = code(%s); say("$var(k)");'
        for argument, code in (
            ("5", "5"),
            ('"5"', "5"),
            ('"-5"', "-5"),
            ('"0x10"', "16"),
            ("1 + 2", "3"),
            ("$var(i)", "7"),
            ('"$var(i)"', "7"),
            ('"$var(s)"', "8"),
            ("$var(i) + 1", "8"),
            ("$rm", "512"),
        ):
            self.assertEqual(said(script % argument), [code], argument)

    def test_a_constant_that_is_none_is_a_mistake(self) -> None:
        self.assertEqual(mistakes('code("x");'), ["app.cfg:3:6: code(): 'number' must be int, got 'x'"])
        self.assertEqual(mistakes('code("2.5");'), ["app.cfg:3:6: code(): 'number' must be int, got '2.5'"])

    def test_a_text_with_more_than_one_variable_in_it_is_none(self) -> None:
        for text in ("4$var(x)", "$var(x)4", "$var(x)$var(y)", "$var(x) "):
            self.assertEqual(mistakes(f'code("{text}");'), [f"app.cfg:3:6: code(): 'number' must be int, got '{text}'"])

    def test_a_value_that_is_none_makes_the_call_false(self) -> None:
        for argument in ('"$rU"', "$avp(no)", '$rU + "x"'):
            self.assertEqual(said(f'code({argument}); say("$rc");'), ["-1"], argument)


class TextTests(SynchronousTestCase):
    def test_variables_in_a_text_are_evaluated(self) -> None:
        self.assertEqual(said('say("a $rU $$ $avp(no)");'), ["a bob $ <null>"])

    def test_a_variable_alone_is_its_text_and_empty_for_null(self) -> None:
        self.assertEqual(said("say($rU); say($avp(no)); say(5);"), ["bob", "", "5"])

    def test_an_expression_is_joined_and_not_evaluated_twice(self) -> None:
        self.assertEqual(said('$var(x) = "$rU"; say("<" + $var(x) + ">"); say($var(x));'), ["<$rU>", "$rU"])

    def test_a_str_is_decoded_and_bytes_are_not(self) -> None:
        self.assertEqual(said('two("a", "b $rU"); two($rU, $rU);'), ["b'a' 'b bob'", "b'bob' 'bob'"])
        self.assertEqual(said('two("a");'), ["b'a' 'default'"])


class LoadTests(SynchronousTestCase):
    def test_texts_expressions_and_substitutions_are_made_at_load(self) -> None:
        self.assertEqual(said('kinds("abc", "$rU", "^b+", "/a/b/g");'), ["b'ABC' b'$rU' b'^b+' b'/a/b/g'"])

    def test_a_late_one_may_be_an_expression_that_is_made_at_each_run(self) -> None:
        script = 'lately("a$rU", "$rU"); lately($rU, $avp(no)); $var(x) = 5; lately($var(x) + 1, "b" + $rU);'
        self.assertEqual(said(script), ["b'A$RU' b'$rU'", "b'BOB' b''", "b'6' b'bbob'"])

    def test_what_cannot_be_made_is_a_mistake_at_its_place(self) -> None:
        self.assertEqual(
            mistakes('kinds("a", "b", "(", "/a/b/");'),
            ["app.cfg:3:17: kinds(): bad regular expression '(': unmatched ("],
        )
        self.assertIn("app.cfg:3:22: kinds(): ", mistakes('kinds("a", "b", "c", "x");')[0])

    def test_a_text_taken_as_it_stands_is_the_same_in_every_run(self) -> None:
        self.assertEqual(
            mistakes('kinds("a", $rU, "c", "/a/b/");'),
            ["app.cfg:3:12: kinds(): 'text' must be text: a text that is the same in every run"],
        )

    def test_an_expression_that_is_computed_is_made_when_it_runs(self) -> None:
        self.assertEqual(said('$var(r) = "^x"; kinds("a", "b", $var(r), "/a/b/");'), ["b'A' b'b' b'^x' b'/a/b/'"])
        self.assertEqual(said('$var(r) = "("; kinds("a", "b", $var(r), "/a/b/"); say("$rc");'), ["-1"])


class OtherKindsTests(SynchronousTestCase):
    def test_a_value_keeps_its_type(self) -> None:
        self.assertEqual(
            said('$var(i) = 5; any(5); any("x"); any("$var(i)"); any("<$var(i)>"); any($avp(no)); any($var(i) + 1);'),
            ["5", "b'x'", "5", "b'<5>'", "None", "6"],
        )

    def test_a_variable_is_given_by_name(self) -> None:
        self.assertEqual(said('put($var(a), "x"); put("$var(b)", "y"); say("$var(a)$var(b)");'), ["xy"])
        self.assertEqual(mistakes('put("x", "y");'), ["app.cfg:3:5: put(): 'into' must be a variable, got 'x'"])
        self.assertEqual(mistakes("put(5, 1);"), ["app.cfg:3:5: put(): 'into' must be a variable, got 5"])

    def test_a_format_is_evaluated_by_the_function(self) -> None:
        self.assertEqual(said('lazily("a $rU"); lazily($rU); lazily("b" + $rU);'), ["a bob", "bob", "bbob"])

    def test_seconds_may_have_fractions(self) -> None:
        for argument in ('"0.5"', "$var(s)", '"$var(s)"', '"0" + ".5"'):
            engine = Engine(f'$var(s) = "0.5"; wait({argument}); say("on");')
            engine.start()
            engine.advance(0.49)
            self.assertEqual(engine.said, [])
            engine.advance(0.01)
            self.assertEqual(engine.said, ["on"], argument)
        self.assertEqual(
            mistakes('wait("soon");'), ["app.cfg:3:6: wait(): 'seconds' must be a number of seconds, got 'soon'"]
        )
        self.assertEqual(said('if (launch(wait("$rU"))) say("T"); else say("F");'), ["F"])

    def test_a_routes_name_may_be_computed(self) -> None:
        self.assertEqual(said('run_route("A$rU"); run_route(5);'), ["route Abob", "route 5"])

    def test_an_argument_left_out_is_the_functions_own_default(self) -> None:
        engine = Engine('launch(gaps("a", , "c"));')
        engine.start()
        self.assertEqual(engine.said, ["a None c"])
        self.assertEqual(mistakes('launch(gaps(, , "c"));'), ["app.cfg:3:13: gaps(): 'first' cannot be left out"])
