# -*- test-case-name: tests.modules.pv.test_sockets -*-
"""sockets: variables of addresses and sockets: where the message came from, where it was received, where it leaves."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sipapp.module import Context, Value, pseudo_variable
from sipapp.modules.pv.uris import PROTOCOLS
from sipapp.script.operands import RECEIVING, SENDING
from sipapp.script.values import TextWithNumber, text

if TYPE_CHECKING:
    from sipapp.interfaces.transport import Flow, Socket

FAMILIES = {4: 2, 6: 10}
"""Linux' numbers of the address families."""
_CONSTANTS = {
    b"IPv4": 2, b"IP4": 2, b"INET": 2, b"IPv6": 10, b"IP6": 10, b"INET6": 10,
    b"UDP": 1, b"TCP": 2, b"TLS": 3, b"SCTP": 4, b"WS": 5, b"WSS": 6,
}  # fmt: skip
_ENDS = ["ip", "af", "buf", "len", "port", "proto", "sproto"]
_RECEIVED = [
    *("af", "buf", "len", "safe", "proto", "srcip", "rcvip", "bufat", "hexat", "sproto", "evtype", "srcport", "rcvport")
]


class SocketVariables:
    """Addresses and sockets."""

    # -- the source -------------------------------------------------------------------------------------------------

    @pseudo_variable("si", "src_ip")
    def pv_si(self, ctx: Context) -> bytes | None:
        """$si: the address that the message came from."""
        flow = ctx.message.flow
        return None if flow is None else flow.host.encode()

    @pseudo_variable("siz")
    def pv_siz(self, ctx: Context) -> bytes | None:
        """$siz: the same, IPv6 in brackets."""
        flow = ctx.message.flow
        return None if flow is None else bracketed(flow.host)

    @pseudo_variable("sp", integer=True)
    def pv_sp(self, ctx: Context) -> int | None:
        """$sp: the port that the message came from."""
        flow = ctx.message.flow
        return None if flow is None else flow.port

    @pseudo_variable("su")
    def pv_su(self, ctx: Context) -> bytes | None:
        """$su: the source as a URI; its transport is left out where it is UDP."""
        return _source_uri(ctx, full=False)

    @pseudo_variable("sut")
    def pv_sut(self, ctx: Context) -> bytes | None:
        """$sut: the source as a URI with its transport."""
        return _source_uri(ctx, full=True)

    @pseudo_variable("sas")
    def pv_sas(self, ctx: Context) -> bytes | None:
        """$sas: the source as `udp:192.0.2.1:5060`."""
        flow = ctx.message.flow
        if flow is None:
            return None
        return b"%b:%b:%d" % (flow.socket.proto.encode(), bracketed(flow.host), flow.port)

    @pseudo_variable("pr", "proto")
    def pv_pr(self, ctx: Context) -> Value:
        """$pr: the transport that the message came by: udp, tcp, tls, ws, wss."""
        flow = ctx.message.flow
        return None if flow is None else protocol_text(flow.socket.proto)

    @pseudo_variable("prid", integer=True)
    def pv_prid(self, ctx: Context) -> int | None:
        """$prid: its number: udp 1, tcp 2, tls 3, ws 5, wss 6."""
        flow = ctx.message.flow
        return None if flow is None else protocol_text(flow.socket.proto).number

    @pseudo_variable("conid", integer=True)
    def pv_conid(self, ctx: Context) -> int | None:
        """$conid: the number of the connection that the message came by; null for UDP."""
        flow = ctx.message.flow
        return None if flow is None else getattr(flow.connection, "id", None)

    @pseudo_variable("af", keys=["id", "name"])
    def pv_af(self, ctx: Context, inner: bytes) -> Value:
        """$af(name): IPv4 or IPv6; $af(id): 2 or 10."""
        flow = ctx.message.flow
        if flow is None:
            return None
        return b"IPv%d" % flow.socket.family if inner == b"name" else FAMILIES[flow.socket.family]

    # -- the socket that received it --------------------------------------------------------------------------------

    @pseudo_variable("Ri")
    def pv_Ri(self, ctx: Context) -> bytes | None:
        """$Ri: the address of ours that the message came to."""
        flow = ctx.message.flow
        return None if flow is None else flow.socket.host.encode()

    @pseudo_variable("Rp", integer=True)
    def pv_Rp(self, ctx: Context) -> int | None:
        """$Rp: the port of ours that the message came to."""
        flow = ctx.message.flow
        return None if flow is None else flow.socket.port

    @pseudo_variable("Rn")
    def pv_Rn(self, ctx: Context) -> bytes | None:
        """$Rn: the name of the socket that the message came to; null where it has none."""
        flow = ctx.message.flow
        return None if flow is None else flow.socket.name.encode() or None

    @pseudo_variable("Ras")
    def pv_Ras(self, ctx: Context) -> bytes | None:
        """$Ras: that socket as `udp:192.0.2.1:5060`."""
        flow = ctx.message.flow
        return None if flow is None else flow.socket.text

    @pseudo_variable("Ru")
    def pv_Ru(self, ctx: Context) -> bytes | None:
        """$Ru: that socket as a URI; its transport is left out where it is UDP."""
        return _socket_uri(ctx, full=False)

    @pseudo_variable("Rut")
    def pv_Rut(self, ctx: Context) -> bytes | None:
        """$Rut: that socket as a URI with its transport."""
        return _socket_uri(ctx, full=True)

    @pseudo_variable("RAi")
    def pv_RAi(self, ctx: Context) -> bytes | None:
        """$RAi: the host that the socket advertises, its address where it advertises none."""
        flow = ctx.message.flow
        return None if flow is None else flow.socket.advertised_host.encode()

    @pseudo_variable("RAp", integer=True)
    def pv_RAp(self, ctx: Context) -> int | None:
        """$RAp: the port that the socket advertises, its own where it advertises none."""
        flow = ctx.message.flow
        return None if flow is None else flow.socket.advertised_port

    @pseudo_variable("RAu")
    def pv_RAu(self, ctx: Context) -> bytes | None:
        """$RAu: what the socket advertises as a URI; its transport is left out where it is UDP."""
        flow = ctx.message.flow
        return None if flow is None else _advertised(flow.socket, full=False)

    @pseudo_variable("RAut")
    def pv_RAut(self, ctx: Context) -> bytes | None:
        """$RAut: what the socket advertises as a URI with its transport."""
        flow = ctx.message.flow
        return None if flow is None else _advertised(flow.socket, full=True)

    # -- the socket that it shall leave by --------------------------------------------------------------------------

    @pseudo_variable("fs")
    def pv_fs(self, ctx: Context) -> bytes | None:
        """$fs: the socket that the message shall leave by, `udp:192.0.2.1:5060`; null where any will do.

        Written, it must be one of ours, else nothing changes; the transport may be left out. $null takes it away.
        """
        socket = ctx.draft.send_socket
        return None if socket is None else socket.text

    @pv_fs.setter
    def set_fs(self, ctx: Context, value: Value) -> None:
        if value is None:
            ctx.draft.send_socket = None
        elif (socket := find_socket(ctx, text(value))) is not None:
            ctx.draft.send_socket = socket

    @pseudo_variable("fsn")
    def pv_fsn(self, ctx: Context) -> bytes | None:
        """$fsn: the name of that socket. Written, it is the socket of this name."""
        socket = ctx.draft.send_socket
        return None if socket is None else socket.name.encode() or None

    @pv_fsn.setter
    def set_fsn(self, ctx: Context, value: Value) -> None:
        if value is None:
            ctx.draft.send_socket = None
            return
        name = text(value).decode(errors="replace")
        for socket in ctx.server.transport.sockets:
            if name and socket.name == name:
                ctx.draft.send_socket = socket
                return

    @pseudo_variable("fsp", integer=True)
    def pv_fsp(self, ctx: Context) -> int:
        """$fsp: the port of that socket; 0 where any will do."""
        socket = ctx.draft.send_socket
        return 0 if socket is None else socket.port

    # -- onsend_route, event_route[core:msg-received] ---------------------------------------------------------------

    @pseudo_variable("snd", "sndto", keys=_ENDS)
    def pv_sndto(self, ctx: Context, inner: bytes) -> Value:
        """$sndto(ip), $sndto(port), ...: where the message goes to; in an onsend_route. Also af, proto (their
        numbers), sproto (the transport's name), buf (the bytes) and len. $snd is another name for it."""
        return _sent(ctx, inner, there=True)

    @pseudo_variable("sndfrom", keys=_ENDS)
    def pv_sndfrom(self, ctx: Context, inner: bytes) -> Value:
        """$sndfrom(ip), $sndfrom(port), ...: our end; in an onsend_route. Its other names are those of $sndto."""
        return _sent(ctx, inner, there=False)

    @pseudo_variable("rcv", "recv", keys=_RECEIVED)
    def pv_rcv(self, ctx: Context, inner: bytes) -> Value:
        """$rcv(buf), $rcv(srcip), ...: what came in, in event_route[core:msg-received]: buf, len, af, proto, sproto,
        srcip, srcport, rcvip, rcvport; safe is 1 where every byte can be printed. Write $(rcv(...)) or $recv(...)."""
        data, flow = ctx.extra.get(RECEIVING) or (b"", None)
        return None if flow is None else _received(data, flow, inner)

    @pv_rcv.setter
    def set_rcv(self, ctx: Context, inner: bytes, value: Value) -> None:
        if inner == b"buf" and RECEIVING in ctx.extra:
            ctx.extra[RECEIVING] = (text(value), ctx.extra[RECEIVING][1])

    @pseudo_variable("K", keys=(name.decode() for name in _CONSTANTS), parse=_CONSTANTS.__getitem__, constant=True)
    def pv_K(self, ctx: Context, inner: Any) -> int:
        """$K(name): a constant: IPv4, IPv6, UDP, TCP, TLS, SCTP, WS, WSS; to compare $af(id) and $prid with."""
        return inner  # type: ignore[no-any-return]


