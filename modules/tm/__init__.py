# -*- test-case-name: tests.modules.tm.test_tm -*-
"""tm: the stateful core: transactions, forking, failure routes, timers; a proxy by RFC 3261 §16 as Kamailio has it.

The parts, each built on the one before: base (what all share), cancel, reply, failure (which refusal wins), receive
(responses and timers), create, suspend, relay, uac (requests of our own); then the script's functions by theme: lookup,
answers, relays, settings, status, serial, dump, rpc.
"""

from __future__ import annotations

from typing import Any

from zope.interface import implementer

from sipapp.errors import ConfigError
from sipapp.interfaces.reply import IReplier
from sipapp.interfaces.server import IAfterScript, IBeforeScript, IServer, ISuspension
from sipapp.interfaces.tm import ITm
from sipapp.message.owncode import own_code
from sipapp.message.request import Request
from sipapp.message.response import Response
from sipapp.module import REQUEST, Context, RouteType, module
from sipapp.module.bind import bind_variable
from sipapp.modules.tm.branch import Branch
from sipapp.modules.tm.create import ACKNOWLEDGED
from sipapp.modules.tm.dump import parse_append
from sipapp.modules.tm.reasons import reason_of
from sipapp.modules.tm.rpc import RpcCommands
from sipapp.modules.tm.transaction import NO_AUTO_ACK, Transaction

_REPLY = RouteType.REPLY


@implementer(ITm, IReplier, ISuspension, IBeforeScript, IAfterScript)
@own_code
@module("tm", provides=[ITm, IReplier, ISuspension])
class Tm(RpcCommands):
    """Transactions for the script."""

    event_routes = {
        "tm:branch-failure:id": "A branch has refused, or timed out; t_on_branch_failure(id) asked for it. More "
        "branches may be added here.",
        "tm:local-ack-sent": "The ACK to a 2xx of an INVITE of our own has been sent; it is the message of this route.",
        "tm:local-request": "A request of our own is about to be sent; it may be changed, and `drop` keeps it here.",
        "tm:local-response": "A response of our own has been sent by a transaction; it is the message of this route.",
        "tm:local-response-sent": "Another name of tm:local-response.",
    }

    before_methods = (b"ACK",)

    def start(self, server: IServer) -> None:
        """Raises ConfigError: a parameter that cannot be."""
        self.set_up(server)
        self.read_defaults()
        if self.contacts_avp and not self.contact_flows_avp:
            raise ConfigError('modparam("tm", "contact_flows_avp"): must be set where contacts_avp is')
        self.appends = dict(parse_append(given) for given in self.tw_append)
        if self.fr_timer_avp:
            self.fr_variable = _avp(server, "fr_timer_avp", self.fr_timer_avp)
        if self.fr_inv_timer_avp:
            self.fr_inv_variable = _avp(server, "fr_inv_timer_avp", self.fr_inv_timer_avp)
        layer = self.transactions
        layer.timers = layer.timers.replace(t1=self.times.t1, t2=self.times.t2, t4=self.times.t4, timeout=self.times.fr)
        layer.matching.request_uri = bool(self.ruri_matching)
        layer.matching.via = bool(self.via1_matching)
        layer.check_call_id = bool(self.callid_matching or self.callid_cseq_matching)
        layer.ack_prefix = (self.ac_extra_hdrs or b"").lower()
        self.local_request_route = server.event_route("tm:local-request")
        self.local_response = server.event_route("tm:local-response") or server.event_route("tm:local-response-sent")

    def stop(self) -> None:
        self.shut_down()

    # -- around the script

    def before_script(self, ctx: Context) -> bool:
        """An ACK to a 2xx of our own ends its retransmission; the script sees it all the same."""
        ack: Any = ctx.message  # see `before_methods`
        if self.unacknowledged and self.acknowledges(ack):
            ctx.extra[ACKNOWLEDGED] = True
        return True

    def after_script(self, ctx: Context) -> None:
        if ctx.route_type is REQUEST:
            if ctx.transaction is not None:
                self.request_route_ended(ctx)
        elif ctx.route_type is _REPLY:
            self.response_run_ended(ctx)
            if self.on_sl_reply and not ctx.dropped:
                self._stateless_response(ctx)

    def _stateless_response(self, ctx: Context) -> None:
        """`on_sl_reply`: an onreply_route for responses that no transaction waits for."""
        response = ctx.message
        route = self.routes("onreply_routes").get(self.on_sl_reply or "")
        if route is None or not isinstance(response, Response) or self.transactions.find_client(response) is not None:
            return
        waiting = self.run(route, ctx)
        if waiting is None or ctx.dropped:
            return
        ctx.dropped = True  # it goes on when the route has ended

        def forward(_: Any) -> None:
            if len(response.vias) > 1:
                self.transport.forward_response(ctx.draft.render_response(response), response)

        waiting.addCallback(forward)

    # -- ITm

    def transaction(self, ctx: Context) -> Any | None:
        return self.transaction_of(ctx)

    def reason(self, status: int) -> bytes:
        return self.reply_408_reason if status == self.reply_408_code else reason_of(status)

    def find(self, index: int, label: int) -> Transaction | None:
        return self.table.by_id(index, label)

    def find_call(self, call_id: bytes, cseq: bytes) -> Transaction | None:
        return self.table.by_call(call_id, cseq)

    def find_cancelled(self, ctx: Context) -> Transaction | None:
        request = ctx.message
        return self.invite_of(request) if isinstance(request, Request) and request.method == b"CANCEL" else None

    def cancel(self, transaction: Transaction, branches: list[Branch] | None = None, status: int = 0) -> int:
        wanted = [b for b in self.open_branches(transaction) if branches is None or b in branches]
        for branch in wanted:
            self.cancel_branch(branch, self.reason_for(status), self.cancel_b_method)
        return len(wanted)

    def drop(self, transaction: Transaction, status: int) -> None:
        self.release(transaction)
        if transaction.status < 200:
            transaction.dropped = True
            transaction.status = status

    def acknowledge_local(self, transaction: Transaction, fields: bytes, body: bytes) -> bool:
        for branch in transaction.branches if transaction.is_local else ():
            if isinstance(branch.reply, Response) and transaction.flags & NO_AUTO_ACK:
                return self.acknowledge(branch, branch.reply, fields, body)
        return False

    def identity(self, ctx: Context) -> tuple[int, int] | None:
        t = self.transaction_of(ctx)
        return None if t is None else (t.index, t.label)

    def on_event(self, listener: Any) -> None:
        self.listeners.append(listener)


def _avp(server: IServer, parameter: str, given: str) -> Any:
    what = f'modparam("tm", "{parameter}")'
    source = given if given.startswith("$") else f"$avp({given})"
    return bind_variable(server, what, source.encode())
