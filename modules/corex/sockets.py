# -*- test-case-name: tests.modules.corex.test_sockets -*-
"""sockets: which socket a message came in by and leaves by, as the script wants it; what sockets there are."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from sipapp.interfaces.server import IServer
from sipapp.interfaces.transport import Flow, Socket
from sipapp.log import Logger
from sipapp.module import Context, ScriptError, Value, pseudo_variable, rpc_command, script_function
from sipapp.modules.corex.addresses import parse_address

log = Logger()


class Sockets:
    """Functions, variable and RPC about sockets."""

    server: IServer

    @script_function()
    def set_send_socket(self, ctx: Context, saddr: bytes) -> int:
        """Send by this socket of ours, `udp:192.0.2.1:5060`; one that there is not is a warning, and true."""
        return self._send_by(ctx, self._by_address(saddr), saddr)

    @script_function()
    def set_send_socket_name(self, ctx: Context, sname: bytes) -> int:
        """Send by the socket of this name (`listen=... name "NAME"`)."""
        return self._send_by(ctx, self._by_name(sname), sname)

    @script_function()
    def set_recv_socket(self, ctx: Context, saddr: bytes) -> int:
        """Treat the message as if it had come in by this socket of ours."""
        return self._received_by(ctx, self._by_address(saddr), saddr)

    @script_function()
    def set_recv_socket_name(self, ctx: Context, sname: bytes) -> int:
        """Treat the message as if it had come in by the socket of this name."""
        return self._received_by(ctx, self._by_name(sname), sname)

    def _by_address(self, text: bytes) -> Socket | None:
        address = parse_address(text)
        found: Socket | None = self.server.transport.find_socket(address.proto, address.host, address.port)
        return found

    def _by_name(self, name: bytes) -> Socket | None:
        if not name:
            raise ScriptError("no socket name")
        text = name.decode("utf-8", "surrogateescape")
        return next((socket for socket in self.server.transport.sockets if socket.name == text), None)

    def _send_by(self, ctx: Context, socket: Socket | None, what: bytes) -> int:
        if socket is None:
            return _unknown(what)
        ctx.draft.send_socket = socket
        return 1

    def _received_by(self, ctx: Context, socket: Socket | None, what: bytes) -> int:
        if socket is None:
            return _unknown(what)
        flow = ctx.message.flow
        ctx.message.flow = Flow(socket, flow.host, flow.port)
        return 1

    @script_function()
    def set_source_address(self, ctx: Context, saddr: bytes) -> int:
        """Treat the message as if it had come from this address: `192.0.2.9:5060`, the port 5060 where missing. False
        for a name: it is not looked up."""
        address = parse_address(saddr)
        try:
            ip_address(address.host)
        except ValueError:
            return -1
        flow = ctx.message.flow
        ctx.message.flow = Flow(flow.socket, address.host, address.port or 5060, flow.connection)
        return 1

    @script_function()
    def is_socket_name(self, ctx: Context, sockname: bytes) -> int:
        """True when a socket of ours has this name."""
        return -1 if self._by_name(sockname) is None else 1

    @script_function()
    def add_tcp_alias(self, ctx: Context, port: int) -> int:
        """Send what goes to this port of the peer over the connection that the message came in by; 0: the port of its
        top Via. RFC 5923."""
        flow, via = ctx.message.flow, ctx.message.via
        if flow.connection is None:
            return -1
        if port <= 0:
            port = (via.port if via is not None else None) or 5060
        return 1 if self.server.transport.add_connection_alias(flow, port) else -1

    @pseudo_variable("lsock")
    def pv_socket(self, ctx: Context, inner: bytes) -> Value:
        """$lsock(match/value/field): a socket of ours by its name (n), address (l), advertised address (a) or number
        (i), and one of these of it: $lsock(n/side/l)."""
        match, slash, rest = inner.partition(b"/")
        value, slash, field = rest.rpartition(b"/")
        if not slash or match not in (b"n", b"l", b"a", b"i") or field[:1] not in (b"n", b"l", b"a", b"i"):
            raise ScriptError(f"$lsock({inner.decode(errors='replace')}): must be match/value/field of n, l, a, i")
        for number, socket in enumerate(self.server.transport.sockets):
            facts = _facts(number, socket)
            if facts[match].lower() == value.lower():
                return number if field[:1] == b"i" else facts[field[:1]]
        return None

    @rpc_command("corex.list_sockets")
    def rpc_list_sockets(self) -> list[dict[str, Any]]:
        """All sockets that this server listens on."""
        return [
            {
                "af": "IPv6" if socket.family == 6 else "IPv4",
                "proto": socket.proto,
                "name": socket.host,
                "addrlist": {"addr": socket.host},
                "port": str(socket.port),
                "sockstr": socket.text.decode(),
                "agname": "none",
                "mcast": "no",
                "mhomed": "no",
                "virtual": "yes" if socket.virtual else "no",
                "sockname": socket.name or "-",
                "advertise": _advertised(socket).decode() or "-",
            }
            for socket in self.server.transport.sockets
        ]

    @rpc_command("corex.list_aliases")
    def rpc_list_aliases(self) -> list[dict[str, Any]]:
        """All further names of this server: the `alias` lines of the script and what its addresses are called."""
        return [
            {"proto": proto or "any", "addr": host, "port": port}
            for host, port, proto in self.server.transport.aliases()
        ]


def _advertised(socket: Socket) -> bytes:
    """`udp:example.com:5060` where the socket has an address of its own to show."""
    if (socket.advertised_host, socket.advertised_port) == (socket.host, socket.port):
        return b""
    return f"{socket.proto}:{socket.advertised_host}:{socket.advertised_port}".encode()


def _facts(number: int, socket: Socket) -> dict[bytes, bytes]:
    return {b"n": socket.name.encode(), b"l": socket.text, b"a": _advertised(socket), b"i": b"%d" % number}


def _unknown(what: bytes) -> int:
    log.warn("no socket found to match [{what}]", what=what.decode(errors="replace"))
    return 1
