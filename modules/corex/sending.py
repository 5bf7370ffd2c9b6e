# -*- test-case-name: tests.modules.corex.test_sending -*-
"""sending: the request as it came, or any bytes, to wherever the script says; and requests without the Via they had."""

from __future__ import annotations

import re
from collections.abc import Callable

from twisted.internet.defer import Deferred

from sipapp.errors import ParseError, TransportError
from sipapp.interfaces.server import IServer
from sipapp.interfaces.transport import Socket, Target
from sipapp.log import Logger
from sipapp.message.draft import Outbound
from sipapp.message.request import Request
from sipapp.message.response import Response
from sipapp.message.uri import Uri
from sipapp.module import CORE_ONREPLY, FAILURE, REQUEST, Context, ScriptError, script_function
from sipapp.module.via import via_line
from sipapp.modules.corex.addresses import parse_address

log = Logger()

_HOST_PORT = re.compile(rb"(\[[^\]]*\]|[^:]*)(?::([0-9]*))?").fullmatch


class Sending:
    """Functions that send."""

    server: IServer

    @script_function(routes=REQUEST | FAILURE, asynchronous=False)
    def send_udp(self, ctx: Context, host_port: bytes = b"") -> int | Deferred[int]:
        """Send the request, byte for byte as it came, by UDP to `host:port`, or to $du or the Request-URI."""
        return self._send_as_received(ctx, host_port, "udp")

    @script_function(routes=REQUEST | FAILURE, asynchronous=False)
    def send_tcp(self, ctx: Context, host_port: bytes = b"") -> int | Deferred[int]:
        """Send the request, byte for byte as it came, by TCP to `host:port`, or to $du or the Request-URI."""
        return self._send_as_received(ctx, host_port, "tcp")

    def _send_as_received(self, ctx: Context, host_port: bytes, proto: str) -> int | Deferred[int]:
        if host_port:
            found = _HOST_PORT(host_port)
            if found is None:
                raise ScriptError(f"no host and port: {host_port.decode(errors='replace')}")
            uri = _uri(b"sip:%b:%d" % (found[1], int(found[2] or 5060)))
        else:
            uri = _uri(_next_hop(ctx))
        return self._to_first(uri, proto, lambda target: self._send(ctx.message.raw, target, ctx.draft.send_socket))

    @script_function(asynchronous=False)
    def send_data(self, ctx: Context, uri: bytes, data: bytes) -> int | Deferred[int]:
        """Send these bytes to a SIP URI's host, port and transport."""
        return self._to_first(_uri(uri), None, lambda target: self._send(data, target, None))

    @script_function(asynchronous=False)
    def sendx(self, ctx: Context, uri: bytes, sock: bytes, data: bytes) -> int | Deferred[int]:
        """As send_data(), by a socket of ours: `udp:192.0.2.1:5060`."""
        socket = None
        if sock:
            address = parse_address(sock)
            socket = self.server.transport.find_socket(address.proto, address.host, address.port)
            if socket is None:
                log.warn("local socket not found: {sock}", sock=sock.decode(errors="replace"))
        return self._to_first(_uri(uri), None, lambda target: self._send(data, target, socket))

    @script_function(routes=REQUEST, asynchronous=False)
    def forward_uac(self, ctx: Context, bindex: int = 0) -> int | Deferred[int]:
        """Send the request to $du or the Request-URI as if it began here: its only Via is ours, and so nobody hears of
        its responses. `bindex` tells branches apart."""
        return self._as_client(ctx, _uri(_next_hop(ctx)), bindex)

    @script_function(routes=REQUEST, asynchronous=False)
    def forward_uac_uri(self, ctx: Context, vuri: bytes, bindex: int = 0) -> int | Deferred[int]:
        """As forward_uac(), to this URI; the Request-URI stays as it is."""
        return self._as_client(ctx, _uri(vuri or _next_hop(ctx)), bindex)

    def _as_client(self, ctx: Context, uri: Uri, index: int) -> int | Deferred[int]:
        message, draft = ctx.message, ctx.draft.fork()
        assert isinstance(message, Request)
        for field in message.all_fields(b"via"):
            draft.remove_field(field)
        request_uri = draft.request_uri or message.uri
        branch = self.server.ids.branch() + b".%d" % index

        def send(target: Target) -> int:
            transport = self.server.transport
            flow = transport.flow(target, draft.send_socket, message.flow.socket)
            via = via_line(ctx, flow.socket, branch)
            outbound = Outbound(flow.socket, message.flow.socket)
            data = draft.render_request(message, request_uri, via, outbound)
            transport.send(data, flow, flags=draft.forward_flags)
            return 1

        return self._to_first(uri, None, send)

    @script_function(routes=CORE_ONREPLY)
    def forward_reply(self, ctx: Context) -> int:
        """Send the response on by its next Via now, with the changes made so far; its transaction gets it as well."""
        response = ctx.message
        if isinstance(response, Response) and len(response.vias) > 1:
            draft = ctx.draft
            data = draft.render_response(response, Outbound(draft.send_socket, response.flow.socket))
            self.server.transport.forward_response(data, response, flags=draft.forward_flags | draft.reply_flags)
        return 1

    def _to_first(self, uri: Uri, proto: str | None, send: Callable[[Target], int]) -> int | Deferred[int]:
        """Find the best target of a URI, if need be by DNS, and send."""
        try:
            targets = self.server.transport.resolve(uri, proto)
        except TransportError as why:
            raise ScriptError(str(why)) from None
        if isinstance(targets, Deferred):
            return targets.addCallback(lambda found: send(found[0]))
        return send(targets[0])

    def _send(self, data: bytes, target: Target, socket: Socket | None) -> int:
        transport = self.server.transport
        try:
            transport.send(data, transport.flow(target, socket))
        except TransportError as why:
            raise ScriptError(str(why)) from None
        return 1


def _next_hop(ctx: Context) -> bytes:
    message, draft = ctx.message, ctx.draft
    assert isinstance(message, Request)
    return draft.next_hop or draft.request_uri or message.uri


def _uri(text: bytes) -> Uri:
    try:
        return Uri.parse(text)
    except ParseError as why:
        raise ScriptError(f"bad dst sip uri: {why}") from None
