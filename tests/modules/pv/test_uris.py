"""uris: URIs as Kamailio takes them apart."""

from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.uri import Uri
from sipapp.modules.pv.uris import is_phone, parameter, parse_uri, protocol, user


def parsed(text: bytes) -> Uri:
    uri = parse_uri(text)
    assert uri is not None
    return uri


class UrisTests(SynchronousTestCase):
    def test_some_schemes_are_known(self) -> None:
        for text in (b"sip:a@b", b"sips:a@b", b"tel:+1", b"urn:service:sos"):
            self.assertEqual(parsed(text).text, text)
        self.assertIsNone(parse_uri(b"http://a"))
        self.assertIsNone(parse_uri(b"sip:a@b:port"))

    def test_an_empty_user_is_none(self) -> None:
        self.assertEqual(user(parsed(b"sip:alice@b")), b"alice")
        self.assertIsNone(user(parsed(b"sip:b")))

    def test_a_telephone_number_ends_at_its_parameters(self) -> None:
        self.assertEqual(user(parsed(b"sip:+1;isub=2@b;user=phone")), b"+1")
        self.assertEqual(user(parsed(b"sip:+1;isub=2@b")), b"+1;isub=2")

    def test_a_telephone_number_says_so(self) -> None:
        self.assertTrue(is_phone(parsed(b"sip:+1@b;user=phone")))
        self.assertFalse(is_phone(parsed(b"sip:+1@b;user=ip")))
        self.assertFalse(is_phone(parsed(b"tel:+1")))

    def test_a_parameter_without_a_value_has_none(self) -> None:
        self.assertEqual(parameter(parsed(b"sip:b;x=1;lr"), b"x"), b"1")
        self.assertIsNone(parameter(parsed(b"sip:b;x=1;lr"), b"lr"))

    def test_transports_have_kamailios_numbers(self) -> None:
        for name, number in ((b"UDP", 1), (b"tcp", 2), (b"tls", 3), (b"wss", 6), (b"x", 0)):
            self.assertEqual(protocol(parsed(b"sip:b;transport=" + name)), number)
        self.assertEqual(protocol(parsed(b"sip:b")), 0)
