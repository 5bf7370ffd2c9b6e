# -*- test-case-name: tests.modules.corex.test_addresses -*-
"""addresses: `proto:host:port` texts, as sockets are named, and what {sock.*} makes of them."""

from __future__ import annotations

from typing import NamedTuple

from sipapp.module import ScriptError, Value, transformation

PROTOCOLS = ("udp", "tcp", "tls", "sctp", "ws", "wss")


class NamedAddress(NamedTuple):
    """The parts that are there; the host without brackets."""

    proto: str | None
    host: str
    port: int | None


def parse_address(text: bytes) -> NamedAddress:
    """`udp:192.0.2.1:5060`, `192.0.2.1:5060`, `tcp:[2001:db8::1]`, `example.com`. Raises ScriptError."""
    plain = text.strip().decode("latin-1")
    head, colon, rest = plain.partition(":")
    proto = None
    if colon and head.lower() in PROTOCOLS:
        proto, plain = head.lower(), rest
    if plain.startswith("["):
        host, bracket, tail = plain[1:].partition("]")
        colon, port = tail[:1], tail[1:]
        if not bracket or (tail and colon != ":"):
            raise ScriptError(f"invalid socket specification {text.decode(errors='replace')!r}")
    elif plain.count(":") > 1:
        host, port = plain, ""
    else:
        host, _, port = plain.partition(":")
    if not host or (port and (not port.isdigit() or int(port) > 65535)):
        raise ScriptError(f"invalid socket specification {text.decode(errors='replace')!r}")
    return NamedAddress(proto, host, int(port) if port else None)


class Addresses:
    """The transformations of class sock."""

    @transformation("sock.host")
    def tr_host(self, value: bytes) -> Value:
        """{sock.host}: the host of `proto:host:port`, an IPv6 address in brackets."""
        address = _parsed(value)
        return None if address is None else _host(address)

    @transformation("sock.port")
    def tr_port(self, value: bytes) -> Value:
        """{sock.port}: the port of `proto:host:port`; empty where there is none."""
        address = _parsed(value)
        return None if address is None else b"" if address.port is None else b"%d" % address.port

    @transformation("sock.proto")
    def tr_proto(self, value: bytes) -> Value:
        """{sock.proto}: the protocol of `proto:host:port`; empty where there is none."""
        address = _parsed(value)
        return None if address is None else (address.proto or "").encode()

    @transformation("sock.touri")
    def tr_to_uri(self, value: bytes) -> Value:
        """{sock.touri}: `udp:192.0.2.1:5060` as `sip:192.0.2.1:5060;transport=udp`."""
        address = _parsed(value)
        if address is None:
            return None
        port = b"" if address.port is None else b":%d" % address.port
        transport = b";transport=" + address.proto.encode() if address.proto else b""
        return b"sip:" + _host(address) + port + transport


def _host(address: NamedAddress) -> bytes:
    return (f"[{address.host}]" if ":" in address.host else address.host).encode("latin-1")


def _parsed(value: bytes) -> NamedAddress | None:
    try:
        return parse_address(value)
    except ScriptError:
        return None
