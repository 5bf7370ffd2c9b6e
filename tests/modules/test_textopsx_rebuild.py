"""msg_apply_changes(), msg_set_buffer(), msg_changed_route()."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import RouteType, ScriptError
from sipapp.modules.textopsx import Textopsx
from tests.modules.stage import context, response
from tests.modules.texts import made, request, running, wire


class ApplyTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.module = made(Textopsx)

    def test_what_was_changed_can_be_read(self) -> None:
        ctx = running(b"X-One: 1\r\n", body=b"hello", content_type=b"text/plain")
        ctx.draft.append_field(ctx.message, b"X-New: v\r\n")
        ctx.draft.remove_field(ctx.message.field(b"x-one"))
        ctx.draft.set_body(ctx.message, b"x=1", b"text/plain")
        self.assertTrue(self.module.msg_apply_changes(ctx))
        self.assertEqual(ctx.message.first(b"x-new"), b"v")
        self.assertIsNone(ctx.message.first(b"x-one"))
        self.assertEqual((ctx.message.body, ctx.message.content_length), (b"x=1", 3))
        self.assertEqual(wire(ctx), ctx.message.raw)

    def test_the_new_uri_becomes_the_received_one(self) -> None:
        ctx = running()
        ctx.draft.request_uri = b"sip:carol@example.com"
        self.module.msg_apply_changes(ctx)
        self.assertEqual((ctx.message.uri, ctx.draft.request_uri), (b"sip:carol@example.com", None))

    def test_what_was_for_replies_is_forgotten(self) -> None:
        ctx = running()
        ctx.draft.reply_fields.append(b"X: 1\r\n")
        self.module.msg_apply_changes(ctx)
        self.assertEqual(ctx.draft.reply_fields, [])

    def test_a_draft_that_others_hold_stays_as_it_is(self) -> None:
        ctx = running()
        ctx.draft.append_field(ctx.message, b"X-New: v\r\n")
        held = ctx.draft
        self.module.msg_apply_changes(ctx)
        self.assertEqual(len(held.edits), 1)

    def test_nothing_changes_where_the_new_message_would_be_none(self) -> None:
        ctx = running()
        old = ctx.message
        ctx.draft.remove_field(old.field(b"cseq"))
        self.assertRaises(ScriptError, self.module.msg_apply_changes, ctx)
        self.assertIs(ctx.message, old)
        self.assertEqual(len(ctx.draft.edits), 1)

    def test_it_fails_after_what_depends_on_the_way_out(self) -> None:
        ctx = running()
        ctx.draft.prepend_field(ctx.message, lambda outbound: b"Record-Route: <sip:us;lr>\r\n")
        self.assertRaises(ScriptError, self.module.msg_apply_changes, ctx)

    def test_a_response_can_be_rebuilt_too(self) -> None:
        ctx: Any = context(response(), route_type=RouteType.ONREPLY)
        ctx.draft.append_field(ctx.message, b"X-New: v\r\n")
        self.assertTrue(self.module.msg_apply_changes(ctx))
        self.assertEqual((ctx.message.status, ctx.message.first(b"x-new")), (200, b"v"))

    def test_a_request_only_in_its_own_route(self) -> None:
        for kind in (RouteType.FAILURE, RouteType.BRANCH, RouteType.EVENT):
            self.assertRaises(ScriptError, self.module.msg_apply_changes, running(route_type=kind))


class SetBufferTests(SynchronousTestCase):
    def test_goes_on_with_another_message(self) -> None:
        ctx = running()
        ctx.draft.append_field(ctx.message, b"X-New: v\r\n")
        other = request(b"X-Other: 1\r\n").raw
        self.assertTrue(made(Textopsx).msg_set_buffer(ctx, other))
        self.assertEqual(ctx.message.first(b"x-other"), b"1")
        self.assertEqual(wire(ctx), other)

    def test_fails_for_what_is_no_message(self) -> None:
        ctx = running()
        for data in (b"", b"junk"):
            self.assertRaises(ScriptError, made(Textopsx).msg_set_buffer, ctx, data)


class ChangedRouteTests(SynchronousTestCase):
    def test_runs_a_route_on_the_message_as_it_would_go_out(self) -> None:
        ctx = running()
        ctx.vars[b"x"] = 1
        ctx.draft.append_field(ctx.message, b"X-New: v\r\n")
        ctx.server.script.routes["R"] = "the route"
        self.assertIs(made(Textopsx).msg_changed_route(ctx, "R"), True)
        ((route, inner),) = ctx.server.executed
        self.assertEqual(route, "the route")
        self.assertEqual(inner.message.first(b"x-new"), b"v")
        self.assertIsNone(ctx.message.first(b"x-new"))
        self.assertIs(inner.vars, ctx.vars)
        self.assertIs(inner.avps, ctx.avps)

    def test_waits_for_a_route_that_waits(self) -> None:
        ctx = running()
        ctx.server.script.routes["R"] = "the route"
        waiting: list[Any] = []
        ctx.server.execute = lambda route, inner, done: waiting.append((done, inner))
        answer = made(Textopsx).msg_changed_route(ctx, "R")
        assert isinstance(answer, Deferred)
        self.assertNoResult(answer)
        done, inner = waiting[0]
        done(inner, 1)
        self.assertIs(self.successResultOf(answer), True)

    def test_an_unknown_route_fails(self) -> None:
        ctx = running()
        ctx.server.script = SimpleNamespace(routes={})
        self.assertRaises(ScriptError, made(Textopsx).msg_changed_route, ctx, "R")
