"""request: method and Request-URI."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ParseError
from sipapp.message.parse import parse
from sipapp.message.request import Request
from tests.message.samples import INVITE


class RequestTests(SynchronousTestCase):
    def test_start_line(self) -> None:
        message = parse(INVITE)
        assert isinstance(message, Request)
        self.assertEqual(message.method, b"INVITE")
        self.assertEqual(message.uri, b"sip:bob@biloxi.example.com;transport=udp")
        self.assertEqual(message.version, b"SIP/2.0")
        self.assertEqual(message.parsed_uri.host, b"biloxi.example.com")
        self.assertIs(message.parsed_uri, message.parsed_uri)
        self.assertEqual(repr(message), "<Request INVITE sip:bob@biloxi.example.com;transport=udp>")

    def test_a_malformed_request_uri_raises_when_it_is_asked_for(self) -> None:
        message = parse(b"INVITE sip:@x SIP/2.0\r\n\r\n")
        assert isinstance(message, Request)
        self.assertEqual(message.uri, b"sip:@x")
        self.assertRaises(ParseError, lambda: message.parsed_uri)
        self.assertRaises(ParseError, message.check_uri)

    def test_a_well_formed_request_uri_passes(self) -> None:
        for uri in (b"sip:bob@example.com:5070", b"sips:example.com;transport=tcp", b"tel:+1-201-555-0123", b"urn:a:b"):
            message = parse(b"INVITE %b SIP/2.0\r\n\r\n" % uri)
            assert isinstance(message, Request)
            message.check_uri()
