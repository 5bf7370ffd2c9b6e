"""sdp_iterator_*() and $sdpitval."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ScriptError
from sipapp.modules.sdpops import Sdpops
from tests.modules.texts import SDP, body, made, running, with_sdp

NAME = b"s"


class IteratingTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.module = made(Sdpops)
        self.ctx = with_sdp()

    def test_goes_over_every_line_with_its_line_end(self) -> None:
        self.assertTrue(self.module.sdp_iterator_start(self.ctx, NAME))
        lines = []
        while self.module.sdp_iterator_next(self.ctx, NAME):
            lines.append(self.module.pv_sdpitval(self.ctx, NAME))
        self.assertEqual(lines, SDP.splitlines(keepends=True))
        self.assertIsNone(self.module.pv_sdpitval(self.ctx, NAME))

    def test_over_the_part_of_a_multipart_body(self) -> None:
        part = b"--b1\r\nContent-Type: application/sdp\r\n\r\n%b--b1--\r\n"
        ctx = running(body=part % SDP, content_type=b"multipart/mixed;boundary=b1")
        self.module.sdp_iterator_start(ctx, NAME)
        self.module.sdp_iterator_next(ctx, NAME)
        self.assertEqual(self.module.pv_sdpitval(ctx, NAME), b"v=0\r\n")
        self.module.sdp_iterator_rm(ctx, NAME)
        self.assertEqual(body(ctx), part % SDP[5:])

    def test_lines_are_put_around_the_current_one(self) -> None:
        self.module.sdp_iterator_start(self.ctx, NAME)
        self.module.sdp_iterator_next(self.ctx, NAME)
        self.assertTrue(self.module.sdp_iterator_append(self.ctx, NAME, b"after\r\n"))
        self.assertTrue(self.module.sdp_iterator_insert(self.ctx, NAME, b"before\r\n"))
        self.assertTrue(self.module.sdp_iterator_rm(self.ctx, NAME))
        self.assertEqual(body(self.ctx), b"before\r\nafter\r\n" + SDP[5:])

    def test_on_no_line_nothing_can_be_done(self) -> None:
        self.module.sdp_iterator_start(self.ctx, NAME)
        self.assertFalse(self.module.sdp_iterator_rm(self.ctx, NAME))
        self.assertFalse(self.module.sdp_iterator_append(self.ctx, NAME, b"x"))
        self.assertFalse(self.module.sdp_iterator_insert(self.ctx, NAME, b"x"))

    def test_one_that_was_ended_is_gone(self) -> None:
        self.module.sdp_iterator_start(self.ctx, NAME)
        self.assertTrue(self.module.sdp_iterator_end(self.ctx, NAME))
        self.assertFalse(self.module.sdp_iterator_next(self.ctx, NAME))
        self.assertFalse(self.module.sdp_iterator_end(self.ctx, NAME))

    def test_without_description_it_does_not_start(self) -> None:
        self.assertRaises(ScriptError, self.module.sdp_iterator_start, running(), NAME)
