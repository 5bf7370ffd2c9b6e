# -*- test-case-name: tests.modules.tm.test_uac -*-
"""uac: requests of our own: built, given to event_route[tm:local-request], sent, acknowledged.

RFC 3261 §8.1, §13.2.2.4.
Their responses go to whoever sent them, not to a caller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from sipapp.errors import ParseError, ScriptError, TransportError
from sipapp.interfaces.route import RouteType
from sipapp.interfaces.tm import Answered
from sipapp.interfaces.transport import Flow, Socket
from sipapp.log import Logger
from sipapp.message.address import Address
from sipapp.message.draft import Draft, Outbound
from sipapp.message.parse import parse
from sipapp.message.request import Request
from sipapp.message.uri import Uri
from sipapp.modules.tm.branch import Branch
from sipapp.modules.tm.reasons import reason_of
from sipapp.modules.tm.relay import Relaying
from sipapp.modules.tm.transaction import INVITE, LOCAL, NO_AUTO_ACK, Transaction
from sipapp.script.avp import settle
from sipapp.script.runtime import FAILED, Context

if TYPE_CHECKING:
    from collections.abc import Callable

    from sipapp.message.response import Response

log = Logger()

FIRST_CSEQ = 10


class Sending(Relaying):
    """Requests of our own."""

    local_request_route: Any = None

    def request(
        self,
        method: bytes,
        uri: bytes,
        from_: bytes,
        to: bytes,
        fields: bytes = b"",
        body: bytes = b"",
        next_hop: bytes | None = None,
        socket: Socket | None = None,
        call_id: bytes | None = None,
        cseq: int | None = None,
        provisional: Callable[[Answered], None] | None = None,
        auto_ack: bool = True,
        timeout: float = 0.0,
        invite_timeout: float = 0.0,
    ) -> Deferred[Answered]:
        """ITm."""
        made: list[Transaction] = []
        answered: Deferred[Answered] = Deferred(lambda _: self._give_up(made))
        try:
            hop = Uri.parse(next_hop or uri)
            text = self._compose(method, uri, from_, to, fields, body, call_id, cseq)
            found = self.transport.resolve(hop)
        except (ParseError, TransportError) as why:
            answered.errback(Failure(ScriptError(str(why))))
            return answered

        def send(targets: list[Any]) -> None:
            t = Transaction(self.as_module(), _NO_REQUEST, self.table.next_label())
            t.flags = LOCAL | (INVITE if method == b"INVITE" else 0) | (0 if auto_ack else NO_AUTO_ACK)
            t.fr, t.fr_inv = timeout, invite_timeout
            t.reply = _tell(answered, provisional)
            t.wants_provisional = provisional is not None
            made.append(t)
            self._send_local(t, method, text, targets, socket, failed)

        def failed(why: Failure) -> None:
            if not answered.called:
                answered.errback(Failure(ScriptError(why.getErrorMessage())))

        if isinstance(found, Deferred):
            found.addCallback(send).addErrback(failed)
        else:
            try:
                send(found)
            except ScriptError:
                failed(Failure())
        return answered

    def _compose(
        self,
        method: bytes,
        uri: bytes,
        from_: bytes,
        to: bytes,
        fields: bytes,
        body: bytes,
        call_id: bytes | None,
        cseq: int | None,
    ) -> list[bytes]:
        """The request around its Via: what comes before it, and what after. RFC 3261 §8.1.1."""
        ids, config = self.server.ids, self.server.config
        after = [b"To: %b\r\nFrom: %b\r\n" % (_in_brackets(to), _tagged(_in_brackets(from_), ids.tag()))]
        after.append(b"CSeq: %d %b\r\n" % (FIRST_CSEQ if cseq is None else cseq, method))
        after.append(b"Call-ID: %b\r\n" % (call_id or ids.call_id()))
        if b"max-forwards:" not in fields.lower():
            after.append(b"Max-Forwards: 70\r\n")
        after.append(b"Content-Length: %d\r\n" % len(body))
        if config.server_signature and config.user_agent_header:
            after.append(b"User-Agent: %b\r\n" % config.user_agent_header)
        if len(fields) > 2:
            after.append(fields if fields.endswith(b"\n") else fields + b"\r\n")
        return [b"%b %b SIP/2.0\r\n" % (method, uri), b"".join(after) + b"\r\n" + body]

    def _send_local(
        self,
        t: Transaction,
        method: bytes,
        text: list[bytes],
        targets: list[Any],
        socket: Socket | None,
        failed: Callable[[Failure], None],
    ) -> None:
        """Once event_route[tm:local-request] has had its say: where it drops the request, `failed` is called. Raises
        ScriptError: there is no socket to send it from."""
        try:
            flow: Flow = self.transport.flow(targets[0], socket, None)
        except TransportError as why:
            raise ScriptError(str(why)) from None
        t.branch_base = self.server.ids.branch()
        via = b"Via: %b%b.0\r\n" % (flow.socket.via, t.branch_base)
        data = via.join(text)
        try:
            request = parse(data)
        except ParseError as why:
            raise ScriptError(str(why)) from None
        assert isinstance(request, Request)
        request.flow = Flow(flow.socket, flow.socket.host, flow.socket.port)
        request.received_at = self.seconds()
        ctx = self._enter_local(t, request)
        branch = Branch(t, 0, request.uri)
        branch.flow, branch.via, branch.data = flow, via, data
        branch.branch_id = t.branch_base + b".0"
        if self.failover and len(targets) > 1:
            branch.more_targets, branch.context = targets[1:], ctx
        route = self.local_request_route
        if route is None:
            self._start_local(t, branch)
            return
        t.lend(ctx)
        self.server.execute(route, ctx, lambda ctx, code: self._local_request_done(t, branch, ctx, failed))
        if ctx.run is not None:
            t.kept = [ctx]

    def _enter_local(self, t: Transaction, request: Request) -> Context:
        """It counts from now on; the run that event_route[tm:local-request] would be."""
        t.request = request
        t.draft = Draft()
        ctx = Context(self.server, request, t.draft, RouteType.LOCAL)
        settle(ctx)
        t.share(ctx)
        t.end_of_life = self.seconds() + (self.times.invite_lifetime if t.is_invite else self.times.lifetime)
        self.table.add(t)
        self.counts.created += 1
        self.counts.local += 1
        return ctx

    def _local_request_done(
        self, t: Transaction, branch: Branch, ctx: Context, failed: Callable[[Failure], None]
    ) -> None:
        t.kept = None
        if ctx.dropped or FAILED in ctx.extra:
            self.forget(t)
            what = "dropped it" if ctx.dropped else "failed"
            failed(Failure(ScriptError(f"event_route[tm:local-request] {what}")))
            return
        self._changed_local(t, branch, ctx)
        self._start_local(t, branch)

    def _start_local(self, t: Transaction, branch: Branch) -> None:
        request: Any = t.request
        if request.method == b"ACK":
            assert branch.flow is not None
            self.transport.send(branch.data, branch.flow)
            self.forget(t)
            return
        branch.on_reply = t.on_reply
        branch.on_failure = t.on_failure if self.enable_uac_fr else ""
        t.branches = [*t.branches, branch]
        if not self._start(branch) and not self.try_next_target(branch):
            self.final_unsent(t)

    def final_unsent(self, t: Transaction) -> None:
        """It went nowhere."""
        t.status = 503
        self.counts.local_answered += 1
        self.tell_sender(t, 503, None)
        self.forget(t)

    def _changed_local(self, t: Transaction, branch: Branch, ctx: Context) -> None:
        """event_route[tm:local-request] may have changed it."""
        draft = ctx.draft
        request: Any = ctx.message
        flow = branch.flow
        assert flow is not None
        if draft.send_socket is not None and draft.send_socket is not flow.socket:
            branch.flow = flow = Flow(draft.send_socket, flow.host, flow.port)
            branch.via = b"Via: %b%b.0\r\n" % (flow.socket.via, t.branch_base)
            field = request.field(b"via")
            if field is not None:
                draft.replace(field.start, field.end, branch.via)
        if draft.edits or draft.request_uri is not None or request.raw != branch.data:
            branch.data = draft.render(request, Outbound(flow.socket, flow.socket))
            branch.uri = draft.request_uri or request.uri
        t.message_flags = draft.flags

    def local_request(self, t: Transaction, data: bytes, send: Callable[[bytes], None]) -> None:
        """The same for a CANCEL: `send` it, unless it is dropped."""
        route = self.local_request_route
        if route is None:
            send(data)
            return

        def done(ctx: Context, code: int) -> None:
            draft = ctx.draft
            if not ctx.dropped:
                send(draft.render(ctx.message) if draft.edits or draft.request_uri is not None else data)

        request = parse(data)
        request.flow = t.request.flow
        ctx = Context(self.server, request, Draft(), RouteType.LOCAL)
        self.server.execute(route, t.lend(ctx), done)

    # -- its responses

    def tell_sender(self, t: Transaction, status: int, response: Response | None) -> None:
        """Who sent it is told."""
        told = t.reply
        if told is None:
            return
        if status >= 200:
            t.reply = None
        told(Answered(status, response.reason if response is not None else reason_of(status), response))

    def _give_up(self, made: list[Transaction]) -> None:
        """The Deferred was cancelled: so is the request."""
        for t in made:
            t.reply = None
            for ctx in t.kept or ():
                if ctx.run is not None:
                    ctx.run.cancel()
                    self.forget(t)
        for branch in (branch for t in made for branch in t.branches):
            if branch.client is None or branch.last >= 200:
                continue
            if branch.transaction.is_invite:
                self.cancel_branch(branch, [], self.cancel_b_method)
            else:
                branch.client.stop_retransmission()

    # -- the ACK to a 2xx

    def local_ack(self, branch: Branch, response: Response) -> None:
        """Each 2xx gets its ACK: a 2xx that comes again, the same. RFC 3261 §13.2.2.4."""
        t = branch.transaction
        if t.flags & NO_AUTO_ACK:
            branch.reply = response  # t_uac_ack_local() will want it
            return
        self.acknowledge(branch, response)

    def acknowledge(self, branch: Branch, response: Response, fields: bytes = b"", body: bytes = b"") -> bool:
        """Send the ACK to a 2xx; whether it could be built."""
        try:
            data, hop = self._ack(branch, response, fields, body)
            if self.local_ack_mode:
                self._send_ack(branch, data, self._ack_flow(branch, response))
                return True
            found = self.transport.resolve(Uri.parse(hop))
        except (ParseError, TransportError) as why:
            log.error("no ACK for {response}: {why}", response=response, why=why)
            return False

        def send(targets: list[Any]) -> None:
            socket = branch.flow.socket if branch.flow is not None else None
            self._send_ack(branch, data, self.transport.flow(targets[0], socket, socket))

        if isinstance(found, Deferred):
            found.addCallback(send).addErrback(lambda why: log.error("no ACK: {why}", why=why.getErrorMessage()))
        else:
            send(found)
        return True

    def _ack_flow(self, branch: Branch, response: Response) -> Any:
        return branch.flow if self.local_ack_mode == 1 else response.flow

    def _ack(self, branch: Branch, response: Response, fields: bytes, body: bytes) -> tuple[list[bytes], bytes]:
        """The ACK around its Via, and its next hop: Contact by way of Record-Route. RFC 3261 §12.2.1.1."""
        request = parse(branch.data)
        cseq, contacts = request.cseq, response.contacts
        assert isinstance(request, Request)
        assert cseq is not None
        target = contacts[0].uri if contacts else request.uri
        routes = [bytes(route) for route in reversed(response.record_routes)]
        next_hop = target
        if routes:
            first = Address.parse(routes[0])
            next_hop = first.uri
            if b"lr" not in Uri.parse(first.uri).parameters:  # a strict router: RFC 3261 §12.2.1.1
                routes = [*routes[1:], b"<%b>" % target]
                target = next_hop
        lines = [b"Route: %b\r\n" % b", ".join(routes)] if routes else []
        for message, key in ((request, b"from"), (response, b"to"), (request, b"call-id")):
            lines.append(message.head.line_of(message.head.first(key)))
        lines.append(b"CSeq: %d ACK\r\nMax-Forwards: 70\r\n" % cseq.number)
        if self.ac_extra_hdrs:
            lines += self._taken_over(branch.data)
        if fields:
            lines.append(fields if fields.endswith(b"\r\n") else fields + b"\r\n")
        lines.append(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        return [b"ACK %b SIP/2.0\r\n" % target, b"".join(lines)], next_hop

    def _send_ack(self, branch: Branch, text: list[bytes], flow: Flow) -> None:
        data = (b"Via: %b%b\r\n" % (flow.socket.via, self.server.ids.branch())).join(text)
        self.transport.send(data, flow)
        route = self.server.event_route("tm:local-ack-sent")
        if route is not None:
            ack = parse(data)
            ack.flow = branch.transaction.request.flow
            ctx = Context(self.server, ack, Draft(), RouteType.LOCAL)
            self.server.execute(route, branch.transaction.lend(ctx))


def _tell(answered: Deferred[Answered], provisional: Callable[[Answered], None] | None) -> Callable[[Answered], None]:
    def told(answer: Answered) -> None:
        if answer.status >= 200:
            if not answered.called:
                answered.callback(answer)
        elif provisional is not None:
            provisional(answer)

    return told


def _in_brackets(value: bytes) -> bytes:
    """A bare URI becomes a name-addr: parameters behind it are the field's."""
    return value if b"<" in value else b"<%b>" % value


def _tagged(value: bytes, tag: bytes) -> bytes:
    """A From with a tag. Raises ParseError: it is none."""
    return value if Address.parse(value).tag is not None else b"%b;tag=%b" % (value, tag)


_NO_REQUEST: Any = None  # until it is built
