# -*- test-case-name: tests.modules.test_path -*-
"""path: a proxy between clients and their registrar writes itself into Path, so that calls come back through it.

RFC 3327; with flow tokens RFC 5626 §5.1.
"""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from zope.interface import implementer

from sipapp.errors import ParseError
from sipapp.interfaces.outbound import IOutbound
from sipapp.interfaces.record_route import IRecordRoute
from sipapp.interfaces.server import IAfterStart
from sipapp.interfaces.transport import Flow, Socket
from sipapp.log import Logger
from sipapp.message.draft import Outbound
from sipapp.message.parameters import Parameters, unquote
from sipapp.message.uri import Uri
from sipapp.module import (
    REQUEST,
    ConfigError,
    Context,
    IServer,
    ScriptError,
    modparam,
    module,
    script_function,
)

log = Logger()

_TRANSPORTS = {"udp": b"", "tcp": b"tcp", "tls": b"tls", "sctp": b"sctp", "ws": b"ws", "wss": b"ws"}
_NUMBERS = {"udp": 1, "tcp": 2, "tls": 3, "sctp": 4, "ws": 5, "wss": 6}
_PROTOCOLS = {b"2": b"tcp", b"3": b"tls", b"4": b"sctp", b"5": b"ws", b"6": b"wss"}


class PathLine:
    """The Path line, or the two lines of `enable_r2`, written when the socket that the request leaves by is known."""

    __slots__ = ("advertised_host", "advertised_port", "double", "given", "head", "names", "received_by", "tail")

    def __init__(self, received_by: Socket, head: bytes, tail: bytes, double: bool, names: bool) -> None:
        self.received_by = received_by
        self.head = head  # `Path: <sip:` and the user part
        self.tail = tail  # `;lr` and what follows
        self.double = double
        self.names = names
        self.given: bytes | None = None  # the address of add_path_advertised_address()
        self.advertised_host: bytes | None = None  # what set_advertised_address() and set_advertised_port() said,
        self.advertised_port: int | None = None  # for the outer line

    def __call__(self, outbound: Outbound) -> bytes:
        outer = outbound.send_socket or self.received_by
        text = self._line(outer, self._advertised(outer))
        return text + self._line(self.received_by, self.received_by.sent_by) if self.double else text

    def _advertised(self, socket: Socket) -> bytes:
        if self.advertised_host is None and not self.advertised_port:
            return socket.sent_by
        host = self.advertised_host or socket.sent_by.removesuffix(b":%d" % socket.advertised_port)
        port = self.advertised_port or socket.advertised_port
        return host if port == 5060 and not self.advertised_port else b"%b:%d" % (host, port)

    def _line(self, socket: Socket, address: bytes) -> bytes:
        transport = _TRANSPORTS[socket.proto]
        if self.given is not None:
            place = b"%b;transport=%b" % (self.given, transport or b"udp")
        else:
            place = address + (b";transport=" + transport if transport else b"")
        name = b";sn=" + socket.name.encode() if self.names and socket.name else b""
        return b"%b%b%b%b>\r\n" % (self.head, place, name, self.tail)


