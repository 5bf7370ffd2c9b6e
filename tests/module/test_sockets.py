from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.transport import Socket
from sipapp.module.sockets import named_socket
from tests.modules.stage import TCP, UDP, UDP_5080, Transport

IPV6 = Socket("udp", "2001:db8::1", 5060)


class NamedSocketTests(SynchronousTestCase):
    def found(self, text: bytes) -> Any:
        transport: Any = Transport(UDP, UDP_5080, TCP, IPV6)
        return named_socket(transport, text)

    def test_protocol_host_and_port_name_a_socket(self) -> None:
        for text, socket in (
            (b"udp:192.0.2.1:5080", UDP_5080),
            (b"TCP:192.0.2.1:5060", TCP),
            (b"192.0.2.1:5080", UDP_5080),
            (b" 192.0.2.1 ", UDP),
            (b"tcp:192.0.2.1", TCP),
            (b"udp:[2001:db8::1]:5060", IPV6),
            (b"[2001:db8::1]", IPV6),
            (b"udp:2001:db8::1", IPV6),
        ):
            self.assertIs(self.found(text), socket, text)

    def test_others_name_none(self) -> None:
        for text in (b"udp:192.0.2.2:5060", b"", b"udp:", b"[2001:db8::1", b"192.0.2.1:x", b"tls:192.0.2.1"):
            self.assertIsNone(self.found(text), text)
