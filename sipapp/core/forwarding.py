# -*- test-case-name: tests.core.test_forwarding -*-
"""forwarding: forward() and its like: a request sent on without a transaction. RFC 3261 §16.11."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from sipapp.errors import ParseError, TransportError
from sipapp.ids import MAGIC_COOKIE
from sipapp.interfaces.server import IServer
from sipapp.log import Logger
from sipapp.message.draft import Outbound
from sipapp.message.request import Request
from sipapp.message.uri import Uri
from sipapp.module import ANY, ONSEND, Context, ScriptError, Text, script_function
from sipapp.module.via import via_line

if TYPE_CHECKING:
    from sipapp.interfaces.transport import Target

log = Logger()

_ELSEWHERE = ANY & ~ONSEND
_NONE = Text(b"")


class ForwardFunctions:
    """Where to: a host and a port, or `uri:host, uri:port`, or nothing: the next hop ($du), else the Request-URI."""

    server: IServer

    @script_function(routes=_ELSEWHERE, asynchronous=False)
    def forward(self, ctx: Context, host: Text = _NONE, port: Text = _NONE) -> int | Deferred[int]:
        """Send the request on; nobody hears of its responses but those that come back by our Via."""
        return self._forward(ctx, host, port, None)

    @script_function(routes=_ELSEWHERE, asynchronous=False)
    def forward_udp(self, ctx: Context, host: Text, port: Text = _NONE) -> int | Deferred[int]:
        """As forward(), by UDP."""
        return self._forward(ctx, host, port, "udp")

    @script_function(routes=_ELSEWHERE, asynchronous=False)
    def forward_tcp(self, ctx: Context, host: Text, port: Text = _NONE) -> int | Deferred[int]:
        """As forward(), by TCP."""
        return self._forward(ctx, host, port, "tcp")

    @script_function(routes=_ELSEWHERE, asynchronous=False)
    def forward_tls(self, ctx: Context, host: Text, port: Text = _NONE) -> int | Deferred[int]:
        """As forward(), by TLS."""
        return self._forward(ctx, host, port, "tls")

    @script_function(routes=_ELSEWHERE, asynchronous=False)
    def forward_sctp(self, ctx: Context, host: Text, port: Text = _NONE) -> int | Deferred[int]:
        """As forward(), by SCTP, which this server does not speak: false."""
        return self._forward(ctx, host, port, "sctp")

    def _forward(self, ctx: Context, host: bytes, port: bytes, proto: str | None) -> int | Deferred[int]:
        request = ctx.message
        if not isinstance(request, Request):
            raise ScriptError("only requests are forwarded")
        uri, fixed = _target(ctx, request, host, port)
        if fixed and proto is None:
            proto = ctx.message.flow.socket.proto
        try:
            targets = self.server.transport.resolve(uri, proto)
        except TransportError as why:
            raise ScriptError(str(why)) from None
        if isinstance(targets, Deferred):
            return targets.addCallbacks(lambda found: self._send(ctx, request, found), _unresolved)
        return self._send(ctx, request, targets)

    def _send(self, ctx: Context, message: Request, targets: list[Target]) -> int:
        """To the first target that there is a flow to."""
        draft, transport = ctx.draft, self.server.transport
        why: TransportError | None = None
        for target in targets:
            try:
                flow = transport.flow(target, draft.send_socket, message.flow.socket)
            except TransportError as error:
                why = error
                continue
            via = via_line(ctx, flow.socket, stateless_branch(message))
            outbound = Outbound(flow.socket, message.flow.socket)
            data = draft.render_request(message, draft.request_uri or message.uri, via, outbound)
            transport.send(data, flow, _not_sent, draft.forward_flags)
            return 1
        raise ScriptError(f"not forwarded: {why or 'no target'}")


def _target(ctx: Context, request: Request, host: bytes, port: bytes) -> tuple[Uri, bool]:
    """Where to send, and whether the script gave the host. Raises ScriptError."""
    try:
        if host and host != b"uri:host":
            address = b"[%b]" % host if b":" in host and not host.startswith(b"[") else host
            return Uri.parse(b"sip:%b:%b" % (address, port) if port.strip(b"0") else b"sip:" + address), True
        uri = Uri.parse(ctx.draft.next_hop or ctx.draft.request_uri or request.uri)
        if port and port != b"uri:port" and uri.host is not None:
            uri = Uri.parse(
                b"%b:%b:%b%b" % (uri.scheme, uri.host, port, bytes(uri.parameters) and b";" + bytes(uri.parameters))
            )
    except ParseError as why:
        raise ScriptError(f"not forwarded: {why}") from None
    return uri, False


def stateless_branch(request: Request) -> bytes:
    """The same for a retransmission, another for another request. RFC 3261 §16.11."""
    via, cseq = request.via, request.cseq
    if via is not None and via.branch and via.branch.startswith(MAGIC_COOKIE):
        parts = [via.branch, via.host]
    else:
        parts = [request.uri, request.call_id, *request.values(b"from"), *request.values(b"to")]
        parts += [via.host if via is not None else b"", b"%d" % cseq.number if cseq is not None else b""]
    digest = blake2b(b"\0".join(parts), digest_size=12).hexdigest().encode()
    return MAGIC_COOKIE + digest


def _not_sent(error: TransportError) -> None:
    log.warn("not forwarded: {error}", error=str(error))


def _unresolved(failure: Failure) -> int:
    """No address: false to the script."""
    failure.trap(TransportError)
    raise ScriptError(failure.getErrorMessage())
