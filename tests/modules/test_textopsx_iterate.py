"""hf_iterator_*(), bl_iterator_*() and their variables."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import Context
from sipapp.modules.textopsx import Textopsx
from tests.modules.texts import added, body, made, running

I = b"i"  # noqa: E741


class HeaderFieldTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.module = made(Textopsx)
        self.ctx = running(b"X-One:  first\r\ns: a\r\n b\r\n")

    def seek(self, name: bytes) -> None:
        self.module.hf_iterator_start(self.ctx, I)
        while self.module.hf_iterator_next(self.ctx, I):
            if self.module.pv_hfitname(self.ctx, I) == name:
                return

    def test_goes_over_every_one_in_order(self) -> None:
        self.assertTrue(self.module.hf_iterator_start(self.ctx, I))
        names = []
        while self.module.hf_iterator_next(self.ctx, I):
            names.append(self.module.pv_hfitname(self.ctx, I))
        self.assertEqual(names, [b"Via", b"From", b"To", b"Call-ID", b"CSeq", b"X-One", b"s", b"Content-Length"])

    def test_the_value_is_as_received_without_outer_white_space(self) -> None:
        self.seek(b"X-One")
        self.assertEqual(self.module.pv_hfitbody(self.ctx, I), b"first")
        self.module.hf_iterator_next(self.ctx, I)
        self.assertEqual(self.module.pv_hfitbody(self.ctx, I), b"a\r\n b")

    def test_goes_back(self) -> None:
        self.seek(b"To")
        self.assertTrue(self.module.hf_iterator_prev(self.ctx, I))
        self.assertEqual(self.module.pv_hfitname(self.ctx, I), b"From")

    def test_lines_are_put_around_the_current_one(self) -> None:
        self.seek(b"X-One")
        self.assertTrue(self.module.hf_iterator_insert(self.ctx, I, b"B: 1\r\n"))
        self.assertTrue(self.module.hf_iterator_append(self.ctx, I, b"A: 2\r\n"))
        self.assertTrue(self.module.hf_iterator_rm(self.ctx, I))
        self.assertEqual(added(self.ctx)[:3], [b"B: 1", b"A: 2", b"s: a"])

    def test_before_the_first_and_behind_the_last_there_is_nothing(self) -> None:
        self.module.hf_iterator_start(self.ctx, I)
        self.assertEqual(self.nothing(self.ctx), [None, None, False, False, False])
        self.seek(b"no such")
        self.assertEqual(self.nothing(self.ctx), [None, None, False, False, False])

    def nothing(self, ctx: Context) -> list[object]:
        return [
            self.module.pv_hfitname(ctx, I),
            self.module.pv_hfitbody(ctx, I),
            self.module.hf_iterator_rm(ctx, I),
            self.module.hf_iterator_append(ctx, I, b"A: 1\r\n"),
            self.module.hf_iterator_insert(ctx, I, b"A: 1\r\n"),
        ]

    def test_one_that_was_ended_starts_again(self) -> None:
        self.seek(b"To")
        self.assertTrue(self.module.hf_iterator_end(self.ctx, I))
        self.assertIsNone(self.module.pv_hfitname(self.ctx, I))
        self.module.hf_iterator_next(self.ctx, I)
        self.assertEqual(self.module.pv_hfitname(self.ctx, I), b"Via")

    def test_one_that_was_never_started_fails(self) -> None:
        self.assertFalse(self.module.hf_iterator_next(self.ctx, b"zz"))
        self.assertFalse(self.module.hf_iterator_prev(self.ctx, b"zz"))
        self.assertFalse(self.module.hf_iterator_end(self.ctx, b"zz"))


class BodyLineTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.module = made(Textopsx)
        self.ctx = running(body=b"one\r\ntwo\rtwo\nthree", content_type=b"text/plain")

    def test_goes_over_every_line_with_its_line_end(self) -> None:
        self.assertTrue(self.module.bl_iterator_start(self.ctx, I))
        lines = []
        while self.module.bl_iterator_next(self.ctx, I):
            lines.append(self.module.pv_blitval(self.ctx, I))
        self.assertEqual(lines, [b"one\r\n", b"two\rtwo\n", b"three"])
        self.assertIsNone(self.module.pv_blitval(self.ctx, I))

    def test_lines_are_put_around_the_current_one(self) -> None:
        self.module.bl_iterator_start(self.ctx, I)
        self.module.bl_iterator_next(self.ctx, I)
        self.assertTrue(self.module.bl_iterator_append(self.ctx, I, b"after\r\n"))
        self.assertTrue(self.module.bl_iterator_insert(self.ctx, I, b"before\r\n"))
        self.assertTrue(self.module.bl_iterator_rm(self.ctx, I))
        self.assertEqual(body(self.ctx), b"before\r\nafter\r\ntwo\rtwo\nthree")

    def test_without_body_there_is_no_line(self) -> None:
        ctx = running()
        self.assertTrue(self.module.bl_iterator_start(ctx, I))
        self.assertFalse(self.module.bl_iterator_next(ctx, I))
        self.assertFalse(self.module.bl_iterator_rm(ctx, I))
        self.assertFalse(self.module.bl_iterator_append(ctx, I, b"x"))
        self.assertFalse(self.module.bl_iterator_insert(ctx, I, b"x"))

    def test_one_that_was_ended_is_gone(self) -> None:
        self.module.bl_iterator_start(self.ctx, I)
        self.assertTrue(self.module.bl_iterator_end(self.ctx, I))
        self.assertFalse(self.module.bl_iterator_next(self.ctx, I))
        self.assertFalse(self.module.bl_iterator_end(self.ctx, I))
