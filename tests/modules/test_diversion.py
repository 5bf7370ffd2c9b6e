from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ScriptError
from sipapp.modules.diversion import Diversion
from tests.modules.stage import context, made, request


class DiversionTests(SynchronousTestCase):
    def lines(self, ctx: Any) -> list[bytes]:
        text = ctx.draft.render(ctx.message)
        return [line[11:] for line in text.split(b"\r\n") if line.startswith(b"Diversion: ")]

    def test_who_diverts_is_the_request_uri_as_received(self) -> None:
        ctx = context()
        ctx.draft.request_uri = b"sip:carol@example.com"
        self.assertEqual(made(Diversion).add_diversion(ctx, b"user-busy"), 1)
        self.assertEqual(self.lines(ctx), [b"<sip:bob@example.com>;reason=user-busy"])

    def test_or_whoever_the_script_says(self) -> None:
        ctx = context()
        made(Diversion).add_diversion(ctx, b"no-answer", b"sip:dave@example.com")
        self.assertEqual(self.lines(ctx), [b"<sip:dave@example.com>;reason=no-answer"])

    def test_the_latest_is_on_top(self) -> None:
        ctx = context(request(more="Diversion: <sip:a@example.com>\r\nX-A: 1\r\n"))
        for name in (b"sip:b@example.com", b"sip:c@example.com"):
            made(Diversion).add_diversion(ctx, b"x", name)
        self.assertEqual(
            self.lines(ctx), [b"<sip:c@example.com>;reason=x", b"<sip:b@example.com>;reason=x", b"<sip:a@example.com>"]
        )

    def test_the_first_one_goes_to_the_end_of_the_header(self) -> None:
        ctx = context()
        made(Diversion).add_diversion(ctx, b"x", b"sip:b@example.com")
        self.assertIn(
            b"Content-Length: 0\r\nDiversion: <sip:b@example.com>;reason=x\r\n\r\n", ctx.draft.render(ctx.message)
        )

    def test_a_suffix_follows_the_reason(self) -> None:
        ctx = context()
        made(Diversion, suffix=b";privacy=full").add_diversion(ctx, b"x", b"sip:b@example.com")
        self.assertEqual(self.lines(ctx), [b"<sip:b@example.com>;reason=x;privacy=full"])

    def test_a_request_uri_that_is_none_is_an_error(self) -> None:
        ctx = context()
        ctx.draft.request_uri = b"nonsense"
        self.assertRaises(ScriptError, made(Diversion).add_diversion, ctx, b"x")
        self.assertEqual(made(Diversion).add_diversion(ctx, b"x", b"nonsense"), 1)
