"""sipapp.http.engine: requests and answers byte by byte; tests.integration.test_http has it speak to a server."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.error import ConnectionAborted, ConnectionDone
from twisted.internet.testing import MemoryReactorClock, StringTransport
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import HttpError
from sipapp.http.engine import TreqEngine
from sipapp.interfaces.http import HttpRequest, HttpResponse, Profile

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-A: 1\r\n\r\nbody"


class Transport(StringTransport):
    """A connection that can be aborted."""

    aborted = False
    protocol: Any = None

    def abortConnection(self) -> None:
        self.aborted = True


class EngineTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.reactor: Any = MemoryReactorClock()
        self.engine = TreqEngine(self.reactor, lambda kind, name: ())

    def send(self, method: bytes = b"GET", **facts: Any) -> Deferred[HttpResponse]:
        self.request = HttpRequest(method, b"http://192.0.2.1:8080/a?b=c", **facts)
        return self.engine.send(self.request)

    def connected(self, number: int = 0) -> Transport:
        """The connection that was asked for is there."""
        transport = Transport()
        protocol = self.reactor.tcpClients[number][2].buildProtocol(None)
        transport.protocol = protocol
        protocol.makeConnection(transport)
        return transport

    def test_a_request_as_it_goes_out(self) -> None:
        self.send(b"POST", body=b"x=1", fields=[(b"X-A", b"1"), (b"Content-Length", b"99")])
        sent = self.connected().value()
        head, _, body = sent.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        self.assertEqual((lines[0], body), (b"POST /a?b=c HTTP/1.1", b"x=1"))
        for line in (b"Host: 192.0.2.1:8080", b"X-A: 1", b"Content-Length: 3", b"Accept: */*"):
            self.assertIn(line, lines)
        self.assertNotIn(b"Content-Length: 99", lines)

    def test_an_answer_as_it_comes_in(self) -> None:
        asked = self.send()
        transport = self.connected()
        for byte in ANSWER:
            transport.protocol.dataReceived(bytes((byte,)))
        found = self.successResultOf(asked)
        self.assertEqual((found.status, found.reason, found.body, found.version), (200, b"OK", b"body", b"HTTP/1.1"))
        self.assertEqual((found.first(b"x-a"), found.url), (b"1", b"http://192.0.2.1:8080/a?b=c"))

    def test_a_connection_is_kept_for_the_next_request(self) -> None:
        asked = self.send()
        transport = self.connected()
        transport.protocol.dataReceived(ANSWER)
        self.successResultOf(asked)
        again = self.send()
        transport.protocol.dataReceived(ANSWER)
        self.successResultOf(again)
        self.assertEqual(len(self.reactor.tcpClients), 1)

    def test_unless_that_is_not_wanted(self) -> None:
        asked = self.send(profile=Profile(keep=False))
        transport = self.connected()
        self.assertIn(b"Connection: close", transport.value())
        transport.protocol.dataReceived(ANSWER)
        self.successResultOf(asked)

    def test_profiles_share_no_connection(self) -> None:
        asked = self.send()
        self.connected().protocol.dataReceived(ANSWER)
        self.successResultOf(asked)
        self.send(profile=Profile(interface="192.0.2.9"))
        self.assertEqual(len(self.reactor.tcpClients), 2)

    def test_a_kept_connection_that_is_closed_on_us_is_replaced_once(self) -> None:
        asked = self.send(b"POST", body=b"x")
        first = self.connected()
        first.protocol.dataReceived(ANSWER)
        self.successResultOf(asked)
        asked = self.send(b"POST", body=b"x")
        first.protocol.connectionLost(Failure(ConnectionDone()))
        self.assertEqual(len(self.reactor.tcpClients), 2)
        second = self.connected(1)
        second.protocol.connectionLost(Failure(ConnectionDone()))
        self.assertEqual(self.failureResultOf(asked, HttpError).value.code, 52)

    def test_what_is_too_long_is_cut_and_its_connection_closed(self) -> None:
        asked = self.send(most=2)
        transport = self.connected()
        transport.protocol.dataReceived(ANSWER[:-1])
        self.assertEqual(self.successResultOf(asked).body, b"bo")
        self.assertTrue(transport.aborted)

    def test_or_it_is_23(self) -> None:
        asked = self.send(most=2, truncate=False)
        self.connected().protocol.dataReceived(ANSWER[:-1])
        self.assertEqual(self.failureResultOf(asked, HttpError).value.code, 23)

    def test_cancelling_closes_the_connection_before_the_head_and_within_the_body(self) -> None:
        for received in (b"", ANSWER[:-1]):
            asked = self.send(profile=Profile(keep=False))
            transport = self.connected(-1)
            transport.protocol.dataReceived(received)
            asked.cancel()
            transport.protocol.connectionLost(Failure(ConnectionAborted()))
            self.failureResultOf(asked, CancelledError)
            self.assertTrue(transport.aborted)

    def test_http_2_is_1(self) -> None:
        self.assertEqual(self.failureResultOf(self.send(profile=Profile(http_version=5)), HttpError).value.code, 1)

    def test_cookies_of_an_answer_are_not_sent_again(self) -> None:
        asked = self.send()
        transport = self.connected()
        transport.protocol.dataReceived(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nSet-Cookie: a=b\r\n\r\n")
        self.successResultOf(asked)
        transport.clear()
        self.send()
        self.assertNotIn(b"Cookie", transport.value())
