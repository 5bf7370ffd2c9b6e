from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.transport import Socket
from sipapp.module import Context
from sipapp.module.reply import compose
from sipapp.module.via import FIELDS, REPLY_PARAMETERS, SERVER_ID, set_via_flags, via_line, want
from sipapp.script.avp import XavpList, xavps
from tests.modules.stage import UDP, UDP_5080, Server, context


def xavp(ctx: Context, name: bytes, **values: Any) -> None:
    found = XavpList()
    for key, value in values.items():
        found.add(key.encode(), value)
    xavps(ctx).add(name, found)


class ViaTests(SynchronousTestCase):
    def ctx(self) -> Context:
        server = Server(server_id=0, xavp_via_fields=b"f", xavp_via_params=None, xavp_via_reply_params=b"r")
        ctx: Context = context(server=server)
        return ctx

    def test_plain(self) -> None:
        self.assertEqual(
            via_line(self.ctx(), UDP_5080, b"z9hG4bKx", b";i=1f"),
            b"Via: SIP/2.0/UDP 192.0.2.1:5080;branch=z9hG4bKx;i=1f\r\n",
        )

    def test_rport_is_asked_for(self) -> None:
        ctx = self.ctx()
        ctx.draft.local_rport = True
        self.assertEqual(via_line(ctx, UDP, b"z9hG4bKx"), b"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx;rport\r\n")

    def test_the_advertised_address_of_the_message_is_written(self) -> None:
        for host, port, sent_by in (
            (b"proxy.example", None, b"proxy.example:5080"),
            (b"proxy.example", 5099, b"proxy.example:5099"),
            (None, 5099, b"192.0.2.1:5099"),
        ):
            ctx = self.ctx()
            ctx.draft.advertised_host, ctx.draft.advertised_port = host, port
            self.assertEqual(via_line(ctx, UDP_5080, b"b"), b"Via: SIP/2.0/UDP " + sent_by + b";branch=b\r\n")

    def test_an_ipv6_address_stays_whole(self) -> None:
        ctx = self.ctx()
        ctx.draft.advertised_port = 5099
        socket = Socket("tcp", "2001:db8::1", 5060)
        self.assertEqual(via_line(ctx, socket, b"b"), b"Via: SIP/2.0/TCP [2001:db8::1]:5099;branch=b\r\n")

    def test_fields_win_over_the_advertised_address(self) -> None:
        ctx = self.ctx()
        ctx.draft.advertised_host = b"proxy.example"
        want(ctx, FIELDS, True)
        xavp(ctx, b"f", address=b"a.example")
        self.assertEqual(via_line(ctx, UDP, b"b"), b"Via: SIP/2.0/UDP a.example;branch=b\r\n")

    def test_a_server_without_an_id_adds_none(self) -> None:
        ctx = self.ctx()
        want(ctx, SERVER_ID, True)
        set_via_flags(ctx, 255)
        self.assertEqual(via_line(ctx, UDP, b"b"), b"Via: SIP/2.0/UDP 192.0.2.1;branch=b;kvf=ff\r\n")

    def test_our_own_response_gets_its_parameters(self) -> None:
        ctx = self.ctx()
        want(ctx, REPLY_PARAMETERS, True)
        xavp(ctx, b"r", a=b"1")
        self.assertIn(b"\r\nVia: SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKa;a=1\r\n", compose(ctx, 200, b"OK", b"t"))
