"""sipapp.transport.udp, over a scripted socket and reactor. With real ones: tests/sockets/test_transport_udp.py."""

import errno
from typing import Any

from twisted.internet.error import ConnectionLost
from twisted.internet.interfaces import IReadDescriptor, IWriteDescriptor
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from sipapp.errors import TransportError
from sipapp.interfaces.transport import Flow, ISender, Socket
from sipapp.transport.counters import Counters
from sipapp.transport.udp import BATCH, UdpPort
from tests.transport.test_datagrams import PEER, Scripted

ADDRESS = Socket("udp", "192.0.2.1", 5060)
MESSAGE = b"x" * 100


class Reactor:
    """Knows who wants to read and to write."""

    def __init__(self) -> None:
        self.readers: set[Any] = set()
        self.writers: set[Any] = set()
        self.addReader = self.readers.add
        self.addWriter = self.writers.add
        self.removeReader = self.readers.discard
        self.removeWriter = self.writers.discard


class FakeSocket(Scripted):
    closed = False

    def fileno(self) -> int:
        return -1 if self.closed else 7

    def getsockopt(self, level: int, option: int) -> int:
        return errno.ECONNREFUSED

    def close(self) -> None:
        self.closed = True


class UdpPortTests(SynchronousTestCase):
    def make(self, *script: Any, queue_max: int = 10) -> UdpPort:
        sock: Any = FakeSocket(*script)
        self.sock: FakeSocket = sock
        self.reactor = Reactor()
        self.counters = Counters()
        self.received: list[tuple[bytes, Flow]] = []
        self.errors: list[TransportError] = []
        port = UdpPort(sock, ADDRESS, lambda d, f: self.received.append((d, f)), self.reactor, self.counters, queue_max)
        port.start()
        return port

    def send(self, port: UdpPort, data: bytes = MESSAGE) -> None:
        port.send(data, Flow(ADDRESS, *PEER), self.errors.append)

    def test_it_is_what_the_layer_and_the_reactor_want(self) -> None:
        port = self.make()
        for interface in (ISender, IReadDescriptor, IWriteDescriptor):
            verifyObject(interface, port)
        self.assertEqual((port.fileno(), port.logPrefix()), (7, "udp:192.0.2.1:5060"))

    # -- in

    def test_a_datagram_comes_up_with_its_flow(self) -> None:
        port = self.make((MESSAGE, PEER))
        port.doRead()
        ((data, flow),) = self.received
        self.assertEqual((data, flow.socket, flow.host, flow.port, flow.connection), (MESSAGE, ADDRESS, *PEER, None))

    def test_one_wake_up_reads_no_more_than_a_batch(self) -> None:
        port = self.make(*[(MESSAGE, PEER)] * (BATCH + 5))
        port.doRead()
        self.assertEqual((len(self.received), self.counters.udp_received), (BATCH, BATCH))
        port.doRead()
        self.assertEqual(len(self.received), BATCH + 5)

    def test_keep_alives_are_counted_and_go_no_further(self) -> None:
        port = self.make((b"", PEER), (b"\r\n\r\n", PEER), (b"\0\0\0\0", PEER))
        port.doRead()
        self.assertEqual((self.received, self.counters.keepalives), ([], 3))

    def test_a_datagram_from_port_0_cannot_be_answered_and_goes_no_further(self) -> None:
        port = self.make((MESSAGE, ("192.0.2.9", 0)))
        port.doRead()
        self.assertEqual(self.received, [])

    def test_an_exception_above_costs_only_its_datagram(self) -> None:
        def receive(data: bytes, flow: Flow) -> None:
            self.received.append((data, flow))
            raise ZeroDivisionError

        port = self.make((MESSAGE, PEER), (MESSAGE, PEER))
        port._receive = receive
        port.doRead()
        self.assertEqual(len(self.received), 2)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 2)

    def test_an_error_on_the_socket_is_counted_and_reading_goes_on(self) -> None:
        port = self.make(ConnectionRefusedError(), (MESSAGE, PEER))
        port.doRead()
        port.doRead()
        self.assertEqual((len(self.received), self.counters.udp_socket_errors), (1, 1))

    def test_the_reactor_giving_the_socket_up_does_not_end_it(self) -> None:
        port = self.make()
        self.reactor.readers.clear()  # as the reactor does before it says so
        port.connectionLost(Failure(ConnectionLost()))
        self.assertEqual((self.reactor.readers, self.counters.udp_socket_errors), ({port}, 1))

    def test_a_peer_is_the_same_flow_each_time(self) -> None:
        port = self.make((MESSAGE, PEER), (MESSAGE, ("192.0.2.9", 5070)), (MESSAGE, PEER))
        port.doRead()
        first, other, again = (flow for _, flow in self.received)
        self.assertIs(first, again)
        self.assertEqual((other.host, other.port), ("192.0.2.9", 5070))

    def test_who_watches_is_told_of_a_batch_as_one_thing(self) -> None:
        told: list[str] = []

        class Watch:
            def begin(self) -> None:
                told.append("begin")

            def end(self) -> None:
                told.append("end")

        port = self.make((MESSAGE, PEER), (MESSAGE, PEER))
        port._receive = lambda data, flow: told.append("message")
        port.watch = Watch()
        port.doRead()
        self.assertEqual(told, ["begin", "message", "message", "end"])

    # -- out

    def test_what_is_gathered_goes_out_when_it_is_released(self) -> None:
        port = self.make(1, 1)
        port.gather()
        self.send(port, b"one")
        self.send(port, b"two")
        self.assertEqual(self.sock.sent, [])
        port.release()
        self.assertEqual([data for data, _ in self.sock.sent], [b"one", b"two"])

    def test_a_datagram_goes_out_at_once(self) -> None:
        port = self.make(1)
        self.send(port)
        self.assertEqual((self.sock.sent, self.reactor.writers), ([(MESSAGE, PEER)], set()))

    def test_what_the_kernel_has_no_room_for_goes_out_later_and_in_order(self) -> None:
        port = self.make(BlockingIOError(), 1, 1)
        self.send(port, b"1")
        self.send(port, b"2")
        self.assertEqual((self.sock.sent, self.reactor.writers), ([], {port}))
        port.doWrite()
        self.assertEqual((self.sock.sent, self.reactor.writers), ([(b"1", PEER), (b"2", PEER)], set()))
        self.assertEqual((self.errors, self.counters.udp_queued), ([], 2))

    def test_as_long_as_something_waits_the_reactor_is_asked(self) -> None:
        port = self.make(BlockingIOError(), 1, BlockingIOError())
        self.send(port, b"1")
        self.send(port, b"2")
        port.doWrite()
        self.assertEqual((self.sock.sent, self.reactor.writers), ([(b"1", PEER)], {port}))

    def test_a_full_queue_drops_counts_and_reports(self) -> None:
        port = self.make(BlockingIOError(), queue_max=1)
        self.send(port)
        self.send(port)
        self.assertEqual(self.counters.udp_dropped, 1)
        self.assertEqual([str(error) for error in self.errors], ["too many datagrams wait for the kernel"])

    def test_a_refusal_is_reported_with_the_flow(self) -> None:
        port = self.make(OSError(errno.ENETUNREACH, "Network is unreachable"))
        self.send(port)
        (error,) = self.errors
        self.assertEqual(str(error), "Network is unreachable")
        self.assertEqual(repr(error.flow), "<Flow udp:192.0.2.1:5060 192.0.2.9:5060>")
        self.assertEqual(self.counters.udp_failed, 1)

    def test_a_refusal_while_it_waits_is_reported_too(self) -> None:
        port = self.make(BlockingIOError(), OSError(errno.EMSGSIZE, "Message too long"))
        self.send(port)
        port.doWrite()
        self.assertEqual([str(error) for error in self.errors], ["Message too long"])

    def test_an_icmp_error_of_an_earlier_datagram_does_not_cost_this_one(self) -> None:
        port = self.make(ConnectionRefusedError(), 1)
        self.send(port)
        port.doWrite()
        self.assertEqual((self.sock.sent, self.errors), ([(MESSAGE, PEER)], []))

    def test_whoever_does_not_listen_for_failures_gets_none(self) -> None:
        port = self.make(OSError(errno.ENETUNREACH, "Network is unreachable"))
        port.send(MESSAGE, Flow(ADDRESS, *PEER))
        self.assertEqual(self.counters.udp_failed, 1)

    def test_there_is_no_stream_to_anybody(self) -> None:
        self.assertIsNone(self.make().flow_to(*PEER))

    def test_answers_to_what_is_read_together_go_out_together(self) -> None:
        port = self.make((MESSAGE, PEER), (MESSAGE, PEER), BlockingIOError(), 1, 1)

        def answer(data: bytes, flow: Flow) -> None:
            port.send(b"answer", flow)
            self.received.append((b"%d sent" % len(self.sock.sent), flow))

        port._receive = answer
        port.doRead()
        self.assertEqual([text for text, _ in self.received], [b"0 sent", b"0 sent"])
        self.assertEqual(self.sock.sent, [(b"answer", PEER)] * 2)

    def test_answers_that_find_no_room_wait_and_are_counted(self) -> None:
        port = self.make((MESSAGE, PEER), (MESSAGE, PEER), (MESSAGE, PEER), BlockingIOError(), 1, queue_max=1)
        port._receive = lambda data, flow: port.send(b"answer", flow, self.errors.append)
        port.doRead()
        self.assertEqual((len(self.sock.sent), self.reactor.writers), (1, {port}))
        self.assertEqual((self.counters.udp_queued, self.counters.udp_dropped, len(self.errors)), (1, 1, 1))

    # -- its end

    def test_closing_gives_up_what_waits_and_leaves_the_reactor(self) -> None:
        port = self.make(BlockingIOError())
        self.send(port)
        port.close()
        self.assertEqual([str(error) for error in self.errors], ["the socket is closed"])
        self.assertEqual((self.reactor.readers, self.reactor.writers, self.sock.closed), (set(), set(), True))

    def test_after_closing_nothing_is_sent_and_the_reactor_does_not_get_it_back(self) -> None:
        port = self.make(BlockingIOError())
        port.close()
        port.close()
        self.send(port)
        port.connectionLost(Failure(ConnectionLost()))
        self.assertEqual([str(error) for error in self.errors], ["the socket is closed"])
        self.assertEqual(self.reactor.readers, set())
