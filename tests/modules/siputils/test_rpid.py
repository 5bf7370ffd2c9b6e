from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.interfaces.script import Access
from sipapp.modules.siputils import Siputils
from tests.modules.stage import Server, context, made


class Avp:
    """$avp(...) that holds one value."""

    name, module = "avp", "pv"

    def __init__(self, value: Any) -> None:
        self.value = value

    def bind(self, inner: bytes | None, index: bytes | None, binder: Any) -> Access:
        return Access(lambda ctx: self.value)


class RpidTests(SynchronousTestCase):
    def make(self, value: Any, **parameters: Any) -> Any:
        server = Server()
        server.registry._variables["avp"] = Avp(value)
        module = made(Siputils, **parameters)
        module.start(server)
        return module

    def test_the_field_is_appended_with_its_frame(self) -> None:
        ctx = context()
        self.assertEqual(self.make(b"+12015550123").append_rpid_hf(ctx), 1)
        self.assertIn(
            b"\r\nRemote-Party-ID: +12015550123;party=calling;id-type=subscriber;screen=yes\r\n\r\n",
            ctx.draft.render(ctx.message),
        )
        ctx = context()
        self.make(b"12", rpid_prefix=b"<sip:", rpid_suffix=b"@h>").append_rpid_hf(ctx)
        self.assertIn(b"\r\nRemote-Party-ID: <sip:12@h>\r\n", ctx.draft.render(ctx.message))

    def test_a_call_may_bring_its_own_frame(self) -> None:
        ctx = context()
        self.make(b"12").append_rpid_hf_between(ctx, b"<tel:", b">;x")
        self.assertIn(b"\r\nRemote-Party-ID: <tel:12>;x\r\n", ctx.draft.render(ctx.message))

    def test_without_a_text_nothing_is_appended(self) -> None:
        for value in (None, b"", 5):
            ctx = context()
            self.assertEqual(self.make(value).append_rpid_hf(ctx), -1)
            self.assertEqual(ctx.draft.edits, [])
        self.assertEqual(self.make(b"x", rpid_avp=b"").append_rpid_hf(context()), -1)

    def test_the_user_of_its_uri_may_be_a_number(self) -> None:
        for value, code in (
            (b"sip:+12015550123@h", 1),
            (b'"A" <sip:+12015550123@h>;x', 1),
            (b"sip:bob@h", -1),
            (b"nonsense", -1),
            (None, -1),
        ):
            self.assertEqual(self.make(value).is_rpid_user_e164(context()), code, value)

    def test_what_is_no_avp_is_refused_at_start(self) -> None:
        self.assertRaises(ConfigError, self.make, b"", rpid_avp=b"$var(x)")
