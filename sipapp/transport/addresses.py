# -*- test-case-name: tests.transport.test_addresses -*-
"""addresses: numeric addresses in their one spelling, and those that this machine's interfaces have."""

from __future__ import annotations

import array
import fcntl
import socket
import struct
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

_SIOCGIFCONF = 0x8912
_IFREQ = 40  # bytes of a struct ifreq: 16 of name, then a sockaddr
_LINK_LOCAL = 0x20  # the scope column of /proc/net/if_inet6


class InterfaceAddress(NamedTuple):
    interface: str
    address: str


def unbracketed(host: str) -> str:
    """`[2001:db8::1]` without its brackets."""
    return host[1:-1] if host[:1] == "[" and host[-1:] == "]" else host


@lru_cache(maxsize=1024)
def numeric(host: str) -> str | None:
    """An IPv4 or IPv6 address, brackets allowed, in the spelling that the socket API uses; None for a name."""
    host = unbracketed(host)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.inet_ntop(family, socket.inet_pton(family, host))
    except (OSError, ValueError):
        return None


def family_of(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def is_any(address: str) -> bool:
    return address in ("0.0.0.0", "::")


def is_loopback(address: str) -> bool:
    return address.startswith("127.") or address == "::1"


def is_multicast(address: str) -> bool:
    if ":" in address:
        return address[:2].lower() == "ff"
    first = address.partition(".")[0]
    return first.isdigit() and 224 <= int(first) <= 239


def source_towards(address: str) -> str | None:
    """The address of ours that the kernel would send from; None where there is no way to that address."""
    with socket.socket(family_of(address), socket.SOCK_DGRAM) as asker:
        try:
            asker.connect((address, 5060))
        except OSError:
            return None
        found: str = asker.getsockname()[0]
        return found


def interface_addresses(ipv6: bool = False) -> list[InterfaceAddress]:
    """Every address of every interface; IPv6 ones, without the link-local, on request.

    Raises OSError: the kernel would not say.
    """
    found = _ipv4_addresses()
    if ipv6:
        found += _ipv6_addresses()
    return found


def _ipv4_addresses() -> list[InterfaceAddress]:
    space = 256 * _IFREQ
    buffer = array.array("B", bytes(space))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        ask = struct.pack("iL", space, buffer.buffer_info()[0])
        used = struct.unpack("iL", fcntl.ioctl(asker.fileno(), _SIOCGIFCONF, ask))[0]
    entries = bytes(buffer[:used])
    found = []
    for at in range(0, used, _IFREQ):
        name = entries[at : at + 16].partition(b"\0")[0].decode()
        found.append(InterfaceAddress(name, socket.inet_ntoa(entries[at + 20 : at + 24])))
    return found


def _ipv6_addresses(table: Path = Path("/proc/net/if_inet6")) -> list[InterfaceAddress]:
    if not table.exists():
        return []
    found = []
    for line in table.read_text().splitlines():
        address, _index, _prefix, scope, _flags, name = line.split()
        if int(scope, 16) != _LINK_LOCAL:
            found.append(InterfaceAddress(name, socket.inet_ntop(socket.AF_INET6, bytes.fromhex(address))))
    return found
