# -*- test-case-name: tests.transport.test_udp -*-
"""udp: one UDP socket under the reactor: datagrams in, datagrams out.

It is a descriptor of its own, not Twisted's `Port`: that costs twice as much for each datagram.
"""

from __future__ import annotations

import socket
import sys
from collections import deque
from collections.abc import Callable
from typing import Any

from twisted.internet.interfaces import IReadDescriptor, IWriteDescriptor
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from sipapp.errors import TransportError
from sipapp.interfaces.transport import Failed, Flow, ISender, Socket
from sipapp.transport.counters import Counters
from sipapp.transport.datagrams import Datagram, Waiting, loops
from sipapp.transport.known import Known

log = Logger()

BATCH = 64  # datagrams read per wake-up, then other descriptors and timers have their turn
MIN_MESSAGE = 32  # bytes; what is shorter keeps a NAT binding open and is no message
QUEUE_MAX = 4096  # datagrams
_SO_MEMINFO = 55  # Linux; Python has no name for it

Receive = Callable[[bytes, Flow], None]


@implementer(ISender, IReadDescriptor, IWriteDescriptor)
class UdpPort:
    """A bound socket. `receive(data, flow)` gets each datagram."""

    def __init__(
        self,
        sock: socket.socket,
        address: Socket,
        receive: Receive,
        reactor: Any,
        counters: Counters,
        queue_max: int = QUEUE_MAX,
    ) -> None:
        self._sock = sock
        self._sendto = sock.sendto
        self._address = address
        self._receive = receive
        self._reactor = reactor
        self._counters = counters
        self._read, self._send = loops(sock)
        self._queue: deque[Waiting] = deque()
        self._queue_max = queue_max
        self._gathering = False  # what is sent goes out together, at the end of the batch that is being read
        self._flows: Known[tuple[str, int], Flow] = Known()
        self._open = True
        self.watch: Any = None  # sipapp.stalls.Stalls, where somebody wants to know

    def start(self) -> None:
        """Begin to read."""
        self._reactor.addReader(self)

    # -- out

    def send(self, data: bytes, flow: Flow, failed: Failed | None = None, flags: int = 0) -> None:
        """Send at once, or with what else the datagrams at hand lead to; what the kernel has no room for waits its
        turn. `flags` are for streams."""
        if self._gathering:
            self._queue.append((data, flow, failed))
            if len(self._queue) >= BATCH:
                self._flush()
        elif self._queue:
            self._wait(data, flow, failed)
        else:
            try:
                self._sendto(data, (flow.host, flow.port))
            except BlockingIOError:
                self._wait(data, flow, failed)
            except ConnectionRefusedError:
                # The answer to some earlier datagram: this one has not been tried yet.
                self._counters.udp_socket_errors += 1
                self._wait(data, flow, failed)
            except (OSError, OverflowError) as why:
                self._refused(flow, failed, why)

    def _wait(self, data: bytes, flow: Flow, failed: Failed | None) -> None:
        if not self._open:
            self._refused(flow, failed, OSError("the socket is closed"))
        elif len(self._queue) >= self._queue_max:
            self._drop(flow, failed)
        else:
            self._counters.udp_queued += 1
            self._queue.append((data, flow, failed))
            self._reactor.addWriter(self)

    def _drop(self, flow: Flow, failed: Failed | None) -> None:
        self._counters.udp_dropped += 1
        if failed is not None:
            failed(TransportError("too many datagrams wait for the kernel", flow))

    def gather(self) -> None:
        """What is sent from now on goes out together."""
        self._gathering = not self._queue

    def release(self) -> None:
        """It goes out now."""
        if self._gathering:
            if self._queue:
                self._flush()
            self._gathering = False

    def _flush(self) -> None:
        """All that the kernel has room for goes out; the reactor says when there is more."""
        queue = self._queue
        if not self._open:
            self._give_up()
            return
        self._send_waiting()
        if queue:
            self._gathering = False
            while len(queue) > self._queue_max:
                _, flow, failed = queue.pop()
                self._drop(flow, failed)
            self._counters.udp_queued += len(queue)
            self._reactor.addWriter(self)

    def _send_waiting(self) -> None:
        try:
            self._send(self._sock, self._queue, self._refused)
        except Exception:
            log.failure("sending what waits on {socket}", socket=self._address)

    def _refused(self, flow: Flow, failed: Failed | None, why: Exception) -> None:
        self._counters.udp_failed += 1
        if failed is None:
            log.info("nothing sent to {flow}: {why}", flow=flow, why=why)
        else:
            failed(TransportError(getattr(why, "strerror", None) or str(why), flow))

    def flow_to(self, host: str, port: int) -> Flow | None:
        """No connections here."""
        return None

    def doWrite(self) -> None:
        """The kernel has room again."""
        self._send_waiting()
        if not self._queue:
            self._reactor.removeWriter(self)

    # -- in

    def doRead(self) -> None:
        """Hand up what has arrived, and what arrives meanwhile: up to a batch. Nothing that happens here may end the
        socket."""
        watch = self.watch
        if watch is None:
            return self._read_batches()
        watch.begin()
        try:
            self._read_batches()
        finally:
            watch.end()
        return None

    def _read_batches(self) -> None:
        left = BATCH
        self._gathering = not self._queue
        while left > 0 and self._open:
            try:
                batch = self._read(self._sock, left)
            except OSError as why:
                self._counters.udp_socket_errors += 1
                log.debug("{socket}: {why}", socket=self._address, why=why)
                break
            if not batch:
                break
            self._hand_up(batch)
            left -= len(batch)
            if self._gathering and self._queue:
                self._flush()
        self._gathering = False

    def _hand_up(self, batch: list[Datagram]) -> None:
        counters, flows, receive = self._counters, self._flows, self._receive
        counters.udp_received += len(batch)
        for data, host, port in batch:
            if len(data) < MIN_MESSAGE or not port:
                counters.keepalives += 1
            else:
                flow = flows.get((host, port))
                if flow is None:
                    flow = flows[host, port] = Flow(self._address, host, port)
                try:
                    receive(data, flow)
                except Exception:
                    log.failure("a datagram from {host}:{port} failed", host=host, port=port)

    def overflow(self) -> int:
        """How many datagrams the kernel has dropped since the start, for want of room in the socket's buffer."""
        if not self._open:
            return 0
        facts: bytes = self._sock.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, 36)
        return int.from_bytes(facts[32:36], sys.byteorder)  # the ninth of nine: SK_MEMINFO_DROPS

    # -- the reactor's

    def fileno(self) -> int:
        return self._sock.fileno()

    def logPrefix(self) -> str:
        return self._address.text.decode()

    def connectionLost(self, reason: Failure) -> None:
        """The reactor saw an error on the socket; it is still as good as before."""
        if self._open:
            self._counters.udp_socket_errors += 1
            code = self._sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)  # reading it clears it
            log.warn("{socket}: error {code}, going on", socket=self._address, code=code)
            self._reactor.addReader(self)

    def close(self) -> None:
        """Stop reading; what still waits is given up."""
        if not self._open:
            return
        self._open = False
        self._reactor.removeReader(self)
        self._reactor.removeWriter(self)
        if not self._gathering:
            self._give_up()
        self._sock.close()

    def _give_up(self) -> None:
        waiting, self._queue = self._queue, deque()
        for _, flow, failed in waiting:
            if failed is not None:
                failed(TransportError("the socket is closed", flow))
