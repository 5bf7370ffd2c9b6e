"""sipapp/workers/streams.py: a connection of one worker is of use to all."""

from __future__ import annotations

from typing import Any

from sipapp.errors import TransportError
from sipapp.interfaces.transport import CLOSE, Flow, Target
from sipapp.transport.connection import Connection
from sipapp.workers.kinds import HELLO
from tests.workers.test_transport import OF_1, OF_2, OPTIONS, TransportCase


class Stream:
    """What Twisted gives a protocol."""

    def __init__(self) -> None:
        self.sent = b""
        self.lost = False

    def write(self, data: bytes) -> None:
        self.sent += data

    def registerProducer(self, producer: Any, streaming: bool) -> None:
        self.producer = producer
        producer.resumeProducing()
        while self.producer is not None:
            self.producer.resumeProducing()

    def unregisterProducer(self) -> None:
        self.producer = None

    def loseConnection(self) -> None:
        self.lost = True

    abortConnection = loseConnection


class StreamTests(TransportCase):
    """The first worker has accepted a connection from 192.0.2.9:40000."""

    def setUp(self) -> None:
        super().setUp()
        first = self.workers[0]
        port: Any = first._senders[first.sockets[1]]
        found = port.accept("192.0.2.9", 40000)
        assert isinstance(found, Connection)
        self.connection = found
        self.wire = Stream()
        found.makeConnection(self.wire)
        self.wired.carry()

    def arrived(self) -> Any:
        """The request that it brings for the second worker."""
        self.connection.dataReceived((OPTIONS % OF_2).replace(b"\r\n\r\n", b"\r\nContent-Length: 0\r\n\r\n"))
        self.wired.carry()
        (request,) = self.receivers[1].requests
        return request

    def test_its_number_tells_its_worker(self) -> None:
        self.assertEqual([self.connection.id % 2, self.workers[1].connections.next_id() % 2], [1, 0])

    def test_what_it_brings_for_another_goes_there_and_the_answer_comes_back_by_it(self) -> None:
        request = self.arrived()
        self.assertEqual(request.flow.connection.id, self.connection.id)
        self.assertEqual(request.flow.via_mark, self.connection.flow.via_mark)
        self.workers[1].send_response(b"SIP/2.0 200 OK\r\n\r\n", request)
        self.wired.carry()
        self.assertEqual(self.wire.sent, b"SIP/2.0 200 OK\r\n\r\n")

    def test_what_is_of_its_own_worker_stays(self) -> None:
        self.connection.dataReceived((OPTIONS % OF_1).replace(b"\r\n\r\n", b"\r\nContent-Length: 0\r\n\r\n"))
        self.assertEqual(self.call_ids(1), [OF_1])

    def test_others_send_requests_to_the_peer_by_it(self) -> None:
        flow = self.workers[1].flow(Target("tcp", "192.0.2.9", 40000))
        self.workers[1].send(b"INVITE", flow)
        self.wired.carry()
        self.assertEqual(self.wire.sent, b"INVITE")

    def test_they_know_it_by_its_number_too(self) -> None:
        found: Any = self.workers[1].connections.by_id(self.connection.id)
        self.assertEqual((found.id, found.flow.host), (self.connection.id, "192.0.2.9"))

    def test_one_who_wants_it_closed_after_an_answer_has_it_closed(self) -> None:
        self.workers[1].send(b"bye", self.arrived().flow, None, CLOSE)
        self.wired.carry()
        self.assertTrue(self.wire.lost)

    def test_its_end_is_everybodys(self) -> None:
        flow = self.arrived().flow
        self.connection.connectionLost()
        self.wired.carry()
        self.assertTrue(flow.connection.closed)
        self.assertEqual(self.receivers[1].lost, [flow])
        self.assertIsNone(self.workers[1].connections.find("tcp", "192.0.2.9", 40000))
        self.assertIsNone(self.workers[1].connections.by_id(self.connection.id))

    def test_who_sends_by_one_that_has_gone_meanwhile_learns_it(self) -> None:
        failed: list[TransportError] = []
        flow = self.arrived().flow
        self.connection.closed = True
        self.workers[1].send(b"x", flow, failed.append)
        self.wired.carry()
        self.assertEqual([type(why) for why in failed], [TransportError])
        self.assertIs(failed[0].flow, flow)

    def test_another_port_that_it_stands_for_is_known_to_all_whoever_has_said_so(self) -> None:
        flow: Flow = self.arrived().flow
        self.assertTrue(self.workers[1].add_connection_alias(flow, 5060))
        self.wired.carry()
        for worker in self.workers:
            found = worker.connections.find("tcp", "192.0.2.9", 5060)
            assert found is not None
            self.assertEqual(found.id, self.connection.id)
        self.connection.connectionLost()
        self.wired.carry()
        self.assertIsNone(self.workers[1].connections.find("tcp", "192.0.2.9", 5060))

    def test_a_worker_that_begins_anew_is_told_of_those_that_there_are(self) -> None:
        self.workers[1] = self.worker(2)
        self.assertIsNone(self.workers[1].connections.find("tcp", "192.0.2.9", 40000))
        self.wired.links[2].tell([1], HELLO, 2)
        self.wired.carry()
        self.assertIsNotNone(self.workers[1].connections.find("tcp", "192.0.2.9", 40000))

    def test_those_of_a_worker_that_has_died_are_closed(self) -> None:
        flow = self.arrived().flow
        self.wired.links[1].tell([2], HELLO, 1)
        self.wired.carry()
        self.assertEqual((flow.connection.closed, flow.connection.ended), (True, "reset"))

    def test_all_together_are_no_more_than_allowed(self) -> None:
        self.workers[1].settings.tcp_max_connections = 1
        self.assertTrue(self.workers[1].connections.is_full())
