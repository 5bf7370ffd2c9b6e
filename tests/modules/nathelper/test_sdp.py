from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ScriptError
from sipapp.modules.nathelper import Nathelper
from tests.modules.stage import Server, made
from tests.modules.texts import body, running

SDP = (
    b"v=0\r\no=alice 28 29 IN IP4 10.0.0.5\r\ns=-\r\nc=IN IP4 10.0.0.6\r\nt=0 0\r\n"
    b"m=audio 4000 RTP/AVP 0\r\na=rtcp:4001 IN IP4 10.0.0.7\r\na=rtcp-mux\r\n"
    b"m=video 5000 RTP/AVP 31\r\na=rtcp:5001\r\n"
)
MULTIPART = (
    b"--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n--x\r\nContent-Type: application/sdp\r\n\r\n%b\r\n--x--\r\n"
)


class SdpTests(SynchronousTestCase):
    def make(self, text: bytes = SDP, content_type: bytes | None = b"application/sdp", **given: Any) -> tuple[Any, Any]:
        module = made(Nathelper, **given)
        module.start(Server())
        return module, running(body=text, content_type=content_type, method=b"INVITE")

    def test_2_writes_the_source_into_connections_and_rtcp(self) -> None:
        module, ctx = self.make()
        self.assertEqual(module.fix_nated_sdp(ctx, 2), 1)
        changed = SDP.replace(b"10.0.0.6", b"192.0.2.9").replace(b"10.0.0.7", b"192.0.2.9")
        end = b"\r\na=oldmediaip:10.0.0.7\r\na=oldmediaip:10.0.0.6\r\n"
        self.assertEqual(body(ctx), changed.rstrip() + end)

    def test_8_writes_it_into_the_origin(self) -> None:
        module, ctx = self.make(append_sdp_oldmediaip=0)
        self.assertEqual(module.fix_nated_sdp(ctx, 8), 1)
        self.assertEqual(body(ctx), SDP.replace(b"10.0.0.5", b"192.0.2.9").replace(b"10.0.0.7", b"192.0.2.9"))

    def test_another_address_may_be_given(self) -> None:
        module, ctx = self.make(append_sdp_oldmediaip=0)
        module.fix_nated_sdp(ctx, 10, b"198.51.100.1")
        self.assertEqual(body(ctx).count(b"198.51.100.1"), 3)

    def test_1_adds_a_direction_to_each_medium(self) -> None:
        module, ctx = self.make()
        self.assertEqual(module.fix_nated_sdp(ctx, 1), 2)
        line = b"a=direction:active\r\n"
        self.assertEqual(body(ctx), SDP.replace(b"m=video", line + b"m=video") + line)

    def test_4_adds_a_line_of_choice(self) -> None:
        module, ctx = self.make()
        self.assertEqual(module.fix_nated_sdp(ctx, 4), 2)
        self.assertEqual(body(ctx), SDP + b"a=nortpproxy:yes\r\n")
        module, ctx = self.make(nortpproxy_str=b"a=mark\r\n")
        module.fix_nated_sdp(ctx, 4)
        self.assertEqual(body(ctx), SDP + b"a=mark\r\n")
        module, ctx = self.make(nortpproxy_str=b"")
        module.fix_nated_sdp(ctx, 4)
        self.assertEqual(body(ctx), SDP)

    def test_addresses_that_hold_a_stream_or_are_right_stay(self) -> None:
        module, ctx = self.make(SDP.replace(b"10.0.0.6", b"0.0.0.0").replace(b"10.0.0.7", b"192.0.2.9"))
        self.assertEqual(module.fix_nated_sdp(ctx, 2), 2)
        self.assertEqual(ctx.draft.edits, [])

    def test_an_ipv6_address_is_noted_as_such(self) -> None:
        text = SDP.replace(b"IP4 10.0.0.6", b"IP6 fd00::6").replace(b"a=rtcp:4001 IN IP4 10.0.0.7\r\n", b"")
        module, ctx = self.make(text)
        module.fix_nated_sdp(ctx, 2, b"2001:db8::9")
        self.assertTrue(body(ctx).endswith(b"\r\na=oldmediaip6:fd00::6\r\n"))

    def test_families_must_not_be_mixed(self) -> None:
        module, ctx = self.make(SDP + b"c=IN IP6 fd00::6\r\n")
        self.assertRaises(ScriptError, module.fix_nated_sdp, ctx, 2)

    def test_a_connection_without_an_address_is_an_error(self) -> None:
        module, ctx = self.make(SDP.replace(b"c=IN IP4 10.0.0.6", b"c=IN ATM x"))
        self.assertRaises(ScriptError, module.fix_nated_sdp, ctx, 2)

    def test_the_part_of_a_multipart_body_is_changed(self) -> None:
        module, ctx = self.make(MULTIPART % SDP, b"multipart/mixed;boundary=x", append_sdp_oldmediaip=0)
        self.assertEqual(module.fix_nated_sdp(ctx, 6), 1)
        changed = SDP.replace(b"10.0.0.6", b"192.0.2.9").replace(b"10.0.0.7", b"192.0.2.9") + b"a=nortpproxy:yes\r\n"
        self.assertEqual(body(ctx), MULTIPART % changed)

    def test_a_body_of_no_type_is_taken_for_one(self) -> None:
        module, ctx = self.make(content_type=None)
        self.assertEqual(module.fix_nated_sdp(ctx, 2), 1)

    def test_other_bodies_are_an_error(self) -> None:
        for text, kind in (
            (b"", b"application/sdp"),
            (b"\r\n\r\n", b"application/sdp"),
            (SDP, b"text/plain"),
            (SDP, b"multipart/mixed"),
            (b"--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n--x--\r\n", b"multipart/mixed;boundary=x"),
        ):
            module, ctx = self.make(text, kind)
            self.assertRaises(ScriptError, module.fix_nated_sdp, ctx, 2)
