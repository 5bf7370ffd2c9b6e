# -*- test-case-name: tests.workers.test_transport -*-
"""transport: the transport layer of one worker: what belongs to another is handed over before it is read."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from sipapp.interfaces.transport import Flow
from sipapp.transport.addresses import is_multicast
from sipapp.transport.layer import TransportLayer
from sipapp.transport.listen import Endpoint
from sipapp.transport.openers import socket_of
from sipapp.transport.udp import UdpPort
from sipapp.workers.handover import Links
from sipapp.workers.kinds import MESSAGE, STREAM
from sipapp.workers.ownership import Ownership
from sipapp.workers.streams import SharedConnections

Places = list[tuple[Endpoint, socket.socket]]


class WorkerPort(UdpPort):
    """A datagram socket: what a batch has for others leaves together, when the batch is read."""

    flush: Callable[[], None]

    def doRead(self) -> None:
        super().doRead()
        self.flush()


class WorkerTransport(TransportLayer):
    """`own`: this worker's sockets. Messages come from there, and from the other workers by `links`."""

    def __init__(
        self, reactor: Any, receiver: Any, config: Any, *, clock: Any, own: Places, ownership: Ownership, links: Links
    ) -> None:
        super().__init__(reactor, receiver, config, clock=clock)
        self._own = own
        self._number = ownership.number
        self._owner = ownership.of
        self._links = links
        self._take = super().receive
        self.routes = list(range(ownership.count + 1))  # who does the work of each worker
        self.connections = self.shared = SharedConnections(self.settings, self.counters, self.clock, ownership, links)
        self.shared.socket_at = self.sockets.__getitem__
        self.shared.index_of = self.sockets.index
        self.shared.lost = self.connection_lost
        self.protocols["udp"] = self._open_udp
        links.handlers[MESSAGE] = self._message
        links.handlers[STREAM] = self._of_stream
        links.together = self.together

    def places(self) -> Places:
        return self._own

    def _open_udp(self, layer: TransportLayer, endpoint: Endpoint, made: socket.socket) -> Callable[[], None]:
        """A WorkerPort. A multicast group is read by the first worker alone."""
        address = socket_of(endpoint, made)
        port = WorkerPort(made, address, self.receive, self.reactor, self.counters, self.settings.udp_queue_max)
        port.flush = self._links.flush
        self.add_socket(address, port, endpoint.names)
        return _nothing if is_multicast(endpoint.host) and self._number > 1 else port.start

    # -- to others

    def receive(self, data: bytes, flow: Flow, received_at: float | None = None) -> None:
        owner = self.routes[self._owner(data)]
        if owner == self._number:
            self._take(data, flow, received_at)
        else:
            self._hand_over(owner, data, flow)

    def _hand_over(self, owner: int, data: bytes, flow: Flow) -> None:
        links, connection = self._links, flow.connection
        facts = (data, self.sockets.index(flow.socket), flow.host, flow.port, self._seconds())
        if connection is None:
            links.put(owner, (MESSAGE, *facts), len(data))
        else:
            links.put(owner, (STREAM, *facts, connection.id), len(data))
            links.flush()

    # -- from others

    def _message(self, data: bytes, index: int, host: str, port: int, received_at: float) -> None:
        self._take(data, Flow(self.sockets[index], host, port), received_at)

    def _of_stream(self, data: bytes, index: int, host: str, port: int, received_at: float, number: int) -> None:
        self._take(data, self.shared.elsewhere(number, index, host, port).flow, received_at)


def _nothing() -> None:
    """Another worker reads it."""
