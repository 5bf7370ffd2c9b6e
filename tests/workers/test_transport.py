"""sipapp/workers/transport.py: what belongs to others is handed over, and what they hand over is ours."""

from __future__ import annotations

import socket
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.transport import Flow
from sipapp.transport.listen import Endpoint
from sipapp.workers.kinds import MESSAGE
from sipapp.workers.ownership import Ownership, worker_of
from sipapp.workers.transport import WorkerTransport
from tests.workers.wired import Wired

OPTIONS = (
    b"OPTIONS sip:a@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1\r\nCall-ID: %b\r\n"
    b"CSeq: 1 OPTIONS\r\n\r\n"
)
OF_1, OF_2 = (next(b"%d" % n for n in range(99) if worker_of(b"%d" % n, 2) == worker) for worker in (1, 2))


class Receiver:
    """What comes up."""

    def __init__(self) -> None:
        self.requests: list[Any] = []
        self.lost: list[Flow] = []

    def request_received(self, request: Any) -> None:
        self.requests.append(request)

    def connection_lost(self, flow: Flow) -> None:
        self.lost.append(flow)


class TransportCase(SynchronousTestCase):
    """Two workers at one address, in one process."""

    def setUp(self) -> None:
        self.wired = Wired(2)
        self.receivers = [Receiver(), Receiver()]
        self.workers = [self.worker(number) for number in (1, 2)]

    def worker(self, number: int) -> WorkerTransport:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.bind(("127.0.0.1", 0))
        made.setblocking(False)
        stream = socket.socket()
        stream.bind(("127.0.0.1", 0))
        self.addCleanup(stream.close)
        transport = WorkerTransport(
            self.wired.reactor,
            self.receivers[number - 1],
            None,
            clock=self.wired.reactor,
            own=[(Endpoint("udp", "127.0.0.1", 0), made), (Endpoint("tcp", "127.0.0.1", 0), stream)],
            ownership=Ownership(number, 2, b"feed"),
            links=self.wired.links[number],
        )
        transport.settings.auto_aliases = False
        transport.bind()
        self.addCleanup(transport.close)
        return transport

    def call_ids(self, number: int) -> list[bytes]:
        return [request.call_id for request in self.receivers[number - 1].requests]

    def udp(self, number: int) -> Flow:
        return Flow(self.workers[number - 1].sockets[0], "192.0.2.9", 5060)


class DatagramTests(TransportCase):
    def test_what_is_its_own_a_worker_keeps(self) -> None:
        self.workers[0].receive(OPTIONS % OF_1, self.udp(1))
        self.assertEqual(self.call_ids(1), [OF_1])
        self.assertEqual(self.wired.items(2), [])

    def test_what_is_anothers_it_hands_over_with_the_batch_and_reads_nothing_of_it(self) -> None:
        first = self.workers[0]
        first.receive(OPTIONS % OF_2, self.udp(1))
        first.receive(OPTIONS % OF_2, self.udp(1))
        self.assertEqual(self.wired.items(2), [])
        self.wired.links[1].flush()
        self.assertEqual(len(self.wired.items(2)), 2)
        self.wired.carry()
        self.assertEqual((self.call_ids(1), self.call_ids(2)), ([], [OF_2, OF_2]))
        self.assertEqual(first.counters.messages_received, 0)

    def test_it_comes_with_its_peer_its_socket_and_its_time(self) -> None:
        self.wired.reactor.advance(5)
        self.workers[0].receive(OPTIONS % OF_2, self.udp(1))
        self.wired.links[1].flush()
        self.wired.reactor.advance(2)
        self.wired.carry()
        (request,) = self.receivers[1].requests
        self.assertEqual((request.flow.host, request.flow.port, request.received_at), ("192.0.2.9", 5060, 5.0))
        self.assertIs(request.flow.socket, self.workers[1].sockets[0])

    def test_what_was_handed_over_stays_whosever_it_is(self) -> None:
        self.wired.links[1].tell([2], MESSAGE, OPTIONS % OF_1, 0, "192.0.2.9", 5060, 1.0)
        self.wired.carry()
        self.assertEqual(self.call_ids(2), [OF_1])

    def test_while_a_worker_is_missing_another_does_its_work(self) -> None:
        self.workers[0].routes = [0, 1, 1]
        self.workers[0].receive(OPTIONS % OF_2, self.udp(1))
        self.assertEqual(self.call_ids(1), [OF_2])

    def test_answers_to_what_was_handed_over_leave_together_by_the_own_socket(self) -> None:
        peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(peer.close)
        peer.bind(("127.0.0.1", 0))
        peer.settimeout(5)
        second, held = self.workers[1], []

        def answer(request: Any) -> None:
            second.send(b"x" * 40, request.flow)
            held.append(len(second._ports[0]._queue))

        self.receivers[1].request_received = answer  # type: ignore[method-assign]
        for _ in range(2):
            self.wired.links[1].put(2, (MESSAGE, OPTIONS % OF_2, 0, "127.0.0.1", peer.getsockname()[1], 1.0))
        self.wired.links[1].flush()
        self.wired.carry()
        self.assertEqual(held, [1, 2])
        self.assertEqual(peer.recvfrom(100)[1], second.sockets[0].address)
        self.assertEqual(peer.recvfrom(100)[1], second.sockets[0].address)
