# -*- test-case-name: tests.modules.rr.test_loose -*-
"""loose: a request with Route header fields finds its way, strict routers before and after us included.

RFC 3261 §16.4, §16.6 step 6, §16.12.
"""

from __future__ import annotations

from collections.abc import Callable

from twisted.logger import Logger

from sipapp.errors import ParseError, PeerError
from sipapp.interfaces.outbound import IOutbound
from sipapp.interfaces.server import IServer
from sipapp.interfaces.transport import Flow
from sipapp.message.leaf import lone_route
from sipapp.message.request import Request
from sipapp.message.uri import Uri
from sipapp.module import Context
from sipapp.modules.rr.routes import Entry, next_hop, read_routes, remove_entries

log = Logger()

DRIVEN, DRIVEN_BY_FLOW = 1, 2
FAILED, FLOW_BROKEN, PRELOADED = -1, -2, -3
"""What loose_route() answers: routed; by a flow token; no Route or a wrong one; a broken token; an initial request
whose only Route entry was ours."""


class LooseRouter:
    """Routes one request after the other by their Route entries."""

    def __init__(
        self, server: IServer, double: bool, force_socket: bool, names: bool, warn: bool, ignored_user: bytes | None
    ) -> None:
        self.transport = server.transport
        self.double = double
        self.force_socket = force_socket
        self.names = names
        self.warn = warn
        self.ignored_user = ignored_user
        self.outbound: IOutbound | None = server.find(IOutbound)
        self.callbacks: list[Callable[[Context, bytes], None]] = []

    def route(self, ctx: Context, loose_only: bool) -> int:
        """Change next hop, Request-URI and Route as the entries say; Kamailio's return code."""
        message = ctx.message
        if not isinstance(message, Request):
            return FAILED
        draft = ctx.draft
        lone = lone_route(message.head, message.uri if draft.request_uri is None else draft.request_uri)
        if lone is not None and not self.force_socket:
            # Nearly every request within a dialog: its only entry is ours, and its target is not.
            host, port, parameters, start, end, target_host, target_port = lone
            transport = self.transport
            if transport.is_myself(host, port) and (loose_only or not transport.is_myself(target_host, target_port)):
                draft.delete(start, end)
                self._tell(ctx, parameters)
                return DRIVEN
        return self._route_any(ctx, message, loose_only)

    def _route_any(self, ctx: Context, message: Request, loose_only: bool) -> int:
        """The same for any request: `lone_route` has nothing to say of what is decided here."""
        if message.head.first(b"route") < 0:
            return FAILED
        try:
            entries = read_routes(message)
            if not entries:
                return FAILED
            if not message.to_tag:
                return self._after_loose(ctx, entries, preloaded=True)
            if not loose_only:
                changed = ctx.draft.request_uri
                target = message.parsed_uri if changed is None else Uri.parse(changed)
                if self.is_ours(target):
                    return self._after_strict(ctx, entries, target)
            return self._after_loose(ctx, entries, preloaded=False)
        except ParseError as why:
            log.error("loose_route(): {why}", why=why)
            return FAILED

    def is_ours(self, uri: Uri) -> bool:
        """Whether a URI names this server: host and port (5060 where missing) alone; a GRUU names a client."""
        host = uri.host
        if not host or not self.transport.is_myself(host, uri.port or 5060):
            return False
        if uri.tail.lower().find(b"gr") >= 0 and b"gr" in uri.parameters:
            return False
        return self.ignored_user is None or uri.user != self.ignored_user

    def _after_loose(self, ctx: Context, entries: list[Entry], preloaded: bool) -> int:
        """The hop before us was a loose router: the top entry is ours, and goes."""
        top = Uri.parse(entries[0][0])
        used, by_flow, status = 0, False, DRIVEN
        parameters = b""
        if self.is_ours(top):
            parameters = top.tail
            if self.outbound is not None:
                try:
                    by_flow = self._follow_flow(self.outbound, ctx, top)
                except PeerError as why:
                    log.info("loose_route(): flow token: {why}", why=why.reason)
                    return FLOW_BROKEN
            used = 1
            second = self.double and parameters.lower().find(b"r2") >= 0 and top.parameters.get(b"r2") == b"on"
            if self.force_socket and not by_flow and not second:
                self._send_by(ctx, top, False)
            if second and len(entries) > 1:
                used = 2
                if not by_flow:
                    self._send_by(ctx, Uri.parse(entries[1][0]), True)
            if used == len(entries):
                status = PRELOADED if preloaded else DRIVEN
        if used < len(entries):
            used += self._go_on(ctx, entries[used], by_flow)
        remove_entries(ctx.message, ctx.draft, entries, used, 0)
        self._tell(ctx, parameters)
        return DRIVEN_BY_FLOW if by_flow else status

    def _go_on(self, ctx: Context, entry: Entry, by_flow: bool) -> int:
        """To the next entry; 1 when it is used up: a strict router wants it as Request-URI."""
        uri = Uri.parse(entry[0])
        if b"lr" not in uri.parameters:
            message = ctx.message
            assert isinstance(message, Request)
            ctx.draft.append_field(message, b"Route: <%b>\r\n" % message.uri)
            ctx.draft.request_uri = next_hop(uri)
            return 1
        if not by_flow:
            ctx.draft.next_hop = next_hop(uri)
        return 0

    def _after_strict(self, ctx: Context, entries: list[Entry], target: Uri) -> int:
        """The hop before us was a strict router: our entry has become the Request-URI, whose old value stands last."""
        used = last = 0
        uri = Uri.parse(entries[0][0])
        if self.double and uri.parameters.get(b"r2") == b"on" and self.is_ours(uri):
            self._send_by(ctx, uri, True)
            used = 1
            if used == len(entries):
                remove_entries(ctx.message, ctx.draft, entries, used, 0)
                return FAILED
            uri = Uri.parse(entries[used][0])
        if b"lr" in uri.parameters:
            ctx.draft.next_hop = next_hop(uri)
            ctx.draft.request_uri = next_hop(Uri.parse(entries[-1][0]))
            last = 1
        else:
            ctx.draft.request_uri = next_hop(uri)
            used += 1
        remove_entries(ctx.message, ctx.draft, entries, used, last)
        self._tell(ctx, bytes(target.parameters))
        return DRIVEN

    def _tell(self, ctx: Context, parameters: bytes) -> None:
        if parameters:
            ctx.extra["rr.parameters"] = parameters
            for callback in self.callbacks:
                callback(ctx, parameters)

    def _follow_flow(self, outbound: IOutbound, ctx: Context, top: Uri) -> bool:
        """RFC 5626 §5.3.1: a flow token of another flow than the request's own is where it has to go."""
        if not top.user:
            return False
        flow: Flow | None = outbound.decode_flow_token(top.user)
        here = ctx.message.flow
        if flow is None or (flow.host, flow.port) == (here.host, here.port):
            return False
        host = f"[{flow.host}]" if ":" in flow.host else flow.host
        ctx.draft.send_socket = flow.socket
        ctx.draft.next_hop = f"sip:{host}:{flow.port};transport={flow.socket.proto}".encode()
        return True

    def _send_by(self, ctx: Context, uri: Uri, second: bool) -> None:
        """Leave by the socket that a Route entry of ours names."""
        transport = self.transport
        socket = None
        name = uri.parameters.get(b"sn") if self.names else None
        if name:
            socket = next((s for s in transport.sockets if s.name.encode() == name), None)
        if socket is None:
            proto = uri.transport.decode("latin-1") if uri.transport else None
            host = (uri.host_address or b"").decode("latin-1")
            port = 5061 if proto == "tls" else 5060
            socket = transport.find_socket(proto, host, uri.port or port) or transport.find_socket(
                proto, host, uri.port
            )
        if socket is not None:
            ctx.draft.send_socket = socket
        elif second and self.warn:
            log.warn("no socket found to match second RR ({uri})", uri=uri.text.decode(errors="replace"))
