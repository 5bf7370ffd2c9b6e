"""sdp_content(), sdp_get(), sdp_get_line_startswith(), sdp_remove_line_by_prefix() and their like."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ScriptError
from sipapp.modules.sdpops import Sdpops
from tests.modules.stage import variable
from tests.modules.texts import SDP, body, made, running, with_sdp


class ContentTests(SynchronousTestCase):
    def test_is_a_description_that_can_be_read(self) -> None:
        contexts = with_sdp(), running(), with_sdp(b"v=0\r\n"), running(body=SDP, content_type=b"text/plain")
        self.assertEqual([made(Sdpops).content(ctx) for ctx in contexts], [True, False, False, False])

    def test_or_by_its_type_alone(self) -> None:
        part = b"--b\r\ncontent-type: Application/SDP\r\n"
        contexts = (
            with_sdp(b"v=0\r\n"),
            running(body=b"x"),
            running(),
            running(body=b"x", content_type=b"text/plain"),
            running(body=part, content_type=b"multipart/mixed"),
            running(body=b"x", content_type=b"multipart/mixed"),
        )
        answers = [made(Sdpops).content_sloppy(ctx, b"1") for ctx in contexts]
        self.assertEqual(answers, [True, True, False, False, True, False])

    def test_with_ice_candidates(self) -> None:
        self.assertFalse(made(Sdpops).sdp_with_ice(with_sdp()))
        self.assertTrue(made(Sdpops).sdp_with_ice(with_sdp(SDP + b"a=candidate:1 1 UDP 1 192.0.2.1 5 typ host\r\n")))


class GetTests(SynchronousTestCase):
    def test_the_description_goes_into_a_variable(self) -> None:
        target = variable()
        self.assertEqual(made(Sdpops).sdp_get(with_sdp(), target), 1)
        self.assertEqual(target.value, SDP)

    def test_without_body_is_minus_2(self) -> None:
        self.assertEqual(made(Sdpops).sdp_get(running(), variable()), -2)
        self.assertEqual(made(Sdpops).sdp_get_line_startswith(running(), variable(), b"m="), -2)

    def test_what_cannot_be_read_or_written_fails(self) -> None:
        target = variable()
        self.assertRaises(ScriptError, made(Sdpops).sdp_get, with_sdp(b"v=0\r\n"), target)
        self.assertRaises(ScriptError, made(Sdpops).sdp_get_line_startswith, with_sdp(), target, b"")
        target.set = None
        self.assertRaises(ScriptError, made(Sdpops).sdp_get, with_sdp(), target)

    def test_the_first_line_that_starts_with_a_text(self) -> None:
        for text, code, line in (
            (b"m=", 1, b"m=audio 49172 RTP/AVP 0 8 101"),
            (b"a=rtpmap:8 ", 1, b"a=rtpmap:8 PCMA/8000"),
            (b"z=", -1, None),
            (b"rtpmap", -1, None),
        ):
            target = variable()
            self.assertEqual(made(Sdpops).sdp_get_line_startswith(with_sdp(), target, text), code)
            self.assertEqual(target.value, line)


class RemoveLineTests(SynchronousTestCase):
    def removed(self, *arguments: bytes) -> list[bytes]:
        ctx = with_sdp()
        self.assertTrue(made(Sdpops).sdp_remove_line_by_prefix(ctx, *arguments))
        left = body(ctx).split(b"\r\n")
        return [line for line in SDP.split(b"\r\n") if line not in left]

    def test_every_line_with_the_prefix_goes(self) -> None:
        self.assertEqual(self.removed(b"a=rtpmap:1"), [b"a=rtpmap:101 telephone-event/8000"])
        self.assertEqual(self.removed(b"m="), [b"m=audio 49172 RTP/AVP 0 8 101", b"m=video 51372 RTP/SAVP 31"])

    def test_of_one_kind_of_stream(self) -> None:
        self.assertEqual(self.removed(b"a=", b"Video"), [b"a=rtpmap:31 H261/90000", b"a=sendonly"])

    def test_where_there_is_none_nothing_goes(self) -> None:
        for arguments in ((b"z=",), (b"",), (b"=",), (b"a=", b"text")):
            self.assertEqual(self.removed(*arguments), [])

    def test_without_description_it_fails(self) -> None:
        self.assertRaises(ScriptError, made(Sdpops).sdp_remove_line_by_prefix, running(), b"a=")


class PrintTests(SynchronousTestCase):
    def test_is_true_for_whatever_can_be_read(self) -> None:
        for level in (-5, 0, 1, 3, 9):
            self.assertTrue(made(Sdpops).sdp_print(with_sdp(), level))
        self.assertTrue(made(Sdpops).sdp_print(running(), 1))
        self.assertRaises(ScriptError, made(Sdpops).sdp_print, with_sdp(b"v=0\r\n"), 1)
        self.flushLoggedErrors()
