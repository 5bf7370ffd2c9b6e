"""xavp_functions: copying, turning, setting and removing."""

from collections.abc import Mapping
from typing import Any

from twisted.logger import globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.script import Value
from sipapp.log import follow
from tests.modules.pv.script import Script
from tests.modules.stage import UDP_5080


class XavpFunctionsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.script = Script()
        self.ctx = self.script.ctx

    def call(self, function: str, *arguments: bytes | int) -> int:
        code: int = getattr(self.script.pv, function)(self.ctx, *arguments)
        return code

    def put(self, **values: Value) -> None:
        """A new $xavp(a) with these fields."""
        for place, (name, value) in enumerate(values.items()):
            self.script.write(f"$xavp(a{'[0]' * bool(place)}=>{name})", value)

    def reads(self, expected: Mapping[str, Value]) -> None:
        self.assertEqual({name: self.script.read(name) for name in expected}, expected)

    def test_a_copy_goes_behind_the_last_of_its_name(self) -> None:
        self.put(x=1, y=b"b")
        self.assertEqual(self.call("xavp_copy", b"a", 0, b"c"), 1)
        self.put(x=2)
        self.assertEqual(self.call("xavp_copy", b"a", 0, b"c"), 1)
        self.reads({"$xavp(c[0]=>x)": 1, "$xavp(c[0]=>y)": b"b", "$xavp(c[1]=>x)": 2})

    def test_a_copy_has_fields_of_its_own(self) -> None:
        self.put(x=1)
        self.call("xavp_copy", b"a", 0, b"c")
        self.script.write("$xavp(a[0]=>x[0])", 5)
        self.reads({"$xavp(c=>x)": 1})

    def test_a_copy_can_replace(self) -> None:
        for number in (1, 2):
            self.put(x=number)
        self.assertEqual(self.call("xavp_copy", b"a", 0, b"a", 1), 1)
        self.reads({"$xavp(a[0]=>x)": 2, "$xavp(a[1]=>x)": 2, "$xavp(a[2]=>x)": None})

    def test_what_is_not_there_is_not_copied(self) -> None:
        self.put(x=1)
        self.assertEqual(self.call("xavp_copy", b"a", 1, b"c"), -1)
        self.assertEqual(self.call("xavp_copy", b"a", 0, b"c", 0), -1)
        self.reads({"$xavp(c)": None})

    def test_a_shift_turns_the_values(self) -> None:
        for number in (3, 2, 1):
            self.script.write("$xavp(a)", number)
        self.assertEqual(self.call("xavp_lshift", b"a", 1), 1)
        self.reads({"$xavp(a[0])": 2, "$xavp(a[1])": 3, "$xavp(a[2])": 1})
        self.assertEqual(self.call("xavp_lshift", b"a", -1), 1)
        self.reads({"$xavp(a[0])": 1, "$xavp(a[1])": 2, "$xavp(a[2])": 3})

    def test_a_shift_by_nothing_does_nothing_and_of_nothing_fails(self) -> None:
        self.script.write("$xavp(a)", 1)
        self.assertEqual([self.call("xavp_lshift", b"a", 0), self.call("xavp_lshift", b"b", 1)], [1, -2])
        self.assertEqual(self.call("xavp_lshift", b"a", 7), 1)
        self.reads({"$xavp(a)": 1})

    def test_a_shift_leaves_other_names_in_their_places(self) -> None:
        for name, number in (("a", 1), ("b", 2), ("a", 3)):
            self.script.write(f"$xavp({name})", number)
        self.call("xavp_lshift", b"a", 1)
        self.assertEqual([(found.name, found.value) for found in self.ctx.xavps], [(b"a", 1), (b"b", 2), (b"a", 3)])

    def test_a_destination_becomes_that_of_the_request(self) -> None:
        self.put(uri=b"sip:new@example.net", dsturi=b"sip:192.0.2.7", socket=b"udp:192.0.2.1:5080")
        self.assertEqual(self.call("xavp_push_dst", b"a"), 1)
        self.reads({"$ru": b"sip:new@example.net", "$du": b"sip:192.0.2.7", "$fs": UDP_5080.text})

    def test_a_destination_may_lack_parts(self) -> None:
        self.put(uri=b"sip:new@example.net", socket=b"udp:198.51.100.1:1")
        self.assertEqual(self.call("xavp_push_dst", b"a"), 1)
        self.reads({"$ru": b"sip:new@example.net", "$du": None, "$fs": None})
        self.put(other=1)
        self.assertEqual(self.call("xavp_push_dst", b"a"), 1)

    def test_a_plain_value_is_no_destination(self) -> None:
        self.script.write("$xavp(a)", b"sip:new@example.net")
        self.assertEqual([self.call("xavp_push_dst", b"a"), self.call("xavp_push_dst", b"b")], [-1, -1])
        self.reads({"$ru": b"sip:bob@example.com"})

    def test_a_field_is_set_once(self) -> None:
        self.assertEqual(self.call("xavp_child_sets", b"a", b"x", b"one"), 1)
        self.assertEqual(self.call("xavp_child_seti", b"a", b"y", 5), 1)
        self.assertEqual(self.call("xavp_child_sets", b"a", b"x", b"two"), 1)
        self.reads({"$xavp(a=>x[*])": b"two", "$xavp(a=>y)": 5, "$cnt($xavp(a))": 1})

    def test_a_plain_value_gives_way_to_a_field(self) -> None:
        self.script.write("$xavp(a)", 1)
        self.call("xavp_child_seti", b"a", b"y", 5)
        self.reads({"$xavp(a=>y)": 5, "$cnt($xavp(a))": 1})

    def test_a_field_needs_names(self) -> None:
        self.assertEqual(
            [self.call("xavp_child_seti", b"", b"y", 5), self.call("xavp_child_seti", b"a", b"", 5)], [-1, -1]
        )

    def test_a_field_is_removed(self) -> None:
        self.put(x=1, y=2)
        self.assertEqual(self.call("xavp_child_rm", b"a", b"x"), 1)
        self.reads({"$xavp(a=>x)": None, "$xavp(a=>y)": 2})
        self.assertEqual([self.call("xavp_child_rm", b"a", b"x"), self.call("xavp_child_rm", b"b", b"x")], [1, 1])

    def test_one_is_removed_or_all(self) -> None:
        for number in (1, 2, 3):
            self.script.write("$xavp(a)", number)
        self.assertEqual(self.call("xavp_rm", b"a"), 1)
        self.reads({"$xavp(a)": 2})
        self.assertEqual(
            [self.call("xavp_rm_all", b"a"), self.call("xavp_rm_all", b"a"), self.call("xavp_rm", b"a")], [2, 1, 1]
        )
        self.reads({"$xavp(a)": None})

    def test_names_of_xavi_may_be_in_any_case(self) -> None:
        self.call("xavi_child_sets", b"Abc", b"Field", b"one")
        self.call("xavi_child_seti", b"ABC", b"FIELD", 2)
        self.reads({"$xavi(abc=>field[*])": b"2"})
        self.call("xavi_child_rm", b"aBC", b"fIELD")
        self.reads({"$xavi(abc=>field)": None})
        self.call("xavi_child_seti", b"abc", b"x", 1)
        self.assertEqual([self.call("xavi_rm", b"ABC"), self.call("xavi_rm_all", b"ABC")], [1, 1])
        self.reads({"$xavi(abc=>x)": None})

    def test_all_of_them_are_written_to_the_log(self) -> None:
        self.put(x=1)
        self.script.write("$xavu(u)", b"v")
        self.script.write("$xavi(I)", 3)
        follow(None)
        lines: list[Any] = []
        observer: Any = lines.append
        globalLogPublisher.addObserver(observer)
        self.addCleanup(globalLogPublisher.removeObserver, observer)
        for function in ("pv_xavp_print", "pv_xavu_print", "pv_xavi_print"):
            self.assertEqual(self.call(function), 1)
        written = [(line["kind"], line["name"], line["indent"], line.get("value")) for line in lines if "kind" in line]
        self.assertEqual(
            written, [("XAVP", "a", "", None), ("XAVP", "x", "  ", 1), ("XAVU", "u", "", b"v"), ("XAVI", "I", "", 3)]
        )
