from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import TransportError
from sipapp.ids import CountedIds
from sipapp.interfaces.transport import Flow, Socket, Target
from sipapp.message.parse import parse
from sipapp.module import ScriptError
from sipapp.modules.corex import Corex
from tests.modules.stage import TCP, UDP, UDP_5080, Server, Transport, context, made, request, response


class Network(Transport):
    """Resolves what is an address at once, `late.example` later and `no.example` never."""

    def __init__(self, *sockets: Socket) -> None:
        super().__init__(*sockets)
        self.late: Deferred[list[Target]] = Deferred()

    def resolve(self, uri: Any, proto: str | None = None) -> Any:
        host = uri.host.decode()
        if host == "no.example":
            raise TransportError("no such name")
        if host == "late.example":
            return self.late
        return [Target(proto or (uri.transport or b"udp").decode(), host, uri.port or 5060)]

    def flow(self, target: Target, socket: Socket | None = None, received_on: Socket | None = None) -> Flow:
        found = socket or next((one for one in self.sockets if one.proto == target.proto), None)
        if found is None:
            raise TransportError("no socket")
        return Flow(found, target.host, target.port)


class SendingTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.server = Server()
        self.server.transport = self.network = Network(UDP, UDP_5080, TCP)
        self.server.ids = CountedIds()
        self.module = made(Corex)
        self.module.start(self.server)

    def ctx(self, message: Any = None) -> Any:
        return context(message or request(uri="sip:bob@192.0.2.8"), self.server)

    def sent(self) -> list[tuple[bytes, Socket, str, int]]:
        return [(data, flow.socket, flow.host, flow.port) for data, flow in self.network.sent]

    def test_a_request_is_sent_as_it_came(self) -> None:
        ctx = self.ctx()
        ctx.draft.append_field(ctx.message, b"X-Y: y\r\n")
        self.assertEqual(self.module.send_udp(ctx), 1)
        self.assertEqual(self.module.send_udp(ctx, b"192.0.2.66:5099"), 1)
        ctx.draft.next_hop = b"sip:192.0.2.77:5077"
        self.assertEqual(self.module.send_tcp(ctx), 1)
        raw = ctx.message.raw
        self.assertEqual(
            self.sent(),
            [
                (raw, UDP, "192.0.2.8", 5060),
                (raw, UDP, "192.0.2.66", 5099),
                (raw, TCP, "192.0.2.77", 5077),
            ],
        )

    def test_bytes_go_where_a_uri_says(self) -> None:
        ctx = self.ctx()
        self.assertEqual(self.module.send_data(ctx, b"sip:192.0.2.8:5062;transport=tcp", b"hello"), 1)
        self.assertEqual(self.module.sendx(ctx, b"sip:192.0.2.8", b"udp:192.0.2.1:5080", b"you"), 1)
        self.assertEqual(self.module.sendx(ctx, b"sip:192.0.2.8", b"udp:192.0.2.99:1", b"all"), 1)
        self.assertEqual(
            self.sent(),
            [
                (b"hello", TCP, "192.0.2.8", 5062),
                (b"you", UDP_5080, "192.0.2.8", 5060),
                (b"all", UDP, "192.0.2.8", 5060),
            ],
        )

    def test_a_name_is_waited_for(self) -> None:
        found = self.module.send_data(self.ctx(), b"sip:late.example", b"hello")
        assert isinstance(found, Deferred)
        self.assertEqual(self.sent(), [])
        self.network.late.callback([Target("udp", "192.0.2.5", 5060), Target("udp", "192.0.2.6", 5060)])
        self.assertEqual(self.successResultOf(found), 1)
        self.assertEqual(self.sent(), [(b"hello", UDP, "192.0.2.5", 5060)])

    def test_what_cannot_be_sent_is_false(self) -> None:
        ctx = self.ctx()
        for uri in (b"nonsense", b"sip:no.example", b"sip:192.0.2.8;transport=tls"):
            self.assertRaises(ScriptError, self.module.send_data, ctx, uri, b"x")
        self.assertRaises(ScriptError, self.module.send_udp, ctx, b"a:b")

    def test_a_request_can_be_sent_as_if_it_began_here(self) -> None:
        ctx = self.ctx(
            request(uri="sip:bob@192.0.2.8", more="v: SIP/2.0/UDP 192.0.2.3;branch=z9hG4bKb\r\nSubject: x\r\n")
        )
        ctx.draft.append_field(ctx.message, b"X-Y: y\r\n")
        self.assertEqual(self.module.forward_uac(ctx, 2), 1)
        self.assertEqual(self.module.forward_uac_uri(ctx, b"sip:192.0.2.66:5099"), 1)
        first, second = (parse(data) for data, _ in self.network.sent)
        self.assertEqual([bytes(via) for via in first.vias], [b"SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK-1.2"])
        self.assertEqual((first.first(b"x-y"), first.first(b"subject")), (b"y", b"x"))
        self.assertEqual(second.raw[:33], b"INVITE sip:bob@192.0.2.8 SIP/2.0\r")
        self.assertEqual([row[2:] for row in self.sent()], [("192.0.2.8", 5060), ("192.0.2.66", 5099)])
        self.assertEqual(len(ctx.draft.edits), 1)

    def test_a_response_goes_on_at_once(self) -> None:
        ctx = self.ctx(response())
        ctx.draft.append_field(ctx.message, b"X-Y: y\r\n")
        self.assertEqual(self.module.forward_reply(ctx), 1)
        (data,) = self.network.sent
        self.assertTrue(data.startswith(b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.9:5070\r\n"))
        self.assertIn(b"\r\nX-Y: y\r\n", data)

    def test_a_response_with_one_via_has_nowhere_to_go(self) -> None:
        self.assertEqual(self.module.forward_reply(self.ctx(response(via=""))), 1)
        self.assertEqual(self.network.sent, [])
