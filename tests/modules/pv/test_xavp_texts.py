"""xavp_texts: lists and parameters in $xavp and $xavu."""

from collections.abc import Mapping

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.script import Value
from tests.modules.pv.script import Script


class XavpTextsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.script = Script()

    def call(self, function: str, *arguments: bytes) -> int:
        code: int = getattr(self.script.pv, function)(self.script.ctx, *arguments)
        return code

    def implode(self, function: str, name: bytes) -> Value:
        code: int = getattr(self.script.pv, function)(self.script.ctx, name, self.script.variable("$vn(out)"))
        return self.script.read("$vn(out)") if code == 1 else code

    def reads(self, expected: Mapping[str, Value]) -> None:
        self.assertEqual({name: self.script.read(name) for name in expected}, expected)

    def test_a_list_becomes_fields_in_order(self) -> None:
        self.assertEqual(self.call("xavp_slist_explode", b"a, b,,c ,", b",", b"t", b"x"), 1)
        self.reads({"$xavp(x=>v[*])": b"a, b, c", "$xavp(x=>v)": b"a", "$xavp(x[0]=>v[2])": b"c"})

    def test_without_a_mode_blanks_stay(self) -> None:
        self.call("xavp_slist_explode", b"a, b", b",", b"", b"x")
        self.reads({"$xavp(x[0]=>v[1])": b" b"})

    def test_each_character_separates(self) -> None:
        self.call("xavp_slist_explode", b"a;b-c]d", b"-];", b"t", b"x")
        self.reads({"$xavp(x=>v[*])": b"a, b, c, d"})

    def test_a_list_needs_text_separators_and_a_name(self) -> None:
        for arguments in ((b"", b",", b"", b"x"), (b"a", b"", b"", b"x"), (b"a", b",", b"", b"")):
            self.assertEqual(self.call("xavp_slist_explode", *arguments), -1)

    def test_parameters_become_fields(self) -> None:
        self.assertEqual(self.call("xavp_params_explode", b'a=1;b="q r";c;a=3;', b"x"), 1)
        self.reads({"$xavp(x=>a)": b"1", "$xavp(x[0]=>a[1])": b"3", "$xavp(x=>b)": b"q r", "$xavp(x=>c)": b""})

    def test_another_separator_may_be_given(self) -> None:
        self.assertEqual(self.call("xavp_xparams_explode", b"a=1;2&b=3", b"&", b"x"), 1)
        self.reads({"$xavp(x=>a)": b"1;2", "$xavp(x=>b)": b"3"})

    def test_malformed_parameters_make_nothing(self) -> None:
        for text in (b"", b'a="', b"a=1;;", b"a=1;;b=2", b";a=1", b"a=1;=2"):
            self.assertEqual(self.call("xavp_params_explode", text, b"x"), -1)
        self.reads({"$xavp(x)": None})
        self.assertEqual(self.call("xavp_params_explode", b"a=1", b""), -1)

    def test_fields_become_parameters(self) -> None:
        self.call("xavp_params_explode", b"a=1;b;c=q", b"x")
        self.script.write("$xavp(x[0]=>n)", 5)
        self.assertEqual(self.implode("xavp_params_implode", b"x"), b"n=5;a=1;b;c=q;")
        self.assertEqual(self.implode("xavp_params_implode_qval", b"x"), b'n=5;a="1";b;c="q";')

    def test_where_there_are_no_fields_there_are_no_parameters(self) -> None:
        self.script.write("$xavp(plain)", 5)
        self.assertEqual([self.implode("xavp_params_implode", name) for name in (b"plain", b"none")], [-1, -1])

    def test_xavu_takes_each_parameter_once(self) -> None:
        self.assertEqual(self.call("xavu_params_explode", b"a=1;b=2;a=3", b"x"), 1)
        self.reads({"$xavu(x=>a)": b"3", "$xavu(x=>b)": b"2"})
        self.assertEqual(self.implode("xavu_params_implode", b"x"), b"a=3;b=2;")
        self.assertEqual(self.call("xavu_params_explode", b"", b"x"), -1)
        self.assertEqual(self.implode("xavu_params_implode", b"none"), -1)

    def test_a_var_becomes_a_field(self) -> None:
        self.script.write("$var(n)", 5)
        self.script.write("$xavp(x)", b"old")
        self.assertEqual(self.call("pv_var_to_xavp", b"n", b"x"), 1)
        self.reads({"$xavp(x=>n)": 5, "$cnt($xavp(x))": 1})

    def test_a_var_that_the_script_does_not_name_is_none(self) -> None:
        self.script.write("$xavp(x)", b"old")
        self.assertEqual(self.call("pv_var_to_xavp", b"nothing", b"x"), -1)
        self.reads({"$xavp(x)": None})

    def test_all_vars_become_fields_but_empty_ones(self) -> None:
        for name, value in (("n", 5), ("e", b""), ("t", b"text")):
            self.script.write(f"$var({name})", value)
        self.script.read("$var(never)")
        self.assertEqual(self.call("pv_var_to_xavp", b"*", b"x"), 1)
        self.assertEqual(self.implode("xavp_params_implode", b"x"), b"n=5;t=text;never=0;")

    def test_fields_become_vars_the_oldest_last(self) -> None:
        self.script.write("$xavp(x=>n)", 1)
        self.script.write("$xavp(x[0]=>t)", b"text")
        self.script.write("$xavp(x=>n)", 2)
        self.assertEqual(self.call("pv_xavp_to_var", b"x"), 1)
        self.reads({"$var(n)": 1, "$var(t)": b"text"})

    def test_only_fields_become_vars(self) -> None:
        self.script.write("$xavp(x)", 1)
        self.assertEqual([self.call("pv_xavp_to_var", name) for name in (b"x", b"none")], [-1, -1])
