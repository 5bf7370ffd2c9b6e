# -*- test-case-name: tests.transport.test_tcp -*-
"""tcp: streams both ways: one StreamPort for each socket that we listen on, one Connection for each peer.

RFC 3261 §18, RFC 5923 (reuse), RFC 5626 §4.4.1 (CRLF keep-alive).
"""

from __future__ import annotations

import socket
from typing import Any, Protocol

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import ClientFactory, ServerFactory
from twisted.python.failure import Failure
from zope.interface import implementer

from sipapp.errors import TransportError
from sipapp.interfaces.transport import NO_CONNECT, Failed, Flow, ISender, Socket
from sipapp.message.framing import FramingError
from sipapp.transport.addresses import is_any, is_loopback
from sipapp.transport.connection import Connection
from sipapp.transport.connections import ConnectionTable


class StreamReceiver(Protocol):
    """Who takes what streams bring: the transport layer."""

    def receive(self, data: bytes, flow: Flow) -> None:
        """The bytes of one message. Must not raise."""

    def unframed(self, flow: Flow, error: FramingError) -> None:
        """The stream cannot be read further; it is closed after this returns."""

    def connection_lost(self, flow: Flow) -> None:
        """The stream is gone."""


@implementer(ISender)
class StreamPort:
    """A listening socket, and the streams of its protocol that belong to it."""

    def __init__(
        self,
        address: Socket,
        table: ConnectionTable,
        receiver: StreamReceiver,
        reactor: Any,
        sock: socket.socket | None = None,
    ) -> None:
        self._sock = sock  # listens already; nobody accepts before `start`
        self.address = address
        self.table = table
        self.receiver = receiver
        self.reactor = reactor
        self._listening: Any = None

    def start(self) -> None:
        """Begin to accept; the reactor gets its own copy of the descriptor."""
        sock, self._sock = self._sock, None
        if sock is not None:
            self._listening = self.reactor.adoptStreamPort(sock.fileno(), sock.family, _Accepting(self))
            sock.close()

    # -- out

    def send(self, data: bytes, flow: Flow, failed: Failed | None = None, flags: int = 0) -> None:
        """By the flow's connection, else by another to the same peer, else by a new one."""
        connection: Connection | None = flow.connection
        if connection is None or connection.closed:
            connection = self.table.find(self.address.proto, flow.host, flow.port, self.address)
            if connection is None:
                try:
                    connection = self._connect(flow, flags)
                except TransportError as error:
                    if failed is not None:
                        failed(error)
                    return
            flow.connection = connection
        connection.send(data, failed, flags)

    def flow_to(self, host: str, port: int) -> Flow | None:
        """The flow of a connection of this socket's."""
        connection = self.table.find(self.address.proto, host, port, self.address)
        return connection.flow if connection is not None else None

    def _connect(self, flow: Flow, flags: int) -> Connection:
        settings = self.table.settings
        if flags & NO_CONNECT or settings.tcp_no_connect:
            raise TransportError("there is no connection, and none may be opened", flow)
        if self.table.is_full():
            self.table.counters.local_reject += 1
            raise TransportError(f"there are {len(self.table)} connections, the limit", flow)
        connection = Connection(self, flow.host, flow.port)
        self.table.add(connection)
        connection.connector = self.reactor.connectTCP(
            flow.host,
            flow.port,
            _Connecting(connection),
            timeout=settings.tcp_connect_timeout,
            bindAddress=self._source(flow.host),
        )
        return connection

    def _source(self, peer: str) -> tuple[str, int] | None:
        """Where to connect from: the address that our Via names, unless it cannot be; None: the kernel chooses."""
        settings = self.table.settings
        fixed = settings.tcp_source_ipv6 if ":" in peer else settings.tcp_source_ipv4
        host = fixed or self.address.host
        if is_any(host) or is_loopback(host) != is_loopback(peer) or (":" in host) != (":" in peer):
            return None
        return host, 0

    # -- in

    def accept(self, host: str, port: int) -> Connection | None:
        """A peer connects; None refuses it."""
        if not self.table.may_accept(host):
            self.table.counters.local_reject += 1
            return None
        connection = Connection(self, host, port, accepted=True)
        self.table.add(connection)
        return connection

    def close(self) -> Deferred[None] | None:
        """Stop listening; the connections are the table's."""
        if self._sock is not None:
            self._sock.close()
        listening, self._listening = self._listening, None
        return maybeDeferred(listening.stopListening) if listening is not None else None


class _Accepting(ServerFactory):
    noisy = False

    def __init__(self, port: StreamPort) -> None:
        self._port = port

    def buildProtocol(self, addr: IAddress | None) -> Connection | None:
        return self._port.accept(addr.host, addr.port)  # type: ignore[union-attr]


class _Connecting(ClientFactory):
    noisy = False

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def buildProtocol(self, addr: IAddress | None) -> Connection:
        return self._connection

    def clientConnectionFailed(self, connector: Any, reason: Failure) -> None:
        self._connection.connect_failed(reason)
