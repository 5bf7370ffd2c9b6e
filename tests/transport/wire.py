"""A stream's transport whose kernel buffer the test empties by hand, and a reactor that opens such streams."""

from __future__ import annotations

import socket
from typing import Any

from twisted.internet.address import IPv4Address
from twisted.internet.error import ConnectionAborted, ConnectionDone
from twisted.internet.interfaces import ITCPTransport
from twisted.internet.protocol import ClientFactory, Protocol
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from zope.interface import alsoProvides


class Handle:
    """The kernel's side: takes `room` bytes, then no more until there is room again."""

    family = socket.AF_INET

    def __init__(self) -> None:
        self.room = 1 << 30
        self.sent = b""
        self.error: OSError | None = None
        self.options: dict[tuple[int, int], int] = {}

    def send(self, data: bytes) -> int:
        if self.error is not None:
            raise self.error
        if not self.room:
            raise BlockingIOError
        taken = data[: self.room]
        self.room -= len(taken)
        self.sent += taken
        return len(taken)

    def setsockopt(self, level: int, option: int, value: int) -> None:
        self.options[level, option] = value


class Wire:
    """Behaves as Twisted's TCP transport does towards a pull producer; nothing is lost before `end()`."""

    def __init__(self, protocol: Protocol) -> None:
        self.handle = Handle()
        self.buffer = b""
        self.producer: Any = None
        self.losing = False
        self.aborted = False
        self.ended = False
        self.protocol = protocol
        alsoProvides(self, ITCPTransport)  # as far as a Connection asks for it
        protocol.makeConnection(self)

    def getHandle(self) -> Handle:
        return self.handle

    def setTcpNoDelay(self, enabled: bool) -> None:
        self.no_delay = enabled

    def setTcpKeepAlive(self, enabled: bool) -> None:
        self.keep_alive = enabled

    def registerProducer(self, producer: Any, streaming: bool) -> None:
        assert self.producer is None
        assert not streaming
        self.producer = producer
        producer.resumeProducing()

    def unregisterProducer(self) -> None:
        self.producer = None

    def write(self, data: bytes) -> None:
        self.buffer += data

    def loseConnection(self) -> None:
        self.losing = True

    def abortConnection(self) -> None:
        self.aborted = True

    def drain(self) -> None:
        """The peer reads everything that Twisted has, once."""
        self.handle.sent += self.buffer
        self.buffer = b""
        if self.producer is not None:
            self.producer.resumeProducing()

    def end(self, reason: Exception | None = None) -> None:
        """The connection is gone: as asked for, or by itself."""
        assert not self.ended
        self.ended = True
        if reason is None:
            reason = ConnectionAborted() if self.aborted else ConnectionDone()
        self.protocol.connectionLost(Failure(reason))


class Connecting:
    """One connectTCP."""

    def __init__(self, host: str, port: int, factory: ClientFactory, timeout: float, bindAddress: Any) -> None:
        self.to = (host, port)
        self.factory = factory
        self.timeout = timeout
        self.source = bindAddress
        self.disconnected = False

    def succeed(self) -> Wire:
        protocol = self.factory.buildProtocol(IPv4Address("TCP", *self.to))
        assert isinstance(protocol, Protocol)
        return Wire(protocol)

    def fail(self, reason: Exception) -> None:
        self.factory.clientConnectionFailed(self, Failure(reason))  # type: ignore[arg-type]

    def disconnect(self) -> None:
        self.disconnected = True


class WireReactor(Clock):
    """Time, and connections that the test lets succeed or fail."""

    def __init__(self) -> None:
        super().__init__()
        self.connecting: list[Connecting] = []

    def connectTCP(
        self, host: str, port: int, factory: ClientFactory, timeout: float = 30, bindAddress: Any = None
    ) -> Connecting:
        self.connecting.append(Connecting(host, port, factory, timeout, bindAddress))
        return self.connecting[-1]
