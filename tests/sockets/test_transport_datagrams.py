"""sipapp.transport.datagrams and its twin in C, over sockets of the kernel: both do the same."""

from __future__ import annotations

import socket
from collections import deque
from typing import Any

from twisted.trial.unittest import SkipTest, SynchronousTestCase

from sipapp.interfaces.transport import Flow, Socket
from sipapp.transport import datagrams
from sipapp.transport.datagrams import Waiting

OURS = Socket("udp", "127.0.0.1", 5060)


class PythonTests(SynchronousTestCase):
    twin: Any = datagrams

    def bound(self, family: int = socket.AF_INET, host: str = "127.0.0.1") -> socket.socket:
        made = socket.socket(family, socket.SOCK_DGRAM)
        self.addCleanup(made.close)
        made.bind((host, 0))
        made.setblocking(False)
        return made

    def setUp(self) -> None:
        self.a, self.b = self.bound(), self.bound()
        self.host, self.port = self.b.getsockname()
        self.refused: list[tuple[str, int, Exception]] = []

    def send(self, sock: socket.socket, *items: tuple[bytes, str, int]) -> deque[Waiting]:
        queue: deque[Waiting] = deque((data, Flow(OURS, host, port), None) for data, host, port in items)
        self.twin.send_batch(sock, queue, lambda flow, _, why: self.refused.append((flow.host, flow.port, why)))
        return queue

    def test_what_is_sent_is_read_with_its_source(self) -> None:
        self.assertFalse(self.send(self.a, (b"one", self.host, self.port), (b"", self.host, self.port)))
        source = self.a.getsockname()
        self.assertEqual(self.twin.read_batch(self.b, 10), [(b"one", *source), (b"", *source)])
        self.assertEqual(self.twin.read_batch(self.b, 10), [])

    def test_more_than_one_call_to_the_kernel_takes(self) -> None:
        sent = [b"%d" % number for number in range(150)]
        self.assertFalse(self.send(self.a, *[(data, self.host, self.port) for data in sent]))
        read: list[bytes] = []
        while batch := self.twin.read_batch(self.b, 40):
            self.assertLessEqual(len(batch), 40)
            read += [data for data, _, _ in batch]
        self.assertEqual(read, sent)

    def test_the_longest_datagram(self) -> None:
        data = bytes(65507)
        self.send(self.a, (data, self.host, self.port))
        self.assertEqual(self.twin.read_batch(self.b, 1)[0][0], data)

    def test_one_that_is_too_long_is_refused_and_the_rest_goes_on(self) -> None:
        self.send(self.a, (bytes(65508), self.host, self.port), (b"two", self.host, self.port))
        ((host, port, why),) = self.refused
        self.assertEqual((host, port, why.__class__), (self.host, self.port, OSError))
        self.assertEqual([data for data, _, _ in self.twin.read_batch(self.b, 10)], [b"two"])

    def test_more_peers_than_are_kept_in_mind(self) -> None:
        hosts = [f"127.1.{number // 100}.{number % 100 + 1}" for number in range(400)]
        peers = [self.bound(host=host) for host in hosts]
        for _ in range(2):
            for peer, host in zip(peers, hosts, strict=True):
                peer.sendto(host.encode(), (self.host, self.port))
                ((data, source, port),) = self.twin.read_batch(self.b, 10)
                self.assertEqual((data, source), (host.encode(), host))
                self.send(self.b, (b"to " + data, source, port))
                self.assertEqual(peer.recv(100), b"to " + data)

    def test_a_port_that_is_none_is_refused(self) -> None:
        self.send(self.a, (b"one", self.host, 70000), (b"two", self.host, self.port))
        self.assertEqual([(host, port) for host, port, _ in self.refused], [(self.host, 70000)])
        self.assertEqual([data for data, _, _ in self.twin.read_batch(self.b, 10)], [b"two"])

    def test_ipv6(self) -> None:
        try:
            one, two = self.bound(socket.AF_INET6, "::1"), self.bound(socket.AF_INET6, "::1")
        except OSError:
            raise SkipTest("no IPv6 on this machine") from None
        self.send(one, (b"six", "::1", two.getsockname()[1]))
        self.assertEqual(self.twin.read_batch(two, 10), [(b"six", "::1", one.getsockname()[1])])

    def test_a_closed_socket_is_an_error(self) -> None:
        self.a.close()
        self.assertRaises(OSError, self.twin.read_batch, self.a, 1)


class CTests(PythonTests):
    def setUp(self) -> None:
        try:
            from sipapp.transport import _datagrams
        except ImportError:
            raise SkipTest("the C twin was not compiled when sipapp was installed") from None
        self.twin = _datagrams
        super().setUp()
