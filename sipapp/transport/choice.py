# -*- test-case-name: tests.transport.test_choice -*-
"""choice: which socket of ours a message leaves by. RFC 3261 §18.1.1, with Kamailio's order."""

from __future__ import annotations

from sipapp.errors import TransportError
from sipapp.interfaces.transport import Socket, Target
from sipapp.log import Logger
from sipapp.transport.addresses import is_loopback, is_multicast, source_towards
from sipapp.transport.settings import Settings

log = Logger()


class SocketChoice:
    """Chooses among `sockets`, a list that its owner adds to (and says so by `changed`)."""

    def __init__(self, sockets: list[Socket], settings: Settings) -> None:
        self._sockets = sockets
        self._settings = settings
        self._usual: dict[tuple[str, int], Socket] = {}
        self._streams: dict[str, list[Socket]] = {}

    def changed(self) -> None:
        """There is a new socket."""
        self._usual = {}
        self._streams = {}
        for socket in self._sockets:
            key = (socket.proto, socket.family)
            known = self._usual.get(key)
            # The first that the world can reach; Kamailio, too, gives way as long as it has a loopback address.
            if known is None or is_loopback(known.host) or is_multicast(known.host):
                self._usual[key] = socket
            if socket.reliable:
                self._streams.setdefault(socket.proto, []).append(socket)

    def protocols(self) -> list[str]:
        """Those that we can send by."""
        return list(dict.fromkeys(socket.proto for socket in self._sockets))

    def families(self) -> set[int]:
        return {socket.family for socket in self._sockets}

    def streams(self, proto: str) -> list[Socket]:
        """The sockets of a stream protocol; none for datagrams."""
        return self._streams.get(proto, [])

    def forced(self, target: Target, socket: Socket) -> Socket | None:
        """The socket that the script has named, or its twin of the target's protocol; None: neither fits."""
        family = 6 if ":" in target.host else 4
        if socket.proto != target.proto:
            twins = [s for s in self._sockets if s.proto == target.proto and s.address == socket.address]
            if not twins:
                log.info("the forced {socket} cannot send to {target}", socket=socket, target=target)
                return None
            socket = twins[0]
        return socket if socket.family == family else None

    def free(self, target: Target, received_on: Socket | None = None) -> Socket:
        """With mhomed the one that the kernel would send from; else the one that the request came in on, where it
        fits; else the usual one.

        Raises TransportError: none fits.
        """
        family = 6 if ":" in target.host else 4
        if self._settings.mhomed:
            socket = self._kernels(target)
            if socket is not None:
                return socket
            if target.proto == "udp":
                raise TransportError(f"no socket of ours has the address from which {target.host} is reached")
        if received_on is not None and received_on.proto == target.proto and received_on.family == family:
            return received_on
        usual = self._usual.get((target.proto, family))
        if usual is None:
            raise TransportError(f"no {target.proto} socket of ours can send to {target.host}")
        return usual

    def _kernels(self, target: Target) -> Socket | None:
        source = source_towards(target.host)
        for socket in self._sockets:
            if socket.proto == target.proto and socket.host == source:
                return socket
        return None