def bracketed(host: str) -> bytes:
    """The host, an IPv6 address in brackets."""
    return f"[{host}]".encode() if ":" in host and host[0] != "[" else host.encode()


def address_uri(proto: str, host: str, port: int, full: bool) -> bytes:
    """`sip:host:port;transport=proto`; UDP is left out unless `full`."""
    uri = b"sip:%b:%d" % (bracketed(host), port)
    return uri + b";transport=" + proto.encode() if full or proto != "udp" else uri


def _source_uri(ctx: Context, full: bool) -> bytes | None:
    flow = ctx.message.flow
    return None if flow is None else address_uri(flow.socket.proto, flow.host, flow.port, full)


def _socket_uri(ctx: Context, full: bool) -> bytes | None:
    flow = ctx.message.flow
    return None if flow is None else address_uri(flow.socket.proto, flow.socket.host, flow.socket.port, full)


def _advertised(socket: Socket, full: bool) -> bytes:
    return address_uri(socket.proto, socket.advertised_host, socket.advertised_port, full)


@lru_cache(maxsize=16)
def protocol_text(proto: str) -> TextWithNumber:
    """The transport's name with its number."""
    name = proto.encode()
    return TextWithNumber(name, PROTOCOLS.get(name, 0))


def find_socket(ctx: Context, name: bytes) -> Any:
    """Our socket called `proto:host:port`, proto and port may be left out; None where there is none."""
    proto, colon, rest = name.partition(b":")
    if not colon or proto.lower() not in PROTOCOLS:
        proto, rest = b"", name
    host, port = rest, b""
    if rest.endswith(b"]") or (rest.count(b":") > 1 and not rest.startswith(b"[")):
        host = rest.strip(b"[]")
    elif b":" in rest:
        host, _, port = rest.rpartition(b":")
        host = host.strip(b"[]")
    if not host or (port and not port.isdigit()):
        return None
    return ctx.server.transport.find_socket(
        proto.lower().decode() or None, host.decode(errors="replace"), int(port) if port else None
    )


