"""sipapp.transport.connections."""

from sipapp.interfaces.transport import Socket
from sipapp.transport.tcp import StreamPort
from tests.transport.test_connection import StreamTestCase


class FindTests(StreamTestCase):
    def test_a_connection_is_found_by_its_number_and_by_its_peer(self) -> None:
        connection, _ = self.accept()
        self.assertIs(self.table.by_id(connection.id), connection)
        self.assertIs(self.table.find("tcp", "192.0.2.9", 40000), connection)

    def test_another_protocol_host_or_port_is_another_peer(self) -> None:
        self.accept()
        for peer in (("tls", "192.0.2.9", 40000), ("tcp", "192.0.2.8", 40000), ("tcp", "192.0.2.9", 40001)):
            self.assertIsNone(self.table.find(*peer), peer)

    def test_numbers_are_never_used_again(self) -> None:
        connection, wire = self.accept()
        wire.end()
        other, _ = self.accept()
        self.assertEqual((connection.id, other.id), (1, 2))

    def test_of_two_connections_the_newest_is_found_and_then_the_other(self) -> None:
        (first, _), (second, wire) = self.accept(), self.accept()
        self.assertIs(self.table.find("tcp", "192.0.2.9", 40000), second)
        wire.end()
        self.assertIs(self.table.find("tcp", "192.0.2.9", 40000), first)

    def test_only_a_sockets_own_connections_are_found_for_it(self) -> None:
        connection, _ = self.accept()
        other = StreamPort(Socket("tcp", "192.0.2.2", 5060), self.table, self.upper, self.reactor)
        self.assertIs(self.table.find("tcp", "192.0.2.9", 40000, self.port.address), connection)
        self.assertIsNone(self.table.find("tcp", "192.0.2.9", 40000, other.address))

    def test_a_closing_connection_is_not_found(self) -> None:
        connection, _ = self.accept()
        connection.close()
        self.assertIsNone(self.table.find("tcp", "192.0.2.9", 40000))

    def test_removing_twice_is_no_mistake(self) -> None:
        connection, wire = self.accept()
        wire.end()
        self.table.remove(connection)
        self.assertEqual(list(self.table), [])


class AliasTests(StreamTestCase):
    def test_an_alias_finds_the_connection(self) -> None:
        connection, _ = self.accept()
        self.assertTrue(self.table.add_alias(connection, 5060))
        self.assertIs(self.table.find("tcp", "192.0.2.9", 5060), connection)

    def test_the_same_alias_twice_is_no_mistake(self) -> None:
        connection, wire = self.accept()
        self.assertEqual([self.table.add_alias(connection, port) for port in (5060, 5060, 40000)], [True] * 3)
        wire.end()
        self.assertIsNone(self.table.find("tcp", "192.0.2.9", 5060))

    def test_nobody_takes_over_the_port_of_another(self) -> None:
        (first, _), (second, _) = self.accept(), self.accept(port=40001)
        self.table.add_alias(first, 5060)
        self.assertFalse(self.table.add_alias(second, 5060))
        self.assertFalse(self.table.add_alias(second, 40000))
        self.assertIs(self.table.find("tcp", "192.0.2.9", 5060), first)

    def test_an_alias_goes_with_its_connection(self) -> None:
        (first, wire), (second, _) = self.accept(), self.accept(port=40001)
        self.table.add_alias(first, 5060)
        wire.end()
        self.assertIsNone(self.table.find("tcp", "192.0.2.9", 5060))
        self.assertTrue(self.table.add_alias(second, 5060))

    def test_a_closed_connection_gets_no_alias(self) -> None:
        connection, wire = self.accept()
        wire.end()
        self.assertFalse(self.table.add_alias(connection, 5060))


class LimitTests(StreamTestCase):
    def test_beyond_the_limit_of_all_nobody_is_accepted(self) -> None:
        self.settings.tcp_max_connections = 2
        self.accept()
        _, wire = self.accept(port=40001)
        self.assertIsNone(self.port.accept("192.0.2.8", 40002))
        self.assertEqual(self.counters.local_reject, 1)
        wire.end()
        self.assertIsNotNone(self.port.accept("192.0.2.8", 40002))

    def test_beyond_its_own_limit_an_address_is_not_accepted_and_others_are(self) -> None:
        self.settings.tcp_accept_iplimit = 1
        _, wire = self.accept()
        self.assertIsNone(self.port.accept("192.0.2.9", 40001))
        self.accept("192.0.2.8")
        wire.end()
        self.accept("192.0.2.9", 40001)

    def test_0_is_no_limit_for_an_address(self) -> None:
        self.settings.tcp_accept_iplimit = 0
        for port in range(50):
            self.accept(port=port)
        self.assertEqual(self.counters.current_opened_connections, 50)

    def test_connections_of_ours_do_not_count_against_the_peers_limit(self) -> None:
        self.settings.tcp_accept_iplimit = 1
        _, connecting = self.open()
        connecting.succeed()
        self.accept()

    def test_nothing_is_left_behind_by_connections_that_are_gone(self) -> None:
        for port in range(40000, 40003):
            _, wire = self.accept(port=port)
            wire.end()
        self.assertEqual((self.table._by_peer, self.table._accepted, self.table._by_id), ({}, {}, {}))
        self.reactor.advance(2)
        self.assertEqual(self.reactor.getDelayedCalls(), [])


class StopTests(StreamTestCase):
    def test_it_fires_when_the_last_connection_is_gone(self) -> None:
        (_, wire), (_, other) = self.accept(), self.accept(port=40001)
        stopped = self.table.stop()
        self.assertEqual((wire.losing, other.losing), (True, True))
        wire.end()
        self.assertNoResult(stopped)
        other.end()
        self.assertIsNone(self.successResultOf(stopped))
        self.assertEqual(self.reactor.getDelayedCalls(), [])

    def test_a_peer_that_does_not_read_is_not_waited_for(self) -> None:
        connection, wire = self.accept()
        wire.handle.room = 0
        connection.send(b"x", self.failed)
        self.table.stop()
        self.assertEqual((wire.aborted, self.failures), (True, ["the server stops"]))

    def test_without_connections_it_has_stopped_at_once(self) -> None:
        self.assertIsNone(self.successResultOf(self.table.stop()))
