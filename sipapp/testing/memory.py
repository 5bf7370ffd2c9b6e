# -*- test-case-name: tests.simulation -*-
"""memory: a network of datagrams and streams inside one process, with delay and loss, on a clock of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zope.interface import implementer

from sipapp.errors import TransportError
from sipapp.interfaces.transport import Failed, Flow, ISender, Socket

Address = tuple[str, str, int]
"""(protocol, host, port)."""

Deliver = Callable[[bytes, Address], None]
"""Takes the bytes and where they came from."""


class Packet:
    """One message on its way: what `lose` and `delay` are asked about."""

    __slots__ = ("data", "number", "source", "target")

    def __init__(self, number: int, source: Address, target: Address, data: bytes) -> None:
        self.number = number  # counts from 1 over the whole network
        self.source = source
        self.target = target
        self.data = data

    @property
    def start_line(self) -> str:
        return self.data.split(b"\r\n", 1)[0].decode("utf-8", "replace")

    def __repr__(self) -> str:
        return (
            f"<{self.number}: {self.source[1]}:{self.source[2]} > {self.target[1]}:{self.target[2]} {self.start_line}>"
        )


class MemoryNetwork:
    """Delivers after `delay` (s, or a function of the Packet), unless `lose(packet)`; keeps a record of all packets.

    Nothing is delivered before the clock advances, be it by nothing: as on a real network, nobody is called back
    while it is still sending. What is sent to nobody is lost; over a stream the sender is told.
    """

    def __init__(
        self,
        clock: Any,
        delay: float | Callable[[Packet], float] = 0.0,
        lose: Callable[[Packet], bool] | None = None,
        copies: Callable[[Packet], int] | None = None,
    ) -> None:
        self.clock = clock
        self.delay = delay
        self.lose = lose
        self.copies = copies  # how often a packet arrives: 2 is a duplicate
        self.packets: list[Packet] = []
        self._hosts: dict[Address, Deliver] = {}

    def attach(self, address: Address, deliver: Deliver) -> None:
        """Whoever answers to this address."""
        self._hosts[address] = deliver

    def detach(self, address: Address) -> None:
        """The host is gone; what is on its way to it is lost."""
        self._hosts.pop(address, None)

    def reaches(self, address: Address) -> bool:
        return address in self._hosts

    def send(self, source: Address, target: Address, data: bytes) -> None:
        packet = Packet(len(self.packets) + 1, source, target, data)
        self.packets.append(packet)
        if self.lose is not None and self.lose(packet):
            return
        for _ in range(1 if self.copies is None else self.copies(packet)):
            delay = self.delay(packet) if callable(self.delay) else self.delay
            self.clock.callLater(delay, self._arrive, packet)

    def _arrive(self, packet: Packet) -> None:
        deliver = self._hosts.get(packet.target)
        if deliver is not None:
            deliver(packet.data, packet.source)

    def sender(self, layer: Any, socket: Socket) -> MemorySender:
        """Make `socket` one of the transport layer's, on this network."""
        sender = MemorySender(self, layer, socket)
        layer.add_socket(socket, sender)
        return sender


@implementer(ISender)
class MemorySender:
    """A socket of the server under test."""

    def __init__(self, network: MemoryNetwork, layer: Any, socket: Socket) -> None:
        self._network = network
        self._layer = layer
        self._socket = socket
        self._address = (socket.proto, socket.host, socket.port)
        self._connections: dict[tuple[str, int], MemoryConnection] = {}
        network.attach(self._address, self._receive)

    def _receive(self, data: bytes, source: Address) -> None:
        _, host, port = source
        self._layer.receive(data, self._flow(host, port))

    def _flow(self, host: str, port: int) -> Flow:
        if not self._socket.reliable:
            return Flow(self._socket, host, port)
        connection = self._connections.get((host, port))
        if connection is None:
            connection = self._connections[host, port] = MemoryConnection(len(self._connections) + 1)
            connection.flow = Flow(self._socket, host, port, connection)
        assert connection.flow is not None
        return connection.flow

    def flow_to(self, host: str, port: int) -> Flow | None:
        return self._flow(host, port) if self._socket.reliable else None

    def send(self, data: bytes, flow: Flow, failed: Failed | None = None, flags: int = 0) -> None:
        target = (self._socket.proto, flow.host, flow.port)
        if self._socket.reliable and failed is not None and not self._network.reaches(target):
            error = TransportError(f"connection refused by {flow.host}:{flow.port}", flow)
            self._network.clock.callLater(0, failed, error)
            return
        self._network.send(self._address, target, data)

    def close(self) -> None:
        self._network.detach(self._address)


class MemoryConnection:
    """A stream that never breaks."""

    closed = False

    def __init__(self, number: int) -> None:
        self.id = number
        self.flow: Flow | None = None
