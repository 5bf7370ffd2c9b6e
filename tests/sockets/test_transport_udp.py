"""UDP over the loopback interface."""

import socket
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.trial.unittest import TestCase

from sipapp.interfaces.transport import Flow, Target
from sipapp.transport.layer import TransportLayer
from sipapp.transport.settings import Settings
from tests.transport.helpers import Listen, Receiver, request, response


class Expecting(Receiver):
    """A receiver whose `request()` waits for the next request, and so on."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[Deferred[Any]] = []

    def next(self) -> Deferred[Any]:
        """The next request, response or lost flow."""
        waiting: Deferred[Any] = Deferred()
        waiting.addTimeout(5, reactor)
        self._waiting.append(waiting)
        return waiting

    def _give(self, what: Any) -> None:
        if self._waiting:
            self._waiting.pop(0).callback(what)

    def request_received(self, request: Any) -> None:
        super().request_received(request)
        self._give(request)

    def response_received(self, response: Any) -> None:
        super().response_received(response)
        self._give(response)

    def connection_lost(self, flow: Flow) -> None:
        super().connection_lost(flow)
        self._give(flow)


class LoopbackTestCase(TestCase):
    """Layers that listen on ports which the kernel chooses."""

    timeout = 20

    def layer(self, *lines: Listen, **settings: Any) -> tuple[TransportLayer, Expecting]:
        receiver = Expecting()
        config = Settings(listen=[*lines], auto_aliases=False, **settings)
        layer = TransportLayer(reactor, receiver, config)
        layer.listen()
        self.addCleanup(layer.close)
        return layer, receiver


class UdpTests(LoopbackTestCase):
    def exchange(self, host: str) -> Any:
        """A request one way, a response the other."""

        async def run() -> None:
            alice, alices = self.layer(Listen("udp", host, 0))
            bob, bobs = self.layer(Listen("udp", host, 0))
            arriving = bobs.next()
            alice.send(request(), alice.flow(Target("udp", bob.sockets[0].host, bob.sockets[0].port)))
            message = await arriving
            self.assertEqual((message.raw, message.flow.socket), (request(), bob.sockets[0]))
            self.assertEqual((message.flow.host, message.flow.port), alice.sockets[0].address)
            arriving = alices.next()
            bob.send(response(b"SIP/2.0/UDP 192.0.2.1"), message.flow)
            self.assertEqual((await arriving).status, 200)

        return Deferred.fromCoroutine(run())

    def test_a_request_and_its_response_cross_over_ipv4(self) -> Any:
        return self.exchange("127.0.0.1")

    def test_a_request_and_its_response_cross_over_ipv6(self) -> Any:
        return self.exchange("[::1]")

    async def test_more_than_one_batch_arrives_whole_and_in_order(self) -> None:
        layer, receiver = self.layer(Listen("udp", "127.0.0.1", 0))
        peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(peer.close)
        for number in range(200):
            peer.sendto(request(body=b"%d" % number, length=b"%d" % len(str(number))), layer.sockets[0].address)
        while len(receiver.requests) < 200:
            await receiver.next()
        self.assertEqual([message.body for message in receiver.requests], [b"%d" % n for n in range(200)])

    async def test_a_peer_that_is_gone_does_not_stop_the_socket(self) -> None:
        layer, receiver = self.layer(Listen("udp", "127.0.0.1", 0))
        gone = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        gone.bind(("127.0.0.1", 0))
        port = gone.getsockname()[1]
        gone.close()
        for _ in range(3):
            layer.send(request(), layer.flow(Target("udp", "127.0.0.1", port)))
        peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(peer.close)
        arriving = receiver.next()
        peer.sendto(request(), layer.sockets[0].address)
        self.assertEqual((await arriving).method, b"OPTIONS")

    def test_a_datagram_beyond_what_ip_can_carry_is_refused(self) -> None:
        layer, _ = self.layer(Listen("udp", "127.0.0.1", 0))
        failures: list[str] = []
        flow = layer.flow(Target("udp", "127.0.0.1", 9))
        layer.send(bytes(70000), flow, lambda error: failures.append(str(error)))
        self.assertEqual(failures, ["Message too long"])

    def test_what_the_kernel_drops_is_counted(self) -> None:
        layer, _ = self.layer(Listen("udp", "127.0.0.1", 0), maxbuffer=4096)
        peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(peer.close)
        self.assertEqual(layer.figures()["udp_overflow"], 0)
        for _ in range(100):
            peer.sendto(bytes(1000), layer.sockets[0].address)
        self.assertGreater(layer.figures()["udp_overflow"], 50)

    def test_the_buffers_are_as_large_as_the_system_allows(self) -> None:
        layer, _ = self.layer(Listen("udp", "127.0.0.1", 0))
        port: Any = layer._senders[layer.sockets[0]]
        size = port._sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        with open("/proc/sys/net/core/rmem_max") as limit:
            self.assertGreaterEqual(size, min(int(limit.read()), 4 << 20))
