"""AVPs compared."""

from __future__ import annotations

from sipapp.errors import ConfigError
from tests.modules.talk import TalkCase


class CheckCase(TalkCase):
    modules = "avpops"

    def asked(self, before: str, *conditions: str) -> str:
        """T or F for each condition."""
        lines = [f'if ({c}) {{ say("T"); }} else {{ say("F"); }}' for c in conditions]
        return "".join(self.run_script(before + "\n" + "\n".join(lines)))

    def checked(self, before: str, *pairs: tuple[str, str]) -> str:
        return self.asked(before, *(f'avp_check("{left}", "{right}")' for left, right in pairs))


class IsAvpSetTests(CheckCase):
    def test_its_kind_and_whether_it_is_empty(self) -> None:
        asked = [f'is_avp_set("{name}")' for name in ("$avp(n)", "$avp(n)/s", "$avp(n)/n", "$avp(n)/e", "$avp(no)")]
        self.assertEqual(self.asked('$avp(n) = 0; $avp(n) = "x";', *asked), "TTFFF")

    def test_older_values_by_their_index(self) -> None:
        names = ("$(avp(n)[1])/ne", "$(avp(n)[1])/se", "$(avp(n)[2])", "$(avp(n)[-1])/s", "$(avp(n)[*])/s")
        asked = [f'is_avp_set("{name}")' for name in names]
        self.assertEqual(self.asked('$avp(n) = 0; $avp(n) = "x";', *asked), "TFFTT")

    def test_name_and_index_may_be_variables(self) -> None:
        before = '$avp(n) = 0; $avp(n) = "x"; $var(i) = 1; $var(k) = "n";'
        asked = ['is_avp_set("$avp($var(k))/s")', 'is_avp_set("$(avp(n)[$var(i)])/n")']
        self.assertEqual(self.asked(before, *asked), "TT")

    def test_what_cannot_be_asked_is_refused(self) -> None:
        for wrong in ("$var(x)", "$avp(x)/ns", "$avp(x)/k"):
            self.assertRaises(ConfigError, self.serve, f'is_avp_set("{wrong}");')


class AvpCheckTests(CheckCase):
    def test_texts_are_equal_with_their_case_or_without(self) -> None:
        rights = ("eq/abc", "eq/abc/i", "ne/abc", "ne/abc/i", "EQ/s:AbC")
        self.assertEqual(self.checked('$avp(s) = "AbC";', *(("$avp(s)", r) for r in rights)), "FTTFT")

    def test_texts_have_an_order_without_case(self) -> None:
        rights = ("lt/abd", "gt/ab", "le/abc", "ge/abc", "lt/abcd", "gt/abd")
        self.assertEqual(self.checked('$avp(s) = "AbC";', *(("$avp(s)", r) for r in rights)), "TTTTTF")

    def test_patterns_of_shells_mind_case_unless_told_otherwise_and_expressions_do_not(self) -> None:
        rights = ("re/^ab", "fm/ab*", "fm/ab*/i", "fm/Ab*", "and/ab")
        self.assertEqual(self.checked('$avp(s) = "AbC";', *(("$avp(s)", r) for r in rights)), "TFTTF")

    def test_numbers(self) -> None:
        rights = ("and/i:4", "and/i:3", "or/i:0", "xor/i:12", "eq/i:0xC", "ne/i:-4", "le/i:12", "eq/12", "re/12")
        self.assertEqual(self.checked("$avp(n) = 12;", *(("$avp(n)", r) for r in rights)), "TFTFTTTFF")

    def test_the_newest_value_or_any(self) -> None:
        rights = ("eq/one", "eq/one/g", "eq/i:3", "eq/i:3/g", "eq/four/g")
        before = '$avp(s) = 3; $avp(s) = "one"; $avp(s) = "two";'
        self.assertEqual(self.checked(before, *(("$avp(s)", r) for r in rights)), "FTFTF")

    def test_any_value_of_the_right_side_will_do(self) -> None:
        before = '$avp(a) = "x"; $avp(b) = "y"; $avp(b) = "x"; $avp(b) = "w";'
        pairs = (("$avp(a)", "eq/$avp(b)"), ("$avp(b)", "eq/$avp(a)"), ("$avp(b)", "eq/$avp(a)/g"))
        self.assertEqual(self.checked(before, *pairs), "TFT")
        self.assertEqual(self.checked(before, ("$avp(a)", "eq/$avp(no)"), ("$avp(no)", "ne/x")), "FF")

    def test_other_variables_null_is_an_empty_text(self) -> None:
        pairs = (("$rm", "eq/OPTIONS"), ("$var(z)", "eq/i:0"), ("$hdr(no)", "lt/a"), ("$hdr(no)", "eq/$hdr(no)"))
        self.assertEqual(self.checked("", *pairs), "TTTT")

    def test_fields_of_an_xavp(self) -> None:
        before = '$xavp(a=>b) = "x"; $xavp(a[0]=>b) = "y"; $xavp(a[0]=>n) = 5;'
        pairs = (
            ("$xavp(a=>b)", "eq/x"),
            ("$xavp(a=>b[*])", "eq/x"),
            ("$xavp(a[0]=>b[1])", "eq/x"),
            ("$xavp(a=>n)", "eq/i:5"),
            ("$xavp(a=>no)", "eq/x"),
            ("$var(y)", "ne/$xavp(a=>b[*])"),
            ("$xavp(a)", "eq/x"),
        )
        self.assertEqual(self.checked(before + '$var(y) = "y";', *pairs), "FTTTFTF")

    def test_an_expression_from_a_variable_may_be_wrong(self) -> None:
        before = '$var(re) = "^s.p:"; $var(wrong) = "((";'
        self.assertEqual(self.checked(before, ("$ru", "re/$var(re)"), ("$ru", "re/$var(wrong)")), "TF")
        self.assertTrue(self.logged("bad regular expression"))

    def test_what_cannot_be_compared_is_refused(self) -> None:
        for left, right in (("$null", "eq/a"), ("$ru", "eq/$null"), ("$ru", "re/("), ("$ru", "fm/i:4")):
            self.assertRaises(ConfigError, self.serve, f'avp_check("{left}", "{right}");')


class AvpPrintTests(CheckCase):
    def test_every_avp_is_logged_newest_value_first(self) -> None:
        self.run_script('$avp(x) = "a"; $avp(x) = 5; $avp(i:7) = "b"; avp_print();', head="debug=2")
        shown = [line for line in self.sip.lines() if " val_" in line]
        self.assertEqual(shown, ["name=<x> val_int=<5>", "name=<x> val_str=<a / 1>", "id=<7> val_str=<b / 1>"])
