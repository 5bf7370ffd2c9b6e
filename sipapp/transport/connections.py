# -*- test-case-name: tests.transport.test_connections -*-
"""connections: every open stream, by number and by peer, and the limits on all of them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred

from sipapp.interfaces.transport import Socket
from sipapp.transport.counters import Counters
from sipapp.transport.settings import Settings

if TYPE_CHECKING:
    from sipapp.transport.connection import Connection

SWEEP = 1.0  # s between two looks at all deadlines

_Peer = tuple[str, str, int]  # protocol, host, port


class ConnectionTable:
    """Streams both ways. Deadlines are looked at once a second: no timer to set and cancel for each message."""

    def __init__(self, settings: Settings, counters: Counters, clock: Any) -> None:
        self.settings = settings
        self.counters = counters
        self.clock = clock
        self._by_id: dict[int, Connection] = {}
        self._by_peer: dict[_Peer, list[Connection]] = {}  # the newest last
        self._accepted: Counter[str] = Counter()  # connections that each address has opened to us
        self._last_id = 0
        self._sweeping: Any = None
        self._stopped: Deferred[None] | None = None

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Connection]:
        return iter(list(self._by_id.values()))

    def next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def by_id(self, number: int) -> Connection | None:
        """The connection with this $conid."""
        return self._by_id.get(number)

    def find(self, proto: str, host: str, port: int, socket: Socket | None = None) -> Connection | None:
        """The newest connection to a peer, open or being opened; only one by `socket` where that is given."""
        for connection in reversed(self._by_peer.get((proto, host, port), ())):
            if not connection.closed and socket in (None, connection.flow.socket):
                return connection
        return None

    def is_full(self) -> bool:
        return len(self._by_id) >= self.settings.tcp_max_connections

    def may_accept(self, host: str) -> bool:
        """One more connection from this address is within the limits."""
        limit = self.settings.tcp_accept_iplimit
        return not self.is_full() and not (limit and self._accepted[host] >= limit)

    def add(self, connection: Connection) -> None:
        """A new one; it is in the table until `remove`."""
        flow = connection.flow
        self._by_id[connection.id] = connection
        self._by_peer.setdefault((flow.socket.proto, flow.host, flow.port), []).append(connection)
        if connection.accepted:
            self._accepted[flow.host] += 1
        self.counters.current_opened_connections = len(self._by_id)
        if self._sweeping is None:
            self._sweeping = self.clock.callLater(SWEEP, self._sweep)

    def remove(self, connection: Connection) -> None:
        """It is closed. Removing it twice is no mistake."""
        if self._by_id.pop(connection.id, None) is None:
            return
        flow = connection.flow
        for port in (flow.port, *connection.alias_ports):
            peer = (flow.socket.proto, flow.host, port)
            known = self._by_peer[peer]
            known.remove(connection)
            if not known:
                del self._by_peer[peer]
        if connection.accepted:
            self._accepted[flow.host] -= 1
            if not self._accepted[flow.host]:
                del self._accepted[flow.host]
        self.counters.current_opened_connections = len(self._by_id)
        if self._stopped is not None and not self._by_id:
            self._stopped.callback(None)
            self._stopped = None

    def add_alias(self, connection: Connection, port: int) -> bool:
        """One more port of the peer that this connection stands for.

        False: another connection stands for it already. Whoever could take that port over would get its requests.
        """
        if connection.closed:
            return False
        flow = connection.flow
        peer = (flow.socket.proto, flow.host, port)
        known = self._by_peer.get(peer)
        if known is None:
            self._by_peer[peer] = [connection]
            connection.alias_ports.append(port)
            return True
        return connection in known

    def may_queue(self, size: int) -> bool:
        """So many bytes more that wait for peers are within the limit for all of them."""
        return self.counters.current_write_queue_size + size <= self.settings.tcp_wq_max

    def _sweep(self) -> None:
        self._sweeping = None
        now = self.clock.seconds()
        for connection in self:
            connection.check_deadlines(now)
        if self._by_id:
            self._sweeping = self.clock.callLater(SWEEP, self._sweep)

    def stop(self) -> Deferred[None]:
        """Close all of them, at once where something waits; fires when the last is gone."""
        if self._sweeping is not None:
            self._sweeping.cancel()
            self._sweeping = None
        stopped: Deferred[None] = Deferred()
        for connection in self:
            connection.stop()
        if self._by_id:
            self._stopped = stopped
        else:
            stopped.callback(None)
        return stopped
