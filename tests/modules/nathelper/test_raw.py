from __future__ import annotations

import socket
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError, TransportError
from sipapp.modules.nathelper import raw
from sipapp.modules.nathelper.raw import RawSender, checksum, datagram, parse_address


class FakeSocket:
    """Keeps what is sent; `error` is raised by it, or when it is made."""

    made_error: OSError | None = None
    error: OSError | None = None
    last: Any = None

    def __init__(self, *kind: int) -> None:
        if self.made_error is not None:
            raise self.made_error
        self.kind = kind
        self.sent: list[Any] = []
        self.closed = False
        type(self).last = self

    def setblocking(self, blocking: bool) -> None:
        self.blocking = blocking

    def sendto(self, data: bytes, address: Any) -> None:
        if self.error is not None:
            raise self.error
        self.sent.append((data, address))

    def close(self) -> None:
        self.closed = True


class RawTests(SynchronousTestCase):
    def test_the_checksum_is_that_of_rfc_1071(self) -> None:
        header = bytes.fromhex("45000073000040004011" + "0000" + "c0a80001c0a800c7")
        self.assertEqual(checksum(header), 0xB861)

    def test_a_packet_has_both_headers(self) -> None:
        packet = datagram(("192.0.2.1", 5060), ("192.0.2.9", 5070), bytes(4))
        self.assertEqual(packet[:10].hex(), "45000020001700004511")
        self.assertEqual(packet[12:20].hex(), "c0000201c0000209")
        self.assertEqual(checksum(packet[:20]), 0)
        self.assertEqual(packet[20:].hex(), "13c413ce000c0000" + "00000000")

    def test_an_address_has_5060_where_it_has_no_port(self) -> None:
        self.assertEqual(parse_address("192.0.2.1"), ("192.0.2.1", 5060))
        self.assertEqual(parse_address("udp:192.0.2.1:5080"), ("192.0.2.1", 5080))

    def test_what_is_no_ipv4_address_is_refused(self) -> None:
        for text in ("", "example.com", "tcp:192.0.2.1", "192.0.2.1:x", "[2001:db8::1]:5060"):
            self.assertRaises(ConfigError, parse_address, text)

    def test_it_sends_by_a_raw_socket(self) -> None:
        self.patch(raw, "socket", FakeSocket)
        sender = RawSender()
        self.assertEqual(FakeSocket.last.kind, (socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW))
        self.assertFalse(FakeSocket.last.blocking)
        sender.send(b"\0", ("192.0.2.1", 5060), ("192.0.2.9", 5070))
        self.assertEqual(
            FakeSocket.last.sent, [(datagram(("192.0.2.1", 5060), ("192.0.2.9", 5070), b"\0"), ("192.0.2.9", 0))]
        )
        sender.close()
        self.assertTrue(FakeSocket.last.closed)

    def test_what_cannot_be_sent_is_told(self) -> None:
        self.patch(raw, "socket", FakeSocket)
        sender = RawSender()
        FakeSocket.last.error = OSError("unreachable")
        self.assertRaises(TransportError, sender.send, b"\0", ("192.0.2.1", 5060), ("192.0.2.9", 5070))

    def test_without_the_right_it_does_not_start(self) -> None:
        self.patch(raw, "socket", FakeSocket)
        self.patch(FakeSocket, "made_error", PermissionError("not permitted"))
        self.assertRaises(ConfigError, RawSender)
