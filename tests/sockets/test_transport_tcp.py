"""TCP over the loopback interface."""

import socket
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from sipapp.errors import TransportError
from sipapp.interfaces.transport import CLOSE, Flow, Target
from tests.sockets.test_transport_udp import LoopbackTestCase
from tests.transport.helpers import Listen, request, response


def until(what: Any) -> Deferred[None]:
    """Fires once `what()` is true."""

    async def look() -> None:
        while not what():
            await deferLater(reactor, 0.01)

    return Deferred.fromCoroutine(look()).addTimeout(10, reactor)


class TcpTests(LoopbackTestCase):
    async def crossed(self, host: str) -> tuple[Any, ...]:
        """Two layers with a stream between them over which a request has gone."""
        alice, alices = self.layer(Listen("tcp", host, 0))
        bob, bobs = self.layer(Listen("tcp", host, 0))
        arriving = bobs.next()
        flow = alice.flow(Target("tcp", bob.sockets[0].host, bob.sockets[0].port))
        alice.send(request(via=b"SIP/2.0/TCP 192.0.2.1"), flow)
        return alice, alices, bob, bobs, flow, await arriving

    async def test_a_request_and_its_response_cross_on_one_stream_over_ipv4(self) -> None:
        alice, alices, bob, _, flow, message = await self.crossed("127.0.0.1")
        arriving = alices.next()
        bob.send_response(response(b"SIP/2.0/TCP 192.0.2.1"), message)
        answer = await arriving
        self.assertEqual((answer.status, answer.flow.connection), (200, flow.connection))
        self.assertEqual((len(alice.connections), len(bob.connections)), (1, 1))
        self.assertEqual(message.flow.host, "127.0.0.1")

    async def test_a_request_crosses_over_ipv6(self) -> None:
        *_, message = await self.crossed("[::1]")
        self.assertEqual((message.method, message.flow.host), (b"OPTIONS", "::1"))

    async def test_a_request_back_takes_the_stream_that_is_open(self) -> None:
        _, alices, bob, _, _, message = await self.crossed("127.0.0.1")
        arriving = alices.next()
        bob.send(request(b"INFO"), bob.flow(Target("tcp", message.flow.host, message.flow.port)))
        self.assertEqual((await arriving).method, b"INFO")
        self.assertEqual(len(bob.connections), 1)

    async def test_nobody_there_fails_and_says_so(self) -> None:
        alice, _ = self.layer(Listen("tcp", "127.0.0.1", 0))
        free = socket.socket()
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        failed: Deferred[TransportError] = Deferred()
        alice.send(request(), alice.flow(Target("tcp", "127.0.0.1", port)), failed.callback)
        self.assertIn("refused", str(await failed))

    async def test_closing_after_a_message_ends_the_stream_at_both_ends(self) -> None:
        alice, alices, bob, bobs, flow, _ = await self.crossed("127.0.0.1")
        arriving, ended, lost = bobs.next(), bobs.next(), alices.next()
        alice.send(request(b"INFO"), flow, None, CLOSE)
        self.assertEqual((await arriving).method, b"INFO")
        self.assertIsInstance(await ended, Flow)
        self.assertIs(await lost, flow.connection.flow)
        self.assertEqual((len(alice.connections), len(bob.connections)), (0, 0))

    async def test_a_large_message_crosses_a_kernel_buffer_that_is_full(self) -> None:
        alice, _, _, bobs, flow, _ = await self.crossed("127.0.0.1")
        alice.settings.tcp_conn_wq_max = alice.settings.tcp_wq_max = 100 << 20
        body = bytes(30000)
        one = request(body=body, length=b"30000")
        for _ in range(300):
            alice.send(one, flow)
        self.assertGreater(alice.counters.current_write_queue_size, 0)
        await until(lambda: len(bobs.requests) == 301)
        self.assertEqual({len(message.body) for message in bobs.requests[1:]}, {30000})
        self.assertEqual(alice.counters.current_write_queue_size, 0)

    async def test_a_peer_that_does_not_read_is_cut(self) -> None:
        alice, alices = self.layer(Listen("tcp", "127.0.0.1", 0))
        peer = socket.create_connection(alice.sockets[0].address)
        self.addCleanup(peer.close)
        await until(lambda: len(alice.connections) == 1)
        (connection,) = alice.connections
        failures: list[str] = []
        lost = alices.next()
        while not connection.closed:
            connection.send(bytes(30000), lambda error: failures.append(str(error)))
        self.assertEqual(alice.counters.sendq_full, 1)
        self.assertTrue(failures)
        self.assertIs(await lost, connection.flow)

    async def test_a_ping_gets_a_pong(self) -> None:
        alice, _ = self.layer(Listen("tcp", "127.0.0.1", 0))
        peer = socket.create_connection(alice.sockets[0].address)
        peer.setblocking(False)
        self.addCleanup(peer.close)
        peer.send(b"\r\n\r\n")
        await until(lambda: alice.counters.keepalives == 1)
        self.assertEqual(peer.recv(10), b"\r\n")

    async def test_beyond_the_limit_a_connection_is_closed_at_once(self) -> None:
        alice, _ = self.layer(Listen("tcp", "127.0.0.1", 0), tcp_max_connections=1)
        peers = [socket.create_connection(alice.sockets[0].address) for _ in range(2)]
        for peer in peers:
            self.addCleanup(peer.close)
        await until(lambda: alice.counters.local_reject == 1)
        self.assertEqual(peers[1].recv(10), b"")

    async def test_closing_the_layer_waits_for_its_streams(self) -> None:
        alice, _, _, bobs, _, message = await self.crossed("127.0.0.1")
        lost = bobs.next()
        await alice.close()
        self.assertEqual(len(alice.connections), 0)
        self.assertIs(await lost, message.flow)
