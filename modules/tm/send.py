# -*- test-case-name: tests.modules.tm.test_send -*-
"""send: a branch goes out, and to the next address where that fails. RFC 3261 §16.6 step 10, §16.9, RFC 3263 §4.3."""

from __future__ import annotations

from sipapp.errors import TransportError
from sipapp.interfaces.route import RouteType
from sipapp.interfaces.transport import Flow
from sipapp.log import Logger
from sipapp.message.draft import Draft
from sipapp.modules.tm.branch import Branch
from sipapp.modules.tm.hops import Hopping
from sipapp.modules.tm.transaction import CANCELED, DISABLE_FAILOVER, GLOBAL_FAILURE, Transaction
from sipapp.script.operands import SENDING
from sipapp.script.runtime import Context

log = Logger()


class Starting(Hopping):
    """Starts client transactions."""

    async def _may_be_sent(self, branch: Branch, ctx: Context) -> bool:
        """onsend_route has the last word."""
        assert self.onsend is not None
        own = Context(self.server, ctx.message, ctx.draft.fork(), RouteType.ONSEND)
        branch.transaction.lend(own)
        own.vars, own.branch = ctx.vars, branch.index
        own.extra[SENDING] = (branch.data, branch.flow)
        waiting = self.run(self.onsend, own)
        if waiting is not None:
            await waiting
        t = branch.transaction
        if own.dropped or self.broke(t, own) or branch.canceled or t.status >= 200:
            branch.last = self.reply_408_code
            branch.sending = False
            return False
        return True

    def _start(self, branch: Branch) -> bool:
        """A client transaction for a branch; false where the transport refuses it at once."""
        t = branch.transaction
        branch.sending = True  # the transport may tell at once that it cannot
        flow, seconds = branch.flow, self.seconds
        if t.fr or t.t1 or t.t2 or t.end_of_life < seconds() + self.times.fr:
            timers = self._timers(t)
            client = self.transactions.client(branch.data, t.request.method, branch.branch_id, flow, branch, **timers)
        else:
            client = self.transactions.client(branch.data, t.request.method, branch.branch_id, flow, branch)
        if not branch.sending:
            branch.last = self.reply_408_code
            return False
        branch.sending = False
        branch.client = client
        if self.listeners:
            self.tell("request_forwarded", t, branch, branch.data)
        return True

    def _timers(self, t: Transaction) -> dict[str, float]:
        return {
            "t1": t.t1 or self.times.t1,
            "t2": t.t2 or self.times.t2,
            "timeout": max(min(t.fr or self.times.fr, t.end_of_life - self.seconds()), 0.001),
        }

    def _not_sent(self, branch: Branch) -> bool:
        """The branch is lost; with `failure_exec_mode` it times out instead, so that failure_route sees it."""
        t = branch.transaction
        log.warn("{branch!r} could not be sent", branch=branch)
        if self.failure_exec_mode != 1:
            return False
        branch.last = 0
        branch.timed_out_ = True
        self.wheel.at(self.seconds() + (t.fr or self.times.fr), self._failed_later, branch)
        return True

    def _failed_later(self, branch: Branch) -> None:
        if branch.transaction.status < 200 and branch.last == 0:
            self.made_up(branch, self.reply_408_code)

    def try_next_target(self, branch: Branch) -> bool:
        """The next address of a branch that got no further, as a branch of its own; whether one was sent."""
        t = branch.transaction
        if not self.failover or branch.canceled or t.flags & (CANCELED | GLOBAL_FAILURE | DISABLE_FAILOVER):
            return False
        context, targets = branch.context, branch.more_targets
        branch.more_targets = []
        while targets and context is not None and len(t.branches) < self.max_branches:
            draft, request = context.draft, context.message
            socket = draft.send_socket or (request.flow.socket if self.dns_reuse_rcv_socket else None)
            try:
                flow = self.transport.flow(targets[0], socket, request.flow.socket)
            except TransportError:
                flow = None
            targets = targets[1:]
            if flow is None:
                continue
            other = self._again_to(branch, context, flow)
            other.more_targets = targets
            t.branches = [*t.branches, other]
            if self._start(other):
                return True
        return False

    def _again_to(self, branch: Branch, context: Context, flow: Flow) -> Branch:
        t = branch.transaction
        other = Branch(t, len(t.branches), branch.uri)
        other.path, other.instance, other.ruid = branch.path, branch.instance, branch.ruid
        other.user_agent, other.flags = branch.user_agent, branch.flags
        other.on_reply, other.on_failure = branch.on_reply, branch.on_failure
        other.on_branch_failure = branch.on_branch_failure
        other.flow, other.context = flow, context
        if not self.reparse_on_dns_failover:
            context.draft = t.draft.fork() if t.draft is not None else Draft()
        other.via, other.data = self._render(context, other, flow)
        return other
