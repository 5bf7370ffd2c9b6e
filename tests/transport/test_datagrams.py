"""sipapp.transport.datagrams, over a scripted socket."""

from collections import deque
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.transport import Failed, Flow, Socket
from sipapp.transport.datagrams import Waiting, loops, read_batch, send_batch

PEER = ("192.0.2.9", 5060)
FLOW = Flow(Socket("udp", "192.0.2.1", 5060), *PEER)


class Scripted:
    """A socket whose calls answer, or raise, what the script says."""

    def __init__(self, *script: Any) -> None:
        self.script = list(script)
        self.sent: list[tuple[bytes, Any]] = []

    def _next(self) -> Any:
        step = self.script.pop(0) if self.script else BlockingIOError()
        if isinstance(step, Exception):
            raise step
        return step

    def recvfrom(self, size: int) -> Any:
        return self._next()

    def sendto(self, data: bytes, address: Any) -> int:
        self._next()
        self.sent.append((data, address))
        return len(data)


class ReadBatchTests(SynchronousTestCase):
    def test_what_is_there_is_read_in_order(self) -> None:
        sock: Any = Scripted((b"1", PEER), (b"2", PEER))
        self.assertEqual(read_batch(sock, 10), [(b"1", *PEER), (b"2", *PEER)])

    def test_no_more_than_the_cap_is_read(self) -> None:
        sock: Any = Scripted((b"1", PEER), (b"2", PEER), (b"3", PEER))
        self.assertEqual(len(read_batch(sock, 2)), 2)
        self.assertEqual(len(sock.script), 1)

    def test_an_ipv6_peer_has_host_and_port_too(self) -> None:
        sock: Any = Scripted((b"1", ("2001:db8::9", 5060, 0, 0)))
        self.assertEqual(read_batch(sock, 10), [(b"1", "2001:db8::9", 5060)])

    def test_an_empty_socket_gives_nothing(self) -> None:
        sock: Any = Scripted()
        self.assertEqual(read_batch(sock, 10), [])

    def test_an_error_after_a_datagram_does_not_lose_the_datagram(self) -> None:
        sock: Any = Scripted((b"1", PEER), ConnectionRefusedError())
        self.assertEqual(read_batch(sock, 10), [(b"1", *PEER)])

    def test_an_error_before_any_datagram_is_raised(self) -> None:
        sock: Any = Scripted(ConnectionRefusedError())
        self.assertRaises(ConnectionRefusedError, read_batch, sock, 10)


class SendBatchTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.told: list[tuple[Flow, Failed | None, Exception]] = []

    def send(self, sock: Any, *datagrams: bytes) -> list[bytes]:
        """What stays."""
        queue: deque[Waiting] = deque((data, FLOW, None) for data in datagrams)
        send_batch(sock, queue, lambda *told: self.told.append(told))
        return [data for data, _, _ in queue]

    def test_the_whole_queue_goes_out_in_order(self) -> None:
        sock: Any = Scripted(1, 1)
        self.assertEqual(self.send(sock, b"1", b"2"), [])
        self.assertEqual(sock.sent, [(b"1", PEER), (b"2", PEER)])

    def test_what_the_kernel_has_no_room_for_stays(self) -> None:
        sock: Any = Scripted(1, BlockingIOError())
        self.assertEqual(self.send(sock, b"1", b"2", b"3"), [b"2", b"3"])

    def test_what_the_kernel_refuses_is_told_and_the_rest_goes_on(self) -> None:
        refusal = OSError(90, "Message too long")
        sock: Any = Scripted(refusal, 1)
        self.assertEqual(self.send(sock, b"1", b"2"), [])
        self.assertEqual((self.told, sock.sent), ([(FLOW, None, refusal)], [(b"2", PEER)]))

    def test_an_icmp_error_of_an_earlier_datagram_does_not_cost_this_one(self) -> None:
        sock: Any = Scripted(ConnectionRefusedError(), 1, 1)
        self.assertEqual(self.send(sock, b"1", b"2"), [])
        self.assertEqual((self.told, len(sock.sent)), ([], 2))


class LoopsTests(SynchronousTestCase):
    def test_what_is_no_socket_of_the_kernel_gets_those_in_python(self) -> None:
        sock: Any = Scripted()
        self.assertEqual(loops(sock), (read_batch, send_batch))
