from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.draft import Outbound
from sipapp.module.via import via_line
from sipapp.modules.corex import Corex
from sipapp.script.avp import XavpList, xavps
from tests.modules.stage import UDP, Server, context, made, request, response


def fields(ctx: Any, name: bytes, **values: Any) -> None:
    found = XavpList()
    for key, value in values.items():
        found.add(key.encode(), value)
    xavps(ctx).add(name, found)


class ViaTests(SynchronousTestCase):
    def ctx(self, message: Any = None) -> Any:
        names: dict[str, Any] = {
            "xavp_via_params": "via",
            "xavp_via_fields": "fields",
            "xavp_via_reply_params": "reply",
        }
        return context(message or request(), Server(server_id=17, **names))

    def test_nothing_is_added_that_was_not_asked_for(self) -> None:
        ctx = self.ctx()
        fields(ctx, b"via", a=b"1")
        self.assertEqual(via_line(ctx, UDP, b"z9hG4bKx"), b"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\n")

    def test_the_server_and_the_fields_of_an_xavp_are_added(self) -> None:
        ctx, module = self.ctx(), made(Corex)
        fields(ctx, b"via", b=b"", a=b"1", n=5)
        module.via_add_srvid(ctx, 1)
        module.via_add_xavp_params(ctx, 1)
        module.msg_vbflag_set(ctx, 4)
        self.assertEqual(
            via_line(ctx, UDP, b"z9hG4bKx", b";i=1"),
            b"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx;i=1;srvid=17;n=5;a=1;b;kvf=10\r\n",
        )
        module.via_add_srvid(ctx, 0)
        module.via_add_xavp_params(ctx, 0)
        module.msg_vbflag_reset(ctx, 4)
        self.assertEqual(via_line(ctx, UDP, b"z9hG4bKx"), b"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\n")

    def test_address_port_and_protocol_come_from_an_xavp(self) -> None:
        ctx = self.ctx()
        fields(ctx, b"fields", address=b"via.example", port=b"5099", proto=b"tls")
        made(Corex).via_use_xavp_fields(ctx, 1)
        self.assertEqual(via_line(ctx, UDP, b"z9hG4bKx"), b"Via: SIP/2.0/TLS via.example:5099;branch=z9hG4bKx\r\n")

    def test_a_response_of_another_gets_parameters_on_its_next_via(self) -> None:
        ctx, module = self.ctx(response()), made(Corex)
        module.via_reply_add_xavp_params(ctx, 1)
        module.via_reply_add_xavp_params(ctx, 1)
        fields(ctx, b"reply", a=b"1")
        data = ctx.draft.render_response(ctx.message, Outbound())
        self.assertIn(b"\r\nVia: SIP/2.0/UDP 192.0.2.9:5070;a=1\r\n", data)
        module.via_reply_add_xavp_params(ctx, 0)
        self.assertEqual(ctx.draft.edits, [])
