"""@hf_value, @hf_value2 and @hf_value_exists."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ConfigError
from sipapp.modules.textopsx import selects  # noqa: F401  (it offers them)
from sipapp.script.selects import parse_select
from tests.modules.texts import running

MORE = (
    b'X-V: a;p=1;q="two" , b;p=2, "c,d";p\r\n'
    b"X-V: e\r\n"
    b'X-A: Digest username="al", realm=r, qop=auth\r\n'
    b'X-U: "Al B" <sip:a@b;x=y>;p=1, <sip:c@d:99>;p=2;r="q"\r\n'
)


def read(path: bytes) -> Any:
    return parse_select(path)(running(MORE))


class ValueTests(SynchronousTestCase):
    def test_all_values_or_one(self) -> None:
        self.assertEqual(read(b"@hf_value.x_v"), b'a;p=1;q="two",b;p=2,"c,d";p,e')
        found = [read(b"@hf_value.x_v[%d]" % index) for index in (1, 3, -1, 9)]
        self.assertEqual(found, [b'a;p=1;q="two"', b'"c,d";p', b"e", None])
        self.assertIsNone(read(b"@hf_value.nope"))

    def test_a_parameter_without_quotes(self) -> None:
        for path, value in (
            (b"x_v[1].q", b"two"),
            (b"x_v.q", b"two"),
            (b"x_v[2].param.p", b"2"),
            (b"x_v[2].p.p", b"2"),
            (b"x_v[3].p.p", b""),
            (b"x_u[2].params.r", b"q"),
            (b"x_v.zz", None),
        ):
            self.assertEqual(read(b"@hf_value." + path), value, path)

    def test_a_uri_and_its_parts(self) -> None:
        self.assertEqual(read(b"@hf_value.x_u.uri"), b"sip:a@b;x=y,sip:c@d:99")
        self.assertEqual(read(b"@hf_value.x_u[2].uri"), b"sip:c@d:99")
        self.assertEqual(read(b"@hf_value.x_u[2].uri.host"), b"d")

    def test_a_display_name_and_the_rest_of_an_address(self) -> None:
        self.assertEqual(read(b"@hf_value.x_u.name"), b"Al B")
        self.assertEqual(read(b"@hf_value.x_u[1].nameaddr.name"), b'"Al B"')
        self.assertEqual(read(b"@hf_value.x_u.nameaddr.uri"), b"sip:a@b;x=y")
        self.assertEqual(read(b"@hf_value.x_u[2].nameaddr.params"), b'p=2;r="q"')

    def test_what_is_no_address_has_none(self) -> None:
        self.assertIsNone(read(b"@hf_value.x_a.uri"))

    def test_what_there_is_not_is_a_mistake(self) -> None:
        for path in (b"hf_value", b"hf_value[1]", b"hf_value.x.params", b"hf_value.x.nameaddr", b"hf_value.x.a.b.c"):
            self.assertRaises(ConfigError, parse_select, b"@" + path)


class ListTests(SynchronousTestCase):
    def test_a_whole_header_field_or_an_entry_of_it(self) -> None:
        self.assertEqual(read(b"@hf_value2.x_v[2]"), b"e")
        self.assertEqual(read(b"@hf_value2.x_v[-2]"), b'a;p=1;q="two" , b;p=2, "c,d";p')
        self.assertEqual(read(b"@hf_value2.x_a.realm"), b"r")
        self.assertEqual(read(b"@hf_value2.x_a[1].params.username"), b"al")

    def test_what_is_not_there_is_null(self) -> None:
        for path in (b"x_a[2]", b"x_a.zz", b"nope", b"x_a[-2]"):
            self.assertIsNone(read(b"@hf_value2." + path), path)

    def test_what_there_is_not_is_a_mistake(self) -> None:
        for path in (b"hf_value2", b"hf_value2.x.a.b", b"hf_value2.x.a[1]"):
            self.assertRaises(ConfigError, parse_select, b"@" + path)


class ExistsTests(SynchronousTestCase):
    def test_is_1_or_0_without_case(self) -> None:
        found = [read(b"@hf_value_exists." + path) for path in (b"x_v.E", b"x_v.zz", b"nope.e")]
        self.assertEqual(found, [b"1", b"0", b"0"])

    def test_needs_a_name_and_a_value(self) -> None:
        for path in (b"", b".x", b".x[1].e", b".x.e.e"):
            self.assertRaises(ConfigError, parse_select, b"@hf_value_exists" + path)
