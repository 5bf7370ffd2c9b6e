"""sipapp.http.connect."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.testing import MemoryReactorClock, StringTransport
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import HttpError
from sipapp.http.connect import Destination, Trusts, _Tunnel
from sipapp.interfaces.http import HttpRequest, Profile


class Transport(StringTransport):
    """One that can be aborted."""

    aborted = False
    protocol: Any = None

    def abortConnection(self) -> None:
        self.aborted = True

    def setTcpKeepAlive(self, enabled: bool) -> None:
        self.kept_alive = enabled

    def getHandle(self) -> None:
        return None


class DestinationTests(SynchronousTestCase):
    def connect(self, lookup: Any = None, tls: bool = False, **profile: Any) -> Deferred[Any]:
        self.reactor: Any = MemoryReactorClock()
        self.request = HttpRequest(b"GET", b"", profile=Profile(**profile))
        self.to = Destination(
            self.reactor, lookup or (lambda kind, name: ()), "192.0.2.1", 8080, tls, self.request, Trusts()
        )
        return self.to.connect(Factory.forProtocol(Protocol))

    def test_it_connects_to_the_host_from_the_interface_of_the_profile(self) -> None:
        self.connect(interface="192.0.2.9", connect_timeout=3.0)
        host, port, _, timeout, local = self.reactor.tcpClients[0]
        self.assertEqual((host, port, timeout, local), ("192.0.2.1", 8080, 3.0, ("192.0.2.9", 0)))

    def test_the_request_knows_whether_there_is_a_connection(self) -> None:
        connecting = self.connect(keepalive=(0, 0))
        self.assertFalse(self.request.connected)
        self.reactor.advance(0.25)
        transport: Any = Transport()
        self.reactor.tcpClients[0][2].buildProtocol(None).makeConnection(transport)
        self.successResultOf(connecting)
        self.assertTrue(self.request.connected)
        self.assertEqual((self.to.times.connect, self.to.times.lookup, transport.kept_alive), (0.25, 0.0, True))

    def test_a_proxy_is_connected_to_in_its_place(self) -> None:
        self.connect(proxy="http://192.0.2.66:3128/")
        self.assertEqual(self.reactor.tcpClients[0][:2], ("192.0.2.66", 3128))

    def test_a_proxy_without_an_address_is_5(self) -> None:
        why = self.failureResultOf(self.connect(proxy="proxy.example.com:3128"), HttpError)
        self.assertEqual((why.value.code, why.value.connecting), (5, True))

    def test_a_profile_that_cannot_be_used_fails_before_anything_is_connected(self) -> None:
        why = self.failureResultOf(self.connect(tls=True, ca_file="/no/file"), HttpError)
        self.assertEqual((why.value.code, self.reactor.tcpClients), (77, []))


class TunnelTests(SynchronousTestCase):
    opening: Any = None
    transport: Any = None

    def open(self) -> Deferred[Any]:
        self.made: list[Any] = []

        class Endpoint:
            def connect(endpoint, factory: Any) -> Deferred[Any]:
                self.opening = factory.buildProtocol(None)
                self.transport = Transport()
                self.transport.protocol = self.opening
                self.opening.makeConnection(self.transport)
                done: Deferred[Any] = Deferred()
                done.callback(self.opening)
                return done

        class Inner(Protocol):
            data = b""

            def dataReceived(inner, data: bytes) -> None:
                inner.data += data

        return _Tunnel(Endpoint(), "example.com", 443).connect(Factory.forProtocol(Inner))

    def test_the_proxy_is_asked_for_it_and_hands_the_connection_over(self) -> None:
        opening = self.open()
        self.assertEqual(self.transport.value(), b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n")
        self.opening.dataReceived(b"HTTP/1.1 200 Connec")
        self.assertNoResult(opening)
        self.opening.dataReceived(b"tion established\r\n\r\nfirst")
        inner = self.successResultOf(opening)
        self.assertIs(self.transport.protocol, inner)
        self.assertEqual(inner.data, b"first")

    def test_a_refusal_is_56(self) -> None:
        opening = self.open()
        self.opening.dataReceived(b"HTTP/1.1 407 Who?\r\n\r\n")
        self.assertEqual(self.failureResultOf(opening, HttpError).value.code, 56)
        self.assertTrue(self.transport.aborted)

    def test_an_endless_answer_is_one_too(self) -> None:
        opening = self.open()
        self.opening.dataReceived(b"x" * 20000)
        self.assertEqual(self.failureResultOf(opening, HttpError).value.code, 56)

    def test_a_proxy_that_hangs_up_fails(self) -> None:
        opening = self.open()
        self.opening.connectionLost(Failure(ConnectionDone()))
        self.failureResultOf(opening, ConnectionDone)

    def test_cancelling_closes_the_connection(self) -> None:
        opening = self.open()
        opening.cancel()
        self.failureResultOf(opening)
        self.assertTrue(self.transport.aborted)
