# -*- test-case-name: tests.modules.tm.test_relay -*-
"""relay: a request goes out: target set, branches, next hops, failover to the next address. RFC 3261 §16.5, §16.6."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator
from typing import Any

from twisted.internet.defer import Deferred

from sipapp.errors import ParseError, TransportError
from sipapp.interfaces.route import RouteType
from sipapp.interfaces.transport import Flow
from sipapp.log import Logger, verbose
from sipapp.message.alike import maker
from sipapp.message.draft import Branch as Target
from sipapp.message.draft import Draft
from sipapp.message.uri import Uri
from sipapp.module import REQUEST
from sipapp.module.reply import ERROR, REFUSAL, refused
from sipapp.modules.tm.branch import Branch
from sipapp.modules.tm.hops import Relayed, settled
from sipapp.modules.tm.reasons import (
    CANCELLED,
    IN_PROCESS,
    NO_SOCKET,
    NO_TARGET,
    NOT_SENT,
    TOO_MANY_BRANCHES,
    UNRESOLVABLE,
    UNSPECIFIED,
)
from sipapp.modules.tm.send import Starting
from sipapp.modules.tm.transaction import (
    CANCELED,
    DISABLE_INTERNAL_REPLY,
    FAILED,
    FORWARDED,
    INVITE,
    LOCAL,
    REPLICATED,
    Transaction,
)
from sipapp.script.runtime import Context, Route
from sipapp.script.stack import innermost

log = Logger()

_NOBODY: Any = None
_GIVEN = "transaction", "index", "on_reply", "on_failure", "on_branch_failure"
_LATER = "uri", "path", "flags", "flow", "branch_id", "via", "data", "sending"
_new_branch = maker(Branch, Transaction(_NOBODY, _NOBODY, 0), 0, b"", filled=_GIVEN, empty=_LATER)

UNMATCHED_STATEFUL, UNMATCHED_STATELESS, UNMATCHED_DROP = range(3)


class Relaying(Starting):
    """Relays. What seldom waits (for DNS, for a branch_route) is a plain function that answers a coroutine then."""

    # -- t_relay() in the request route

    def relay(self, ctx: Context, hop: Uri | None = None, proto: str | None = None, replicate: bool = False) -> Relayed:
        """Relay a request statefully: 1; negative: Kamailio's number for why not.

        hop: send it there whatever $du and the Request-URI say; replicate: nobody wants the responses.
        """
        request: Any = ctx.message
        method = request.method
        if method == b"CANCEL":
            return self._relay_cancel(ctx, hop, proto)
        code = self.new_transaction(ctx, any_uri=True)
        if code <= 0 and code != IN_PROCESS:
            return code or 1  # 0: an ACK to a response of ours
        if method == b"ACK":
            return self.forward_statelessly(ctx, hop, proto)
        t = ctx.transaction
        kept = code == 1 and not self.listeners
        code = refused(ctx)
        if code:
            t.error = code
            return self._not_relayed(t, ctx, code)
        if replicate:
            return self._replicate(ctx, t, hop, proto)
        if method == b"INVITE" and not t.branches:
            self.say_trying(t, ctx)
        relayed = self.forward(ctx, t, hop, proto, kept)
        return 1 if relayed == 1 else self._relayed(t, ctx, relayed)

    def _relayed(self, t: Transaction, ctx: Context, code: Relayed) -> Relayed:
        if not isinstance(code, int):
            return self._relayed_late(t, ctx, code)
        return code if code > 0 else self._not_relayed(t, ctx, code)

    async def _relayed_late(self, t: Transaction, ctx: Context, relaying: Awaitable[int]) -> int:
        code = await relaying
        return code if code > 0 else self._not_relayed(t, ctx, code)

    async def _replicate(self, ctx: Context, t: Transaction, hop: Uri | None, proto: str | None) -> int:
        """A copy goes elsewhere, as if it were a request of our own; the caller's is for the script to answer."""
        self.say_trying(t, ctx)
        t.handled |= FORWARDED | REPLICATED
        request: Any = ctx.message
        copy = Transaction(self.as_module(), request, self.table.next_label())
        copy.flags = (t.flags & INVITE) | LOCAL
        copy.share(ctx)
        copy.end_of_life = t.end_of_life
        self.table.add(copy)
        self.counts.created += 1
        code = await settled(self.forward(ctx, copy, hop, proto))
        if code <= 0:
            ctx.extra[ERROR] = copy.error
            self.forget(copy)
        return code

    def _not_relayed(self, t: Transaction, ctx: Context, code: int) -> int:
        """The answer follows when the route ends, unless the script gives its own."""
        ctx.extra[ERROR] = t.error
        why = ctx.extra.get(REFUSAL)
        if why is not None:
            t.delayed = (why.status, why.reason.encode(), why.fields)
        if t.flags & DISABLE_INTERNAL_REPLY:
            return -4
        t.handled |= FAILED
        if not self.delayed_reply and self.kill(t) < 0:
            self.release(t)
        return code

    def _relay_cancel(self, ctx: Context, hop: Uri | None, proto: str | None) -> Relayed:
        request: Any = ctx.message
        invite = self.invite_of(request)
        if invite is None and self.unmatched_cancel == UNMATCHED_DROP:
            log.debug("{request}: no INVITE, dropped", request=ctx.message)
            return 1
        if invite is None and self.unmatched_cancel == UNMATCHED_STATELESS:
            return self.forward_statelessly(ctx, hop, proto)
        code = self.new_transaction(ctx, any_uri=True)
        if code <= 0 and code != IN_PROCESS:
            return code or 1
        t = ctx.transaction
        if invite is not None:
            self.cancelled_by_caller(ctx, t, invite)
            t.handled |= FORWARDED
            return 1
        code = refused(ctx)
        if code:
            t.error = code
            return self._not_relayed(t, ctx, code)
        return self._relayed(t, ctx, self.forward(ctx, t, hop, proto))

    # -- the target set

    def forward(
        self, ctx: Context, t: Transaction, hop: Uri | None = None, proto: str | None = None, kept: bool = False
    ) -> Relayed:
        """Make and send a branch for each target: 1; negative where none could be sent, with `t.error`.

        kept: the transaction is new, what the script has done so far is in it.
        """
        request: Any = ctx.message
        draft = ctx.draft
        if t.flags & CANCELED or t.status >= 200:
            draft.targets.clear()
            return self._cancelled(t)
        route = self._branch_route(t) if t.on_branch else None
        if not t.branches and ctx.route_type is REQUEST:
            if not kept:
                t.request = request
                t.keep(draft)
            if t.on_failure or t.on_branch_failure or t.kept or t.held:
                t.draft = draft.fork()  # they start from here, whatever the script does next
        targets = self._targets(draft)
        if len(targets) != 1 or self.onsend is not None:
            return self._forward_to(ctx, t, self._add_each(ctx, t, targets, route, hop, proto))
        made = self._add(ctx, t, targets[0], route, hop, proto)
        kind = made.__class__
        if kind is not Branch and kind is not int:
            return self._forward_to(ctx, t, iter((made,)))
        if t.flags & CANCELED:
            return self._cancelled(t)
        t.message_flags = draft.flags
        if kind is int:
            t.error = min(UNSPECIFIED, made)
            return t.error
        made.first = True
        return self._forwarded(t, self._start(made) or self._start_elsewhere(made))

    def _cancelled(self, t: Transaction) -> int:
        t.error = CANCELLED
        return UNSPECIFIED

    def _branch_route(self, t: Transaction) -> Route | None:
        """The one that is armed: for this once."""
        t.on_branch_delayed, t.on_branch = t.on_branch, ""
        return self.routes("branch_routes").get(t.on_branch_delayed)

    async def _forward_to(self, ctx: Context, t: Transaction, making: Iterator[Any]) -> int:
        """To several, or to what must be waited for: one after the other is made, then all are sent."""
        added: list[Branch] = []
        lowest = 0
        try:
            for made in making:
                if made.__class__ is not Branch and made.__class__ is not int:
                    made = await made
                if t.flags & CANCELED:
                    return self._cancelled(t)
                if made.__class__ is int:
                    lowest = min(lowest, UNSPECIFIED, made)
                else:
                    added.append(made)
            t.message_flags = ctx.draft.flags
            if not added:
                return self._nowhere(ctx, t, lowest)
            added[0].first = True
            sent = 0
            for branch in added:
                if self.onsend is not None and not await self._may_be_sent(branch, ctx):
                    sent += self.try_next_target(branch)
                else:
                    sent += self._start(branch) or self._start_elsewhere(branch)
            return self._forwarded(t, sent > 0)
        finally:
            for branch in added:
                if branch.client is None and branch.sending:  # the run has been ended before its turn came
                    branch.sending = False
                    branch.blind = True
                    branch.last = self.reply_408_code

    def _nowhere(self, ctx: Context, t: Transaction, lowest: int) -> int:
        """There is no branch: because of the error `lowest`, or, where that is 0, because there is no target."""
        if lowest:
            t.error = lowest
            return lowest
        log.error("{request}: no branches for forwarding", request=ctx.message)
        t.error = NO_TARGET
        return UNSPECIFIED

    def _start_elsewhere(self, branch: Branch) -> bool:
        return self.try_next_target(branch) or self._not_sent(branch)

    def _forwarded(self, t: Transaction, sent: bool) -> int:
        if not sent:
            t.error = NOT_SENT
            return UNSPECIFIED
        t.error = 0
        t.delayed = None
        t.handled |= FORWARDED
        return 1

    def _targets(self, draft: Draft) -> list[Target | None]:
        """None stands for the Request-URI; all of them are used up. RFC 3261 §16.5."""
        targets: list[Target | None] = [None] if draft.consumed is None or draft.uri_is_target else []
        if draft.targets:
            targets += draft.targets
            draft.targets.clear()
        draft.consume_uri()
        return targets

    # -- one branch

    def _add(
        self, ctx: Context, t: Transaction, target: Target | None, route: Any, hop: Uri | None, proto: str | None
    ) -> Any:
        """A branch that is ready to be sent; Kamailio's number for why there is none; or a coroutine for either."""
        number = len(t.branches)
        if number >= self.max_branches and sum(not b.blind for b in t.branches) >= self.max_branches:
            log.error("{request}: maximum number of branches exceeded", request=ctx.message)
            return TOO_MANY_BRANCHES
        branch = _new_branch(t, number, t.on_reply, t.on_failure, t.on_branch_failure)  # as Branch(t, number, b"")
        if verbose():
            branch.place = innermost()
        if route is None and target is None:
            return self._aim(ctx, branch, None, hop, proto)
        ctx = self._branch_context(ctx, t, branch, target)
        if route is not None:
            waiting = self.run(route, ctx)
            if waiting is not None:
                return self._aim_late(waiting, ctx, branch, target, hop, proto)
            code = self._routed(t, ctx, branch)
            if code:
                return code
        return self._aim(ctx, branch, target, hop, proto)

    def _add_each(
        self, ctx: Context, t: Transaction, targets: list[Target | None], route: Any, hop: Uri | None, proto: str | None
    ) -> Iterator[Any]:
        for target in targets:
            yield self._add(ctx, t, target, route, hop, proto)

    async def _aim_late(
        self,
        waiting: Deferred[None],
        ctx: Context,
        branch: Branch,
        target: Target | None,
        hop: Uri | None,
        proto: str | None,
    ) -> Any:
        """Its branch_route waits."""
        await waiting
        code = self._routed(branch.transaction, ctx, branch)
        if code:
            return code
        made = self._aim(ctx, branch, target, hop, proto)
        return made if made.__class__ is Branch or made.__class__ is int else await made

    def _aim(self, ctx: Context, branch: Branch, target: Target | None, hop: Uri | None, proto: str | None) -> Any:
        """Where it goes. RFC 3263."""
        request: Any = ctx.message
        draft = ctx.draft
        branch.uri = uri = draft.request_uri or request.uri
        branch.path = draft.path
        branch.flags = draft.branch_flags
        known = draft.location if target is None else target
        if known is not None:
            branch.instance, branch.ruid, branch.user_agent = known.instance, known.ruid, known.user_agent
        try:
            way = self._way(ctx, hop, draft.next_hop or uri, proto)
        except (TransportError, ParseError) as why:
            return self._unresolvable(request, why)
        if way.__class__ is Flow:
            return self._go(ctx, branch, way)
        if way.__class__ is not list:
            return self._take_way_late(ctx, branch, way)
        return self._take_way(ctx, branch, way)

    async def _take_way_late(self, ctx: Context, branch: Branch, finding: Awaitable[list[Any]]) -> Any:
        """Its addresses must be asked for."""
        try:
            targets = await finding
        except (TransportError, ParseError) as why:
            return self._unresolvable(ctx.message, why)
        branch.index = len(branch.transaction.branches)  # others may have come meanwhile
        return self._take_way(ctx, branch, targets)

    def _unresolvable(self, request: Any, why: Exception) -> int:
        log.info("{request}: {why}", request=request, why=why)
        return UNRESOLVABLE

    def _routed(self, t: Transaction, ctx: Context, branch: Branch) -> int:
        """A branch_route has ended: 0; Kamailio's number for why the branch is not sent."""
        if ctx.dropped:
            return NO_TARGET
        if self.broke(t, ctx):
            return UNSPECIFIED
        branch.index = len(t.branches)  # others may have come meanwhile
        branch.on_reply, branch.on_failure = t.on_reply, t.on_failure
        branch.on_branch_failure = t.on_branch_failure
        return 0

    def _take_way(self, ctx: Context, branch: Branch, targets: list[Any]) -> Branch | int:
        """To the first of these; Kamailio's number for why there is no way."""
        request: Any = ctx.message
        first = targets[0]
        flow = self._flow(targets, ctx.draft, request)
        if flow is None:
            log.error("{request}: no socket to send it from to {target}", request=request, target=first)
            return NO_SOCKET
        if self.failover and len(targets) > 1:
            branch.more_targets = targets[1:]
            branch.context = ctx
        return self._go(ctx, branch, flow)

    def _go(self, ctx: Context, branch: Branch, flow: Flow) -> Branch:
        """The request as it goes there."""
        t = branch.transaction
        branch.flow = flow
        if not t.branch_base:
            t.branch_base = self.server.ids.branch()
        branch.via, branch.data = self._render(ctx, branch, flow)
        branch.sending = True
        t.branches = [*t.branches, branch]
        return branch

    def _branch_context(self, ctx: Context, t: Transaction, branch: Branch, target: Target | None) -> Context:
        """branch_route has its own draft; what it sets is seen by this branch alone."""
        draft = ctx.draft.fork()
        if target is not None:
            draft.request_uri = target.uri
            draft.next_hop = target.next_hop
            draft.path = target.path
            draft.branch_flags = target.flags
            draft.send_socket = target.send_socket
        own = Context(self.server, ctx.message, draft, RouteType.BRANCH)
        t.lend(own)
        own.vars, own.script_flags, own.branch = ctx.vars, ctx.script_flags, branch.index
        if ctx.extra:
            own.extra.update(ctx.extra)
        return own
