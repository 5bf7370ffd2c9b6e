"""sdp_with_media(), sdp_remove_media(), sdp_transport() and their like."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ScriptError
from sipapp.modules.sdpops import Sdpops
from tests.modules.stage import variable
from tests.modules.texts import SDP, body, made, running, with_sdp

MIXED = b"multipart/mixed;boundary=b1"


class MediaTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.module = made(Sdpops)
        self.ctx = with_sdp()

    def test_kinds_compare_without_case(self) -> None:
        self.assertEqual(
            [self.module.sdp_with_media(self.ctx, k) for k in (b"audio", b"VIDEO", b"x")], [True, True, False]
        )

    def test_a_stream_is_active_by_port_and_direction(self) -> None:
        self.assertTrue(self.module.sdp_with_active_media(self.ctx, b"video"))
        for change in ((b"51372", b"0"), (b"sendonly", b"inactive")):
            self.assertFalse(self.module.sdp_with_active_media(with_sdp(SDP.replace(*change)), b"video"))

    def test_streams_of_a_kind_go(self) -> None:
        self.assertTrue(self.module.sdp_remove_media(self.ctx, b"Audio"))
        self.assertEqual(body(self.ctx), SDP[: SDP.index(b"m=audio")] + SDP[SDP.index(b"m=video") :])
        self.assertFalse(self.module.sdp_remove_media(self.ctx, b"text"))

    def test_the_last_stream_of_a_part_goes_without_the_delimiter(self) -> None:
        part = b"--b1\r\nContent-Type: application/sdp\r\n\r\n%b--b1--\r\n"
        ctx = running(body=part % SDP, content_type=MIXED)
        self.module.sdp_remove_media(ctx, b"video")
        self.assertEqual(body(ctx), part % SDP[: SDP.index(b"m=video")])

    def test_transports(self) -> None:
        self.assertTrue(self.module.sdp_with_transport(self.ctx, b"rtp/savp"))
        self.assertFalse(self.module.sdp_with_transport(self.ctx, b"RTP"))
        self.assertTrue(self.module.sdp_with_transport_like(self.ctx, b"SAV"))
        self.assertFalse(self.module.sdp_with_transport_like(self.ctx, b"sav"))

    def test_streams_of_a_transport_go(self) -> None:
        self.assertTrue(self.module.sdp_remove_transport(self.ctx, b"RTP/SAVP"))
        self.assertEqual(body(self.ctx), SDP[: SDP.index(b"m=video")])
        self.assertFalse(self.module.sdp_remove_transport(self.ctx, b"UDP"))

    def test_the_common_transport(self) -> None:
        target = variable()
        self.assertEqual(self.module.sdp_transport(self.ctx, target), -2)
        self.assertIsNone(target.value)
        self.assertEqual(self.module.sdp_transport(with_sdp(SDP.replace(b"SAVP", b"avp")), target), 1)
        self.assertEqual(target.value, b"RTP/AVP")
        target.set = None
        self.assertRaises(ScriptError, self.module.sdp_transport, self.ctx, target)

    def test_without_body_there_is_no_stream(self) -> None:
        ctx = running()
        self.assertFalse(self.module.sdp_with_media(ctx, b"audio"))
        self.assertFalse(self.module.sdp_remove_media(ctx, b"audio"))
        self.assertEqual(self.module.sdp_transport(ctx, variable()), 1)
        self.assertEqual(self.module.sdp_get_address_family(ctx), -1)

    def test_the_address_family_is_the_sessions(self) -> None:
        self.assertEqual(self.module.sdp_get_address_family(self.ctx), 4)
        self.assertEqual(self.module.sdp_get_address_family(with_sdp(SDP.replace(b"c=IN IP4", b"c=IN IP6"))), 6)
        bare = SDP.replace(b"c=IN IP4 192.0.2.101\r\n", b"").replace(b"8 101\r\n", b"8 101\r\nc=IN IP4 192.0.2.1\r\n")
        self.assertEqual(self.module.sdp_get_address_family(with_sdp(bare)), -1)
