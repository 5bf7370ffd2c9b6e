"""select_parts: what selects call the parts of a URI, an address, a Via, a header field."""

from types import SimpleNamespace
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.script import Value
from sipapp.message.parse import parse
from sipapp.script.select_parts import (
    ABSENT,
    address_part,
    auth_part,
    contact_part,
    header_part,
    uri_part,
    username_parts,
    via_part,
)

MESSAGE = b"""OPTIONS sip:example.com SIP/2.0
Via: SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKa
Via: SIP/2.0/TCP 192.0.2.8;branch=b;received=192.0.2.7;rport=99;alias, SIP/2.0/TLS last.example.com;i=3
From: "Alice" <sip:alice@example.com;x=y>;tag=f;p="q r"
To: <sip:example.net>
Contact: <sip:first@192.0.2.1>;q=0.1, "C" <sip:last@192.0.2.2>;q=0.5;expires=60
X-Foo: one;a=1
X-Foo: "N" <sip:n@example.org;u=v>;a_b=2;b="two"
Authorization: Digest username="sip:alice@example.com", realm="here", nonce="n", uri="sip:x", qop=auth
Call-ID: call
CSeq: 1 OPTIONS
Content-Length: 0

""".replace(b"\n", b"\r\n")


def context() -> Any:
    return SimpleNamespace(message=parse(MESSAGE))


class PartsCase(SynchronousTestCase):
    def read(self, make: Any, *path: bytes | int) -> Value:
        read = make(list(path))
        assert read is not None, path
        value: Value = read(context())
        return value

    def absent(self, make: Any, *path: bytes | int) -> None:
        self.assertIs(self.read(make, *path), ABSENT)


class UriPartTests(PartsCase):
    def of(self, uri: bytes, *path: bytes | int) -> Value:
        read = uri_part(lambda ctx: uri, list(path))
        assert read is not None, path
        return read(context())

    def test_each_part_has_a_name(self) -> None:
        uri = b"sip:alice:pw@example.com:5070;transport=tcp;x=y?h=1"
        for name, value in (
            (b"type", b"sip"),
            (b"user", b"alice"),
            (b"pwd", b"pw"),
            (b"host", b"example.com"),
            (b"port", b"5070"),
            (b"hostport", b"example.com:5070"),
            (b"params", b"transport=tcp;x=y"),
            (b"transport", b"tcp"),
        ):
            self.assertEqual(self.of(uri, name), value)
        self.assertEqual(self.of(uri), uri)

    def test_usual_values_stand_for_some_that_are_not_there(self) -> None:
        self.assertEqual([self.of(b"sip:x", b"hostport"), self.of(b"sip:x", b"transport")], [b"x:5060", b"udp"])
        self.assertEqual([self.of(b"sips:x", b"hostport"), self.of(b"sips:x", b"transport")], [b"x:5061", b"tls"])

    def test_others_are_absent(self) -> None:
        for name in (b"user", b"pwd", b"port", b"params"):
            self.assertIs(self.of(b"sip:x", name), ABSENT)

    def test_one_parameter_by_name(self) -> None:
        self.assertEqual(self.of(b"sip:x;a-b=1", b"params", b"A_B"), b"1")
        self.assertIsNone(self.of(b"sip:x;a=1", b"params", b"b"))

    def test_a_telephone_number_loses_its_separators(self) -> None:
        self.assertEqual(self.of(b"tel:+1(2)3-4;x", b"user"), b"+1234")
        self.assertEqual(self.of(b"sip:+1(2)3-4;x=1@h;user=phone", b"user"), b"+1234")
        self.assertEqual(self.of(b"sip:+1(2)3-4;x=1@h", b"user"), b"+1(2)3-4;x=1")

    def test_a_sip_uri_with_a_telephone_number_is_a_tel_uri(self) -> None:
        uri = b"sip:+1;x=1@h;user=phone"
        self.assertEqual([self.of(uri, b"type"), self.of(uri, b"params")], [b"tel", b"x=1"])
        self.assertEqual(self.of(b"sips:+1@h;user=phone", b"type"), b"tels")
        self.assertIs(self.of(b"sip:+1@h;user=phone", b"params"), ABSENT)

    def test_a_ported_number_goes_first(self) -> None:
        self.assertEqual(self.of(b"tel:+1;rn=+2", b"rn_user"), b"+2")
        self.assertEqual(self.of(b"tel:+1", b"rn_user"), b"+1")

    def test_an_index_before_a_part_is_ignored(self) -> None:
        self.assertEqual(self.of(b"sip:a@b", 0, b"user"), b"a")

    def test_there_are_no_other_parts(self) -> None:
        for path in ([b"users"], [b"user", b"x"], [b"params", 1], [b"params", b"a", b"b"]):
            self.assertIsNone(uri_part(lambda ctx: b"sip:x", path))  # type: ignore[arg-type]


class AddressPartTests(PartsCase):
    def test_an_address_has_a_uri_name_tag_and_parameters(self) -> None:
        def make(path: list[bytes | int]) -> Any:
            return address_part(b"from", path)

        self.assertEqual(self.read(make, b"uri"), b"sip:alice@example.com;x=y")
        self.assertEqual(self.read(make, b"uri", b"user"), b"alice")
        self.assertEqual(self.read(make, b"name"), b'"Alice"')
        self.assertEqual(self.read(make, b"tag"), b"f")
        self.assertEqual(self.read(make, b"params", b"P"), b"q r")

    def test_what_it_lacks_is_absent(self) -> None:
        def make(path: list[bytes | int]) -> Any:
            return address_part(b"to", path)

        self.absent(make, b"tag")
        self.absent(make, b"name")
        self.assertIsNone(self.read(make, b"params", b"x"))

    def test_there_are_no_other_parts(self) -> None:
        for path in ([b"host"], [b"tag", b"x"], [b"params"], [1]):
            self.assertIsNone(address_part(b"from", path))  # type: ignore[arg-type]


