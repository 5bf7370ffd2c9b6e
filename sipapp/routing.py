# -*- test-case-name: tests.test_routing -*-
"""routing: the one place where a message meets a route."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, TypeVar

from zope.interface import implementer

from sipapp.errors import ParseError, PeerError, Position
from sipapp.inprogress import RequestsInProgress, ResponsesInProgress
from sipapp.interfaces.foreign import IForeignMessages
from sipapp.interfaces.moments import IMoments
from sipapp.interfaces.route import RouteType
from sipapp.interfaces.server import IAfterScript, IBeforeScript, ISuspension
from sipapp.interfaces.transport import Flow, IMessageReceiver
from sipapp.message import build
from sipapp.message.alike import maker
from sipapp.message.draft import Draft
from sipapp.message.request import Request
from sipapp.message.response import Response
from sipapp.message.validate import check
from sipapp.message.via import Via
from sipapp.module.reply import owed
from sipapp.script.run import execute
from sipapp.script.runtime import FAILED, Context, Route

if TYPE_CHECKING:
    from sipapp.server import Server

from sipapp.log import Logger

log = Logger()
M = TypeVar("M", Request, Response)

_REPLY = RouteType.REPLY  # a member of an enumeration costs ten times as much as a name of the module
_NOBODY: Any = None
_new_context = maker(Context, _NOBODY, _NOBODY, _NOBODY, filled=("server", "message", "draft"))
_new_draft = maker(Draft)
_NO_ROUTE = Route("request_route", "", Position("", 1, 1), lambda ctx: 1, False)
"""What runs where a script has no request_route: requests get no answer, as in Kamailio."""


@implementer(IMessageReceiver)
class Router:
    """Takes messages from the transport layer, gives them to their transaction, then to the script."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._before: list[IBeforeScript] = []
        self._before_of: dict[bytes, list[IBeforeScript]] = {}  # by the methods that some of them are about
        self._after: list[IAfterScript] = []
        self._foreign: list[IForeignMessages] = []
        self._moments: list[IMoments] = []
        self._in_progress: Any = None
        self._waiting: Collection[Any] = ()  # the keys of what `_in_progress` holds
        self._done: Any = None  # `_request_done`, bound once
        self._replies = ResponsesInProgress()
        self.watch: Any = None  # sipapp.stalls.Stalls, where somebody wants to know

    def start(self) -> None:
        """The modules are started: what is asked for each message is looked up once."""
        server = self._server
        modules = server.modules.values()
        self._ask_before([m for m in modules if IBeforeScript.providedBy(m)])
        self._after = [m for m in modules if IAfterScript.providedBy(m)]
        self._foreign = [m for m in modules if IForeignMessages.providedBy(m)]
        self._moments = [m for m in modules if IMoments.providedBy(m)]
        keeper = server.get(ISuspension)
        if isinstance(keeper, RequestsInProgress):
            self._in_progress, self._waiting = keeper, keeper.keys
        self._done = self._request_done
        self._request_route = server.script.request_route or _NO_ROUTE
        self._reply_route = server.script.reply_route
        counter = partial(server.statistics.counter, "core")
        self._received, self._responses = counter("rcv_requests"), counter("rcv_replies")
        self._dropped_requests, self._dropped_responses = counter("drop_requests"), counter("drop_replies")
        self._bad_requests, self._bad_responses = counter("err_requests"), counter("err_replies")
        self._forwarded_responses = counter("fwd_replies")
        self._bad = counter("bad_msg_hdr")

    def _ask_before(self, hooks: list[IBeforeScript]) -> None:
        """Which of them a request concerns."""
        named = {method for hook in hooks for method in getattr(hook, "before_methods", ())}
        self._before = [hook for hook in hooks if not hasattr(hook, "before_methods")]
        self._before_of = {
            method: [hook for hook in hooks if method in getattr(hook, "before_methods", named)] for method in named
        }

    def _watched(self, take: Callable[[M], None], message: M) -> None:
        """By itself, not within a batch that is watched."""
        self.watch.begin()
        try:
            take(message)
        finally:
            self.watch.end()

    def _is_wanted(self, ctx: Context, hooks: list[IBeforeScript]) -> bool:
        """What the modules say that are asked before a route."""
        for moments in self._moments:
            if not moments.pre_routing(ctx):
                return False
        wanted = True
        for hook in hooks:  # each is asked
            if not hook.before_script(ctx):
                wanted = False
        return wanted

    # -- requests

    def request_received(self, request: Request) -> None:
        watch = self.watch
        if watch is not None and not watch.depth:
            self._watched(self.request_received, request)
            return
        try:
            self._received.value += 1
            if not request.plain:  # what is, has nothing wrong with it
                check(request)
            if self._server.transactions.receive_request(request):
                return
            if self._waiting and request in self._in_progress:
                return
            ctx = _new_context(self._server, request, _new_draft())
            hooks = self._before_of.get(request.method, self._before)
            if (hooks or self._moments) and not self._is_wanted(ctx, hooks):
                self._dropped_requests.value += 1
                return
            execute(self._request_route, ctx, self._done)
        except PeerError as error:
            self._bad.value += 1
            self._bad_requests.value += 1
            method = request.method.decode(errors="replace")
            log.warn("{method} from {flow} refused: {error}", method=method, flow=request.flow, error=error)
            self.refuse(request, error.status, error.reason.encode("utf-8", "replace"))
        except Exception:
            log.failure("request from {flow} failed", flow=request.flow)
            self.refuse(request, 500, b"Server Internal Error")

    def _request_done(self, ctx: Context, code: int) -> None:
        for hook in self._after:
            hook.after_script(ctx)
        if self._waiting:
            self._in_progress.over(ctx)
        if ctx.transaction is None and FAILED in ctx.extra:
            self.refuse(ctx.message, *owed(ctx.extra[FAILED]))

    def refuse(self, request: Any, status: int, reason: bytes, fields: Iterable[bytes] = ()) -> None:
        """Answer a request that no script can answer any more, statelessly; an ACK never gets an answer."""
        if not status or not isinstance(request, Request) or request.method == b"ACK":
            return
        try:
            data = build.response(request, status, reason, self._server.ids.tag(), fields)
            self._server.transport.send_response(data, request)
        except Exception as why:
            log.warn("no answer could be built for a request from {flow}: {why}", flow=request.flow, why=why)

    # -- responses

    def response_received(self, response: Response) -> None:
        watch = self.watch
        if watch is not None and not watch.depth:
            self._watched(self.response_received, response)
            return
        try:
            self._responses.value += 1
            if not response.plain:  # what is, has nothing wrong with it
                check(response)
            hooks = self._before
            if (hooks or self._moments) and not self._is_wanted(
                Context(self._server, response, Draft(), _REPLY), hooks
            ):
                self._dropped_responses.value += 1
            elif self._reply_route is None:
                if not self._server.transactions.receive_response(response):  # what needs no run gets none
                    self._forward(Context(self._server, response, Draft(), _REPLY), 1)
            else:
                self._in_turn(response)
        except Exception as why:
            self._lost(response, why)

    def _lost(self, response: Response, why: Exception) -> None:
        """Say what a response has failed with, which goes nowhere then."""
        if isinstance(why, PeerError):
            self._bad.value += 1
            self._bad_responses.value += 1
            log.warn("response from {flow} dropped: {error}", flow=response.flow, error=why)
        else:
            log.failure("response from {flow} failed", flow=response.flow)

    def _in_turn(self, response: Response) -> None:
        """Through reply_route, when those of its branch that came before are through."""
        route = self._reply_route
        if route is None or self._replies.takes(response):
            return
        ctx = Context(self._server, response, Draft(), _REPLY)
        execute(route, ctx, self._reply_route_done)
        if ctx.driver is not None:
            self._replies.waits(response)

    def _reply_route_done(self, ctx: Context, code: int) -> None:
        """On it goes; then those that wait behind it, until the script of one waits."""
        response = ctx.message
        assert isinstance(response, Response)
        waiting = self._replies.over(response)
        try:
            self._forward(ctx, code)
        except Exception as why:
            self._lost(response, why)
        for other in waiting:
            try:
                self._in_turn(other)
            except Exception as why:
                self._lost(other, why)

    def _forward(self, ctx: Context, code: int) -> None:
        """To its transaction; else on by its next Via. RFC 3261 §16.7, §16.11."""
        response = ctx.message
        assert isinstance(response, Response)
        response.draft = ctx.draft
        for hook in self._after:
            hook.after_script(ctx)
        if ctx.dropped or (code <= 0 and FAILED not in ctx.extra):
            # Kamailio: whatever ends the route with 0 or less drops the response.
            self._dropped_responses.value += 1
            return
        server = self._server
        if server.transactions.receive_response(response):
            return
        vias = response.vias
        if len(vias) < 2:
            log.debug("response from {flow} has nowhere to go", flow=response.flow)
            self._dropped_responses.value += 1
            return
        # Off, as in Kamailio: set_advertised_address() writes names into our Via that are nobody's.
        if server.config.check_via and not server.transport.is_myself(vias[0].host, vias[0].port or 0):
            log.info("response from {flow} is not for us (check_via)", flow=response.flow)
            self._dropped_responses.value += 1
            return
        self._forwarded_responses.value += 1
        server.transport.forward_response(ctx.draft.render_response(response), response)

    # -- what is no message

    def parse_failed(self, data: bytes, flow: Flow, error: Exception) -> None:
        for hook in self._foreign:
            if hook.foreign_received(data, flow):
                return
        for moments in self._moments:
            moments.parse_failed(data, flow)
        self._bad.value += 1
        status = error.status if isinstance(error, ParseError) else 0
        log.info(
            "{length} bytes from {flow} are no message: {error}",
            length=len(data),
            flow=flow,
            error=error,
            status=status,
        )

    def connection_lost(self, flow: Flow) -> None:
        """Scripts that wait for the sake of a caller who cannot be reached any more are given up."""
        log.debug("connection {flow} is closed", flow=flow)
        for run in self._server.suspended.on_stream(flow.connection):
            if run.kept is not None and _is_the_only_way(flow, run.ctx.message.via):
                run.kept.caller_gone(run.ctx)


def _is_the_only_way(flow: Flow, via: Via | None) -> bool:
    """Whether a response could not come by another connection, to the sent-by of the Via, as RFC 3261 §18.2.2 has it: a
    WebSocket client listens nowhere, and one whose own address is not the one that we see is behind a NAT."""
    if flow.socket.proto in ("ws", "wss") or via is None:
        return True
    sent_by = via.host_address
    try:
        return ip_address(sent_by.decode("latin-1")) != ip_address(flow.host)
    except ValueError:
        return False
