"""sipapp.transport.connection, over a wire that the test empties by hand."""

import errno

from twisted.internet.error import ConnectionLost, ConnectionRefusedError
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import TransportError
from sipapp.interfaces.transport import CLOSE, Flow, Socket
from sipapp.message.framing import FramingError
from sipapp.transport.connection import Connection
from sipapp.transport.connections import ConnectionTable
from sipapp.transport.counters import Counters
from sipapp.transport.settings import Settings
from sipapp.transport.tcp import StreamPort
from tests.transport.helpers import request
from tests.transport.wire import Connecting, Wire, WireReactor

PEER = ("192.0.2.9", 40000)
MESSAGE = request()


class Upper:
    """What streams report to."""

    def __init__(self) -> None:
        self.messages: list[tuple[bytes, Flow]] = []
        self.broken: list[FramingError] = []
        self.lost: list[Flow] = []
        self.answer = b""

    def receive(self, data: bytes, flow: Flow) -> None:
        self.messages.append((data, flow))

    def unframed(self, flow: Flow, error: FramingError) -> None:
        self.broken.append(error)
        if self.answer:
            flow.connection.send(self.answer)

    def connection_lost(self, flow: Flow) -> None:
        self.lost.append(flow)


class StreamTestCase(SynchronousTestCase):
    """A port without a listening socket, on a reactor of wires."""

    def setUp(self) -> None:
        self.reactor = WireReactor()
        self.settings = Settings()
        self.counters = Counters()
        self.table = ConnectionTable(self.settings, self.counters, self.reactor)
        self.upper = Upper()
        self.port = StreamPort(Socket("tcp", "192.0.2.1", 5060), self.table, self.upper, self.reactor)
        self.failures: list[str] = []

    def failed(self, error: TransportError) -> None:
        self.failures.append(str(error))

    def accept(self, host: str = PEER[0], port: int = PEER[1]) -> tuple[Connection, Wire]:
        connection = self.port.accept(host, port)
        assert connection is not None
        return connection, Wire(connection)

    def open(self) -> tuple[Connection, Connecting]:
        """A connection of ours that is still being opened."""
        flow = Flow(self.port.address, "192.0.2.9", 5060)
        self.port.send(b"first ", flow, self.failed)
        return flow.connection, self.reactor.connecting[-1]

    def pass_time(self, seconds: int) -> None:
        for _ in range(seconds):
            self.reactor.advance(1)


