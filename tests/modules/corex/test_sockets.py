from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.transport import Flow, Socket
from sipapp.module import ScriptError
from sipapp.modules.corex import Corex
from tests.modules.stage import TCP, UDP, UDP_5080, Server, context, made, request

ADVERTISED = Socket("udp", "192.0.2.1", 5090, "proxy.example.com", 5060)


class SocketsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.server = Server(UDP, UDP_5080, TCP, ADVERTISED)
        self.module = made(Corex)
        self.module.start(self.server)

    def ctx(self) -> Any:
        return context(request(), self.server)

    def test_a_socket_to_send_by_is_chosen_by_address_or_name(self) -> None:
        for function, value, socket in (
            (self.module.set_send_socket, b"udp:192.0.2.1:5080", UDP_5080),
            (self.module.set_send_socket, b"tcp:192.0.2.1", TCP),
            (self.module.set_send_socket_name, b"side", UDP_5080),
        ):
            ctx = self.ctx()
            self.assertEqual(function(ctx, value), 1)
            self.assertIs(ctx.draft.send_socket, socket)

    def test_one_that_there_is_not_changes_nothing(self) -> None:
        ctx = self.ctx()
        self.assertEqual(self.module.set_send_socket(ctx, b"udp:192.0.2.99:5060"), 1)
        self.assertEqual(self.module.set_recv_socket_name(ctx, b"none"), 1)
        self.assertEqual((ctx.draft.send_socket, ctx.message.flow.socket), (None, UDP))
        for wrong in (b"", b"udp:x:y"):
            self.assertRaises(ScriptError, self.module.set_send_socket, ctx, wrong)
        self.assertRaises(ScriptError, self.module.set_send_socket_name, ctx, b"")

    def test_a_message_may_count_as_received_elsewhere(self) -> None:
        for function, value in (
            (self.module.set_recv_socket, b"udp:192.0.2.1:5080"),
            (self.module.set_recv_socket_name, b"side"),
        ):
            ctx = self.ctx()
            self.assertEqual(function(ctx, value), 1)
            flow = ctx.message.flow
            self.assertEqual((flow.socket, flow.host, flow.port), (UDP_5080, "192.0.2.9", 5070))

    def test_a_message_may_count_as_sent_from_elsewhere(self) -> None:
        for value, host, port in (
            (b"udp:198.51.100.1:5099", "198.51.100.1", 5099),
            (b"198.51.100.1", "198.51.100.1", 5060),
        ):
            ctx = self.ctx()
            self.assertEqual(self.module.set_source_address(ctx, value), 1)
            flow = ctx.message.flow
            self.assertEqual((flow.socket, flow.host, flow.port), (UDP, host, port))

    def test_a_name_is_no_source_address(self) -> None:
        ctx = context()
        self.assertEqual(self.module.set_source_address(ctx, b"host.example.com"), -1)
        self.assertEqual(ctx.message.flow.host, "192.0.2.9")

    def test_names_are_asked_for(self) -> None:
        self.assertEqual(self.module.is_socket_name(self.ctx(), b"side"), 1)
        self.assertEqual(self.module.is_socket_name(self.ctx(), b"none"), -1)

    def test_a_connection_takes_what_goes_to_another_port(self) -> None:
        aliased: list[Any] = []

        def add(flow: Flow, port: int) -> bool:
            aliased.append(port)
            return True

        self.server.transport.add_connection_alias = add
        ctx = self.ctx()
        self.assertEqual(self.module.add_tcp_alias(ctx, 5062), -1)
        ctx.message.flow = Flow(TCP, "192.0.2.9", 40000, object())
        self.assertEqual((self.module.add_tcp_alias(ctx, 5062), self.module.add_tcp_alias(ctx, 0)), (1, 1))
        self.assertEqual(aliased, [5062, 5070])

    def test_a_socket_is_found_by_one_thing_and_told_by_another(self) -> None:
        for expression, value in (
            (b"n/side/l", b"udp:192.0.2.1:5080"),
            (b"l/UDP:192.0.2.1:5080/n", b"side"),
            (b"l/udp:192.0.2.1:5060/n", b""),
            (b"a/udp:proxy.example.com:5060/l", b"udp:192.0.2.1:5090"),
            (b"i/2/l", b"tcp:192.0.2.1:5060"),
            (b"n/side/i", 1),
            (b"n/none/l", None),
        ):
            self.assertEqual(self.module.pv_socket(self.ctx(), expression), value, expression)
        for wrong in (b"n/side", b"x/side/l", b"n/side/x", b"side"):
            self.assertRaises(ScriptError, self.module.pv_socket, self.ctx(), wrong)

    def test_sockets_are_listed(self) -> None:
        rows = self.module.rpc_list_sockets()
        self.assertEqual(
            rows[1],
            {
                "af": "IPv4",
                "proto": "udp",
                "name": "192.0.2.1",
                "addrlist": {"addr": "192.0.2.1"},
                "port": "5080",
                "sockstr": "udp:192.0.2.1:5080",
                "agname": "none",
                "mcast": "no",
                "mhomed": "no",
                "virtual": "no",
                "sockname": "side",
                "advertise": "-",
            },
        )
        self.assertEqual((rows[3]["advertise"], rows[0]["sockname"]), ("udp:proxy.example.com:5060", "-"))

    def test_aliases_are_listed(self) -> None:
        self.server.transport.aliases = lambda: [("example.com", 5060, None), ("a.example", 0, "tcp")]
        self.assertEqual(
            self.module.rpc_list_aliases(),
            [{"proto": "any", "addr": "example.com", "port": 5060}, {"proto": "tcp", "addr": "a.example", "port": 0}],
        )
