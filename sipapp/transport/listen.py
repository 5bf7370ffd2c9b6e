# -*- test-case-name: tests.transport.test_listen -*-
"""listen: from the script's `listen=` lines to bound sockets.

`plan()` says where to listen and finds every line that cannot be meant; `bind()` takes one place from the system.
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from sipapp.errors import ConfigError, ConfigErrors, Position
from sipapp.transport.addresses import (
    InterfaceAddress,
    family_of,
    interface_addresses,
    is_multicast,
    numeric,
    unbracketed,
)
from sipapp.transport.settings import ListenLine, Settings

STREAMS = frozenset({"tcp", "tls", "ws", "wss"})
_IP_MTU_DISCOVER = 10  # Linux; Python has no names for these
_IP_FREEBIND = 15
_SO_SNDBUFFORCE = 32
_SO_RCVBUFFORCE = 33

Lookup = Callable[[str], list[str]]
Interfaces = Callable[[bool], list[InterfaceAddress]]


class Endpoint(NamedTuple):
    """One place to listen on: an address of ours and a port, 0 for one that the kernel chooses."""

    proto: str
    host: str
    port: int
    advertised_host: str | None = None
    advertised_port: int | None = None
    name: str = ""
    virtual: bool = False
    names: tuple[str, ...] = ()  # what else the host was called
    at: Position | None = None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.proto}:{host}:{self.port}"


def plan(
    settings: Settings,
    available: Iterable[str] = ("udp", "tcp"),
    lookup: Lookup | None = None,
    interfaces: Interfaces | None = None,
) -> list[Endpoint]:
    """Where to listen, in the order of the script, no place twice.

    A host is an address, an interface, `*` for all of them, or a name, of which the system resolver's first address
    counts. A line without a protocol means UDP and TCP. No line at all means every IPv4 address of every interface.
    Raises ConfigErrors: every line that names an unknown host or a protocol that is not available.
    """
    planner = _Planner(settings, frozenset(available), lookup or system_lookup, interfaces or interface_addresses)
    found: dict[tuple[str, str, int], Endpoint] = {}
    errors: list[ConfigError] = []
    lines: list[ListenLine | None] = [*settings.listen]
    for line in lines or [None]:
        try:
            for endpoint in planner.endpoints(line):
                _add(endpoint, found)
        except ConfigError as error:
            errors.append(error)
    if not errors and not found:
        errors.append(ConfigError("nothing to listen on: no listen= line is left and no interface has an address"))
    if errors:
        raise ConfigErrors(errors)
    return list(found.values())


def _add(endpoint: Endpoint, found: dict[tuple[str, str, int], Endpoint]) -> None:
    place = (endpoint.proto, endpoint.host, endpoint.port or -len(found) - 1)  # port 0 is a new one each time
    first = found.get(place)
    if first is None:
        found[place] = endpoint
    else:
        found[place] = first._replace(names=tuple(dict.fromkeys(first.names + endpoint.names)))


class _Planner:
    def __init__(self, settings: Settings, available: frozenset[str], lookup: Lookup, interfaces: Interfaces) -> None:
        self._settings = settings
        self._available = available
        self._lookup = lookup
        self._interfaces = interfaces

    def endpoints(self, line: ListenLine | None) -> Iterator[Endpoint]:
        """The places that one line names; None stands for the line that was not written."""
        settings = self._settings
        for proto in self._protocols(line):
            if line is None:
                for host, names in self._of_interface("*"):
                    yield Endpoint(
                        proto,
                        host,
                        self._port(None, proto),
                        settings.advertised_address,
                        settings.advertised_port,
                        names=names,
                    )
                continue
            for host, names in self._hosts(line.host, line.at):
                yield Endpoint(
                    proto,
                    host,
                    self._port(line, proto),
                    settings.advertised_address or line.advertise_host,
                    settings.advertised_port or line.advertise_port,
                    line.name or "",
                    line.virtual,
                    (*names, line.advertise_host) if line.advertise_host else names,
                    line.at,
                )

    def _port(self, line: ListenLine | None, proto: str) -> int:
        if line and line.port is not None:
            return line.port
        return self._settings.tls_port_no if proto in ("tls", "wss") else self._settings.port

    def _protocols(self, line: ListenLine | None) -> list[str]:
        """Disabled protocols are left out without a word, as Kamailio does; unavailable ones are mistakes."""
        settings = self._settings
        wanted = [line.proto] if line and line.proto else ["udp", "tcp"]
        off = {"tcp", "ws"} if settings.disable_tcp else set()
        off |= {"tls", "wss"} if settings.disable_tls or settings.disable_tcp else set()
        for proto in wanted:
            if proto not in off and proto not in self._available:
                raise ConfigError(f"listen: the protocol {proto} is not available", line.at if line else None)
        return [proto for proto in wanted if proto not in off]

    def _hosts(self, host: str, at: Position | None) -> list[tuple[str, tuple[str, ...]]]:
        """(address, other names) for what stands in the script; Kamailio, too, asks the interfaces before the DNS."""
        address = numeric(host)
        if address is not None:
            return [(address, ())]
        found = self._of_interface(host)
        if found:
            return found
        try:
            addresses = self._lookup(unbracketed(host))
        except OSError as why:
            reason = why.strerror or why
            raise ConfigError(f"listen: {host} is no address, interface or known name ({reason})", at) from None
        return [(addresses[0], (host, *addresses[1:]))]

    def _of_interface(self, name: str) -> list[tuple[str, tuple[str, ...]]]:
        addresses = self._interfaces(bool(self._settings.auto_bind_ipv6))
        return [(one.address, ()) for one in addresses if name in (one.interface, "*")]


def system_lookup(name: str) -> list[str]:
    """The first address of a name, then its canonical name if that is another. Blocks; Raises OSError: unknown."""
    found = socket.getaddrinfo(name, None, type=socket.SOCK_DGRAM, flags=socket.AI_CANONNAME)
    address, canonical = str(found[0][4][0]), found[0][3]
    return [address, canonical] if canonical and canonical.lower() != name.lower() else [address]


# -- taking a place


def bind(endpoint: Endpoint, settings: Settings, shared: bool = False) -> socket.socket:
    """A bound, non-blocking socket; a stream's is listening already. shared: other sockets of ours may be bound there.

    Raises ConfigError: the place is taken, not ours, or not allowed; it names the place and the line.
    """
    stream = endpoint.proto in STREAMS
    made = socket.socket(family_of(endpoint.host), socket.SOCK_STREAM if stream else socket.SOCK_DGRAM)
    try:
        made.setblocking(False)
        _set_options(made, endpoint, settings, stream)
        if shared or (stream and settings.tcp_reuse_port):
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        made.bind((endpoint.host, endpoint.port))
        if stream:
            made.listen(settings.tcp_listen_backlog)
        elif is_multicast(endpoint.host):
            _join(made, endpoint.host, settings)
    except OSError as why:
        made.close()
        reason = os.strerror(why.errno) if why.errno else str(why)
        raise ConfigError(f"cannot listen on {endpoint}: {reason}", endpoint.at) from why
    return made


def _set_options(made: socket.socket, endpoint: Endpoint, settings: Settings, stream: bool) -> None:
    six = made.family == socket.AF_INET6
    if six:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, settings.tos)
    else:
        made.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, settings.tos)
    if settings.ip_free_bind or endpoint.virtual:
        made.setsockopt(socket.IPPROTO_IP, _IP_FREEBIND, 1)
    # Two servers may share a UDP port with SO_REUSEADDR, and one of them gets nothing: only for multicast.
    if stream or is_multicast(endpoint.host):
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if stream:
        return
    if not six:
        made.setsockopt(socket.IPPROTO_IP, _IP_MTU_DISCOVER, 2 if settings.pmtu_discovery else 0)
    for forced, option, size in (
        (_SO_RCVBUFFORCE, socket.SO_RCVBUF, settings.maxbuffer),
        (_SO_SNDBUFFORCE, socket.SO_SNDBUF, settings.maxsndbuffer),
    ):
        try:
            made.setsockopt(socket.SOL_SOCKET, forced, size)
        except PermissionError:  # then as much as the system allows everybody
            made.setsockopt(socket.SOL_SOCKET, option, size)


def _join(made: socket.socket, group: str, settings: Settings) -> None:
    interface = socket.if_nametoindex(settings.mcast) if settings.mcast else 0
    loop, ttl = int(settings.mcast_loopback), settings.mcast_ttl
    if made.family == socket.AF_INET6:
        membership = socket.inet_pton(made.family, group) + struct.pack("@I", interface)
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, membership)
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP, loop)
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, ttl)
    else:
        membership = socket.inet_aton(group) + bytes(4) + struct.pack("@i", interface)
        made.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
        made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, loop)
        made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, ttl)


def bind_all(endpoints: Iterable[Endpoint], settings: Settings) -> list[tuple[Endpoint, socket.socket]]:
    """Every place, or none. Raises ConfigErrors: all those that could not be had."""
    taken: list[tuple[Endpoint, socket.socket]] = []
    errors: list[ConfigError] = []
    for endpoint in endpoints:
        try:
            taken.append((endpoint, bind(endpoint, settings)))
        except ConfigError as error:
            errors.append(error)
    if errors:
        for _, made in taken:
            made.close()
        raise ConfigErrors(errors)
    return taken
