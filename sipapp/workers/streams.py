# -*- test-case-name: tests.workers.test_streams -*-
"""streams: the connections of all workers, as one of them sees them.

A connection lives in the worker that has accepted or opened it. What it brings for another worker is handed over, and
what that one sends by it is handed back. Numbers ($conid) tell the worker: they are its own, counted by the number of
workers. Who has been told of an accepted connection sends requests to that peer by it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sipapp.errors import TransportError
from sipapp.interfaces.transport import Failed, Flow, Socket
from sipapp.transport.connections import ConnectionTable
from sipapp.transport.counters import Counters
from sipapp.transport.settings import Settings
from sipapp.workers.handover import Links
from sipapp.workers.kinds import ALIAS, CLOSE, CLOSED, HELLO, OPENED, SEND, SENT_NOT
from sipapp.workers.ownership import Ownership

if TYPE_CHECKING:
    from sipapp.transport.connection import Connection

_Peer = tuple[str, str, int]

TICKETS = 1024
"""Messages sent last by connections of other workers whose senders learn if they could not be sent."""


class Elsewhere:
    """A connection that another worker has, in place of a Connection."""

    accepted = True

    def __init__(self, number: int, owner: int, socket: Socket, host: str, port: int, table: SharedConnections) -> None:
        self.id = number
        self.owner = owner
        self.flow = Flow(socket, host, port, self)
        self.closed = False
        self.ended = ""
        self.alias_ports: list[int] = []
        self._table = table

    def send(self, data: bytes, failed: Failed | None = None, flags: int = 0) -> None:
        """As Connection.send."""
        self._table.send_elsewhere(self, data, failed, flags)

    def close(self) -> None:
        """As Connection.close."""
        self.closed = True
        self._table.links.tell([self.owner], CLOSE, self.id)


class SharedConnections(ConnectionTable):
    """This worker's own connections, and what is known of the others'."""

    socket_at: Callable[[int], Socket]
    index_of: Callable[[Socket], int]
    lost: Callable[[Flow], None]

    def __init__(self, settings: Settings, counters: Counters, clock: Any, ownership: Ownership, links: Links) -> None:
        super().__init__(settings, counters, clock)
        self._number, self._workers = ownership.number, ownership.count
        self._last_id = ownership.number
        self.links = links
        self._others: dict[int, Elsewhere] = {}
        self._others_by_peer: dict[_Peer, Elsewhere] = {}
        self._tickets: dict[int, tuple[Failed, Flow]] = {}
        self._last_ticket = 0
        links.handlers.update(
            {
                SEND: self._send,
                SENT_NOT: self._sent_not,
                CLOSE: self._close,
                OPENED: self._opened,
                CLOSED: self._closed,
                ALIAS: self._alias,
                HELLO: self.introduce,
            }
        )

    # -- as ConnectionTable

    def next_id(self) -> int:
        self._last_id += self._workers
        return self._last_id

    def by_id(self, number: int) -> Any:
        return super().by_id(number) or self._others.get(number)

    def find(self, proto: str, host: str, port: int, socket: Socket | None = None) -> Any:
        found = super().find(proto, host, port, socket)
        if found is None and self._others_by_peer:
            other = self._others_by_peer.get((proto, host, port))
            if other is not None and not other.closed and socket in (None, other.flow.socket):
                return other
        return found

    def is_full(self) -> bool:
        return len(self) + len(self._others) >= self.settings.tcp_max_connections

    def add(self, connection: Connection) -> None:
        super().add(connection)
        if connection.accepted:
            self._announce(connection, self.links.everybody())

    def remove(self, connection: Connection) -> None:
        if super().by_id(connection.id) is connection:
            self.links.tell(self.links.everybody(), CLOSED, connection.id, connection.ended)
        super().remove(connection)

    def add_alias(self, connection: Any, port: int) -> bool:
        if isinstance(connection, Elsewhere):
            return self._add_alias_of(connection, port)
        if not super().add_alias(connection, port):
            return False
        self.links.tell(self.links.everybody(), ALIAS, connection.id, port)
        return True

    def _add_alias_of(self, other: Elsewhere, port: int) -> bool:
        flow = other.flow
        if other.closed or self.find(flow.socket.proto, flow.host, port) not in (None, other):
            return False
        self._others_by_peer[flow.socket.proto, flow.host, port] = other
        other.alias_ports.append(port)
        self.links.tell([other.owner], ALIAS, other.id, port)
        return True

    # -- what others are told

    def _announce(self, connection: Connection, others: list[int]) -> None:
        flow = connection.flow
        self.links.tell(others, OPENED, connection.id, self.index_of(flow.socket), flow.host, flow.port)
        for port in connection.alias_ports:
            self.links.tell(others, ALIAS, connection.id, port)

    def introduce(self, other: int) -> None:
        """A worker has begun: those that it had are gone, and it is told of ours."""
        for one in [one for one in self._others.values() if one.owner == other]:
            self._closed(one.id, "reset")
        for connection in self:
            if connection.accepted:
                self._announce(connection, [other])

    # -- what others tell

    def elsewhere(self, number: int, index: int, host: str, port: int) -> Elsewhere:
        """The connection of another worker with this number."""
        found = self._others.get(number)
        if found is None:
            owner = (number - 1) % self._workers + 1
            found = self._others[number] = Elsewhere(number, owner, self.socket_at(index), host, port, self)
        return found

    def _opened(self, number: int, index: int, host: str, port: int) -> None:
        other = self.elsewhere(number, index, host, port)
        self._others_by_peer[other.flow.socket.proto, host, port] = other

    def _closed(self, number: int, ended: str) -> None:
        other = self._others.pop(number, None)
        if other is None:
            return
        flow = other.flow
        for port in (flow.port, *other.alias_ports):
            if self._others_by_peer.get((flow.socket.proto, flow.host, port)) is other:
                del self._others_by_peer[flow.socket.proto, flow.host, port]
        other.closed = True
        other.ended = ended
        self.lost(flow)

    def _alias(self, number: int, port: int) -> None:
        own = super().by_id(number)
        if own is not None:
            self.add_alias(own, port)
            return
        other = self._others.get(number)
        if other is not None:
            self._others_by_peer.setdefault((other.flow.socket.proto, other.flow.host, port), other)
            other.alias_ports.append(port)

    # -- what they want sent

    def send_elsewhere(self, other: Elsewhere, data: bytes, failed: Failed | None, flags: int) -> None:
        """Have its worker send this by a connection."""
        ticket = 0
        if failed is not None:
            ticket = self._last_ticket = self._last_ticket + 1
            self._tickets[ticket] = failed, other.flow
            self._tickets.pop(ticket - TICKETS, None)
        self.links.put(other.owner, (SEND, other.id, data, flags, self._number, ticket), len(data))
        self.links.flush()

    def _send(self, number: int, data: bytes, flags: int, sender: int, ticket: int) -> None:
        def failed(error: TransportError) -> None:
            self.links.tell([sender], SENT_NOT, ticket, str(error))

        connection = super().by_id(number)
        if connection is not None:
            connection.send(data, failed if ticket else None, flags)
        elif ticket:
            failed(TransportError("the connection is closed"))

    def _sent_not(self, ticket: int, why: str) -> None:
        found = self._tickets.pop(ticket, None)
        if found is not None:
            failed, flow = found
            failed(TransportError(why, flow))

    def _close(self, number: int) -> None:
        connection = super().by_id(number)
        if connection is not None:
            connection.close()
