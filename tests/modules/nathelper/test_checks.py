from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.transport import Flow, Socket
from sipapp.message.parse import parse
from sipapp.module import ScriptError
from sipapp.modules.nathelper import Nathelper
from tests.modules.stage import UDP, Server, context, made, request, response
from tests.modules.texts import request as with_body

SDP = b"v=0\r\no=- 1 1 IN IP4 192.0.2.5\r\ns=-\r\nc=IN %b\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n%b"


class ChecksTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.module = made(Nathelper)
        self.module.start(Server())

    def outcome(self, flag: int, message: Any) -> Any:
        return self.module.nat_uac_test(context(message), flag)

    def contact(self, value: str) -> Any:
        return request(more=f"Contact: {value}\r\n")

    def via(self, value: bytes) -> Any:
        message = parse(request().raw.replace(b"192.0.2.9:5070;branch=z9hG4bKa", value))
        message.flow = Flow(UDP, "192.0.2.9", 5070)
        return message

    def sdp(self, connection: bytes, media: bytes = b"") -> Any:
        return with_body(body=SDP % (connection, media), content_type=b"application/sdp")

    def test_a_private_contact_is_told_by_1(self) -> None:
        self.assertEqual(self.outcome(1, self.contact("<sip:a@10.0.0.5>")), 1)
        for value in ("<sip:a@192.0.2.5>", "*", "<sip:a@example.com>"):
            self.assertEqual(self.outcome(1, self.contact(value)), -1)
        self.assertEqual(self.outcome(1, request()), -1)

    def test_another_source_address_than_vias_is_told_by_2(self) -> None:
        self.assertEqual(self.outcome(2, request()), -1)
        self.assertEqual(self.outcome(2, self.via(b"192.0.2.8:5070")), 1)

    def test_a_private_via_is_told_by_4(self) -> None:
        self.assertEqual(self.outcome(4, request()), -1)
        self.assertEqual(self.outcome(4, self.via(b"10.0.0.5")), 1)

    def test_a_private_session_description_is_told_by_8(self) -> None:
        for connection, media, found in (
            (b"IP4 10.0.0.5", b"", 1),
            (b"IP4 192.0.2.5", b"", -1),
            (b"IP4 192.0.2.5", b"c=IN IP4 10.0.0.5\r\n", 1),
            (b"IP4 10.0.0.5", b"c=IN IP4 192.0.2.5\r\n", -1),
            (b"IP4 0.0.0.0", b"", -1),
            (b"IP6 fd00::1", b"", -1),
            (b"IP4 0.0.0.0", b"m=video 5000 RTP/AVP 31\r\nc=IN IP4 10.0.0.5\r\n", -1),
        ):
            self.assertEqual(self.outcome(8, self.sdp(connection, media)), found, (connection, media))
        self.assertEqual(self.outcome(8, request()), -1)
        self.assertEqual(self.outcome(8, with_body(body=b"hello", content_type=b"text/plain")), -1)

    def test_another_source_port_than_vias_is_told_by_16(self) -> None:
        self.assertEqual(self.outcome(16, request()), -1)
        self.assertEqual(self.outcome(16, self.via(b"192.0.2.9:5071")), 1)
        self.assertEqual(self.outcome(16, self.via(b"192.0.2.9")), 1)

    def test_a_private_source_is_told_by_32(self) -> None:
        message = request()
        self.assertEqual(self.outcome(32, message), -1)
        message.flow = Flow(UDP, "192.168.0.9", 5070)
        self.assertEqual(self.outcome(32, message), 1)

    def test_a_websocket_is_told_by_64(self) -> None:
        message = request()
        self.assertEqual(self.outcome(64, message), -1)
        for proto in ("ws", "wss"):
            message.flow = Flow(Socket(proto, "192.0.2.1", 80), "192.0.2.9", 5070)
            self.assertEqual(self.outcome(64, message), 1)

    def test_another_source_port_than_contacts_is_told_by_128(self) -> None:
        self.assertEqual(self.outcome(128, self.contact("<sip:a@10.0.0.5:5070>")), -1)
        self.assertEqual(self.outcome(128, self.contact("<sip:a@10.0.0.5>")), 1)
        self.assertEqual(self.outcome(128, request()), -1)

    def test_another_source_address_than_the_sessions_is_told_by_256(self) -> None:
        for connection, found in (
            (b"IP4 192.0.2.9", -1),
            (b"IP4 192.0.2.8", 1),
            (b"IP4 192.0.2.8/127", -1),
            (b"IP6 2001:db8::1", 1),
        ):
            self.assertEqual(self.outcome(256, self.sdp(connection)), found, connection)
        self.assertEqual(self.outcome(256, request()), -1)

    def test_a_next_hop_elsewhere_is_told_by_512(self) -> None:
        for uri, next_hop, found in (
            (b"sip:a@example.com", None, -1),
            (b"sip:a@example.com;transport=ws", None, 1),
            (b"sip:a@example.com", b"sip:example.com:5060", -1),
            (b"sip:a@example.com", b"sip:example.com:5061", 1),
            (b"sip:a@example.com", b"sip:example.net", 1),
            (b"sip:a@192.0.2.5", b"sip:192.0.2.5;transport=tls", 1),
            (b"sip:a@192.0.2.5", b"sip:192.0.2.5;transport=ws", 1),
            (b"sip:a@192.0.2.5", b"sip:example.net", 1),
            (b"sip:a@[2001:db8::1]", b"sip:[2001:0db8::1]", -1),
            (b"nonsense", b"sip:example.net", -1),
        ):
            ctx = context()
            ctx.draft.request_uri, ctx.draft.next_hop = uri, next_hop
            self.assertEqual(self.module.nat_uac_test(ctx, 512), found, (uri, next_hop))

    def test_a_response_that_goes_elsewhere_is_told_by_512(self) -> None:
        for value, found in (
            ("UDP 192.0.2.9:5070", -1),
            ("UDP 192.0.2.9:5070;rport=5070;received=192.0.2.9", -1),
            ("UDP 192.0.2.9:5070;rport=5071", 1),
            ("UDP 10.0.0.5:5070;received=192.0.2.9", 1),
            ("TLS 192.0.2.9;rport=5061", -1),
            ("WS df7jal23ls0d.invalid", 1),
        ):
            self.assertEqual(self.outcome(512, response(via=f"Via: SIP/2.0/{value}\r\n")), found, value)
        self.assertEqual(self.outcome(512, response(via="")), -1)

    def test_one_of_several_tests_is_enough(self) -> None:
        self.assertEqual(self.outcome(1 + 2 + 16, self.contact("<sip:a@10.0.0.5>")), 1)
        self.assertEqual(self.outcome(2 + 16, self.contact("<sip:a@10.0.0.5>")), -1)
        self.assertEqual(self.outcome(0, self.contact("<sip:a@10.0.0.5>")), -1)

    def test_is_rfc1918_tells_private_addresses(self) -> None:
        self.assertEqual(self.module.is_rfc1918(b"10.0.0.5"), 1)
        self.assertEqual(self.module.is_rfc1918(b"192.0.2.5"), -1)
        why = self.assertRaises(ScriptError, self.module.is_rfc1918, b"")
        self.assertEqual(why.code, -2)

    def test_nat_addr_mode_widens_what_is_private(self) -> None:
        self.assertEqual(self.module.is_rfc1918(b"192.0.0.100"), 1)
        narrow = made(Nathelper, nat_addr_mode=0)
        narrow.start(Server())
        self.assertEqual(narrow.is_rfc1918(b"192.0.0.100"), -1)

    def test_record_route_entries_are_counted(self) -> None:
        for lines, count, top in (
            ("", 0, 0),
            ("Record-Route: <sip:a;lr>, <sip:b;lr>\r\nRecord-Route: <sip:c;lr>\r\n", 3, 1),
            ("Record-Route: <sip:a;lr;r2=on>, <sip:b;lr;r2=on>\r\n", 2, 2),
            ("Record-Route: <sip:a;lr;r2>\r\n", 1, 2),
            ("Record-Route: sip:a;lr\r\n", b"", b""),
            ("Record-Route: <sip:a;lr\r\n", b"", b""),
        ):
            ctx = context(request(more=lines))
            self.assertEqual((self.module.pv_rr_count(ctx), self.module.pv_rr_top_count(ctx)), (count, top))