class IncomingTests(StreamTestCase):
    def test_a_message_comes_up_with_the_connections_flow(self) -> None:
        connection, _ = self.accept()
        connection.dataReceived(MESSAGE)
        self.assertEqual(self.upper.messages, [(MESSAGE, connection.flow)])
        self.assertIs(connection.flow.connection, connection)

    def test_messages_come_up_however_the_stream_is_cut(self) -> None:
        connection, _ = self.accept()
        for at in range(len(MESSAGE)):
            connection.dataReceived(MESSAGE[at : at + 1])
        connection.dataReceived(MESSAGE + MESSAGE)
        self.assertEqual([data for data, _ in self.upper.messages], [MESSAGE] * 3)

    def test_two_crlfs_are_answered_with_one(self) -> None:
        connection, wire = self.accept()
        connection.dataReceived(b"\r\n\r\n")
        self.assertEqual((wire.handle.sent, self.counters.keepalives), (b"\r\n", 1))

    def test_one_crlf_is_not_answered(self) -> None:
        connection, wire = self.accept()
        connection.dataReceived(b"\r\n")
        self.assertEqual(wire.handle.sent, b"")

    def test_tcp_crlf_ping_0_leaves_them_unanswered(self) -> None:
        self.settings.tcp_crlf_ping = False
        connection, wire = self.accept()
        connection.dataReceived(b"\r\n\r\n")
        self.assertEqual(wire.handle.sent, b"")

    def test_what_cannot_be_framed_is_reported_answered_and_ends_the_stream(self) -> None:
        self.upper.answer = b"no"
        connection, wire = self.accept()
        connection.dataReceived(MESSAGE.replace(b"Content-Length: 0\r\n", b"") + MESSAGE)
        self.assertEqual([error.reason for error in self.upper.broken], ["no Content-Length"])
        self.assertEqual((self.upper.messages, wire.handle.sent, wire.losing), ([], b"no", True))

    def test_tcp_accept_no_cl_takes_a_message_without_length(self) -> None:
        self.settings.tcp_accept_no_cl = True
        connection, _ = self.accept()
        bare = MESSAGE.replace(b"Content-Length: 0\r\n", b"")
        connection.dataReceived(bare)
        self.assertEqual([data for data, _ in self.upper.messages], [bare])

    def test_a_message_beyond_the_limit_ends_the_stream(self) -> None:
        self.settings.msg_recv_max_size = 1000
        connection, wire = self.accept()
        connection.dataReceived(request(length=b"1001"))
        self.assertEqual([error.reason for error in self.upper.broken], ["message beyond the limit"])
        self.assertTrue(wire.losing)

    def test_what_follows_in_the_buffer_of_a_closed_connection_is_left(self) -> None:
        connection, _ = self.accept()
        taken: list[bytes] = []

        def receive(data: bytes, flow: Flow) -> None:
            taken.append(data)
            connection.close()

        self.upper.receive = receive  # type: ignore[method-assign]
        connection.dataReceived(MESSAGE + MESSAGE)
        self.assertEqual(taken, [MESSAGE])

    def test_its_options_are_set(self) -> None:
        self.settings.tcp_keepidle = 30
        _, wire = self.accept()
        self.assertEqual((wire.no_delay, wire.keep_alive), (True, True))
        self.assertIn(30, wire.handle.options.values())


class OutgoingTests(StreamTestCase):
    def test_a_message_goes_to_the_kernel_at_once(self) -> None:
        connection, wire = self.accept()
        connection.send(b"hello")
        self.assertEqual((wire.handle.sent, wire.buffer), (b"hello", b""))

    def test_what_the_kernel_does_not_take_is_sent_later_and_in_order(self) -> None:
        connection, wire = self.accept()
        wire.handle.room = 3
        connection.send(b"12345")
        connection.send(b"678")
        wire.handle.room = 100
        connection.send(b"9")
        while wire.producer is not None:
            wire.drain()
        connection.send(b"0")
        self.assertEqual((wire.handle.sent, self.counters.current_write_queue_size), (b"1234567890", 0))

    def test_waiting_bytes_are_counted(self) -> None:
        connection, wire = self.accept()
        wire.handle.room = 1
        connection.send(b"12345")
        connection.send(b"678")
        self.assertEqual(self.counters.current_write_queue_size, 7)
        wire.drain()
        self.assertEqual(self.counters.current_write_queue_size, 3)

    def test_a_peer_that_lets_too_much_wait_is_cut_and_every_sender_learns_it(self) -> None:
        self.settings.tcp_conn_wq_max = 10
        connection, wire = self.accept()
        wire.handle.room = 0
        connection.send(b"12345", self.failed)
        connection.send(b"12345", self.failed)
        connection.send(b"1", self.failed)
        self.assertEqual(
            self.failures,
            ["too much waits for the peer", "it does not read what we send", "it does not read what we send"],
        )
        self.assertEqual((wire.aborted, self.counters.sendq_full), (True, 1))
        self.assertEqual(self.counters.current_write_queue_size, 0)

    def test_all_peers_together_have_a_limit_too(self) -> None:
        self.settings.tcp_wq_max = 10
        (first, wire), (second, other) = self.accept(), self.accept(port=40001)
        wire.handle.room = other.handle.room = 0
        first.send(b"1234567", self.failed)
        second.send(b"1234", self.failed)
        self.assertEqual(self.failures, ["too much waits for the peer"])
        self.assertEqual((wire.aborted, other.aborted), (False, True))

    def test_an_error_of_the_kernel_ends_the_connection(self) -> None:
        connection, wire = self.accept()
        wire.handle.error = OSError(errno.EPIPE, "Broken pipe")
        connection.send(b"x", self.failed)
        self.assertEqual((self.failures, wire.aborted, connection.closed), (["Broken pipe"], True, True))

    def test_close_after_send_closes_once_everything_is_out(self) -> None:
        connection, wire = self.accept()
        wire.handle.room = 2
        connection.send(b"12345", None, CLOSE)
        self.assertFalse(wire.losing)
        wire.drain()
        self.assertEqual((wire.handle.sent, wire.losing), (b"12345", True))

    def test_a_closed_connection_takes_nothing(self) -> None:
        connection, wire = self.accept()
        connection.close()
        connection.send(b"x", self.failed)
        self.assertEqual((self.failures, wire.handle.sent), (["the connection is closed"], b""))

    def test_one_sender_that_cannot_hear_of_failure_does_not_keep_it_from_the_next(self) -> None:
        connection, wire = self.accept()
        wire.handle.room = 0
        connection.send(b"1", lambda error: 1 / 0)  # type: ignore[arg-type]
        connection.send(b"2", self.failed)
        wire.end(ConnectionLost())
        self.assertEqual(len(self.failures), 1)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)


