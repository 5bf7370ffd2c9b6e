# -*- test-case-name: tests.transport.test_connection -*-
"""connection: one stream to or from a peer: framing in, a bounded queue out, deadlines on both.

What is sent goes to the kernel at once. What the kernel has no room for waits here, counted, and is given to
Twisted in chunks as a pull producer, so that nothing can grow unseen in a buffer of Twisted's.
"""

from __future__ import annotations

import socket
from collections import deque
from typing import TYPE_CHECKING, Any

from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IPullProducer, ITCPTransport
from twisted.internet.protocol import Protocol
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from sipapp.errors import TransportError
from sipapp.interfaces.transport import CLOSE, Failed, Flow
from sipapp.message.framing import MAX_HEAD, FramingError, StreamFramer

if TYPE_CHECKING:
    from sipapp.transport.settings import Settings
    from sipapp.transport.tcp import StreamPort

log = Logger()

CHUNK = 16384  # bytes that Twisted is given at a time
PONG = b"\r\n"

CLOSED_BY_PEER = "closed"
IDLE = "timeout"
BROKEN = "reset"


@implementer(IPullProducer)
class Connection(Protocol):
    """A stream. Its flow stands for it wherever messages come from or go to.

    `id` is its $conid, `accepted` false for one that we open, `ended` says how it ended: "closed", "timeout", "reset".
    """

    def __init__(self, port: StreamPort, host: str, ip_port: int, accepted: bool = False) -> None:
        self.port = port
        self.table = port.table
        self.id = port.table.next_id()
        self.accepted = accepted
        self.flow = Flow(port.address, host, ip_port, self)
        self.alias_ports: list[int] = []
        self.lifetime: int | None = None  # s; None: tcp_connection_lifetime
        self.closed = False  # true: it takes nothing more
        self.ended = ""
        self.connector: Any = None
        self._open = False
        self._finished = False  # true: nothing waits any more
        self._handle: Any = None  # the socket, where bytes may go around Twisted
        settings = port.table.settings
        limit = settings.msg_recv_max_size
        self._framer = StreamFramer(min(limit, MAX_HEAD), limit, bool(settings.tcp_accept_no_cl))
        self._queue: deque[tuple[bytes, Failed | None]] = deque()
        self._in_hand: list[tuple[bytes, Failed | None]] = []  # the chunk that Twisted has
        self._queued = 0  # bytes of both
        self._producing = False
        now: float = self.table.clock.seconds()
        self._made_at = now
        self._used_at = now
        self._progress_at = now  # when the last chunk left, or the first came to wait
        self._message_began_at: float | None = None
        self._spoken = False  # a message went through it, either way

    # -- out

    def send(self, data: bytes, failed: Failed | None = None, flags: int = 0) -> None:
        """Send one message, or keep it until the connection is open."""
        if self.closed:
            _fail(failed, TransportError("the connection is closed", self.flow))
            return
        self._used_at = self.table.clock.seconds()
        self._spoken = True
        rest = data
        if self._open and not self._queued:
            try:
                rest = data[self._write(data) :]
            except OSError as why:
                _fail(failed, TransportError(why.strerror or str(why), self.flow))
                self.cut(why.strerror or str(why))
                return
        if rest and not self._wait(rest, failed):
            return
        if flags & CLOSE:
            self.close()

    def _write(self, data: bytes) -> int:
        """As much as the kernel takes now."""
        if self._handle is None:
            return 0
        try:
            return self._handle.send(data)  # type: ignore[no-any-return]
        except BlockingIOError:
            return 0

    def _wait(self, data: bytes, failed: Failed | None) -> bool:
        """Queue what the kernel did not take. A peer that lets too much wait is cut; false then."""
        table = self.table
        size = len(data)
        if self._queued + size > table.settings.tcp_conn_wq_max or not table.may_queue(size):
            table.counters.sendq_full += 1
            _fail(failed, TransportError("too much waits for the peer", self.flow))
            if self._open:  # part of this message may be out: the stream is of no more use
                self.cut("it does not read what we send")
            return False
        self._queue.append((data, failed))
        self._count(size)
        if self._open:
            self._produce()
        return True

    def _count(self, size: int) -> None:
        self._queued += size
        self.table.counters.current_write_queue_size += size

    def _produce(self) -> None:
        if not self._producing:
            self._producing = True
            self.transport.registerProducer(self, False)  # type: ignore[union-attr]

    def resumeProducing(self) -> None:
        """Twisted has sent the last chunk: the next."""
        self._count(-sum(len(data) for data, _ in self._in_hand))
        self._in_hand = []
        self._progress_at = self.table.clock.seconds()
        if not self._queue:
            self._producing = False
            self.transport.unregisterProducer()  # type: ignore[union-attr]
            if self.closed:
                self._lose()
            return
        size = 0
        while self._queue and size < CHUNK:
            self._in_hand.append(self._queue.popleft())
            size += len(self._in_hand[-1][0])
        self.transport.write(b"".join([data for data, _ in self._in_hand]))  # type: ignore[union-attr]

    def stopProducing(self) -> None:
        """The connection is gone; connectionLost says the rest."""

    # -- in

    def connectionMade(self) -> None:
        table = self.table
        self._open = True
        table.counters.established += 1
        if self.accepted:
            table.counters.passive_open += 1
        else:
            table.counters.connect_success += 1
        self._made_at = self._used_at = table.clock.seconds()
        transport = self.transport
        if ITCPTransport.providedBy(transport):
            self._handle = transport.getHandle()  # type: ignore[attr-defined]
            _set_options(transport, self._handle, table.settings)
        if self._queue:
            self._progress_at = self._made_at
            self._produce()
        elif self.closed:
            self._lose()

    def dataReceived(self, data: bytes) -> None:
        """Cut into messages, hand each up. What cannot be cut ends the stream."""
        self._used_at = now = self.table.clock.seconds()
        framer = self._framer
        events = framer.feed(data)
        for event in events:
            if self.closed:
                return
            if isinstance(event, bytes):
                self._spoken = True
                self.port.receiver.receive(event, self.flow)
            elif isinstance(event, FramingError):
                self.port.receiver.unframed(self.flow, event)
                self.close()
            else:
                self.table.counters.keepalives += 1
                if self.table.settings.tcp_crlf_ping:
                    self._pong()
        if not framer.pending:
            self._message_began_at = None
        elif events or self._message_began_at is None:
            self._message_began_at = now

    def _pong(self) -> None:
        """RFC 5626 §4.4.1. A keep-alive is no message: it does not count as one sent."""
        spoken = self._spoken
        self.send(PONG)
        self._spoken = spoken

    # -- its end

    def check_deadlines(self, now: float) -> None:
        """End it if it has been idle, slow or deaf for too long."""
        if not self._open or self._finished:
            return  # connecting has Twisted's own time-out
        settings, counters = self.table.settings, self.table.counters
        began = self._message_began_at
        if self._queued and now - self._progress_at > settings.tcp_send_timeout:
            counters.send_timeout += 1
            self.cut("it has stopped reading")
        elif began is not None and _over(settings.tcp_msg_read_timeout, now - began):
            counters.slow_sender += 1
            self.cut("a message took too long")
        elif self._is_idle(now) and not self.closed:
            counters.con_timeout += 1
            self.ended = IDLE
            self.close()

    def _is_idle(self, now: float) -> bool:
        settings = self.table.settings
        if not self._spoken and _over(settings.tcp_msg_data_timeout, now - self._made_at):
            return True
        lifetime = settings.tcp_connection_lifetime if self.lifetime is None else self.lifetime
        return 0 <= lifetime < now - self._used_at

    @property
    def idle_until(self) -> float:
        """When it will have been idle for too long (s of the clock)."""
        lifetime = self.table.settings.tcp_connection_lifetime if self.lifetime is None else self.lifetime
        return self._used_at + lifetime

    def close(self) -> None:
        """End it as soon as what waits is sent; it takes nothing more."""
        if self.closed:
            return
        self.closed = True
        if self._open:
            if not self._queued:
                self._lose()
        elif not self._queued:
            self._give_up("closed before it was open")

    def stop(self) -> None:
        """The server goes down."""
        self.close()
        if self._queued:
            self.cut("the server stops")

    def _lose(self) -> None:
        self.transport.loseConnection()  # type: ignore[union-attr]

    def cut(self, why: str) -> None:
        """End it at once; what waits is lost."""
        if self._finished:
            return
        log.info("cutting the connection with {flow}: {why}", flow=self.flow, why=why)
        self.ended = self.ended or BROKEN
        self.table.counters.con_reset += 1
        self._give_up(why)

    def _give_up(self, why: str) -> None:
        self._finish(why)
        if self._open:
            self.transport.abortConnection()  # type: ignore[union-attr]
        elif self.connector is not None:
            self.connector.disconnect()

    def _finish(self, why: str) -> None:
        """Whoever still waits to have something sent learns that it was not."""
        self.closed = self._finished = True
        waiting = [*self._in_hand, *self._queue]
        self._in_hand = []
        self._queue.clear()
        self._count(-self._queued)
        for _, failed in waiting:
            _fail(failed, TransportError(why, self.flow))

    def connect_failed(self, reason: Failure) -> None:
        """It never opened."""
        self.table.counters.connect_failed += 1
        self.table.remove(self)
        if not self._finished:
            self._finish(f"cannot connect: {reason.getErrorMessage()}")

    def connectionLost(self, reason: Failure = Failure(ConnectionDone())) -> None:  # noqa: B008
        """It is gone; the layers above learn it here, once."""
        if not self.ended:
            clean = reason.check(ConnectionDone) is not None
            self.ended = CLOSED_BY_PEER if clean else BROKEN
            if not clean:
                self.table.counters.con_reset += 1
        self.table.remove(self)
        if not self._finished:
            self._finish(f"the connection was lost: {reason.getErrorMessage()}")
        self._handle = None
        self.port.receiver.connection_lost(self.flow)


def _over(limit: int, seconds: float) -> bool:
    """0 and less are no limit."""
    return 0 < limit < seconds


def _fail(failed: Failed | None, error: TransportError) -> None:
    if failed is not None:
        try:
            failed(error)
        except Exception:
            log.failure("whoever sent something did not want to hear that it failed")


def _set_options(transport: Any, handle: socket.socket, settings: Settings) -> None:
    transport.setTcpNoDelay(True)
    transport.setTcpKeepAlive(bool(settings.tcp_keepalive))
    for option, value in (
        (socket.TCP_KEEPIDLE, settings.tcp_keepidle),
        (socket.TCP_KEEPINTVL, settings.tcp_keepintvl),
        (socket.TCP_KEEPCNT, settings.tcp_keepcnt),
    ):
        if value > 0:
            handle.setsockopt(socket.IPPROTO_TCP, option, value)
    if handle.family == socket.AF_INET6:
        handle.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, settings.tos)
    else:
        handle.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, settings.tos)
