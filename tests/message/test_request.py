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
