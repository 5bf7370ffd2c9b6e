# -*- test-case-name: tests.modules.nathelper.test_raw -*-
"""raw: UDP datagrams over IPv4 that seem to come from an address of our choice. RFC 768, RFC 791."""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address
from socket import AF_INET, IPPROTO_RAW, IPPROTO_UDP, SOCK_RAW, inet_aton, socket
from struct import pack

from sipapp.errors import ConfigError, TransportError

_HEADERS = 28  # bytes of both
_LIFE = 69  # hops


def datagram(source: tuple[str, int], target: tuple[str, int], data: bytes) -> bytes:
    """An IPv4 packet with `data` in a UDP datagram, without a UDP checksum; addresses are (host, port)."""
    head = pack(
        "!BBHHHBBH4s4s",
        *(0x45, 0, _HEADERS + len(data), 23, 0, _LIFE, IPPROTO_UDP, 0),
        *(inet_aton(source[0]), inet_aton(target[0])),
    )
    head = head[:10] + pack("!H", checksum(head)) + head[12:]
    return head + pack("!HHHH", source[1], target[1], 8 + len(data), 0) + data


def checksum(header: bytes) -> int:
    """RFC 1071, of an even number of bytes."""
    total = sum(header[::2]) * 256 + sum(header[1::2])
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def parse_address(text: str) -> tuple[str, int]:
    """`192.0.2.1:5060` or `udp:192.0.2.1` -> (host, port). Raises ConfigError: no IPv4 address."""
    host, _, port = text.removeprefix("udp:").partition(":")
    try:
        IPv4Address(host)
        return host, int(port or 5060)
    except (AddressValueError, ValueError):
        raise ConfigError(f"not an IPv4 address with a port: {text!r}") from None


class RawSender:
    """Sends such datagrams; needs the right to (CAP_NET_RAW). Raises ConfigError: it is lacking."""

    def __init__(self) -> None:
        try:
            self._socket = socket(AF_INET, SOCK_RAW, IPPROTO_RAW)
        except OSError as why:
            raise ConfigError(f"nathelper: cannot create raw socket: {why}") from None
        self._socket.setblocking(False)

    def send(self, data: bytes, source: tuple[str, int], target: tuple[str, int]) -> None:
        """Raises TransportError."""
        try:
            self._socket.sendto(datagram(source, target, data), (target[0], 0))
        except OSError as why:
            raise TransportError(f"raw datagram to {target[0]}: {why}") from None

    def close(self) -> None:
        self._socket.close()
