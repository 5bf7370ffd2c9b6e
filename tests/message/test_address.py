"""address: From, To, Contact, Route and the like."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ParseError
from sipapp.message.address import Address, parse_addresses


class AddressTests(SynchronousTestCase):
    def test_all_parts(self) -> None:
        address = Address.parse(b'"Alice \\"A\\"" <sip:alice@atlanta.example.com;lr>;tag=88sja8x;x')
        self.assertEqual(address.display, b'"Alice \\"A\\""')
        self.assertEqual(address.display_name, b'Alice "A"')
        self.assertEqual(address.uri, b"sip:alice@atlanta.example.com;lr")
        self.assertEqual(address.parsed_uri.host, b"atlanta.example.com")
        self.assertEqual(list(address.parameters), [(b"tag", b"88sja8x"), (b"x", None)])
        self.assertEqual(address.tag, b"88sja8x")

    def test_a_display_name_of_tokens(self) -> None:
        address = Address.parse(b"token1~` token2'+_ token3*%!.- <sip:mundane@example.com>")
        self.assertEqual(address.display, b"token1~` token2'+_ token3*%!.-")
        self.assertEqual(Address.parse(b"caller<sip:caller@example.com>;tag=323").display, b"caller")
        self.assertEqual(Address.parse(b"<sip:a@b>").display, b"")

    def test_what_stands_in_quotes_separates_nothing(self) -> None:
        address = Address.parse(b'"A \\"quoted\\" <name>; x, y" <sip:alice@a.example>;tag=1')
        self.assertEqual(address.uri, b"sip:alice@a.example")
        self.assertEqual(address.tag, b"1")

    def test_without_angle_brackets_parameters_are_the_header_fields(self) -> None:
        address = Address.parse(b"sip:alice@example.com;tag=1;user=phone")
        self.assertEqual(address.uri, b"sip:alice@example.com")
        self.assertEqual(list(address.parameters), [(b"tag", b"1"), (b"user", b"phone")])
        self.assertEqual(
            Address.parse(b"sip:u@example.com?Route=%3Csip:x%3E").uri, b"sip:u@example.com?Route=%3Csip:x%3E"
        )

    def test_white_space_is_nothing(self) -> None:
        address = Address.parse(b'"J Rosenberg \\\\\\""       <sip:jdrosen@example.com>\r\n  ;\r\n  tag = 98asjd8')
        self.assertEqual(address.display_name, b'J Rosenberg \\"')
        self.assertEqual(address.tag, b"98asjd8")
        self.assertEqual(Address.parse(b"sip:a@b ;   tag    = 1918181833n").tag, b"1918181833n")
        self.assertEqual(Address.parse(b"  < sip:t.watson@example.org > ").uri, b"sip:t.watson@example.org")

    def test_no_tag_is_none(self) -> None:
        self.assertIsNone(Address.parse(b"<sip:a@b>").tag)
        self.assertIsNone(Address.parse(b"<sip:a@b>;x=y").tag)
        self.assertEqual(Address.parse(b"<sip:a@b>;x=y;TAG=z").tag, b"z")

    def test_a_star_is_an_address(self) -> None:
        self.assertEqual(Address.parse(b"*").uri, b"*")

    def test_a_uri_of_any_scheme_is_taken_and_a_bad_one_raises_when_it_is_asked_for(self) -> None:
        self.assertEqual(Address.parse(b"isbn:2983792873").parsed_uri.scheme, b"isbn")
        address = Address.parse(b"<alice>;tag=1")
        self.assertEqual(address.tag, b"1")
        self.assertRaises(ParseError, lambda: address.parsed_uri)

    def test_malformed_ones_are_refused(self) -> None:
        for text in (
            b"",
            b'"Mr. J. User <sip:j.user@example.com>',
            b"Bell, Alexander <sip:a.g.bell@example.com>;tag=43",
            b"<sip:a@b",
            b"sip:a@b>",
            b"<sip:a@b>x",
            b"<>",
            b"< >;tag=1",
            b"<<sip:a@b>>",
            b"sip:a@b sip:c@d",
            b'"a" "b" <sip:a@b>',
        ):
            self.assertRaises(ParseError, Address.parse, text)

    def test_malformed_parameters_are_refused_when_they_are_asked_for(self) -> None:
        address = Address.parse(b'<sip:a@b>;tag="1')
        self.assertRaises(ParseError, lambda: address.tag)
        self.assertRaises(ParseError, lambda: address.parameters)

    def test_the_text_comes_back_as_it_was(self) -> None:
        for text in (b' "A"  < sip:a@b > ; tag = 1 ', b"sip:a@b;x"):
            self.assertEqual(bytes(Address.parse(text)), text)

    def test_equality_is_by_text(self) -> None:
        self.assertEqual(Address.parse(b"<sip:a@b>"), Address.parse(b"<sip:a@b>"))
        self.assertNotEqual(Address.parse(b"<sip:a@b>"), Address.parse(b"sip:a@b"))
        self.assertEqual(len({Address.parse(b"<sip:a@b>"), Address.parse(b"<sip:a@b>")}), 1)

    def test_a_list_of_addresses(self) -> None:
        addresses = parse_addresses(b'"a, b" <sip:a@b>;q=1 , <sip:c@d;lr>,sip:e@f')
        self.assertEqual([address.uri for address in addresses], [b"sip:a@b", b"sip:c@d;lr", b"sip:e@f"])
        self.assertRaises(ParseError, parse_addresses, b"<sip:a@b>, <sip:c")
