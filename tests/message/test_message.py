"""message: header fields and typed values of requests and responses."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ParseError
from sipapp.message.cseq import CSeq
from sipapp.message.headers import Field
from sipapp.message.message import Message
from sipapp.message.parse import parse
from sipapp.message.request import Request
from tests.message.samples import INVITE, RESPONSE, SDP


class Source:
    """As much of a flow as a message looks at."""

    host = "192.0.2.9"
    port = 16101


def request(*lines: bytes) -> Request:
    message = parse(b"OPTIONS sip:a@example.com SIP/2.0\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n")
    assert isinstance(message, Request)
    return message


class HeaderFieldTests(SynchronousTestCase):
    def test_fields_are_listed_with_their_places(self) -> None:
        message = request(b"v : SIP/2.0/UDP a", b"X-One:1")
        self.assertEqual(
            message.fields,
            [Field(b"v", b"via", 35, 39, 52, 54), Field(b"X-One", b"x-one", 54, 60, 61, 63)],
        )
        self.assertEqual(message.head_end, 63)
        self.assertEqual(message.body_at, 65)

    def test_field_and_all_fields(self) -> None:
        message = request(b"X-A: 1", b"To: x", b"x-a: 2")
        found = message.field(b"x-a")
        assert found is not None
        self.assertEqual(message.raw[found.value_start : found.value_end], b"1")
        self.assertEqual([field.name for field in message.all_fields(b"x-a")], [b"X-A", b"x-a"])
        self.assertIsNone(message.field(b"x-b"))
        self.assertEqual(message.all_fields(b"x-b"), [])

    def test_values(self) -> None:
        message = request(b"X-A: 1, 2", b"To: x", b"x-a:  3 ")
        self.assertEqual(message.first(b"x-a"), b"1, 2")
        self.assertIsNone(message.first(b"x-b"))
        self.assertEqual(message.values(b"x-a"), [b"1, 2", b"3"])
        self.assertEqual(message.values(b"x-b"), [])
        self.assertEqual(message.tokens(b"x-a"), [b"1", b"2", b"3"])

    def test_bytes_are_what_was_received(self) -> None:
        self.assertEqual(bytes(parse(INVITE)), INVITE)

    def test_a_value_may_be_written_over_in_place(self) -> None:
        for data, expected in (
            (INVITE, INVITE.replace(b"Max-Forwards: 70", b"Max-Forwards:  9")),
            (INVITE.replace(b": 70", b":\r\n 70 "), INVITE.replace(b"Max-Forwards: 70", b"Max-Forwards:\r\n  9 ")),
        ):
            message = parse(data)
            self.assertEqual(message.max_forwards, 70)
            message.overwrite(b"max-forwards", b"9")
            self.assertEqual((message.max_forwards, message.first(b"max-forwards")), (9, b"9"))
            self.assertEqual(message.raw, expected)
            self.assertEqual([field.start for field in message.fields], [field.start for field in parse(data).fields])
            self.assertEqual(message.body, SDP)


class TypedValueTests(SynchronousTestCase):
    def test_of_a_request(self) -> None:
        message = parse(INVITE)
        assert message.from_ is not None
        assert message.to is not None
        self.assertEqual(message.call_id, b"3848276298220188511@atlanta.example.com")
        self.assertEqual(message.cseq, CSeq(1, b"INVITE"))
        self.assertEqual((message.from_.tag, message.from_.uri), (b"9fxced76sl", b"sip:alice@atlanta.example.com"))
        self.assertIsNone(message.to.tag)
        self.assertEqual((message.max_forwards, message.content_length), (70, 96))
        self.assertEqual(message.content_type, b"application/sdp")
        self.assertEqual(message.body, SDP)
        self.assertEqual([address.uri for address in message.record_routes], [b"sip:192.0.2.2;lr"])
        self.assertEqual([address.uri for address in message.contacts], [b"sip:alice@192.0.2.101;transport=udp"])
        self.assertEqual(message.routes, [])

    def test_are_parsed_once(self) -> None:
        message = parse(INVITE)
        for name in ("from_", "to", "cseq", "call_id", "via", "vias", "body"):
            self.assertIs(getattr(message, name), getattr(message, name), name)

    def test_what_is_absent_is_none(self) -> None:
        message: Message = request()
        self.assertEqual(message.call_id, b"")
        for name in ("from_", "to", "cseq", "via", "max_forwards", "content_length", "content_type"):
            self.assertIsNone(getattr(message, name), name)
        for name in ("vias", "routes", "record_routes", "contacts", "fields"):
            self.assertEqual(getattr(message, name), [], name)
        self.assertEqual(message.body, b"")

    def test_what_is_malformed_raises_each_time(self) -> None:
        message = request(
            b"From: <a",
            b"To: ",
            b"CSeq: x",
            b"Via: y",
            b"Max-Forwards: -1",
            b"Content-Length: 1e3",
            b"Route: <sip:a@b>, <sip:c",
            b"Contact: ,<",
        )
        for name in ("from_", "to", "cseq", "via", "vias", "max_forwards", "content_length", "routes", "contacts"):
            for _ in range(2):
                self.assertRaises(ParseError, getattr, message, name)

    def test_tags(self) -> None:
        self.assertEqual((parse(RESPONSE).from_tag, parse(RESPONSE).to_tag), (b"9fxced76sl", b"8321234356"))
        self.assertIsNone(parse(INVITE).to_tag)
        odd = request(b"From: sip:a@b ;tag=1", b"f: sip:c@d")
        self.assertEqual((odd.from_tag, odd.to_tag), (b"1", None))
        self.assertIsNone(request().from_tag)
        self.assertRaises(ParseError, lambda: request(b"From: <<").from_tag)

    def test_numbers_have_an_end(self) -> None:
        self.assertEqual(request(b"Max-Forwards: 0068").max_forwards, 68)
        self.assertRaises(ParseError, lambda: request(b"Max-Forwards: " + b"9" * 5000).max_forwards)

    def test_a_star_contact(self) -> None:
        self.assertEqual([contact.uri for contact in request(b"m: *").contacts], [b"*"])


class ViaTests(SynchronousTestCase):
    def test_all_values_of_all_fields(self) -> None:
        message = request(b"Via: SIP/2.0/UDP a;branch=1 ,SIP/2.0/TCP b", b"To: x", b"v: SIP/2.0/TLS c")
        self.assertEqual([via.host for via in message.vias], [b"a", b"b", b"c"])
        for via in message.vias:
            self.assertEqual(message.raw[slice(*via.span)], bytes(via))
        self.assertEqual(message.via, message.vias[0])

    def test_the_top_one_is_read_though_one_below_is_malformed(self) -> None:
        message = request(b"Via: SIP/2.0/UDP 192.0.2.15;;,;,,", b"v: bad")
        assert message.via is not None
        self.assertEqual((message.via.host, message.via.span), (b"192.0.2.15", (40, 64)))
        self.assertRaises(ParseError, lambda: message.vias)

    def test_a_field_of_commas_alone_is_malformed(self) -> None:
        message = request(b"Via: ,", b"v: SIP/2.0/UDP a")
        self.assertRaises(ParseError, lambda: message.via)

    def test_marks_need_a_flow(self) -> None:
        message = parse(INVITE)
        self.assertEqual(message.via_marks(), [])
        message.flow = Source()
        start = INVITE.index(b";branch=z9hG4bK74bf9")
        end = start + len(b";branch=z9hG4bK74bf9")
        self.assertEqual(message.via_marks(), [(start, end, b";received=192.0.2.9;branch=z9hG4bK74bf9")])
        self.assertEqual(message.via_marks(response=True), [(start, end, b";branch=z9hG4bK74bf9;received=192.0.2.9")])
        message.force_rport = True
        self.assertEqual(message.via_marks(), [(start, end, b";rport=16101;received=192.0.2.9;branch=z9hG4bK74bf9")])

    def test_of_a_response(self) -> None:
        message = parse(RESPONSE)
        self.assertEqual([via.branch for via in message.vias], [b"z9hG4bKtop", b"z9hG4bK74bf9"])


class ForgetTests(SynchronousTestCase):
    def test_whatever_is_asked_afterwards_is_answered_as_before(self) -> None:
        names = (
            "fields",
            "head_end",
            "body_at",
            "call_id",
            "cseq",
            "from_",
            "to",
            "vias",
            "contacts",
            "routes",
            "body",
        )
        for raw in (INVITE, RESPONSE):
            message = parse(raw)
            before = {name: getattr(message, name) for name in names}
            for _ in range(2):
                message.forget()
                message.forget()
                self.assertEqual({name: getattr(message, name) for name in names}, before)
            self.assertEqual(bytes(message), raw)

    def test_of_a_request_the_uri_too(self) -> None:
        message = parse(INVITE)
        assert isinstance(message, Request)
        before = message.parsed_uri
        message.forget()
        self.assertIsNot(message.parsed_uri, before)
        self.assertEqual(message.parsed_uri, before)

    def test_what_was_read_is_let_go(self) -> None:
        message = parse(INVITE)
        head, via = message.head, message.via
        message.forget()
        self.assertIsNot(message.head, head)
        self.assertIsNot(message.via, via)

    def test_what_was_written_over_a_value_stays(self) -> None:
        message = request(b"Max-Forwards: 70")
        message.overwrite(b"max-forwards", b"69")
        message.forget()
        self.assertEqual(message.max_forwards, 69)

    def test_no_other_name_is_made_up(self) -> None:
        with self.assertRaises(AttributeError):
            parse(INVITE).heads  # type: ignore[union-attr]  # noqa: B018
