"""validate: what is owed to messages that are wrong."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ValidationError
from sipapp.message.parse import parse
from sipapp.message.request import Request
from sipapp.message.validate import check, check_forwarding
from tests.message.samples import INVITE, RESPONSE

VIA = b"Via: SIP/2.0/UDP 192.0.2.101:5060;branch=z9hG4bK74bf9\r\n"
FROM = b"From: Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl\r\n"
TO = b"To: Bob <sip:bob@biloxi.example.com>\r\n"
CALL_ID = b"Call-ID: 3848276298220188511@atlanta.example.com\r\n"
CSEQ = b"CSeq: 1 INVITE\r\n"


class CheckTests(SynchronousTestCase):
    def owed(self, old: bytes, new: bytes, data: bytes = INVITE) -> tuple[int, str]:
        """Status and reason for `data` with `new` in place of `old`."""
        self.assertIn(old, data)
        error = self.assertRaises(ValidationError, check, parse(data.replace(old, new)))
        return error.status, error.reason

    def fine(self, old: bytes, new: bytes, data: bytes = INVITE) -> None:
        self.assertIn(old, data)
        check(parse(data.replace(old, new)))

    def test_good_messages_pass(self) -> None:
        check(parse(INVITE))
        check(parse(RESPONSE))

    def test_a_missing_field_is_400(self) -> None:
        for line, name in ((FROM, "From"), (TO, "To"), (CALL_ID, "Call-ID"), (CSEQ, "CSeq")):
            self.assertEqual(self.owed(line, b""), (400, f"Missing {name}"))
        self.assertEqual(self.owed(CALL_ID, b"Call-ID:\r\n"), (400, "Missing Call-ID"))

    def test_a_doubled_field_is_400(self) -> None:
        for line, name in ((FROM, "From"), (TO, "To"), (CALL_ID, "Call-ID"), (CSEQ, "CSeq")):
            self.assertEqual(self.owed(line, line + b"X-A: b\r\n" + line), (400, f"Multiple {name}"))
        self.assertEqual(self.owed(FROM, FROM + b"f: <sip:a@b>\r\n"), (400, "Multiple From"))
        self.assertEqual(self.owed(FROM, FROM + b"Max-Forwards: 9\r\n"), (400, "Multiple Max-Forwards"))
        self.assertEqual(self.owed(FROM, FROM + b"l: 96\r\n"), (400, "Multiple Content-Length"))

    def test_other_fields_may_stand_twice(self) -> None:
        self.fine(FROM, FROM + b"Route: <sip:a>\r\nRoute: <sip:b>\r\nVia: SIP/2.0/UDP 192.0.2.1\r\n")

    def test_a_malformed_field_is_400(self) -> None:
        self.assertEqual(self.owed(FROM, b"From: <sip:a@b\r\n"), (400, "Bad From"))
        self.assertEqual(self.owed(FROM, b'From: <sip:a@b>;tag="\r\n'), (400, "Bad From"))
        self.assertEqual(self.owed(TO, b'To: "Bob <sip:bob@biloxi.example.com>\r\n'), (400, "Bad To"))
        for value in (b"abc INVITE", b"-1 INVITE", b"36893488147419103232 INVITE", b"1"):
            self.assertEqual(self.owed(CSEQ, b"CSeq: %b\r\n" % value), (400, "Bad CSeq"))
        self.assertEqual(self.owed(CALL_ID, b"Call-ID: a b\r\n"), (400, "Bad Call-ID"))
        self.assertEqual(self.owed(b"Length: 96", b"Length: -96"), (400, "Bad Content-Length"))
        self.assertEqual(self.owed(VIA, VIA + b"Via: ;\r\n"), (400, "Bad Via"))
        self.assertEqual(self.owed(VIA, VIA[:-2] + b",;,\r\n"), (400, "Bad Via"))

    def test_a_body_shorter_than_content_length_is_400(self) -> None:
        self.assertEqual(self.owed(b"Length: 96", b"Length: 9999"), (400, "Content-Length mis-match"))
        self.fine(b"Content-Length: 96\r\n", b"")

    def test_another_version_is_505(self) -> None:
        self.assertEqual(self.owed(b"com;transport=udp SIP/2.0", b"com SIP/7.0"), (505, "Version Not Supported"))
        self.fine(b"com;transport=udp SIP/2.0", b"com sip/2.0")
        other = INVITE.replace(b"SIP/2.0", b"SIP/7.0")
        self.assertEqual(self.owed(b"SIP/7.0/", b"SIP/7.0/", other), (505, "Version Not Supported"))

    def test_without_a_top_via_nobody_can_be_answered(self) -> None:
        self.assertEqual(self.owed(VIA, b""), (0, "Missing Via"))
        self.assertEqual(self.owed(VIA, b"Via: x\r\n"), (0, "Bad Via"))

    def test_an_ack_is_never_answered(self) -> None:
        ack = INVITE.replace(b"INVITE", b"ACK")
        self.assertEqual(self.owed(TO, b"", ack), (0, "Missing To"))

    def test_a_response_is_never_answered(self) -> None:
        self.assertEqual(self.owed(CSEQ, b"CSeq: 9292394834772304023312 OPTIONS\r\n", RESPONSE), (0, "Bad CSeq"))
        self.assertEqual(self.owed(b"SIP/2.0 180", b"SIP/3.0 180", RESPONSE), (0, "Version Not Supported"))
        self.assertEqual(self.owed(FROM, b"", RESPONSE), (0, "Missing From"))

    def test_a_response_that_would_go_to_everybody_is_refused(self) -> None:
        self.assertEqual(self.owed(b"192.0.2.101:5060", b"255.255.255.255", RESPONSE), (0, "Broadcast Via"))
        self.assertEqual(
            self.owed(b"z9hG4bK74bf9", b"z9hG4bK74bf9;received=255.255.255.255", RESPONSE), (0, "Broadcast Via")
        )
        self.fine(FROM, FROM + b"X-Note: 255.255.255.255\r\n", RESPONSE)
        self.fine(b"z9hG4bK74bf9", b"z9hG4bK255.255.255.255", RESPONSE)

    def test_what_no_element_needs_to_read_is_not_looked_at(self) -> None:
        self.fine(b"Max-Forwards: 70", b"Max-Forwards: abc")
        self.fine(b"sip:bob@biloxi.example.com;transport=udp SIP", b"sip:@x SIP")
        self.fine(CSEQ, b"CSeq: 1 OPTIONS\r\n")
        self.fine(FROM, b"From: <http://www.example.com>\r\nExpires: x\r\n")


class CheckForwardingTests(SynchronousTestCase):
    def refused(self, old: bytes, new: bytes, uri: bytes | None = None) -> tuple[int, str, list[bytes]]:
        self.assertIn(old, INVITE)
        request = parse(INVITE.replace(old, new))
        assert isinstance(request, Request)
        error = self.assertRaises(ValidationError, check_forwarding, request, uri)
        return error.status, error.reason, error.fields

    URI = b"sip:bob@biloxi.example.com;transport=udp SIP"

    def test_a_good_request_passes(self) -> None:
        request = parse(INVITE)
        assert isinstance(request, Request)
        check_forwarding(request)
        for uri in (b"sips:a@b", b"tel:+1", b"urn:service:sos", b"sip:a@b?H=v"):
            check_forwarding(request, uri)

    def test_a_malformed_request_uri_is_400(self) -> None:
        for uri in (b"<sip:user@example.com>", b"sip:user@example.com; lr", b"sip:2001:db8::10", b"sip:@h"):
            self.assertEqual(self.refused(self.URI, uri + b" SIP"), (400, "Bad Request URI", []))
        self.assertEqual(self.refused(self.URI, self.URI, b"sip:@h"), (400, "Bad Request URI", []))

    def test_only_the_one_that_goes_out_counts(self) -> None:
        request = parse(INVITE.replace(self.URI, b"sip:@x SIP"))
        assert isinstance(request, Request)
        check_forwarding(request, b"sip:bob@example.com")

    def test_header_fields_in_the_request_uri_as_received_are_400(self) -> None:
        self.assertEqual(
            self.refused(self.URI, b"sip:a@b?Route=%3Csip:example.com%3E SIP"), (400, "Headers in Request URI", [])
        )
        request = parse(INVITE.replace(self.URI, b"sip:a@b?H=v SIP"))
        assert isinstance(request, Request)
        check_forwarding(request, b"sip:c@b?H=v")

    def test_a_scheme_that_cannot_be_routed_is_416(self) -> None:
        for uri in (b"nobodyKnowsThisScheme:totallyopaquecontent", b"soap.beep://192.0.2.103:3002", b"http://a"):
            self.assertEqual(self.refused(self.URI, uri + b" SIP"), (416, "Unsupported URI Scheme", []))

    def test_a_cseq_of_another_method_is_400(self) -> None:
        self.assertEqual(
            self.refused(CSEQ, b"CSeq: 1 OPTIONS\r\n"), (400, "CSeq method does not match request method", [])
        )

    def test_an_unknown_proxy_require_is_420_and_says_what_is_unknown(self) -> None:
        line = b"Proxy-Require: one, Two\r\nProxy-Require: three\r\n"
        self.assertEqual(self.refused(FROM, FROM + line), (420, "Bad Extension", [b"Unsupported: one, Two, three\r\n"]))
        request = parse(INVITE.replace(FROM, FROM + line))
        assert isinstance(request, Request)
        check_forwarding(request, supported=(b"one", b"two", b"three"))
        error = self.assertRaises(ValidationError, check_forwarding, request, None, [b"two"])
        self.assertEqual(error.fields, [b"Unsupported: one, three\r\n"])
