from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.location import ALL_METHODS
from sipapp.message.address import Address
from sipapp.modules.registrar import reasons, wanted
from sipapp.modules.registrar.reasons import Refused
from tests.modules.stage import request


def register(*lines: str) -> Any:
    return request("REGISTER", more="".join(f"{line}\r\n" for line in lines))


def contact(parameters: str) -> Address:
    return Address.parse(f"<sip:bob@192.0.2.1>{parameters}".encode())


class WantedTests(SynchronousTestCase):
    def refused(self, why: reasons.Reason, function: Any, *arguments: Any) -> None:
        self.assertIs(self.assertRaises(Refused, function, *arguments).why, why)

    def contacts(self, *lines: str) -> tuple[list[bytes], bool]:
        addresses, star = wanted.contacts_of(register(*lines), 40)
        return [address.uri for address in addresses], star

    def test_contacts_of_one_line_come_from_its_last_to_its_first(self) -> None:
        self.assertEqual(
            self.contacts("Contact: <sip:a>, <sip:b>", "Contact: <sip:c>"), ([b"sip:b", b"sip:a", b"sip:c"], False)
        )
        self.assertEqual(self.contacts(), ([], False))

    def test_star_stands_alone_and_with_expires_0(self) -> None:
        self.assertEqual(self.contacts("Contact: *", "Expires: 0"), ([], True))
        self.refused(reasons.STAR_EXPIRES, self.contacts, "Contact: *")
        self.refused(reasons.STAR_CONTACTS, self.contacts, "Contact: *", "Contact: <sip:a>", "Expires: 0")
        self.refused(reasons.STAR_CONTACTS, self.contacts, "Contact: <sip:a>", "Contact: *", "Expires: 0")

    def test_what_cannot_be_read_or_is_too_long_is_refused(self) -> None:
        self.refused(reasons.BAD_CONTACT, self.contacts, "Contact: <sip:a")
        self.refused(reasons.BAD_CONTACT, self.contacts, "Contact: ")
        self.refused(reasons.BAD_CONTACT, self.contacts, 'Contact: <sip:a>;x="y')
        self.refused(reasons.LONG_CONTACT, self.contacts, f"Contact: <sip:{'a' * 37}>")
        self.refused(reasons.LONG_CONTACT, self.contacts, f"Contact: <sip:a>;received=sip:{'a' * 255}")

    def test_seconds_are_the_contacts_own_or_those_of_expires(self) -> None:
        for parameters, seconds in (
            ("", 90),
            (";expires=60", 60),
            (";expires=0", 0),
            (';expires="70"', 70),
            (";expires=abc", -1),
            (";expires=4294967296", -1),
            (";expires=" + "9" * 5000, -1),
        ):
            self.assertEqual(wanted.own_seconds(contact(parameters), 90), seconds, parameters[:20])
        self.assertEqual([wanted.expires_of(register(*x)) for x in ((), ("Expires: x",), ("Expires: 5",))], [-1, -1, 5])

    def test_chance_takes_no_more_than_it_may(self) -> None:
        self.assertEqual(wanted.shortened(3600, 0), 3600)
        found = {wanted.shortened(1000, 10) for _ in range(500)}
        self.assertGreater(len(found), 20)
        self.assertTrue(all(900 <= seconds <= 1000 for seconds in found))

    def test_q_is_a_number_from_0_to_1_in_thousandths(self) -> None:
        for text, q in (
            ("1", 1000),
            ("0.5", 500),
            (".25", 250),
            ("0", 0),
            ("1.000", 1000),
            ("0.12345", 123),
            ("00.5", 500),
        ):
            self.assertEqual(wanted.q_of(contact(f";q={text}"), -1), q, text)
        self.assertEqual(wanted.q_of(contact(""), 700), 700)
        for text in ("2", "1.001", "x", ".", "0.x", "-1", "10"):
            self.refused(reasons.BAD_Q, wanted.q_of, contact(f";q={text}"), -1)

    def test_a_reg_id_needs_an_instance_and_a_number(self) -> None:
        self.assertEqual(wanted.reg_id_of(contact(';+sip.instance="<urn:x>";reg-id=3')), 3)
        self.assertEqual(wanted.reg_id_of(contact(";reg-id=3")), 0)
        for text in ("0", "x", "99999999999"):
            self.refused(reasons.BAD_REG_ID, wanted.reg_id_of, contact(f';+sip.instance="<urn:x>";reg-id={text}'))

    def test_methods_are_bits_of_the_contact_or_of_allow(self) -> None:
        self.assertEqual(wanted.methods_of(contact(';methods="INVITE, BYE"'), 5), 9)
        self.assertEqual(wanted.methods_of(contact(""), 5), 5)
        self.refused(reasons.BAD_METHODS, wanted.methods_of, contact(';methods="INVITE BYE"'), 5)
        self.assertEqual(wanted.allowed_of(register("Allow: INVITE", "Allow: ACK,FOO")), 1 + 4 + (1 << 19))
        self.assertEqual(wanted.allowed_of(register()), ALL_METHODS)

    def test_option_tags_are_taken_in_any_case(self) -> None:
        found = wanted.options_of(register("Supported: Path, gruu", "Supported: outbound"), b"supported")
        self.assertEqual(found, {b"path", b"gruu", b"outbound"})
        self.assertEqual(wanted.options_of(register(), b"require"), set())

    def test_a_path_is_one_value_whose_first_hop_is_a_loose_router(self) -> None:
        path = wanted.path_of(register("Path: <sip:a@192.0.2.8;lr>, <sip:b>", "Path: <sip:c>"))
        self.assertEqual(path, b"<sip:a@192.0.2.8;lr>, <sip:b>,<sip:c>")
        self.assertEqual(wanted.path_of(register()), b"")
        for line in ("Path: <sip:a@192.0.2.8>", "Path: nonsense", "Path: <sip:a;lr", "Path: "):
            self.refused(reasons.BAD_PATH, wanted.path_of, register(line))
        self.assertEqual(wanted.rest_of(path), b"<sip:b>,<sip:c>")
        self.assertEqual(wanted.rest_of(b"<sip:a;lr>"), b"")
        self.assertIsNone(wanted.first_hop(b""))
        self.assertIsNone(wanted.first_hop(b"<sip:a"))

    def test_the_first_hop_may_say_where_the_client_is(self) -> None:
        for path, received in (
            (b"<sip:a;lr;received=sip:192.0.2.7:5070%3Btransport%3Dtcp>", b"sip:192.0.2.7:5070;transport=tcp"),
            (b'<sip:a;lr>;received="sip:192.0.2.7"', b"sip:192.0.2.7"),
            (b"<sip:a;lr>", b""),
            (b"", b""),
        ):
            self.assertEqual(wanted.received_of(path), received)