def _sent(ctx: Context, part: bytes, there: bool) -> Value:
    data, flow = ctx.extra.get(SENDING) or (b"", None)
    if flow is None:
        return None
    socket: Socket = flow.socket
    if part == b"buf":
        return data
    if part == b"len":
        return len(data)
    if part == b"af":
        return FAMILIES[socket.family]
    if part == b"proto":
        return protocol_text(socket.proto).number
    if part == b"sproto":
        return socket.proto.encode()
    if part == b"port":
        return flow.port if there else socket.port
    return (flow.host if there else socket.host).encode()


def _received(data: bytes, flow: Flow, part: bytes) -> Value:
    if part in (b"buf", b"bufat"):
        return data
    if part == b"len":
        return len(data)
    if part == b"safe":
        return int(all(32 <= code < 127 or code in b"\r\n\t" for code in data))
    if part == b"evtype":
        return 0
    if part == b"hexat":
        return None
    socket = flow.socket
    values: dict[bytes, Value] = {
        b"af": FAMILIES[socket.family],
        b"proto": protocol_text(socket.proto).number,
        b"sproto": socket.proto.encode(),
        b"srcip": flow.host.encode(),
        b"srcport": flow.port,
        b"rcvip": socket.host.encode(),
        b"rcvport": socket.port,
    }
    return values[part]
