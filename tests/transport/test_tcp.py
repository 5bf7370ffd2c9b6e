"""sipapp.transport.tcp: which connection a message takes, and from where one is opened."""

from twisted.internet.address import IPv4Address
from zope.interface.verify import verifyObject

from sipapp.interfaces.transport import NO_CONNECT, Flow, ISender, Socket
from sipapp.transport.tcp import StreamPort, _Accepting
from tests.transport.test_connection import StreamTestCase


class SendTests(StreamTestCase):
    def flow(self, port: int = 5060, host: str = "192.0.2.9") -> Flow:
        return Flow(self.port.address, host, port)

    def test_it_is_a_sender(self) -> None:
        verifyObject(ISender, self.port)

    def test_without_a_connection_one_is_opened_from_our_address_with_the_time_out(self) -> None:
        self.port.send(b"x", self.flow())
        (connecting,) = self.reactor.connecting
        self.assertEqual(
            (connecting.to, connecting.source, connecting.timeout), (("192.0.2.9", 5060), ("192.0.2.1", 0), 10)
        )

    def test_a_second_message_waits_for_the_same_connection(self) -> None:
        self.port.send(b"1", self.flow())
        self.port.send(b"2", self.flow())
        wire = self.reactor.connecting[0].succeed()
        wire.drain()
        self.assertEqual((len(self.reactor.connecting), wire.handle.sent), (1, b"12"))

    def test_the_flow_has_its_connection_from_then_on(self) -> None:
        flow = self.flow()
        self.port.send(b"x", flow)
        self.assertEqual(flow.connection.id, 1)

    def test_the_peers_own_connection_is_used(self) -> None:
        _, wire = self.accept()
        self.port.send(b"x", self.flow(40000))
        self.assertEqual((wire.handle.sent, self.reactor.connecting), (b"x", []))

    def test_a_connection_that_is_gone_is_opened_again(self) -> None:
        connection, wire = self.accept()
        wire.end()
        self.port.send(b"x", connection.flow)
        self.assertEqual([c.to for c in self.reactor.connecting], [("192.0.2.9", 40000)])

    def test_no_connect_fails_rather_than_open(self) -> None:
        self.port.send(b"x", self.flow(), self.failed, NO_CONNECT)
        self.settings.tcp_no_connect = True
        self.port.send(b"x", self.flow(), self.failed)
        self.port.send(b"x", self.flow())
        self.assertEqual(self.failures, ["there is no connection, and none may be opened"] * 2)
        self.assertEqual(self.reactor.connecting, [])

    def test_no_connect_takes_an_open_connection(self) -> None:
        _, wire = self.accept()
        self.port.send(b"x", self.flow(40000), self.failed, NO_CONNECT)
        self.assertEqual(wire.handle.sent, b"x")

    def test_beyond_the_limit_none_is_opened(self) -> None:
        self.settings.tcp_max_connections = 1
        self.accept()
        self.port.send(b"x", self.flow(), self.failed)
        self.assertEqual(self.failures, ["there are 1 connections, the limit"])

    def test_the_flow_of_an_open_connection_can_be_asked_for(self) -> None:
        connection, _ = self.accept()
        self.assertIs(self.port.flow_to("192.0.2.9", 40000), connection.flow)
        self.assertIsNone(self.port.flow_to("192.0.2.9", 5060))


class SourceTests(StreamTestCase):
    def source(self, ours: str, peer: str) -> tuple[str, int] | None:
        port = StreamPort(Socket("tcp", ours, 5060), self.table, self.upper, self.reactor)
        port.send(b"x", Flow(port.address, peer, 5060))
        found: tuple[str, int] | None = self.reactor.connecting[-1].source
        return found

    def test_any_address_leaves_it_to_the_kernel(self) -> None:
        self.assertIsNone(self.source("0.0.0.0", "192.0.2.9"))

    def test_a_loopback_address_cannot_reach_the_world(self) -> None:
        self.assertIsNone(self.source("127.0.0.1", "192.0.2.9"))
        self.assertEqual(self.source("127.0.0.1", "127.0.0.2"), ("127.0.0.1", 0))

    def test_tcp_source_overrides_our_address_in_its_family(self) -> None:
        self.settings.tcp_source_ipv4 = "192.0.2.7"
        self.assertEqual(self.source("192.0.2.1", "192.0.2.9"), ("192.0.2.7", 0))
        self.assertEqual(self.source("2001:db8::1", "2001:db8::9"), ("2001:db8::1", 0))


class AcceptTests(StreamTestCase):
    def test_whoever_connects_gets_a_connection_and_whoever_is_too_much_none(self) -> None:
        self.settings.tcp_max_connections = 1
        factory = _Accepting(self.port)
        connection = factory.buildProtocol(IPv4Address("TCP", "192.0.2.9", 40000))
        assert connection is not None
        self.assertEqual((connection.flow.host, connection.flow.port), ("192.0.2.9", 40000))
        self.assertIsNone(factory.buildProtocol(IPv4Address("TCP", "192.0.2.9", 40001)))

    def test_a_port_that_does_not_listen_has_nothing_to_close(self) -> None:
        self.assertIsNone(self.port.close())
