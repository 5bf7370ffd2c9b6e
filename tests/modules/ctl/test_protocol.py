"""modules/ctl/protocol.py: requests in, answers out, without sockets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.testing import StringTransport
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import RpcFault
from sipapp.module.declare import RpcCommand
from sipapp.modules.ctl.binrpc import FAULT, REPLY, read_packet, request
from sipapp.modules.ctl.place import Place
from sipapp.modules.ctl.protocol import Datagrams, Streams
from sipapp.rpc.dispatch import Dispatcher

COOKIE = b"\x07\x08"


class Transport(StringTransport):
    aborted = False

    def abortConnection(self) -> None:
        self.aborted = True


class Wire:
    """The transport of a datagram protocol."""

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, Any]] = []

    def write(self, data: bytes, address: Any) -> None:
        self.sent.append((data, address))


class ProtocolTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.cancelled = False
        methods: dict[str, Callable[..., Any]] = {"double": self.double, "wait": self.wait, "refuse": self.refuse}
        self.rpc = Dispatcher({name: RpcCommand(name, method) for name, method in methods.items()})
        self.factory = Streams(self.rpc, Place("tcp", "127.0.0.1", 5))
        self.stream = self.factory.buildProtocol(None)
        self.transport = Transport()
        self.stream.makeConnection(self.transport)

    def double(self, number: int) -> int:
        return number * 2

    def refuse(self) -> None:
        raise RpcFault("no", 404)

    def wait(self) -> Deferred[Any]:
        def cancelled(_: Any) -> None:
            self.cancelled = True

        return Deferred(cancelled)

    def answers(self, data: bytes) -> list[Any]:
        found = []
        while data:
            read = read_packet(data)
            assert read is not None
            found.append(read[0])
            data = data[read[1] :]
        return found

    def test_each_request_is_answered_with_its_cookie(self) -> None:
        data = request(COOKIE, "double", 21) + request(b"\x09", "refuse")
        for at in range(len(data)):
            self.stream.dataReceived(data[at : at + 1])
        self.assertEqual(self.answers(self.transport.value()), [(REPLY, COOKIE, [42]), (FAULT, b"\x09", [404, "no"])])

    def test_faults_of_the_line_have_kamailio_s_code(self) -> None:
        self.stream.dataReceived(request(COOKIE, "nosuch"))
        (found,) = self.answers(self.transport.value())
        self.assertEqual((found.kind, found.records), (FAULT, [500, "no such command: nosuch"]))

    def test_what_is_no_packet_ends_the_connection(self) -> None:
        self.stream.dataReceived(b"GET / HTTP/1.1\r\n")
        self.assertTrue(self.transport.aborted)

    def test_a_client_that_leaves_takes_what_it_waits_for_along(self) -> None:
        self.stream.dataReceived(request(COOKIE, "wait"))
        self.assertEqual(list(self.factory.clients), [self.stream])
        self.stream.connectionLost()
        self.assertTrue(self.cancelled)
        self.assertEqual(list(self.factory.clients), [])

    def test_a_datagram_is_answered_by_one(self) -> None:
        protocol = Datagrams(self.rpc, Place("udp", "127.0.0.1", 5))
        protocol.transport = Wire()
        for data in (request(COOKIE, "double", 4), b"\xa1", b"none of ours"):
            protocol.datagramReceived(data, ("127.0.0.1", 9))
        ((data, address),) = protocol.transport.sent
        self.assertEqual((self.answers(data), address), ([(REPLY, COOKIE, [8])], ("127.0.0.1", 9)))
