"""sipapp.backend.names."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import CancelledError, Deferred, fail
from twisted.internet.error import ConnectionRefusedError, DNSLookupError
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.testing import MemoryReactorClock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from sipapp.backend.names import NamedHost

FACTORY = Factory.forProtocol(Protocol)


class NamedHostTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.reactor: Any = MemoryReactorClock()
        self.asked: list[tuple[str, str]] = []

    def connect(self, host: str, a: Any = (), aaaa: Any = ()) -> Deferred[Any]:
        def lookup(kind: str, name: str) -> Any:
            self.asked.append((kind, name))
            return a if kind == "A" else aaaa

        return NamedHost(self.reactor, lookup, host, 80, 5.0).connect(FACTORY)

    def tried(self) -> list[str]:
        return [client[0] for client in self.reactor.tcpClients]

    def succeed(self, number: int) -> None:
        client = self.reactor.tcpClients[number]
        client[2].buildProtocol(None).makeConnection(StubTransport())

    def refuse(self, number: int) -> None:
        self.reactor.tcpClients[number][2].clientConnectionFailed(None, Failure(ConnectionRefusedError()))

    def test_an_address_is_not_looked_up(self) -> None:
        self.connect("192.0.2.1")
        self.connect("2001:db8::1")
        self.assertEqual((self.tried(), self.asked), (["192.0.2.1", "2001:db8::1"], []))

    def test_a_name_is_looked_up_for_both_kinds(self) -> None:
        self.connect("example.com", ("192.0.2.1",), ("2001:db8::1",))
        self.assertEqual(self.asked, [("A", "example.com"), ("AAAA", "example.com")])
        self.assertEqual(self.tried(), ["192.0.2.1"])

    def test_a_name_without_an_address_fails(self) -> None:
        self.failureResultOf(self.connect("example.com"), DNSLookupError)
        self.failureResultOf(self.connect("example.com", fail(ValueError()), fail(ValueError())), DNSLookupError)

    def test_one_kind_is_enough(self) -> None:
        self.connect("example.com", fail(ValueError()), ("2001:db8::1",))
        self.assertEqual(self.tried(), ["2001:db8::1"])

    def test_when_one_address_refuses_the_next_is_tried_at_once(self) -> None:
        connecting = self.connect("example.com", ("192.0.2.1", "192.0.2.2"))
        self.refuse(0)
        self.assertEqual(self.tried(), ["192.0.2.1", "192.0.2.2"])
        self.succeed(1)
        self.assertIsInstance(self.successResultOf(connecting), Protocol)

    def test_when_one_is_slow_the_next_is_tried_beside_it_and_the_loser_is_given_up(self) -> None:
        connecting = self.connect("example.com", ("192.0.2.1", "192.0.2.2"))
        self.reactor.advance(0.2)
        self.assertEqual(self.tried(), ["192.0.2.1", "192.0.2.2"])
        self.succeed(1)
        self.successResultOf(connecting)
        self.assertEqual(self.reactor.connectors[0].stoppedConnecting, True)

    def test_the_last_failure_is_told(self) -> None:
        connecting = self.connect("example.com", ("192.0.2.1", "192.0.2.2"))
        self.refuse(0)
        self.refuse(1)
        self.failureResultOf(connecting, ConnectionRefusedError)

    def test_cancelling_stops_everything(self) -> None:
        connecting = self.connect("example.com", ("192.0.2.1", "192.0.2.2"))
        connecting.cancel()
        self.failureResultOf(connecting)
        self.assertEqual(self.reactor.connectors[0].stoppedConnecting, True)
        self.assertEqual(self.reactor.getDelayedCalls(), [])

    def test_cancelling_a_lookup_cancels_both(self) -> None:
        cancelled: list[Any] = []
        connecting = self.connect("example.com", Deferred(cancelled.append), Deferred(cancelled.append))
        connecting.cancel()
        self.failureResultOf(connecting, CancelledError)
        self.assertEqual((len(cancelled), self.tried()), (2, []))


class StubTransport:
    """A connection that nothing is done with."""

    def abortConnection(self) -> None:
        """It would be closed."""
