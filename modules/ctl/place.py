# -*- test-case-name: tests.modules.ctl.test_place -*-
"""place: where ctl listens: `unixs:/path`, `unixd:/path`, `tcp:host:port`, `udp:host:port`, or shorter."""

from __future__ import annotations

from typing import NamedTuple

from sipapp.errors import ConfigError

PORT = 2049
_KINDS = {
    "unix": "unixs",
    "unixd": "unixd",
    "unixs": "unixs",
    "tcp": "tcp",
    "udp": "udp",
}
_SHOWN = {"unixs": "unix_stream", "unixd": "unix_dgram", "tcp": "tcp", "udp": "udp"}


class Place(NamedTuple):
    """A socket: a path, or a host and a port."""

    kind: str  # unixs, unixd, tcp, udp
    name: str
    port: int = 0

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}:{self.port}" if self.port else f"{self.kind}:{self.name}"

    @property
    def shown(self) -> list[str]:
        """As ctl.listen shows it: protocol, transport, path or host, port."""
        return ["binrpc", _SHOWN[self.kind], self.name, str(self.port) if self.port else ""]


def parse_place(text: str) -> Place:
    """By Kamailio's rules: without a protocol a path is a UNIX stream, anything else UDP; a number alone is a port of
    all addresses. Raises ConfigError: no such place."""
    word, colon, rest = text.partition(":")
    kind = _KINDS.get(word.lower()) if colon else None
    if kind is None:
        kind, rest = ("unixs" if "/" in text and not colon else "udp"), text
    if not rest:
        raise _wrong(text)
    return Place(kind, rest) if kind.startswith("unix") else _address(kind, rest, text)


def _address(kind: str, address: str, text: str) -> Place:
    if address.isdigit():
        address = f"*:{address}"
    host, colon, port = ("", "", "") if address.endswith("]") else address.rpartition(":")
    if not colon:
        host, port = address, str(PORT)
    host = host.strip("[]") if host.startswith("[") else host
    if not host or "/" in host or (":" in host and not address.startswith("[")):
        raise _wrong(text)
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise ConfigError(f"{text!r} has no port that there is")
    return Place(kind, "" if host == "*" else host, int(port))


def _wrong(text: str) -> ConfigError:
    return ConfigError(f"{text!r} is no place: unixs:/path, unixd:/path, tcp:host:port or udp:host:port")
