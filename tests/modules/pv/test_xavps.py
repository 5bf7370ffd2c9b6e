"""xavps: $xavp, $xavu, $xavi and $cnt."""

from collections.abc import Mapping

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.interfaces.script import Value
from tests.modules.pv.script import Script


class XavpCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.script = Script()

    def put(self, *assignments: tuple[str, Value]) -> None:
        for name, value in assignments:
            self.script.write(name, value)

    def reads(self, expected: Mapping[str, Value]) -> None:
        self.assertEqual({name: self.script.read(name) for name in expected}, expected)

    def refused(self, *variables: str) -> None:
        for variable in variables:
            self.assertRaises(ConfigError, self.script.variable, variable)


class PlainValueTests(XavpCase):
    def test_the_newest_has_index_0(self) -> None:
        self.reads({"$xavp(a)": None})
        self.put(("$xavp(a)", 1), ("$xavp(a)", b"two"))
        self.reads({"$xavp(a)": b"two", "$xavp(a[0])": b"two", "$xavp(a[1])": 1, "$xavp(a[2])": None})

    def test_negative_indexes_count_from_the_oldest(self) -> None:
        self.put(("$xavp(a)", 1), ("$xavp(a)", 2))
        self.reads({"$xavp(a[-1])": 1, "$xavp(a[-2])": 2, "$xavp(a[-3])": None})

    def test_an_index_replaces_what_there_is(self) -> None:
        self.put(("$xavp(a)", 1), ("$xavp(a)", 2), ("$xavp(a[1])", 9), ("$xavp(a[5])", 7))
        self.reads({"$xavp(a[1])": 9, "$xavp(a[0])": 2, "$xavp(a[2])": None})

    def test_null_removes_one_and_all_all(self) -> None:
        self.put(("$xavp(a)", 1), ("$xavp(a)", 2), ("$xavp(a)", 3), ("$xavp(a)", None))
        self.reads({"$xavp(a)": 2})
        self.put(("$xavp(a[1])", None))
        self.reads({"$xavp(a)": 2, "$xavp(a[1])": None})
        self.put(("$xavp(a[*])", None))
        self.reads({"$xavp(a)": None})

    def test_names_are_told_apart_by_case(self) -> None:
        self.put(("$xavp(a)", 1))
        self.reads({"$xavp(A)": None})


class FieldTests(XavpCase):
    def test_without_an_index_a_field_makes_a_new_value(self) -> None:
        self.put(("$xavp(a=>x)", 1), ("$xavp(a=>y)", 2))
        self.reads({"$xavp(a=>y)": 2, "$xavp(a=>x)": None, "$xavp(a[1]=>x)": 1})

    def test_with_an_index_a_field_is_added(self) -> None:
        self.put(("$xavp(a=>x)", 1), ("$xavp(a[0]=>y)", 2), ("$xavp(a[0]=>x)", 3))
        self.reads({"$xavp(a=>x)": 3, "$xavp(a=>y)": 2, "$xavp(a[0]=>x[1])": 1, "$xavp(a[0]=>x[-1])": 1})

    def test_all_of_a_field_are_joined(self) -> None:
        self.put(("$xavp(a=>x)", 1), ("$xavp(a[0]=>x)", b"two"))
        self.reads({"$xavp(a=>x[*])": b"two, 1", "$xavp(a=>y[*])": None})

    def test_an_index_of_a_field_replaces(self) -> None:
        self.put(("$xavp(a=>x)", 1), ("$xavp(a[0]=>x[0])", 5))
        self.reads({"$xavp(a=>x)": 5, "$xavp(a=>x[1])": None})

    def test_null_removes_a_field(self) -> None:
        self.put(("$xavp(a=>x)", 1), ("$xavp(a[0]=>y)", 2), ("$xavp(a=>x)", None))
        self.reads({"$xavp(a=>x)": None, "$xavp(a=>y)": 2})
        self.put(("$xavp(a[*]=>y)", None))
        self.reads({"$xavp(a=>y)": None})

    def test_a_field_of_what_is_not_there_is_not_written(self) -> None:
        self.put(("$xavp(a[0]=>x)", 1), ("$xavp(a=>x)", None))
        self.reads({"$xavp(a)": None})
        self.put(("$xavp(a)", 5), ("$xavp(a[0]=>x)", 1))
        self.reads({"$xavp(a)": 5, "$xavp(a=>x)": None})

    def test_a_value_with_fields_shows_that_it_has(self) -> None:
        self.put(("$xavp(a=>x)", 1))
        shown = self.script.read("$xavp(a)")
        assert isinstance(shown, bytes)
        self.assertRegex(shown, b"^<<xavp:0x[0-9a-f]+>>$")

    def test_indexes_may_be_variables(self) -> None:
        self.put(("$xavp(a=>x)", 1), ("$xavp(a=>x)", 2), ("$var(i)", 1))
        self.reads({"$xavp(a[$var(i)]=>x)": 1})

    def test_blanks_may_stand_around_names(self) -> None:
        self.put(("$xavp(a=>x)", 1))
        self.reads({"$xavp( a => x )": 1})

    def test_a_broken_path_is_found_at_load(self) -> None:
        self.refused("$xavp", "$xavp()", "$xavp(a[)", "$xavp(a[x])", "$xavp(a=x)", "$xavp(a=>)", "$(xavp(a)[0])")


