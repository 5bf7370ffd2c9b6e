"""build: responses, ACK and CANCEL."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.message import build
from sipapp.message.build import ack, cancel, response
from sipapp.message.parse import parse
from sipapp.message.request import Request
from sipapp.message.response import Response
from sipapp.message.validate import check

REQUEST = (
    b"INVITE sip:bob@192.0.2.2 SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP 192.0.2.9:16101;branch=z9hG4bK1\r\n"
    b"Max-Forwards: 70\r\n"
    b"Record-Route: <sip:192.0.2.31;lr>\r\n"
    b"To: <sip:bob@example.com>\r\n"
    b"X-Foo: 1\r\n"
    b"v : SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKold\r\n"
    b"Record-Route: <sip:192.0.2.32;lr>\r\n"
    b"f: <sip:a@b>;tag=1\r\n"
    b"i: abc\r\n"
    b"Route: <sip:192.0.2.41;lr>\r\n"
    b"Route: <sip:192.0.2.42;lr>\r\n"
    b"CSeq: 0017 INVITE\r\n"
    b"Content-Length: 0\r\n\r\n"
)


class Source:
    def __init__(self, host: str) -> None:
        self.host = host
        self.port = 16101


def request(data: bytes = REQUEST) -> Request:
    message = parse(data)
    assert isinstance(message, Request)
    return message


class ResponseTests(SynchronousTestCase):
    def test_what_is_copied_and_in_which_order(self) -> None:
        """As sl_send_reply() of Kamailio 5.6 does."""
        self.assertEqual(
            response(request(), 404, b"Not Found", b"tag1", [b"X-A: 1\r\n", b"X-B: 2\r\n"], server=b"sipapp"),
            b"SIP/2.0 404 Not Found\r\n"
            b"Via: SIP/2.0/UDP 192.0.2.9:16101;branch=z9hG4bK1\r\n"
            b"To: <sip:bob@example.com>;tag=tag1\r\n"
            b"v : SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKold\r\n"
            b"f: <sip:a@b>;tag=1\r\n"
            b"i: abc\r\n"
            b"CSeq: 0017 INVITE\r\n"
            b"X-A: 1\r\n"
            b"X-B: 2\r\n"
            b"Server: sipapp\r\n"
            b"Content-Length: 0\r\n\r\n",
        )

    def test_record_route_is_copied_from_180_to_299(self) -> None:
        for status in (180, 183, 199, 200, 202, 299):
            message = parse(response(request(), status, b"x"))
            self.assertEqual(message.values(b"record-route"), [b"<sip:192.0.2.31;lr>", b"<sip:192.0.2.32;lr>"], status)
        for status in (100, 101, 179, 300, 404, 503, 604):
            self.assertEqual(parse(response(request(), status, b"x")).values(b"record-route"), [], status)

    def test_a_tag_is_added_where_there_is_none(self) -> None:
        for to, expected in (
            (b"<sip:b@c>;x=y\r\n ;z=1", b"<sip:b@c>;x=y\r\n ;z=1;tag=t"),
            (b"sip:b@c;x=y", b"sip:b@c;x=y;tag=t"),
            (b"<sip:b@c>;tag=99", b"<sip:b@c>;tag=99"),
            (b"<sip:b@c>;x;TAG=99", b"<sip:b@c>;x;TAG=99"),
            (b"<sip:b@c;tag=1>", b"<sip:b@c;tag=1>;tag=t"),
            (b"<sip:b@c>   ", b"<sip:b@c>;tag=t"),
        ):
            message = request(REQUEST.replace(b"<sip:bob@example.com>", to))
            self.assertEqual(parse(response(message, 200, b"OK", b"t")).first(b"to"), expected)
            self.assertEqual(parse(response(message, 200, b"OK")).first(b"to"), to.strip())

    def test_a_to_that_cannot_be_read_is_copied(self) -> None:
        message = request(REQUEST.replace(b"<sip:bob@example.com>", b'"Bob <sip:bob@example.com>'))
        self.assertEqual(parse(response(message, 400, b"Bad To", b"t")).first(b"to"), b'"Bob <sip:bob@example.com>')

    def test_the_top_via_is_marked(self) -> None:
        message = request()
        message.flow = Source("192.0.2.10")
        self.assertEqual(
            parse(response(message, 200, b"OK")).values(b"via"),
            [
                b"SIP/2.0/UDP 192.0.2.9:16101;branch=z9hG4bK1;received=192.0.2.10",
                b"SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKold",
            ],
        )
        message.flow = Source("192.0.2.9")
        self.assertIn(b"Via: SIP/2.0/UDP 192.0.2.9:16101;branch=z9hG4bK1\r\n", response(message, 200, b"OK"))
        message.force_rport = True
        self.assertIn(
            b"Via: SIP/2.0/UDP 192.0.2.9:16101;branch=z9hG4bK1;rport=16101\r\n", response(message, 200, b"OK")
        )

    def test_of_several_values_in_one_field_the_top_one_is_marked(self) -> None:
        message = request(REQUEST.replace(b"z9hG4bK1\r\n", b"z9hG4bK1 , SIP/2.0/UDP x\r\n"))
        message.flow = Source("192.0.2.10")
        self.assertIn(
            b"Via: SIP/2.0/UDP 192.0.2.9:16101;branch=z9hG4bK1;received=192.0.2.10 , SIP/2.0/UDP x\r\n",
            response(message, 200, b"OK"),
        )

    def test_a_body_brings_its_type_and_length(self) -> None:
        out = response(request(), 200, b"OK", body=b"abc", content_type=b"text/plain", server=b"s")
        self.assertTrue(out.endswith(b"Content-Type: text/plain\r\nServer: s\r\nContent-Length: 3\r\n\r\nabc"), out)

    def test_folded_and_bare_lines_are_copied_as_they_are(self) -> None:
        message = request(REQUEST.replace(b"f: <sip:a@b>;tag=1\r\n", b"f:\r\n <sip:a@b>\r\n\t;tag=1\n"))
        self.assertIn(b"\r\nf:\r\n <sip:a@b>\r\n\t;tag=1\ni: abc\r\n", response(message, 200, b"OK"))

    def test_the_answer_to_one_that_lacks_fields_has_what_is_there(self) -> None:
        message = request(b"INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=1\r\nCSeq: 1 INVITE\r\n\r\n")
        self.assertEqual(
            response(message, 400, b"Missing From", b"t"),
            b"SIP/2.0 400 Missing From\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=1\r\nCSeq: 1 INVITE\r\n"
            b"Content-Length: 0\r\n\r\n",
        )


class HopByHopTests(SynchronousTestCase):
    COMMON = (
        b"Via: SIP/2.0/UDP 192.0.2.9:16101;branch=z9hG4bK1\r\n"
        b"%b"
        b"f: <sip:a@b>;tag=1\r\n"
        b"i: abc\r\n"
        b"Route: <sip:192.0.2.41;lr>\r\n"
        b"Route: <sip:192.0.2.42;lr>\r\n"
        b"CSeq: 17 %b\r\n"
        b"Max-Forwards: 70\r\n"
        b"%b"
        b"Content-Length: 0\r\n\r\n"
    )

    def test_cancel_has_what_the_invite_has(self) -> None:
        self.assertEqual(
            cancel(REQUEST, [b"Reason: SIP;cause=200\r\n"]),
            b"CANCEL sip:bob@192.0.2.2 SIP/2.0\r\n"
            + self.COMMON % (b"To: <sip:bob@example.com>\r\n", b"CANCEL", b"Reason: SIP;cause=200\r\n"),
        )

    def test_ack_has_the_to_of_the_response(self) -> None:
        answer = parse(response(request(), 486, b"Busy Here", b"t"))
        assert isinstance(answer, Response)
        self.assertEqual(
            ack(REQUEST, answer),
            b"ACK sip:bob@192.0.2.2 SIP/2.0\r\n" + self.COMMON % (b"To: <sip:bob@example.com>;tag=t\r\n", b"ACK", b""),
        )

    def test_only_the_top_via_value_is_taken(self) -> None:
        sent = REQUEST.replace(b"z9hG4bK1\r\n", b"z9hG4bK1, SIP/2.0/UDP x\r\n")
        self.assertEqual(cancel(sent), cancel(REQUEST))


class RequestTests(SynchronousTestCase):
    VIA = b"Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1\r\n"

    def test_what_it_holds_and_in_which_order(self) -> None:
        self.assertEqual(
            build.request(
                b"MESSAGE",
                b"sip:bob@192.0.2.4",
                self.VIA,
                b"<sip:a@b>;tag=1",
                b"<sip:c@d>",
                b"call-1",
                10,
                [b"<sip:192.0.2.9;lr>", b"<sip:192.0.2.10;lr>"],
                [b"Content-Type: text/plain\r\n", b"X-A: 1\r\n"],
                b"hello",
                b"sipapp",
            ),
            b"MESSAGE sip:bob@192.0.2.4 SIP/2.0\r\n" + self.VIA + b"To: <sip:c@d>\r\n"
            b"From: <sip:a@b>;tag=1\r\n"
            b"CSeq: 10 MESSAGE\r\n"
            b"Call-ID: call-1\r\n"
            b"Route: <sip:192.0.2.9;lr>\r\n"
            b"Route: <sip:192.0.2.10;lr>\r\n"
            b"Max-Forwards: 70\r\n"
            b"Content-Length: 5\r\n"
            b"User-Agent: sipapp\r\n"
            b"Content-Type: text/plain\r\n"
            b"X-A: 1\r\n"
            b"\r\nhello",
        )

    def test_it_can_be_read(self) -> None:
        message = parse(build.request(b"OPTIONS", b"sip:a@b", self.VIA, b"<sip:a@b>;tag=1", b"<sip:c@d>", b"x", 1))
        check(message)
        self.assertEqual(message.body, b"")
