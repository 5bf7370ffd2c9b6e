# -*- test-case-name: tests.transport.test_layer -*-
"""ways: from a next hop to the flow that leads there: its target, and the socket of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sipapp.errors import TransportError
from sipapp.interfaces.transport import Flow, ISender, Socket, Target
from sipapp.message.leaf import place
from sipapp.message.uri import Uri
from sipapp.transport.addresses import numeric
from sipapp.transport.choice import SocketChoice
from sipapp.transport.known import Known
from sipapp.transport.resolve import Resolver, hop_of
from sipapp.transport.settings import Settings

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred


class Ways:
    """Knows the ways, and remembers those of datagrams."""

    def __init__(self, settings: Settings, choice: SocketChoice, resolver: Resolver) -> None:
        self.settings = settings
        self._choice = choice
        self._resolver = resolver
        self._senders: dict[Socket, ISender] = {}
        self._flows: Known[tuple[Target, Socket | None, Socket | None], Flow] = Known()
        self._ways: Known[tuple[bytes, Socket | None, Socket | None], Flow] = Known()  # those that a URI says all of

    def _changed(self) -> None:
        """Our sockets are others now."""
        self._choice.changed()
        self._flows.clear()
        self._ways.clear()

    def resolve(self, uri: Uri, proto: str | None = None) -> list[Target] | Deferred[list[Target]]:
        return self._resolver.resolve_uri(uri, proto)

    def flow(self, target: Target, socket: Socket | None = None, received_on: Socket | None = None) -> Flow:
        if self.settings.mhomed:
            return self._new_flow(target, socket, received_on)
        key = target, socket, received_on
        flow = self._flows.get(key)
        if flow is None:
            flow = self._new_flow(target, socket, received_on)
            if not flow.socket.reliable:
                self._flows[key] = flow
        return flow

    def _new_flow(self, target: Target, socket: Socket | None, received_on: Socket | None) -> Flow:
        chosen = self._choice.forced(target, socket) if socket is not None else None
        for own in self._choice.streams(target.proto) if chosen is None else (chosen,):
            open_one = self._senders[own].flow_to(target.host, target.port)
            if open_one is not None:
                return open_one
        return Flow(chosen or self._choice.free(target, received_on), target.host, target.port)

    def way(self, uri: bytes, socket: Socket | None = None, received_on: Socket | None = None) -> Flow | None:
        # By its host and port, for which no Uri need be made: the users are as many as there are calls.
        at = place(uri)
        if at is None or self.settings.mhomed:
            return None
        return self._ways.get((at, socket, received_on)) or self._find_way(at, socket, received_on)

    def _find_way(self, at: bytes, socket: Socket | None, received_on: Socket | None) -> Flow | None:
        uri = Uri.parse(b"sip:" + at)
        if uri.host is None or numeric(uri.host.decode("latin-1")) is None:
            return None
        if socket is not None and socket.reliable:
            return None  # whether it has a twin for datagrams `flow` says
        targets: Any = self._resolver.resolve(hop_of(uri))
        try:
            flow = self._ways[at, socket, received_on] = self.flow(targets[0], socket, received_on)
        except TransportError:
            return None
        return flow
