# -*- test-case-name: tests.modules.ctl.test_place -*-
"""place: where ctl listens: `unixs:/path`, `unixd:/path`, `tcp:host:port`, `udp:host:port`."""

from __future__ import annotations

from typing import NamedTuple

from sipapp.errors import ConfigError

PORT = 2049
_KINDS = {
    "unix": "unixd",
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
    """Raises ConfigError: no such place."""
    kind, colon, rest = text.partition(":")
    if text.startswith("/"):
        return Place("unixd", text)
    if not colon or kind not in _KINDS or not rest:
        raise ConfigError(f"{text!r} is no place: unixs:/path, unixd:/path, tcp:host:port or udp:host:port")
    kind = _KINDS[kind]
    if kind.startswith("unix"):
        return Place(kind, rest)
    host, colon, port = rest.rpartition(":")
    if not colon:
        host, port = rest, str(PORT)
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise ConfigError(f"{text!r} has no port that there is")
    return Place(kind, host.strip("[]") if host != "*" else "", int(port))
