"""The session descriptions of the message that a script runs on."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ScriptError
from sipapp.modules.sdpops.description import find, need, streams
from tests.modules.texts import SDP, request, running, with_sdp


class DescriptionTests(SynchronousTestCase):
    def test_is_read_once_for_a_message(self) -> None:
        ctx = with_sdp()
        self.assertIs(find(ctx), find(ctx))
        first = find(ctx)
        ctx.message = request(body=SDP, content_type=b"application/sdp")
        self.assertIsNot(find(ctx), first)

    def test_is_none_without_a_body(self) -> None:
        self.assertIsNone(find(running()))
        self.assertRaises(ScriptError, need, running())
        self.assertEqual(streams(running()), [])

    def test_what_cannot_be_read_fails(self) -> None:
        for ctx in (running(body=b"hi", content_type=b"text/plain"), with_sdp(b"v=0\r\n")):
            self.assertRaises(ScriptError, find, ctx)

    def test_streams_are_of_one_kind_or_all(self) -> None:
        self.assertEqual([m.kind for m in streams(with_sdp(), b"AUDIO")], [b"audio"])
        self.assertEqual([m.kind for m in streams(with_sdp())], [b"audio", b"video"])
