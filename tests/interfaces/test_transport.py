from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyClass, verifyObject

from sipapp.interfaces.transport import Flow, IMessageReceiver, ISender, ITransportLayer, Socket
from sipapp.testing.harness import Harness
from sipapp.testing.memory import MemorySender
from sipapp.transport.tcp import StreamPort
from sipapp.transport.udp import UdpPort


class SocketTests(SynchronousTestCase):
    def test_its_texts_have_brackets_around_ipv6(self) -> None:
        for host, text, via in (
            ("192.0.2.1", b"udp:192.0.2.1:5060", b"SIP/2.0/UDP 192.0.2.1;branch="),
            ("2001:db8::1", b"udp:[2001:db8::1]:5060", b"SIP/2.0/UDP [2001:db8::1];branch="),
        ):
            socket = Socket("udp", host, 5060)
            self.assertEqual((socket.text, socket.via, socket.host), (text, via, host))

    def test_the_default_port_is_left_out_unless_it_is_advertised(self) -> None:
        self.assertEqual(Socket("udp", "192.0.2.1", 5070).sent_by, b"192.0.2.1:5070")
        self.assertEqual(Socket("udp", "192.0.2.1", 5060, "sip.example.com").sent_by, b"sip.example.com")
        self.assertEqual(Socket("udp", "192.0.2.1", 5070, None, 5060).sent_by, b"192.0.2.1:5060")

    def test_all_but_udp_are_reliable(self) -> None:
        reliable = [proto for proto in ("udp", "tcp", "tls", "ws", "wss") if Socket(proto, "192.0.2.1", 1).reliable]
        self.assertEqual(reliable, ["tcp", "tls", "ws", "wss"])


class FlowTests(SynchronousTestCase):
    def test_a_stream_is_marked_in_the_via_lowest_digit_first(self) -> None:
        socket = Socket("tcp", "192.0.2.1", 5060)
        connection: Any = SimpleNamespace(id=0x1F2)
        self.assertEqual(Flow(socket, "192.0.2.9", 1, connection).via_mark, b";i=2f1")
        self.assertEqual(Flow(socket, "192.0.2.9", 1).via_mark, b"")

    def test_it_is_as_reliable_as_its_socket(self) -> None:
        self.assertTrue(Flow(Socket("tls", "192.0.2.1", 5061), "192.0.2.9", 1).reliable)
        self.assertFalse(Flow(Socket("udp", "192.0.2.1", 5060), "192.0.2.9", 1).reliable)


class ProviderTests(SynchronousTestCase):
    def test_a_server_has_them(self) -> None:
        sip = Harness("request_route { exit; }")
        self.addCleanup(sip.close)
        verifyObject(ITransportLayer, sip.server.transport)
        verifyObject(IMessageReceiver, sip.server.router)

    def test_sockets_of_every_kind_send(self) -> None:
        for kind in (UdpPort, StreamPort, MemorySender):
            verifyClass(ISender, kind)