class ContactPartTests(PartsCase):
    def test_the_last_value_of_the_first_field_counts_as_in_kamailio(self) -> None:
        self.assertEqual(self.read(contact_part, b"uri"), b"sip:last@192.0.2.2")
        self.assertEqual(self.read(contact_part, b"name"), b'"C"')

    def test_its_parameters_have_names_of_their_own(self) -> None:
        self.assertEqual(self.read(contact_part, b"q"), b"0.5")
        self.assertEqual(self.read(contact_part, b"expires"), b"60")
        self.assertEqual(self.read(contact_part, b"params", b"q"), b"0.5")
        self.assertIsNone(self.read(contact_part, b"instance"))


class ViaPartTests(PartsCase):
    def test_vias_are_counted_from_1(self) -> None:
        self.assertEqual(self.read(via_part, b"host"), b"192.0.2.9")
        self.assertEqual(self.read(via_part, 1, b"host"), b"192.0.2.9")
        self.assertEqual(self.read(via_part, 2, b"host"), b"192.0.2.8")
        self.assertEqual(self.read(via_part, 3, b"host"), b"last.example.com")

    def test_every_negative_index_is_the_last_as_in_kamailio(self) -> None:
        self.assertEqual(
            [self.read(via_part, -1, b"host"), self.read(via_part, -2, b"host")], [b"last.example.com"] * 2
        )

    def test_each_part_has_a_name(self) -> None:
        for name, value in (
            (b"name", b"SIP"),
            (b"version", b"2.0"),
            (b"transport", b"TCP"),
            (b"branch", b"b"),
            (b"received", b"192.0.2.7"),
            (b"rport", b"99"),
        ):
            self.assertEqual(self.read(via_part, 2, name), value)
        self.assertEqual(self.read(via_part, 2, b"params", b"Branch"), b"b")
        self.assertEqual(self.read(via_part), b"SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKa")

    def test_what_a_via_lacks(self) -> None:
        self.absent(via_part, 2, b"port")
        self.absent(via_part, 2, b"alias")
        self.assertIsNone(self.read(via_part, 1, b"received"))

    def test_there_are_no_other_parts(self) -> None:
        self.assertIsNone(via_part([b"hosts"]))
        self.assertIsNone(via_part([1, b"host", b"x"]))


class HeaderPartTests(PartsCase):
    def test_fields_are_counted_from_1(self) -> None:
        self.assertEqual(self.read(header_part, b"X_Foo"), b"one;a=1")
        self.assertEqual(self.read(header_part, b"x_foo", 1), b"one;a=1")
        self.assertEqual(self.read(header_part, b"X_Foo", -1), b'"N" <sip:n@example.org;u=v>;a_b=2;b="two"')
        self.assertIsNone(self.read(header_part, b"X_Foo", 0))
        self.assertIsNone(self.read(header_part, b"Nope"))

    def test_their_parameters(self) -> None:
        self.assertEqual(self.read(header_part, b"X_Foo", b"params", b"a"), b"1")

    def test_their_addresses(self) -> None:
        self.assertEqual(self.read(header_part, b"X_Foo", 2, b"nameaddr", b"name"), b'"N"')
        self.assertEqual(self.read(header_part, b"X_Foo", 2, b"nameaddr", b"uri"), b"sip:n@example.org;u=v")
        self.assertEqual(self.read(header_part, b"X_Foo", 2, b"nameaddr", b"uri", b"user"), b"n")
        self.assertEqual(self.read(header_part, b"X_Foo", 2, b"nameaddr", b"params"), b'a_b=2;b="two"')
        self.assertEqual(self.read(header_part, b"X_Foo", 2, b"nameaddr", b"params", b"b"), b"two")

    def test_there_are_no_other_parts(self) -> None:
        for path in ([1], [b"X", b"other"], [b"X", b"nameaddr"], [b"X", b"nameaddr", b"tag"], [b"X", b"params"]):
            self.assertIsNone(header_part(path))  # type: ignore[arg-type]


class AuthPartTests(PartsCase):
    def make(self, path: list[bytes | int]) -> Any:
        return auth_part(b"authorization", path)

    def test_credentials_are_found_by_realm(self) -> None:
        self.assertEqual(self.read(self.make, b"here", b"nonce"), b"n")
        self.assertEqual(self.read(self.make, b"here", b"username"), b"sip:alice@example.com")
        self.assertEqual(self.read(self.make, b"here", b"username", b"user"), b"alice")
        self.assertEqual(self.read(self.make, b"here", b"username", b"domain"), b"example.com")
        self.absent(self.make, b"here", b"opaque")

    def test_there_are_no_other_parts(self) -> None:
        for path in ([1], [b"here", b"other"], [b"here", b"username", b"x"], [b"here", b"nonce", b"x"]):
            self.assertIsNone(self.make(path))  # type: ignore[arg-type]

    def test_a_user_name_may_be_a_uri(self) -> None:
        for name, parts in (
            (b"a", (b"a", b"")),
            (b"a@b", (b"a", b"b")),
            (b"sip:a@b", (b"a", b"b")),
            (b"sips:a", (b"a", b"")),
        ):
            self.assertEqual(username_parts(name), parts)
