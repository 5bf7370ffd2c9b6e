"""sipapp/core/connections.py: sockets and connections of one message."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigErrors
from sipapp.interfaces.transport import CLOSE, NO_CONNECT
from tests.core.script import Script


class SocketTests(SynchronousTestCase):
    def test_a_socket_of_ours_is_chosen(self) -> None:
        script = Script("$var(r) = force_send_socket(tcp:192.0.2.100:5060);")
        self.assertEqual(script.draft.send_socket.text, b"tcp:192.0.2.100:5060")
        self.assertEqual(script.var("r"), 1)

    def test_one_that_is_not_ours_is_not(self) -> None:
        script = Script("$var(r) = force_send_socket(udp:198.51.100.1:5060);")
        self.assertIsNone(script.draft.send_socket)
        self.assertEqual(script.var("r"), -1)

    def test_what_is_no_socket_is_a_mistake_of_the_script(self) -> None:
        self.assertRaises(ConfigErrors, Script, 'force_send_socket("a b c::");')

    def test_the_advertised_address_is_kept_for_the_message(self) -> None:
        script = Script("set_advertised_address(sip.example.com); set_advertised_port(5099);")
        self.assertEqual((script.draft.advertised_host, script.draft.advertised_port), (b"sip.example.com", 5099))


class FlagTests(SynchronousTestCase):
    def test_what_is_asked_of_connections_adds_up(self) -> None:
        script = Script("set_forward_no_connect(); set_forward_close(); set_reply_close;")
        self.assertEqual(script.draft.forward_flags, NO_CONNECT | CLOSE)
        self.assertEqual(script.draft.reply_flags, CLOSE)
        self.assertEqual(Script("set_reply_no_connect();").draft.reply_flags, NO_CONNECT)

    def test_rport_is_forced_for_them_and_asked_for_us(self) -> None:
        script = Script("force_rport; add_local_rport();")
        self.assertTrue(script.ctx.message.force_rport)
        self.assertTrue(script.draft.local_rport)

    def test_the_protocol_of_long_messages(self) -> None:
        self.assertEqual(Script("udp_mtu_try_proto(tcp);").draft.fallback_proto, "tcp")
        self.assertIsNone(Script("udp_mtu_try_proto(UDP);").draft.fallback_proto)


class AliasTests(SynchronousTestCase):
    def test_by_udp_there_is_nothing_to_do(self) -> None:
        self.assertEqual(Script("$var(r) = force_tcp_alias();").var("r"), 1)

    def test_a_stream_gets_the_port_of_the_via_or_the_one_that_is_told(self) -> None:
        script = Script("$var(r) = 1;")
        server: Any = script.harness.server
        script.ctx.message.flow.connection = object()
        asked: list[int] = []

        def add_connection_alias(flow: object, port: int) -> bool:
            asked.append(port)
            return True

        server.transport.add_connection_alias = add_connection_alias
        self.assertTrue(server.modules["core"].force_tcp_alias(script.ctx))
        self.assertTrue(server.modules["core"].force_tcp_alias(script.ctx, 5099))
        self.assertEqual(asked, [5060, 5099])