@implementer(IAfterStart)
@module("path")
class Path:
    """Path."""

    use_received: int = modparam(
        default=0, doc="1: loose_route() sends a request to the address in its Route's `received`; needs rr"
    )
    received_format: int = modparam(
        default=0, doc="how `received` is written, 0: sip:ADDRESS:PORT, 1: ADDRESS~PORT~PROTO"
    )
    enable_r2: int = modparam(default=0, doc="1: two lines, for the sockets of both sides, each with r2=on")
    sockname_mode: int = modparam(default=0, doc="1: name the socket by the parameter sn")
    received_name: bytes = modparam(default=b"received", doc="the name of the parameter `received`")

    def start(self, server: IServer) -> None:
        self.server = server
        self.outbound: IOutbound | None = server.find(IOutbound)

    def started(self) -> None:
        """Raises ConfigError: `use_received` without rr."""
        if self.use_received:
            rr: IRecordRoute | None = self.server.find(IRecordRoute)
            if rr is None:
                raise ConfigError('modparam("path", "use_received"): the module rr must be loaded')
            rr.on_loose_route(self.loose_routed)

    @script_function(routes=REQUEST)
    def add_path(self, ctx: Context, user: bytes | None = None, parameters: bytes = b"") -> int:
        """Put ourselves on top of Path: `user` before our address (without it, the flow token of the module outbound
        where that is in use), `parameters` (`name=value`) behind it."""
        return self._add(ctx, user, parameters, b"")

    @script_function(routes=REQUEST)
    def add_path_received(self, ctx: Context, user: bytes | None = None, parameters: bytes = b"") -> int:
        """As add_path(), with the address that the request came from in the parameter `received`."""
        return self._add(ctx, user, parameters, self._received(ctx.message.flow))

    @script_function(routes=REQUEST)
    def add_path_advertised_address(
        self, ctx: Context, address: bytes, user: bytes | None = None, parameters: bytes = b""
    ) -> int:
        """As add_path(), with this address (`host` or `host:port`) in place of ours."""
        return self._add(ctx, user, parameters, b"", _checked(address))

    @script_function(routes=REQUEST)
    def add_path_received_advertised_address(
        self, ctx: Context, address: bytes, user: bytes | None = None, parameters: bytes = b""
    ) -> int:
        """As add_path_received(), with this address (`host` or `host:port`) in place of ours."""
        return self._add(ctx, user, parameters, self._received(ctx.message.flow), _checked(address))

    def _add(
        self, ctx: Context, user: bytes | None, parameters: bytes, received: bytes, address: bytes | None = None
    ) -> int:
        message, draft = ctx.message, ctx.draft
        tail = b";lr" + received
        if user is None and self.outbound is not None and self.outbound.use_outbound(ctx):
            user = self.outbound.encode_flow_token(message.flow)
            if len(message.vias) == 1:  # we are the first hop. RFC 5626 §5.1
                tail += b";ob"
        if parameters:
            tail += b";" + parameters
        if self.enable_r2:
            tail += b";r2=on"
        head = b"Path: <sip:%b@" % user if user else b"Path: <sip:"
        line = PathLine(message.flow.socket, head, tail, self.enable_r2 != 0, self.sockname_mode != 0)
        line.given = address
        line.advertised_host, line.advertised_port = draft.advertised_host, draft.advertised_port
        field = message.field(b"path")
        draft.insert(message.head.end if field is None else field.start, line)
        return 1

    def _received(self, flow: Flow) -> bytes:
        host, proto = f"[{flow.host}]" if ":" in flow.host else flow.host, flow.socket.proto
        if self.received_format:
            text = f"{host}~{flow.port}~{_NUMBERS[proto]}".encode()
        else:
            text = f"sip:{host}:{flow.port}".encode()
            if proto != "udp":
                text += b"%%3Btransport%%3D%b" % _TRANSPORTS[proto]
        return b";%b=%b" % (self.received_name, text)

    def loose_routed(self, ctx: Context, parameters: bytes) -> None:
        """Our own Route entry, as it came back in a request to the client: on to where the client registered from."""
        try:
            received = unquote(Parameters.parse(parameters).get(self.received_name.lower(), b"") or b"")
            if received:
                ctx.draft.next_hop = (_from_parts if self.received_format else _from_uri)(received)
        except ParseError as why:
            log.error("{name}: {why}", name=self.received_name.decode(), why=why.reason)


def _checked(address: bytes) -> bytes:
    """Raises ScriptError: not the host part of a URI."""
    try:
        if address and Uri.parse(b"sip:%b;lr" % address).host:
            return address
    except ParseError:
        pass
    raise ScriptError(f"invalid advertised address: {address.decode(errors='replace')}")


def _from_uri(received: bytes) -> bytes:
    """`sip:192.0.2.1:5070%3Btransport%3Dtcp` -> `sip:192.0.2.1:5070;transport=tcp`. Raises ParseError."""
    uri = unquote_to_bytes(received)
    if any(byte < 32 or byte > 126 for byte in uri):
        raise ParseError(f"malformed address {received!r}")
    return uri


def _from_parts(received: bytes) -> bytes:
    """`192.0.2.1~5070~2` -> `sip:192.0.2.1:5070;transport=tcp`. Raises ParseError."""
    host, _, rest = received.partition(b"~")
    port, _, proto = rest.partition(b"~")
    number = proto[:1]
    if not port.isdigit() or number not in (b"", b"1", *_PROTOCOLS):
        raise ParseError(f"malformed address {received!r}")
    transport = _PROTOCOLS.get(number)
    return b"sip:%b:%b" % (host, port) + (b";transport=" + transport if transport else b"")