class OpeningTests(StreamTestCase):
    def test_what_is_sent_while_it_opens_goes_out_first(self) -> None:
        connection, connecting = self.open()
        connection.send(b"second ")
        wire = connecting.succeed()
        wire.drain()
        connection.send(b"third")
        self.assertEqual((wire.handle.sent, self.failures), (b"first second third", []))
        self.assertEqual((self.counters.connect_success, self.counters.passive_open), (1, 0))

    def test_a_failure_reaches_everybody_who_waits(self) -> None:
        connection, connecting = self.open()
        connection.send(b"second", self.failed)
        connecting.fail(ConnectionRefusedError())
        self.assertEqual(self.failures, ["cannot connect: Connection was refused by other side."] * 2)
        self.assertEqual((connection.closed, len(self.table), self.counters.connect_failed), (True, 0, 1))
        self.assertEqual(self.counters.current_write_queue_size, 0)

    def test_a_failure_to_open_is_no_lost_connection(self) -> None:
        _, connecting = self.open()
        connecting.fail(ConnectionRefusedError())
        self.assertEqual(self.upper.lost, [])

    def test_too_much_before_it_is_open_costs_only_the_message(self) -> None:
        self.settings.tcp_conn_wq_max = 10
        connection, connecting = self.open()
        connection.send(b"too much", self.failed)
        wire = connecting.succeed()
        wire.drain()
        self.assertEqual((self.failures, wire.handle.sent), (["too much waits for the peer"], b"first "))

    def test_nor_does_it_close_what_it_was_to_close(self) -> None:
        self.settings.tcp_conn_wq_max = 10
        connection, _ = self.open()
        connection.send(b"too much", self.failed, CLOSE)
        self.assertFalse(connection.closed)

    def test_closing_it_before_it_is_open_still_sends_what_waits(self) -> None:
        connection, connecting = self.open()
        connection.close()
        wire = connecting.succeed()
        wire.drain()
        self.assertEqual((wire.handle.sent, wire.losing, self.failures), (b"first ", True, []))

    def test_stopping_gives_up_what_waits(self) -> None:
        connection, connecting = self.open()
        connection.stop()
        self.assertEqual((self.failures, connecting.disconnected), (["the server stops"], True))


