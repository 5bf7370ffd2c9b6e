# -*- test-case-name: tests.modules.tm.test_hops -*-
"""hops: the way out: the next hop's addresses, the socket, our Via, and the request as it goes out. RFC 3261 §16.6."""

from __future__ import annotations

from collections.abc import Awaitable, Coroutine
from typing import TYPE_CHECKING, Any

from sipapp.errors import ParseError, TransportError
from sipapp.interfaces.transport import Flow, Socket, Target
from sipapp.log import Logger
from sipapp.message.draft import Draft, Outbound
from sipapp.message.uri import Uri
from sipapp.module.reply import ERROR, refused
from sipapp.module.via import FLAGS, flags_of_via, via_line
from sipapp.modules.tm.branch import Branch
from sipapp.modules.tm.reasons import NO_SOCKET, UNRESOLVABLE
from sipapp.modules.tm.suspend import Suspending
from sipapp.script.runtime import Context

if TYPE_CHECKING:
    from sipapp.message.request import Request

log = Logger()

Relayed = int | Coroutine[Any, Any, int]
"""What relaying answers: Kamailio's number, at once as a rule, else what to wait for."""


async def settled(answer: Relayed) -> int:
    """The number, in the end."""
    return answer if isinstance(answer, int) else await answer


class Hopping(Suspending):
    """Finds the way."""

    def _way(self, ctx: Context, hop: Uri | None, text: bytes, proto: str | None) -> Any:
        """The flow to the next hop where that is clear at once, else its addresses. RFC 3263. Raises ParseError,
        TransportError."""
        request: Any = ctx.message
        if proto is None:
            flow = self.transport.way(text if hop is None else hop.text, ctx.draft.send_socket, request.flow.socket)
            if flow is not None:
                return flow
        if hop is None:
            hop = request.parsed_uri if text is request.uri else Uri.parse(text)
        return self.transport.resolve(hop, proto)

    def _flow(self, targets: list[Any], draft: Draft, request: Request) -> Flow | None:
        """To the first target for which we have a socket."""
        while targets:
            try:
                flow: Flow = self.transport.flow(targets[0], draft.send_socket, request.flow.socket)
            except TransportError:
                del targets[0]
            else:
                return flow
        return None

    def _render(self, ctx: Context, branch: Branch, flow: Flow) -> tuple[bytes, bytes]:
        """Our Via line, and the request with it on top."""
        request: Any = ctx.message
        draft = ctx.draft
        if FLAGS in ctx.extra:
            branch.bits = flags_of_via(ctx)
        number = b".%d" % branch.index if branch.index else b".0"  # to format costs more than all else here
        branch.branch_id = branch_id = branch.transaction.branch_base + number
        via, outbound = self._leaving(ctx, flow.socket, branch_id)
        lines = via
        if branch.path:
            route = request.field(b"route")
            if route is None:
                lines = via + b"Route: %b\r\n" % branch.path
            else:
                draft = draft.fork()
                draft.insert(route.start, b"Route: %b\r\n" % branch.path)
        data = draft.render_request(request, branch.uri, lines, outbound)
        if len(data) > self.udp_mtu > 0 and flow.socket.proto == "udp":
            other = self._by_stream(ctx, flow)
            if other is not None:
                branch.flow = other
                return self._render(ctx, branch, other)
        return via, data

    def _by_stream(self, ctx: Context, flow: Flow) -> Flow | None:
        """What is too long for a datagram goes over a stream. RFC 3261 §18.1.1."""
        proto = ctx.draft.fallback_proto or self.udp_mtu_try_proto
        if not proto or proto == "udp":
            return None
        try:
            other: Flow = self.transport.flow(Target(proto, flow.host, flow.port), None, ctx.message.flow.socket)
        except TransportError:
            return None
        return other

    # -- without a transaction

    def forward_statelessly(self, ctx: Context, hop: Uri | None, proto: str | None) -> Relayed:
        """An ACK to a 2xx, or a CANCEL for nothing we know: on to its next hop. RFC 3261 §16.11."""
        request: Any = ctx.message
        draft = ctx.draft
        code = refused(ctx)
        if code:
            return self._counted(code)
        try:
            way = self._way(ctx, hop, draft.next_hop or draft.request_uri or request.uri, proto)
        except (TransportError, ParseError) as why:
            return self._no_hop(ctx, why)
        if way.__class__ is Flow:
            return self._counted(self._send_by(ctx, way))
        if way.__class__ is not list:
            return self._send_on_late(ctx, way)
        return self._counted(self._send_on(ctx, way))

    async def _send_on_late(self, ctx: Context, finding: Awaitable[list[Target]]) -> int:
        try:
            targets = await finding
        except (TransportError, ParseError) as why:
            return self._no_hop(ctx, why)
        return self._counted(self._send_on(ctx, targets))

    def _no_hop(self, ctx: Context, why: Exception) -> int:
        log.info("{request}: {why}", request=ctx.message, why=why)
        ctx.extra[ERROR] = UNRESOLVABLE
        return self._counted(UNRESOLVABLE)

    def _counted(self, code: int) -> int:
        (self.forwarded if code > 0 else self.dropped).value += 1
        return code

    def _send_on(self, ctx: Context, targets: list[Target]) -> int:
        request: Any = ctx.message
        flow = self._flow(targets, ctx.draft, request)
        if flow is None:
            ctx.extra[ERROR] = NO_SOCKET
            return NO_SOCKET
        return self._send_by(ctx, flow)

    def _send_by(self, ctx: Context, flow: Flow) -> int:
        request: Any = ctx.message
        draft = ctx.draft
        lines, outbound = self._leaving(ctx, flow.socket, self.server.ids.branch())
        if draft.path:
            lines += b"Route: %b\r\n" % draft.path
        data = draft.render_request(request, draft.request_uri or request.uri, lines, outbound)
        self.transport.send(data, flow, None, draft.forward_flags)
        return 1

    def _leaving(self, ctx: Context, socket: Socket, branch_id: bytes) -> tuple[bytes, Outbound]:
        """Our Via line of a request that leaves by this socket, and what whoever writes in it may know of its way."""
        came: Flow = ctx.message.flow
        via = via_line(ctx, socket, branch_id, came.via_mark if came.connection is not None else b"")
        outbound = self.outbounds.get(socket)
        if outbound is None or outbound.receive_socket is not came.socket:
            outbound = self.outbounds[socket] = Outbound(socket, came.socket)
        return via, outbound