class XaviTests(XavpCase):
    def test_names_may_be_written_in_any_case(self) -> None:
        self.put(("$xavi(Abc=>Field)", 1))
        self.reads({"$xavi(aBC=>fIELD)": 1, "$xavp(Abc=>Field)": None})

    def test_they_are_removed_in_any_case(self) -> None:
        self.put(("$xavi(Abc=>Field)", 1), ("$xavi(ABC)", None))
        self.reads({"$xavi(abc=>field)": None})


class XavuTests(XavpCase):
    def test_writing_replaces(self) -> None:
        self.put(("$xavu(a)", 1), ("$xavu(a)", 2))
        self.reads({"$xavu(a)": 2})
        self.put(("$xavu(a)", None))
        self.reads({"$xavu(a)": None})

    def test_fields_stand_side_by_side(self) -> None:
        self.put(("$xavu(a=>x)", 1), ("$xavu(a=>y)", 2), ("$xavu(a=>x)", 3))
        self.reads({"$xavu(a=>x)": 3, "$xavu(a=>y)": 2, "$xavu(a=>z)": None, "$xavu(b=>x)": None})
        self.put(("$xavu(a=>x)", None), ("$xavu(b=>x)", None))
        self.reads({"$xavu(a=>x)": None, "$xavu(a=>y)": 2})

    def test_a_broken_path_is_found_at_load(self) -> None:
        self.refused("$xavu", "$xavu(=>x)", "$xavu(a=>)", "$xavu(a=b)", "$(xavu(a)[0])")


class CntTests(XavpCase):
    def test_avps_are_counted(self) -> None:
        self.reads({"$cnt($avp(x))": 0})
        self.put(("$avp(x)", 1), ("$avp(x)", 2), ("$var(name)", b"x"))
        self.reads({"$cnt($avp(x))": 2, "$cnt($avp(s:x))": 2, "$cnt($avp($var(name)))": 2})

    def test_xavps_are_counted(self) -> None:
        self.put(("$xavp(a=>x)", 1), ("$xavp(a[0]=>x)", 2), ("$xavp(a=>x)", 3), ("$xavp(b)", 1))
        self.reads(
            {
                "$cnt($xavp(a))": 2,
                "$cnt($xavp(b))": 1,
                "$cnt($xavp(c))": 0,
                "$cnt($xavp(a=>x))": 3,
                "$cnt($xavp(a[0]=>x))": 1,
                "$cnt($xavp(a[1]=>x))": 2,
                "$cnt($xavp(a[9]))": 0,
                "$cnt($xavp(a=>x[1]))": 1,
            }
        )

    def test_nothing_else_is_counted(self) -> None:
        self.refused("$cnt", "$cnt($var(x))", "$cnt(x)", "$(cnt($avp(x))[0])", "$cnt($avp)")
