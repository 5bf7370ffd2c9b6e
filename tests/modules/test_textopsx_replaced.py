"""Another message in the place of the one that a script runs on."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.draft import Branch, Draft
from sipapp.module import ScriptError
from sipapp.modules.textopsx.replaced import fresh_draft, message_like, replace_message
from tests.modules.stage import response
from tests.modules.texts import request, running


class MessageLikeTests(SynchronousTestCase):
    def test_comes_the_same_way(self) -> None:
        old = request()
        old.number, old.received_at, old.force_rport = 7, 1.5, True
        new: Any = message_like(old, old.raw.replace(b"bob", b"carol"))
        self.assertEqual(new.uri, b"sip:carol@example.com")
        self.assertEqual((new.flow, new.number, new.received_at, new.force_rport), (old.flow, 7, 1.5, True))

    def test_is_refused_where_it_is_none_or_lacks_what_each_has(self) -> None:
        raw = request().raw
        for data in (
            b"",
            b"junk",
            *(raw.replace(name, b"X-No: ") for name in (b"From: ", b"To: ", b"Call-ID: ", b"CSeq: ")),
        ):
            self.assertRaises(ScriptError, message_like, request(), data)

    def test_a_request_stays_one(self) -> None:
        self.assertRaises(ScriptError, message_like, request(), response().raw)
        self.assertRaises(ScriptError, message_like, response(), request().raw)

    def test_where_it_is_refused_the_old_one_stays(self) -> None:
        ctx = running()
        old = ctx.message
        self.assertRaises(ScriptError, replace_message, ctx, b"junk")
        self.assertIs(ctx.message, old)


class FreshDraftTests(SynchronousTestCase):
    def test_targets_next_hop_and_flags_stay(self) -> None:
        draft = Draft()
        draft.next_hop, draft.path, draft.flags, draft.branch_flags, draft.xflags = b"sip:n", b"<sip:p>", 8, 16, 1
        draft.targets = [Branch(b"sip:b")]
        draft.send_socket = "socket"
        fresh = fresh_draft(draft)
        self.assertEqual(
            (fresh.next_hop, fresh.path, fresh.flags, fresh.branch_flags, fresh.xflags, fresh.send_socket),
            (b"sip:n", b"<sip:p>", 8, 16, 1, "socket"),
        )
        self.assertEqual([target.uri for target in fresh.targets], [b"sip:b"])

    def test_what_is_in_the_message_now_or_was_for_replies_goes(self) -> None:
        draft = Draft()
        draft.insert(0, b"x")
        draft.request_uri, draft.reason, draft.boundary = b"sip:n", b"R", b"b"
        draft.reply_fields, draft.reply_body = [b"X: 1\r\n"], (b"a/b", b"x")
        fresh = fresh_draft(draft)
        self.assertEqual(
            (fresh.edits, fresh.request_uri, fresh.reason, fresh.boundary, fresh.reply_fields, fresh.reply_body),
            ([], None, None, None, [], None),
        )
        self.assertEqual(len(draft.edits), 1)
