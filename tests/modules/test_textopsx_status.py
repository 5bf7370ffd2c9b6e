"""change_reply_status() and change_reply_status_code()."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import RouteType, ScriptError
from sipapp.modules.textopsx import Textopsx
from tests.modules.stage import context, response
from tests.modules.texts import made, running


def answered(status: str) -> Any:
    return context(response(status), route_type=RouteType.ONREPLY)


class StatusTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.module = made(Textopsx)

    def test_the_status_is_another_at_once(self) -> None:
        ctx = answered("404 Not Found")
        self.assertTrue(self.module.change_reply_status_code(ctx, 486))
        self.assertEqual((ctx.message.status, ctx.message.reason), (486, b"Not Found"))

    def test_the_reason_on_the_way_out(self) -> None:
        ctx = answered("404 Not Found")
        self.assertTrue(self.module.change_reply_status(ctx, 486, b"Busy"))
        self.assertTrue(ctx.draft.render_response(ctx.message).startswith(b"SIP/2.0 486 Busy\r\nVia: "))

    def test_the_message_came_the_same_way(self) -> None:
        ctx = answered("404 Not Found")
        flow = ctx.message.flow
        self.module.change_reply_status_code(ctx, 486)
        self.assertIs(ctx.message.flow, flow)

    def test_provisional_and_2xx_stay_of_their_class(self) -> None:
        for status, code in (("180 Ringing", 200), ("200 OK", 404), ("404 Not Found", 200), ("183 X", 404)):
            ctx = answered(status)
            self.assertRaises(ScriptError, self.module.change_reply_status_code, ctx, code)
        self.assertTrue(self.module.change_reply_status_code(answered("180 Ringing"), 183))
        self.assertTrue(self.module.change_reply_status_code(answered("404 Not Found"), 603))

    def test_what_is_no_status_or_no_reason_fails(self) -> None:
        for code in (99, 700):
            self.assertRaises(ScriptError, self.module.change_reply_status_code, answered("404 X"), code)
        self.assertRaises(ScriptError, self.module.change_reply_status, answered("404 X"), 486, b"")

    def test_a_request_has_none(self) -> None:
        self.assertRaises(ScriptError, self.module.change_reply_status_code, running(), 486)