class DeadlineTests(StreamTestCase):
    def test_an_idle_connection_is_closed_after_its_lifetime(self) -> None:
        connection, wire = self.accept()
        connection.dataReceived(MESSAGE)
        self.pass_time(120)
        self.assertFalse(wire.losing)
        self.pass_time(2)
        self.assertEqual((wire.losing, connection.ended, self.counters.con_timeout), (True, "timeout", 1))

    def test_what_comes_or_goes_begins_the_lifetime_anew(self) -> None:
        connection, wire = self.accept()
        connection.dataReceived(MESSAGE)
        self.pass_time(100)
        connection.dataReceived(b"\r\n\r\n")
        self.pass_time(100)
        connection.send(b"x")
        self.pass_time(100)
        self.assertFalse(wire.losing)

    def test_a_connection_may_have_a_lifetime_of_its_own(self) -> None:
        connection, wire = self.accept()
        connection.dataReceived(MESSAGE)
        connection.lifetime = 5
        self.pass_time(7)
        self.assertTrue(wire.losing)

    def test_a_negative_lifetime_never_ends(self) -> None:
        self.settings.tcp_connection_lifetime = -1
        connection, wire = self.accept()
        connection.dataReceived(MESSAGE)
        self.pass_time(1000)
        self.assertFalse(wire.losing)

    def test_a_message_that_takes_too_long_ends_the_connection(self) -> None:
        connection, wire = self.accept()
        for byte in MESSAGE[:22]:
            connection.dataReceived(bytes([byte]))
            self.pass_time(1)
        self.assertEqual((wire.aborted, self.counters.slow_sender), (True, 1))

    def test_each_message_has_its_own_time(self) -> None:
        connection, wire = self.accept()
        connection.dataReceived(MESSAGE[:50])
        for _ in range(5):
            self.pass_time(15)
            connection.dataReceived(MESSAGE[50:] + MESSAGE[:50])
        self.assertFalse(wire.aborted)

    def test_a_peer_that_never_sends_a_message_is_not_kept(self) -> None:
        connection, wire = self.accept()
        for _ in range(11):
            connection.dataReceived(b"\r\n\r\n")
            self.pass_time(2)
        self.assertEqual((wire.losing, connection.ended), (True, "timeout"))

    def test_a_peer_that_stops_reading_is_cut(self) -> None:
        connection, wire = self.accept()
        wire.handle.room = 0
        connection.send(b"x", self.failed)
        self.pass_time(10)
        self.assertFalse(wire.aborted)
        self.pass_time(2)
        self.assertEqual((wire.aborted, self.failures), (True, ["it has stopped reading"]))
        self.assertEqual(self.counters.send_timeout, 1)

    def test_its_time_begins_with_the_first_byte_that_waits(self) -> None:
        connection, wire = self.accept()
        connection.dataReceived(MESSAGE)
        self.pass_time(60)
        wire.handle.room = 0
        connection.send(b"x")
        self.pass_time(9)
        self.assertFalse(wire.aborted)

    def test_a_peer_that_stops_reading_cannot_keep_a_closed_connection(self) -> None:
        connection, wire = self.accept()
        wire.handle.room = 0
        connection.send(b"x", self.failed, CLOSE)
        self.pass_time(12)
        self.assertTrue(wire.aborted)

    def test_a_peer_that_reads_slowly_is_not_cut(self) -> None:
        connection, wire = self.accept()
        connection.dataReceived(MESSAGE)
        wire.handle.room = 0
        for _ in range(5):
            connection.send(b"x", self.failed)
            self.pass_time(6)
            wire.drain()
        self.assertFalse(wire.aborted)


class EndTests(StreamTestCase):
    def end(self, reason: Exception | None = None) -> Connection:
        connection, wire = self.accept()
        wire.end(reason)
        return connection

    def test_the_layers_above_learn_of_it_once(self) -> None:
        connection, wire = self.accept()
        connection.cut("enough")
        connection.cut("enough")
        self.assertEqual(self.upper.lost, [])
        wire.end()
        self.assertEqual(self.upper.lost, [connection.flow])

    def test_how_it_ended_can_be_seen(self) -> None:
        self.assertEqual([self.end().ended, self.end(ConnectionLost()).ended], ["closed", "reset"])
        self.assertEqual(self.counters.con_reset, 1)

    def test_it_leaves_the_table(self) -> None:
        self.end()
        self.assertEqual((len(self.table), self.counters.current_opened_connections), (0, 0))

    def test_whoever_waits_learns_why(self) -> None:
        connection, wire = self.accept()
        wire.handle.room = 0
        connection.send(b"x", self.failed)
        wire.end(ConnectionLost())
        (why,) = self.failures
        self.assertTrue(why.startswith("the connection was lost: "), why)
