"""sdp_*_codecs_by_id() and sdp_*_codecs_by_name()."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import Context, ScriptError
from sipapp.modules.sdpops import Sdpops
from tests.modules.texts import SDP, body, made, running, with_sdp

AUDIO, VIDEO = b"m=audio 49172 RTP/AVP", b"m=video 51372 RTP/SAVP"


class CodecsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.module = made(Sdpops)
        self.ctx = with_sdp()

    def media_lines(self, ctx: Context | None = None) -> list[bytes]:
        return [line for line in body(ctx or self.ctx).split(b"\r\n") if line.startswith(b"m=")]

    def attributes(self) -> list[bytes]:
        return [line[2:] for line in body(self.ctx).split(b"\r\n") if line.startswith((b"a=rtpmap", b"a=fmtp"))]


class RemoveTests(CodecsTests):
    def test_payload_types_go_with_their_attributes(self) -> None:
        self.assertTrue(self.module.sdp_remove_codecs_by_id(self.ctx, b"101, 0"))
        self.assertEqual(self.media_lines(), [AUDIO + b" 8", VIDEO + b" 31"])
        self.assertEqual(self.attributes(), [b"rtpmap:8 PCMA/8000", b"rtpmap:31 H261/90000"])

    def test_only_of_one_kind_of_stream(self) -> None:
        self.assertTrue(self.module.sdp_remove_codecs_by_id(self.ctx, b"0,31", b"Video"))
        self.assertEqual(self.media_lines(), [AUDIO + b" 0 8 101", VIDEO])

    def test_one_that_is_not_there_is_no_failure(self) -> None:
        self.assertTrue(self.module.sdp_remove_codecs_by_id(self.ctx, b"77"))
        self.assertEqual(body(self.ctx), SDP)

    def test_twice_is_once(self) -> None:
        for _ in range(2):
            self.module.sdp_remove_codecs_by_id(self.ctx, b"8")
        self.assertEqual(self.media_lines(), [AUDIO + b" 0 101", VIDEO + b" 31"])

    def test_by_name_of_the_standard_or_of_an_rtpmap(self) -> None:
        self.assertTrue(self.module.sdp_remove_codecs_by_name(self.ctx, b"pcmu,Telephone-Event,h261"))
        self.assertEqual(self.media_lines(), [AUDIO + b" 8", VIDEO])

    def test_unknown_names_fail(self) -> None:
        self.assertFalse(self.module.sdp_remove_codecs_by_name(self.ctx, b"opus"))
        self.assertEqual(body(self.ctx), SDP)


class KeepTests(CodecsTests):
    def test_all_others_go_in_the_order_of_the_offer(self) -> None:
        self.assertTrue(self.module.sdp_keep_codecs_by_id(self.ctx, b"101,0"))
        self.assertEqual(self.media_lines(), [AUDIO + b" 0 101", VIDEO])

    def test_only_of_one_kind_of_stream(self) -> None:
        self.assertTrue(self.module.sdp_keep_codecs_by_name(self.ctx, b"PCMA", b"audio"))
        self.assertEqual(self.media_lines(), [AUDIO + b" 8", VIDEO + b" 31"])

    def test_a_blank_in_the_list_belongs_to_the_element(self) -> None:
        self.module.sdp_keep_codecs_by_id(self.ctx, b"0, 8")
        self.assertEqual(self.media_lines(), [AUDIO + b" 0", VIDEO])

    def test_unknown_names_fail_and_remove_nothing(self) -> None:
        self.assertFalse(self.module.sdp_keep_codecs_by_name(self.ctx, b"opus"))
        self.assertEqual(body(self.ctx), SDP)


class WithTests(CodecsTests):
    def test_all_of_every_stream_is_1_some_2_none_minus_1(self) -> None:
        audio = with_sdp(SDP[: SDP.index(b"m=video")])
        for ctx, ids, code in ((audio, b"0,8", 1), (audio, b"0,99", 2), (self.ctx, b"0", 2), (self.ctx, b"99", -1)):
            self.assertEqual(self.module.sdp_with_codecs_by_id(ctx, ids), code)

    def test_by_name(self) -> None:
        for names, code in ((b"PCMU", 2), (b"PCMU,opus", 2), (b"opus", -1), (b"GSM", -1), (b"", -1)):
            self.assertEqual(self.module.sdp_with_codecs_by_name(self.ctx, names), code)

    def test_without_sdp_is_minus_2_by_id_and_minus_1_by_name(self) -> None:
        for ctx in (running(), running(body=b"hi", content_type=b"text/plain")):
            self.assertEqual(self.assertRaises(ScriptError, self.module.sdp_with_codecs_by_id, ctx, b"0").code, -2)
            self.assertEqual(self.assertRaises(ScriptError, self.module.sdp_with_codecs_by_name, ctx, b"PCMU").code, -1)
