"""append_to_reply() and its like."""

from __future__ import annotations

import re

from twisted.trial.unittest import SynchronousTestCase

from sipapp.modules.textops import Textops
from tests.modules.texts import made, running


class ReplyTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.module = made(Textops)
        self.ctx = running()

    def test_lines_are_kept_in_order_for_every_reply(self) -> None:
        self.assertTrue(self.module.append_to_reply(self.ctx, b"X-A: 1\r\n"))
        self.assertTrue(self.module.append_to_reply(self.ctx, b"X-B: 2\r\n"))
        self.assertEqual(self.ctx.draft.reply_fields, [b"X-A: 1\r\n", b"X-B: 2\r\n"])

    def test_nothing_is_not_added(self) -> None:
        self.assertFalse(self.module.append_to_reply(self.ctx, b""))
        self.assertEqual(self.ctx.draft.reply_fields, [])

    def test_append_time_adds_a_date_in_gmt(self) -> None:
        self.assertTrue(self.module.append_time(self.ctx))
        (line,) = self.ctx.draft.reply_fields
        self.assertTrue(re.fullmatch(rb"Date: [A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT\r\n", line))

    def test_the_first_body_counts(self) -> None:
        self.assertTrue(self.module.set_reply_body(self.ctx, b"one", b"text/plain"))
        self.assertFalse(self.module.set_reply_body(self.ctx, b"two", b"text/html"))
        self.assertEqual(self.ctx.draft.reply_body, (b"text/plain", b"one"))

    def test_neither_body_nor_type_may_be_empty(self) -> None:
        self.assertFalse(self.module.set_reply_body(self.ctx, b"", b"text/plain"))
        self.assertFalse(self.module.set_reply_body(self.ctx, b"x", b""))
        self.assertIsNone(self.ctx.draft.reply_body)

    def test_a_body_in_hexadecimal_digits(self) -> None:
        self.assertFalse(self.module.set_reply_body_hex(self.ctx, b"6", b"text/plain"))
        self.assertTrue(self.module.set_reply_body_hex(self.ctx, b"68 69", b"text/plain"))
        self.assertEqual(self.ctx.draft.reply_body, (b"text/plain", b"hi"))
