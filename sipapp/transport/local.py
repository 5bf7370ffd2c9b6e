# -*- test-case-name: tests.transport.test_local -*-
"""local: which hosts and ports are ours: the sockets, what they are advertised as, and the aliases."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sipapp.interfaces.transport import Socket
from sipapp.transport.addresses import InterfaceAddress, interface_addresses, numeric
from sipapp.transport.known import Known

_RIDES_ON = {"ws": "tcp", "wss": "tls"}  # WebSocket connections come in on the sockets of these
_ORDER = {"udp": 0, "tcp": 1, "tls": 2}


class _Alias(NamedTuple):
    port: int  # 0: any
    proto: str | None  # None: any


class OwnNames:
    """Ours or not, as Kamailio decides it: a wrong port is a wrong host, a port or protocol not given fits any."""

    def __init__(self) -> None:
        self._sockets: dict[str, list[Socket]] = {}  # by host name or address, in lower case
        self._aliases: dict[str, list[_Alias]] = {}
        self.asked: Known[tuple[bytes, int, str | None], bool] = Known()  # what is_myself() has said since
        self._moving = False  # a socket's address may be here today, and not tomorrow

    def add_socket(self, socket: Socket, names: Iterable[str] = ()) -> None:
        """A socket, under its address, its advertised host and whatever else it is called; more names may follow."""
        self.asked.clear()
        self._moving = self._moving or socket.virtual
        for name in map(_key, (socket.host, socket.advertised_host, *names)):
            known = self._sockets.setdefault(name, [])
            if socket not in known:
                known.append(socket)

    def add_alias(self, host: str, port: int = 0, proto: str | None = None) -> None:
        """One more name of ours."""
        self.asked.clear()
        alias = _Alias(port, proto)
        known = self._aliases.setdefault(_key(host), [])
        if alias not in known:
            known.append(alias)

    def aliases(self) -> list[tuple[str, int, str | None]]:
        """(host, port or 0, protocol or None) of each."""
        return [(host, alias.port, alias.proto) for host, known in self._aliases.items() for alias in known]

    def is_myself(self, host: bytes, port: int = 0, proto: str | None = None) -> bool:
        known = self._is_myself(host.decode("ascii", "replace"), port, proto)
        if not self._moving:
            self.asked[host, port, proto] = known
        return known

    def _is_myself(self, host: str, port: int, proto: str | None) -> bool:
        if self.find(host, port, proto) is not None:
            return True
        if self._aliases:
            for alias in self._aliases.get(_key(host), ()):
                if (not port or alias.port in (0, port)) and (proto is None or alias.proto in (None, proto)):
                    return True
        return False

    def find(self, host: str, port: int = 0, proto: str | None = None) -> Socket | None:
        """The socket of this name; among several that of the first protocol in the order UDP, TCP, TLS."""
        found = None
        for socket in self._sockets.get(host) or self._sockets.get(_key(host)) or ():
            if port and port not in (socket.port, socket.advertised_port):
                continue
            if proto is not None and socket.proto not in (proto, _RIDES_ON.get(proto)):
                continue
            if socket.virtual and not _is_here(socket.host):
                continue
            if found is None or _ORDER.get(socket.proto, 9) < _ORDER.get(found.proto, 9):
                found = socket
        return found


def _key(host: str) -> str:
    """One spelling for each host: lower case, no brackets, addresses as the socket API writes them."""
    if ":" in host:
        return numeric(host) or host.lower()
    return host.lower()


def _is_here(address: str) -> bool:
    """Whether an address that moves between machines is at this one now."""
    here: list[InterfaceAddress] = interface_addresses(ipv6=":" in address)
    return any(one.address == address for one in here)
