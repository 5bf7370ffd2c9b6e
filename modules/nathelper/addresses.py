# -*- test-case-name: tests.modules.nathelper.test_addresses -*-
"""addresses: which are private, and how the source of a message is written."""

from __future__ import annotations

from socket import AF_INET, AF_INET6, inet_aton, inet_pton

from sipapp.interfaces.transport import Flow

PROTOCOLS = {"udp": 1, "tcp": 2, "tls": 3, "sctp": 4, "ws": 5, "wss": 6}
"""Kamailio's numbers: how an alias parameter names the transport."""

TRANSPORTS = {1: b"udp", 2: b"tcp", 3: b"tls", 4: b"sctp", 5: b"ws", 6: b"ws"}
"""And what a transport parameter says for them. RFC 7118 has one name for both kinds of WebSocket."""


def _network(address: str, bits: int) -> tuple[int, int]:
    mask = 0xFFFFFFFF << (32 - bits) & 0xFFFFFFFF
    return mask, int.from_bytes(inet_aton(address), "big")


_PRIVATE = (
    _network("10.0.0.0", 8),
    _network("172.16.0.0", 12),
    _network("192.168.0.0", 16),  # RFC 1918
    _network("100.64.0.0", 10),  # RFC 6598: between a carrier's NAT and its customers
    _network("192.0.0.0", 29),  # RFC 7335
)
_EXTRA = _network("192.0.0.0", 24)  # RFC 6890: IETF protocol assignments


def is_private(host: bytes, extra: bool) -> bool:
    """Whether it is an IPv4 address that is not routed on the Internet; `extra`: 192.0.0.0/24 counts as one."""
    try:
        number = int.from_bytes(inet_aton(host.decode("latin-1")), "big")
    except OSError:
        return False
    if any(number & mask == network for mask, network in _PRIVATE):
        return True
    return extra and number & _EXTRA[0] == _EXTRA[1]


def bracketed(host: bytes) -> bytes:
    """As it stands in a URI."""
    return b"[%b]" % host if b":" in host and host[:1] != b"[" else host


def source(flow: Flow) -> bytes:
    """Host and port that a message came from."""
    return b"%b:%d" % (bracketed(flow.host.encode()), flow.port)


def source_uri(flow: Flow) -> bytes:
    """The same as a URI."""
    number = PROTOCOLS[flow.socket.proto]
    return b"sip:" + source(flow) + (b"" if number == 1 else b";transport=" + flow.socket.proto.encode())


def packed(host: bytes | None) -> bytes | None:
    """The bytes of an address, IPv6 with or without brackets; None for what is none."""
    text = (host or b"").decode("latin-1")
    try:
        return (
            inet_pton(AF_INET6, text.removeprefix("[").removesuffix("]")) if ":" in text else inet_pton(AF_INET, text)
        )
    except OSError:
        return None


def is_source(host: bytes, flow: Flow) -> bool:
    """Whether a host, as a Via or URI has it, is the address that a message came from."""
    address = flow.host.encode()
    if b":" not in address:
        return host == address
    return host.removeprefix(b"[").removesuffix(b"]").lower() == address.lower()
