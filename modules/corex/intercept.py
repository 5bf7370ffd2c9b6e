# -*- test-case-name: tests.modules.corex.test_intercept -*-
"""intercept: event_route[network:msg] sees and may change every message, as it comes in and as it goes out."""

from __future__ import annotations

from typing import Any

from sipapp.errors import ConfigError, ParseError
from sipapp.interfaces.server import IServer
from sipapp.interfaces.tm import ITm
from sipapp.interfaces.transport import Flow
from sipapp.message.draft import Draft
from sipapp.message.parse import parse
from sipapp.message.response import Response
from sipapp.module import Access, Context, RouteType, modparam, script_function
from sipapp.module.bind import bind_variable
from sipapp.script.operands import SENDING

_INCOMING = "corex.incoming"


class Intercept:
    """The event route of the network, and that of our own responses."""

    server: IServer

    nio_intercept: int = modparam(default=0, doc="1: run event_route[network:msg] for every message")
    nio_min_msg_len: int = modparam(default=0, minimum=0, unit="bytes", doc="shorter messages pass without it")
    nio_msg_avp: bytes | None = modparam(default=None, doc="the $avp() in which that route leaves a changed message")
    evcb_reply_out: str | None = modparam(
        default=None, doc="for scripts in other languages; ours have event_route[corex:reply-out]"
    )

    def start_intercept(self, server: IServer) -> None:
        """Raises ConfigError: there is no such route, or `nio_msg_avp` is no $avp()."""
        self._reply_out = server.event_route("corex:reply-out")
        tm: ITm | None = server.find(ITm)
        if self._reply_out is not None and tm is not None:
            server.clock.callLater(0, tm.on_event, self)  # tm may start after us
        self._changed: Access | None = None
        if self.nio_intercept <= 0:
            return
        route = server.event_route("network:msg")
        if route is None:
            raise ConfigError('modparam("corex", "nio_intercept"): the script has no event_route[network:msg]')
        self._route = route
        if self.nio_msg_avp:
            self._changed = bind_variable(server, 'modparam("corex", "nio_msg_avp")', self.nio_msg_avp)
        server.transport.add_filter(received=self.received, sending=self.sending)

    def received(self, data: bytes, flow: Flow) -> bytes:
        """What a message that came in goes on as."""
        return self._passed(data, flow, True)

    def sending(self, data: bytes, flow: Flow) -> bytes:
        """What a message goes out as."""
        return self._passed(data, flow, False)

    def _passed(self, data: bytes, flow: Flow, incoming: bool) -> bytes:
        if len(data) < self.nio_min_msg_len:
            return data
        try:
            message = parse(data)
        except ParseError:
            return data
        message.flow = flow
        ctx = Context(self.server, message, Draft(), RouteType.EVENT)
        ctx.extra[_INCOMING] = incoming
        self.server.execute(self._route, ctx)
        value = self._changed.get(ctx) if self._changed is not None else None
        return value if isinstance(value, bytes) and value else data

    @script_function()
    def is_incoming(self, ctx: Context) -> int:
        """True in event_route[network:msg] for a message that came in, false for one that goes out."""
        return 1 if ctx.extra.get(_INCOMING) else -1

    def reply_sent(self, ctx: Context, status: int, data: bytes) -> None:
        """IReplyWatcher: event_route[corex:reply-out] for each stateless response of our own making."""
        self._sent(data, ctx.message.flow, ctx.avps)

    def response_sent(self, transaction: Any, status: int, data: bytes, response: Response | None) -> None:
        """ITransactionListener: the same for each response of a transaction, relayed or our own."""
        self._sent(data, transaction.request.flow, transaction.avps)

    def _sent(self, data: bytes, flow: Flow, avps: Any) -> None:
        if self._reply_out is not None:
            response = parse(data)
            response.flow = flow
            ctx = Context(self.server, response, Draft(), RouteType.ONSEND, avps)
            ctx.extra[SENDING] = (data, flow)
            self.server.execute(self._reply_out, ctx)

    def ack_filtered(self, ctx: Context) -> None:
        """IReplyWatcher: nothing goes out."""
