# -*- test-case-name: tests.modules.tm.test_reply -*-
"""reply: responses of our own, and how any response goes to the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sipapp.errors import ParseError, StateError
from sipapp.interfaces.route import RouteType
from sipapp.log import Logger
from sipapp.message.draft import Draft
from sipapp.message.parse import parse
from sipapp.message.request import Request
from sipapp.module.reply import compose, error_reply
from sipapp.modules.tm.cancel import Cancelling
from sipapp.modules.tm.transaction import INVITE, LOCAL, REPLIED, Transaction
from sipapp.script.operands import SENDING
from sipapp.script.runtime import Context, Route

if TYPE_CHECKING:
    from sipapp.errors import TransportError
    from sipapp.message.response import Response

log = Logger()


class Replying(Cancelling):
    """Answers."""

    local_response: Route | None = None  # event_route[tm:local-response]

    def answer(self, t: Transaction, status: int, reason: bytes, ctx: Context | None = None) -> int:
        """Send a response of our own: 1; -1 where a final one was sent already, or none can be built.

        ctx: the run whose append_to_reply() and reply body go into it; else what t_relay() saw.
        """
        if t.status >= 200:
            log.info("no {status} any more: {sent} was sent", status=status, sent=t.status)
            return -1
        if ctx is None or not isinstance(ctx.message, Request):
            ctx = self.context(t, RouteType.REQUEST)
        try:
            data = compose(ctx, status, reason, t.tag if status >= 180 else None, self.rich_redirect)
        except ParseError as why:
            log.warn("no response can be built: {why}", why=why)
            return -1
        return self.send_own(t, status, data)

    def send_own(self, t: Transaction, status: int, data: bytes) -> int:
        """Send a response that is ours, and stop what no longer matters."""
        t.status = status
        t.winner = -2
        self.counts.generated += 1
        if status >= 200:
            t.handled |= REPLIED
            if t.branches:
                self.stop_branches(t, status)
        self.send_up(t, status, data, None)
        if 200 <= status < 300 and t.flags & (INVITE | LOCAL) == INVITE:
            self._repeat_until_acknowledged(t, data)
        if self.local_response is not None:
            self._run_local_response(self.local_response, t, data)
        return 1

    def send_up(self, t: Transaction, status: int, data: bytes, response: Response | None) -> None:
        """A response to the caller: through the machine, or past it where that has had its final one."""
        self.counts.classes[status // 100] += 1
        if self.onsend_reply is not None and response is not None and self._dropped_on_send(t, data, response):
            return
        server = t.server
        try:
            if server is None:
                raise StateError("its server transaction is over")
            server.respond(status, data)
        except StateError:
            # A 2xx after all: whoever forks must pass it on, RFC 3261 §16.7 step 5, RFC 6026 §8.
            self.transport.send_response(data, t.request)
        if self.listeners:
            self.tell("response_sent", t, status, data, response)

    def _dropped_on_send(self, t: Transaction, data: bytes, response: Response) -> bool:
        """onsend_route for responses (core parameter onsend_route_reply)."""
        assert self.onsend_reply is not None
        ctx = Context(self.server, response, Draft(), RouteType.ONSEND)
        t.lend(ctx)
        ctx.extra[SENDING] = (data, t.request.flow)
        self.server.execute(self.onsend_reply, ctx)
        return ctx.dropped

    def _run_local_response(self, route: Route, t: Transaction, data: bytes) -> None:
        """event_route[tm:local-response]."""
        response = parse(data)
        response.flow = t.request.flow
        response.number = t.request.number
        ctx = Context(self.server, response, Draft(), RouteType.LOCAL)
        self.server.execute(route, t.lend(ctx))

    def kill(self, t: Transaction, error: int = 0) -> int:
        """Answer with the error that kept a request from being relayed, 500 where none is known."""
        if t.delayed is not None:
            status, reason, fields = t.delayed
            ctx = self.context(t, RouteType.REQUEST)
            ctx.draft.reply_fields = [*ctx.draft.reply_fields, *fields]
            return self.answer(t, status, reason, ctx)
        status, reason = error_reply(error or t.error or -1, "TM")
        return self.answer(t, status, reason)

    def reply_not_sent(self, t: Transaction, error: TransportError) -> None:
        """A response could not be sent: the caller will ask again, or give up."""
        log.info("no response to {request}: {error}", request=t.request, error=error)

    # -- a 2xx of our own

    def _repeat_until_acknowledged(self, t: Transaction, data: bytes) -> None:
        """Whoever answers an INVITE with 2xx sends it until the ACK comes, over every transport. RFC 3261 §13.3.1.4."""
        key = ack_key(t.request)
        if key is None:
            return
        t.ack_tags = key
        self.unacknowledged[key] = t
        until = self.seconds() + (t.fr or self.times.fr)
        t.resending = self.wheel.at(self.seconds() + self.times.t1, self._repeat, t, data, self.times.t1, until)

    def _repeat(self, t: Transaction, data: bytes, interval: float, until: float) -> None:
        now = self.seconds()
        t.resending = None
        if now >= until or t.server is None:
            return
        self.transport.send_response(data, t.request)
        interval = min(2 * interval, self.times.t2)
        t.resending = self.wheel.at(now + interval, self._repeat, t, data, interval, until)

    def acknowledges(self, ack: Request) -> bool:
        """Whether an ACK is for a 2xx of our own; its retransmission stops."""
        t = self.unacknowledged.get(ack_key(ack))
        if t is None or ack.to_tag != (t.request.to_tag or t.tag):
            return False
        if t.resending is not None:
            t.resending.cancel()
            t.resending = None
        return True


UNCHANGED = Draft()
"""Of a response that no script has touched."""


def ack_key(request: Request) -> Any:
    """What an ACK to a 2xx has in common with its INVITE; None where it lacks something."""
    cseq, from_ = request.cseq, request.from_
    if cseq is None or from_ is None:
        return None
    return request.call_id, cseq.number, from_.tag
