"""scriptvars: $var, $vn, $vz, $_s and $avp."""

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.modules.pv import Pv
from sipapp.modules.pv.scriptvars import initial_values
from tests.modules.pv.script import Script


class VarTests(SynchronousTestCase):
    def test_a_var_is_0_until_it_is_set_and_after_null(self) -> None:
        script = Script()
        self.assertEqual(script.read("$var(x)"), 0)
        script.write("$var(x)", b"text")
        self.assertEqual(script.read("$var(x)"), b"text")
        script.write("$var(x)", None)
        self.assertEqual(script.read("$var(x)"), 0)

    def test_vz_is_another_name_of_var(self) -> None:
        script = Script()
        script.write("$vz(x)", 5)
        self.assertEqual(script.read("$var(x)"), 5)

    def test_a_vn_is_null_until_it_is_set_and_no_var(self) -> None:
        script = Script()
        self.assertIsNone(script.read("$vn(x)"))
        script.write("$vn(x)", 5)
        self.assertEqual([script.read("$vn(x)"), script.read("$var(x)")], [5, 0])
        script.write("$vn(x)", None)
        self.assertIsNone(script.read("$vn(x)"))

    def test_varset_says_what_a_var_is_at_first_in_every_run(self) -> None:
        script = Script(varset="n=i:17")
        script.pv.set_parameter("varset", "t=s:a text")
        self.assertEqual([script.read("$var(n)"), script.read("$var(t)")], [17, b"a text"])
        script.write("$var(n)", 1)
        self.assertEqual(script.again().read("$var(n)"), 17)

    def test_another_run_has_its_own(self) -> None:
        script = Script()
        script.write("$var(x)", 1)
        self.assertEqual(script.again().read("$var(x)"), 0)

    def test_a_var_has_a_name_and_no_index(self) -> None:
        for wrong in ("$var", "$(var(x)[1])", "$vn"):
            self.assertRaises(ConfigError, Script().variable, wrong)

    def test_initial_values_have_a_type(self) -> None:
        self.assertEqual(initial_values(["a=i:-5", "b=S:x=y", "c=s:"]), {b"a": -5, b"b": b"x=y", b"c": b""})
        for wrong in ("a", "a=5", "a=i:x", "=i:1", "a=x:1"):
            self.assertRaises(ConfigError, initial_values, [wrong])

    def test_a_text_with_variables_is_one_variable(self) -> None:
        script = Script()
        script.write("$var(x)", 5)
        self.assertEqual(script.read("$_s(a$var(x)-$vn(y))"), b"a5-<null>")
        self.assertTrue(script.variable("$_s(plain)").constant)
        self.assertFalse(script.variable("$_s($var(x))").constant)


class AvpTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.script = Script()

    def put(self, name: str, *values: int | bytes | None) -> None:
        for value in values:
            self.script.write(name, value)

    def test_the_newest_value_is_on_top(self) -> None:
        self.put("$avp(x)", 1, b"two", 3)
        self.assertEqual(self.script.read("$avp(x)"), 3)
        self.put("$avp(x)", None)
        self.assertEqual(self.script.read("$avp(x)"), b"two")

    def test_older_ones_have_higher_indexes(self) -> None:
        self.put("$avp(x)", 1, b"two", 3)
        read = self.script.read
        self.assertEqual(
            [read("$(avp(x)[0])"), read("$(avp(x)[1])"), read("$(avp(x)[2])"), read("$(avp(x)[3])")],
            [3, b"two", 1, None],
        )

    def test_all_of_them_come_newest_first(self) -> None:
        self.assertIsNone(self.script.read("$(avp(x)[*])"))
        self.put("$avp(x)", 1, b"two", 3)
        self.assertEqual(self.script.read("$(avp(x)[*])"), b"3, two, 1")

    def test_of_the_negative_indexes_only_the_lowest_finds_one_as_in_kamailio(self) -> None:
        self.put("$avp(x)", 1, 2)
        self.assertEqual([self.script.read("$(avp(x)[-1])"), self.script.read("$(avp(x)[-2])")], [None, 2])

    def test_writing_all_replaces_and_null_removes_all(self) -> None:
        self.put("$avp(x)", 1, 2)
        self.put("$(avp(x)[*])", 9)
        self.assertEqual(self.script.read("$(avp(x)[*])"), b"9")
        self.put("$(avp(x)[*])", None)
        self.assertIsNone(self.script.read("$avp(x)"))
        self.put("$avp(x)", None)

    def test_an_index_may_be_a_variable(self) -> None:
        self.put("$avp(x)", 1, 2)
        self.script.write("$var(i)", 1)
        self.assertEqual(self.script.read("$(avp(x)[$var(i)])"), 1)

    def test_a_name_may_be_a_variable(self) -> None:
        self.script.write("$var(name)", b"x")
        self.put("$avp($var(name))", 1, 2)
        self.assertEqual([self.script.read("$avp(x)"), self.script.read("$(avp($var(name))[1])")], [2, 1])
        self.assertEqual(self.script.read("$(avp($var(name))[*])"), b"2, 1")
        self.put("$(avp($var(name))[*])", None)
        self.assertIsNone(self.script.read("$avp(x)"))

    def test_a_variable_that_names_nothing_has_no_value(self) -> None:
        self.put("$avp($vn(nothing))", 1)
        self.assertIsNone(self.script.read("$avp($vn(nothing))"))
        self.assertEqual(self.script.ctx.avps, {})

    def test_s_is_a_name_and_i_a_number(self) -> None:
        self.put("$avp(s:x)", 1)
        self.put("$avp(i:5)", 2)
        self.assertEqual(
            [self.script.read("$avp(x)"), self.script.read("$avp(i:5)"), self.script.read("$avp(5)")], [1, 2, None]
        )

    def test_aliases_are_other_names(self) -> None:
        script = Script(avp_aliases="email=s:mail_address;number=i:7")
        script.write("$avp(email)", b"a@b")
        script.write("$avp(NUMBER)", 8)
        self.assertEqual([script.read("$avp(mail_address)"), script.read("$avp(i:7)")], [b"a@b", 8])

    def test_a_malformed_alias_is_found_at_load(self) -> None:
        self.assertRaises(ConfigError, Script(avp_aliases="email").variable, "$avp(x)")

    def test_an_avp_has_a_name(self) -> None:
        for wrong in ("$avp", "$(avp(x)[y])", "$avp(z:x)"):
            self.assertRaises(ConfigError, self.script.variable, wrong)


class StartTests(SynchronousTestCase):
    def test_a_malformed_varset_keeps_the_module_from_starting(self) -> None:
        pv: Any = Pv()
        pv.set_parameter("varset", "a=5")
        self.assertRaises(ConfigError, pv.start, None)
