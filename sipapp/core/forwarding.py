# -*- test-case-name: tests.core.test_forwarding -*-
"""forwarding: forward() and its like: a request sent on without a transaction. RFC 3261 §16.11."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Iterator
from hashlib import blake2b
from ipaddress import AddressValueError, IPv6Address
from typing import TYPE_CHECKING

from twisted.internet.defer import Deferred

from sipapp.core.onsend import may_be_sent
from sipapp.errors import ConfigError, ParseError, TransportError
from sipapp.ids import MAGIC_COOKIE
from sipapp.interfaces.server import IServer
from sipapp.log import Logger
from sipapp.message.draft import Outbound
from sipapp.message.request import Request
from sipapp.message.uri import Uri
from sipapp.module import ANY, ONSEND, Context, ScriptError, Text, script_function
from sipapp.module.reply import REFUSAL, refused
from sipapp.module.via import via_line
from sipapp.statistics import Counter

if TYPE_CHECKING:
    from sipapp.interfaces.transport import Flow, Target

log = Logger()

_ELSEWHERE = ANY & ~ONSEND
_NONE = Text(b"")
_OF_URI = {"host": b"uri:host", "port": b"uri:port"}
_PROHIBITED = -510  # Kamailio's E_ADM_PROHIBITED: onsend_route dropped it
_NAME = re.compile(rb"[\w.-]+", re.ASCII)


def given_host(text: bytes) -> bytes:
    """As a URI has it: a name, an IPv4 address, an IPv6 address in brackets; or `uri:host`."""
    if text == _OF_URI["host"] or _NAME.fullmatch(text):
        return text
    try:
        return b"[%b]" % IPv6Address(text.decode().removeprefix("[").removesuffix("]")).compressed.encode()
    except (AddressValueError, UnicodeDecodeError):
        raise ConfigError(f"{text.decode(errors='replace')!r} is no host; a port is an argument of its own") from None


def given_port(text: bytes) -> bytes:
    """A number, or `uri:port`; b"" for 0, the default."""
    if text == _OF_URI["port"]:
        return text
    if not text.isdigit() or len(text) > 5 or int(text) > 65535:
        raise ConfigError(f"{text.decode(errors='replace')!r} is no port")
    return b"%d" % int(text) if int(text) else b""


_PLACE = {"host": given_host, "port": given_port}


class ForwardFunctions:
    """Where to: a host and a port, or `uri:host, uri:port`, or nothing: the next hop ($du), else the Request-URI."""

    server: IServer
    forwarded_requests: Counter
    dropped_requests: Counter

    @script_function(routes=_ELSEWHERE, suspends=True, asynchronous=False, parse=_PLACE)
    def forward(self, ctx: Context, host: Text = _NONE, port: Text = _NONE) -> int | Awaitable[int]:
        """Send the request on; nobody hears of its responses but those that come back by our Via."""
        return self._forward(ctx, host, port, None)

    @script_function(routes=_ELSEWHERE, suspends=True, asynchronous=False, parse=_PLACE)
    def forward_udp(self, ctx: Context, host: Text, port: Text = _NONE) -> int | Awaitable[int]:
        """As forward(), by UDP."""
        return self._forward(ctx, host, port, "udp")

    @script_function(routes=_ELSEWHERE, suspends=True, asynchronous=False, parse=_PLACE)
    def forward_tcp(self, ctx: Context, host: Text, port: Text = _NONE) -> int | Awaitable[int]:
        """As forward(), by TCP."""
        return self._forward(ctx, host, port, "tcp")

    @script_function(routes=_ELSEWHERE, suspends=True, asynchronous=False, parse=_PLACE)
    def forward_tls(self, ctx: Context, host: Text, port: Text = _NONE) -> int | Awaitable[int]:
        """As forward(), by TLS."""
        return self._forward(ctx, host, port, "tls")

    @script_function(routes=_ELSEWHERE, suspends=True, asynchronous=False, parse=_PLACE)
    def forward_sctp(self, ctx: Context, host: Text, port: Text = _NONE) -> int | Awaitable[int]:
        """As forward(), by SCTP, which this server does not speak: false."""
        return self._forward(ctx, host, port, "sctp")

    def _forward(self, ctx: Context, host: bytes, port: bytes, proto: str | None) -> int | Awaitable[int]:
        """Send it on, and count what becomes of it."""
        try:
            answer = self._send_on(ctx, host, port, proto)
        except ScriptError:
            self.dropped_requests.value += 1
            raise
        if not isinstance(answer, int):
            return self._counted(answer)
        self.forwarded_requests.value += 1
        return answer

    async def _counted(self, sending: Awaitable[int]) -> int:
        counter = self.dropped_requests
        try:
            code = await sending
            if code > 0:
                counter = self.forwarded_requests
            return code
        finally:
            counter.value += 1

    def _send_on(self, ctx: Context, host: bytes, port: bytes, proto: str | None) -> int | Awaitable[int]:
        request = ctx.message
        if not isinstance(request, Request):
            raise ScriptError("only requests are forwarded")
        if refused(ctx):
            raise ScriptError(f"not forwarded: {ctx.extra[REFUSAL].reason}")
        uri, fixed = _target(ctx, request, host, port)
        if fixed and proto is None:
            proto = ctx.message.flow.socket.proto
        try:
            targets = self.server.transport.resolve(uri, proto)
        except TransportError as why:
            raise ScriptError(str(why)) from None
        if isinstance(targets, Deferred) or self.server.script.onsend_route is not None:
            return self._in_time(ctx, request, targets)
        flow, data = next(self._packets(ctx, request, targets))
        self.server.transport.send(data, flow, _not_sent, ctx.draft.forward_flags)
        return 1

    async def _in_time(self, ctx: Context, request: Request, targets: list[Target] | Deferred[list[Target]]) -> int:
        """Once the addresses are known and onsend_route lets one pass."""
        if isinstance(targets, Deferred):
            try:
                targets = await targets
            except TransportError as why:
                raise ScriptError(str(why)) from None
        for flow, data in self._packets(ctx, request, targets):
            if await may_be_sent(ctx, data, flow):
                self.server.transport.send(data, flow, _not_sent, ctx.draft.forward_flags)
                return 1
        return _PROHIBITED

    def _packets(self, ctx: Context, message: Request, targets: list[Target]) -> Iterator[tuple[Flow, bytes]]:
        """What goes to each target that there is a flow to. Raises ScriptError: to none."""
        draft, transport = ctx.draft, self.server.transport
        why: TransportError | None = None
        found = False
        for target in targets:
            try:
                flow = transport.flow(target, draft.send_socket, message.flow.socket)
            except TransportError as error:
                why = error
                continue
            via = via_line(ctx, flow.socket, stateless_branch(message))
            outbound = Outbound(flow.socket, message.flow.socket)
            yield flow, draft.render_request(message, draft.request_uri or message.uri, via, outbound)
            found = True
        if not found:
            raise ScriptError(f"not forwarded: {why or 'no target'}")


def _target(ctx: Context, request: Request, host: bytes, port: bytes) -> tuple[Uri, bool]:
    """Where to send, and whether the script gave the host. Raises ScriptError."""
    try:
        if host and host != _OF_URI["host"]:
            return Uri.parse(b"sip:%b:%b" % (host, port) if port else b"sip:" + host), True
        uri = Uri.parse(ctx.draft.next_hop or ctx.draft.request_uri or request.uri)
        if port and port != _OF_URI["port"] and uri.host is not None:
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
