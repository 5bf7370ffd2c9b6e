"""response: status, reason, method."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ParseError
from sipapp.message.parse import parse
from sipapp.message.response import Response
from tests.message.samples import RESPONSE


class ResponseTests(SynchronousTestCase):
    def test_status_line(self) -> None:
        message = parse(RESPONSE)
        assert isinstance(message, Response)
        self.assertEqual((message.status, message.reason, message.version), (180, b"Ringing", b"SIP/2.0"))
        self.assertEqual(repr(message), "<Response 180 Ringing>")

    def test_the_method_is_that_of_cseq(self) -> None:
        message = parse(RESPONSE)
        assert isinstance(message, Response)
        self.assertEqual(message.method, b"INVITE")

    def test_without_cseq_there_is_none_and_a_malformed_one_raises(self) -> None:
        message = parse(b"SIP/2.0 200 OK\r\n\r\n")
        assert isinstance(message, Response)
        self.assertEqual(message.method, b"")
        bad = parse(b"SIP/2.0 200 OK\r\nCSeq: x\r\n\r\n")
        assert isinstance(bad, Response)
        self.assertRaises(ParseError, lambda: bad.method)
