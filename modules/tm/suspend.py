# -*- test-case-name: tests.modules.tm.test_suspend -*-
"""suspend: requests whose script waits, and requests and responses that t_suspend() puts aside for t_continue().

A run that waits keeps its request: retransmissions are absorbed, refusals of open branches wait until it ends, a CANCEL
ends it at once. A run that ends without an answer has one made for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from twisted.internet.defer import CancelledError

from sipapp.errors import ScriptError, TooManySuspended
from sipapp.interfaces.route import RouteType
from sipapp.log import Logger
from sipapp.message.draft import Draft
from sipapp.message.response import Response
from sipapp.module.reply import owed
from sipapp.modules.tm.branch import NEVER, Branch
from sipapp.modules.tm.choice import MADE_UP
from sipapp.modules.tm.create import Creating
from sipapp.modules.tm.transaction import (
    CANCELED,
    FORWARDED,
    RELEASED,
    REPLIED,
    SUSPENDED,
    TRYING,
    WAITED,
    Transaction,
)
from sipapp.modules.tm.transaction import FAILED as NOT_RELAYED
from sipapp.script.runtime import FAILED, Context, Route

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

log = Logger()

_REQUEST = RouteType.REQUEST  # a member of an enumeration costs ten times as much as a name of the module

_LONG = 86400.0
"""s: longer than anybody waits; suspend_timeout ends a wait."""

_HEARD = "tm.heard"
"""`ctx.extra[_HEARD]`: what the branch of a response whose reply_route waits had heard before, and its Timer C."""

_RESUMED = "tm.resumed"
"""`ctx.extra[_RESUMED]`: t_continue() has begun this run, which has not ended yet."""


class Held(NamedTuple):
    """What t_suspend() has put aside."""

    ctx: Context
    branch: Branch | None  # whose response it is; None: the request
    alarm: Any
    on_failure: str
    given_up: Callable[[], object] | None  # who wanted to go on with it is told that it is over


class Suspending(Creating):
    """ISuspension, t_suspend() and t_continue()."""

    if TYPE_CHECKING:

        def transaction_of(self, ctx: Context) -> Transaction | None: ...

    # -- a run begins to wait

    def suspending(self, ctx: Context) -> bool:
        """ISuspension. An ACK has no transaction: its run just waits, as that of a made-up request."""
        if isinstance(ctx.message, Response):
            self._hold_response(ctx, ctx.message)
            return False
        request = ctx.message
        if request.method == b"ACK" or request.flow is None:
            return False
        t = ctx.transaction
        if t is None:
            code = self.new_transaction(ctx)
            t = ctx.transaction
            if t is None:
                raise ScriptError(f"no transaction to keep the request in ({code})", code or -1)
        if not self._keep(t, ctx):
            return True
        t.handled |= WAITED
        run = ctx.driver  # a Run, since it has come to wait
        if run is not None:
            t.waited_at = run.site
        if ctx.route_type is _REQUEST:
            t.holds += 1
            self.say_trying(t, ctx)
        return True

    def _keep(self, t: Transaction, ctx: Context) -> bool:
        """A CANCEL will find this run; false where it does already."""
        if t.kept is None:
            t.kept = [ctx]
        elif ctx in t.kept:
            return False
        else:
            t.kept.append(ctx)
        t.flags |= SUSPENDED
        return True

    def _hold_response(self, ctx: Context, response: Response) -> None:
        """The script of a response waits. For reply_route it has not reached its transaction yet, whose timers shall
        not take that for silence."""
        t = self.transaction_of(ctx)
        if t is None or not self._keep(t, ctx) or ctx.route_type is not RouteType.REPLY:
            return
        branch = t.branches[ctx.branch]
        ctx.extra[_HEARD] = branch.heard, branch.due
        branch.heard = response.status
        if response.status >= 200:
            branch.due = NEVER
        if branch.client is not None:
            branch.client.stop_retransmission()
            branch.client.set_timeout(_LONG)

    def response_run_ended(self, ctx: Context) -> None:
        """The reply_route of a response is over: where it drops the response, that was never there."""
        t = ctx.transaction
        if t is None or not self.run_ended(t, ctx) or _HEARD not in ctx.extra:
            return
        branch = t.branches[ctx.branch]
        branch.heard, branch.due = ctx.extra.pop(_HEARD)
        if branch.due != NEVER:
            self.wheel.start(branch)
        if branch.client is not None:
            branch.client.set_timeout(t.fr or self.times.fr)

    def run_ended(self, t: Transaction, ctx: Context) -> bool:
        """A run is over; whether it had waited."""
        kept = t.kept
        if kept is None or ctx not in kept:
            return False
        if len(kept) > 1:
            kept.remove(ctx)
        else:
            t.kept = None
            t.flags &= ~SUSPENDED
        if ctx.route_type is _REQUEST and t.holds:
            t.holds -= 1
        return True

    def suspended_too_long(self, ctx: Context) -> None:
        """ISuspension: the run was ended; 408, through failure_route if one is armed."""
        t = ctx.transaction
        if t is None:
            return
        self.run_ended(t, ctx)
        resumed = self._let_go(t, ctx)
        if ctx.route_type is not _REQUEST:
            if resumed:
                self._ended(t, ctx)
            else:
                self.conclude(t, ctx)
        elif t.status < 200:
            self._time_out(t, t.on_failure)

    def _let_go(self, t: Transaction, ctx: Context) -> bool:
        """A run that t_continue() has begun holds the request from its first statement on, whether it waits or not;
        whether this was one."""
        resumed: bool = ctx.extra.pop(_RESUMED, False)
        if resumed and t.holds:
            t.holds -= 1
        return resumed

    def waits_long(self, ctx: Context) -> None:
        """ISuspension: a 100 is made again where it is wanted again."""
        ctx.forget()
        t = ctx.transaction
        if t is not None and t.winner == TRYING and t.server is not None:
            t.server.forget_response()

    def caller_gone(self, ctx: Context) -> None:
        """ISuspension: as a CANCEL that nobody waits for."""
        t: Transaction = ctx.transaction
        log.info("{request}: given up, its connection is closed", request=t.request)
        t.flags |= CANCELED
        self.cancel_runs(t)
        branches = self.open_branches(t) if t.is_invite else []
        for branch in branches:
            self.cancel_branch(branch, [], self.cancel_b_method)
        if not branches:
            self.release(t)

    def _time_out(self, t: Transaction, on_failure: str) -> None:
        """The wait itself counts as a branch that did not answer."""
        branch = Branch(t, len(t.branches), t.request.uri)
        branch.blind = branch.timed_out_ = True
        branch.on_failure = on_failure
        branch.on_branch_failure = ""
        t.branches = [*t.branches, branch]
        self.final(branch, self.reply_408_code, MADE_UP, None)

    def cancel_runs(self, t: Transaction) -> None:
        """A CANCEL: whatever waits is given up, and what it waits for is cancelled with it."""
        held = self.give_up_held(t)
        kept, t.kept = t.kept, None
        t.holds = 0
        t.flags &= ~SUSPENDED
        for ctx in kept or ():
            self._cancel_run(ctx)
        if held is not None and held.branch is not None:
            self.continue_reply(held.branch, held.ctx)  # as it came, as those of runs
        if kept or held is not None:
            self._tell_cancelled(t)
        if t.deciding is not None and kept:
            waiting, t.deciding = t.deciding, None
            for event in waiting:
                event()

    def _cancel_run(self, ctx: Context) -> None:
        """A response goes on as it came: who sent it counts on that."""
        if ctx.run is None:
            return
        if isinstance(ctx.message, Response):
            ctx.run.abort(CancelledError())
        else:
            ctx.run.cancel()

    def _tell_cancelled(self, t: Transaction) -> None:
        """event_route[async:cancelled] may clean up after a script that will not go on."""
        route = self.server.event_route("async:cancelled")
        if route is not None:
            self.server.execute(route, self.context(t, RouteType.EVENT))

    # -- the request's script has ended

    def request_route_ended(self, ctx: Context) -> None:
        """Whether somebody will answer; if not, what to do about it."""
        t: Transaction = ctx.transaction
        waited = t.kept is not None and self.run_ended(t, ctx)
        if t.status >= 200:
            t.rest()
        elif FAILED in ctx.extra:
            self._failed(t, ctx)
        elif t.held is not None:
            return
        elif waited:
            self._ended(t, ctx)
        elif t.handled == NOT_RELAYED:
            if self.kill(t) < 0:
                self.release(t)
        elif not t.handled:
            log.warn("{request}: its route has neither answered nor relayed it", request=t.request)
            self.release(t)

    def _failed(self, t: Transaction, ctx: Context) -> None:
        """The script broke: the answer that is owed, unless a branch may bring a better one."""
        if t.status >= 200 or any(b.is_open for b in t.branches):
            return
        t.delayed = owed(ctx.extra[FAILED])
        self.kill(t)

    def _ended(self, t: Transaction, ctx: Context) -> None:
        """A script that has waited is over: open branches decide, else the refusals there are, else 500."""
        if t.status >= 200 or t.holds or t.held is not None or any(b.is_open for b in t.branches):
            return
        self.settle_stored(t)
        if t.status >= 200 or t.deciding is not None or t.handled & (RELEASED | REPLIED):
            return
        if any(b.is_open for b in t.branches):
            return  # failure_route has found another target
        if not t.error and t.delayed is None:
            log.warn(
                "{request}: no answer from its route, which had waited at {site}",
                request=t.request,
                site=t.waited_at or "t_suspend()",
            )
        self.kill(t)

    # -- t_suspend(), t_continue()

    def suspend(self, ctx: Context, seconds: float = 0.0, given_up: Callable[[], object] | None = None) -> int:
        """Put the request, or the response of an onreply_route, aside: 1, or -1 where that cannot be.

        seconds: for a request, how long t_continue() may take (s); 0: fr_timer. given_up: called where t_continue()
        will find nothing, for the caller has cancelled, the time is over or the server goes down.
        """
        if isinstance(ctx.message, Response):
            return self._suspend_response(ctx, given_up)
        if ctx.message.flow is None:
            return -1
        if ctx.transaction is None and self.new_transaction(ctx) < 0:
            return -1
        t = ctx.transaction
        if t is None or t.status >= 200 or (t.held is not None and t.held.branch is not None):
            return -1  # no more, or not beside a response that is put aside
        if t.is_canceled:
            return 1
        self.say_trying(t, ctx)
        self.give_up_held(t)
        now = self.seconds()
        due = now + seconds if seconds else min(now + (t.fr or self.times.fr), t.end_of_life)
        alarm = self.wheel.at(due, self._held_too_long, t)
        t.held = Held(ctx, None, alarm, t.on_failure, given_up)
        t.flags |= SUSPENDED
        t.handled |= FORWARDED | WAITED
        t.message_flags, t.message_xflags = ctx.draft.flags, ctx.draft.xflags
        return 1

    def _suspend_response(self, ctx: Context, given_up: Callable[[], object] | None) -> int:
        t = ctx.transaction
        if t is None or not 0 <= ctx.branch < len(t.branches) or t.held is not None:
            return -1  # one thing at a time can be put aside; $T(id_index), $T(id_label) tell no more
        branch = t.branches[ctx.branch]
        timeout = self.server.config.suspend_timeout
        alarm = self.wheel.at(self.seconds() + timeout, self._response_held_too_long, t) if timeout > 0 else None
        t.held = Held(ctx, branch, alarm, "", given_up)
        t.flags |= SUSPENDED
        return 1

    def _take_held(self, t: Transaction) -> Held | None:
        """What is put aside is so no longer."""
        held, t.held = t.held, None
        if held is not None:
            t.flags &= ~SUSPENDED
            if held.alarm is not None:
                held.alarm.cancel()
        return held

    def give_up_held(self, t: Transaction) -> Held | None:
        """The same, and nobody will go on with it."""
        held = self._take_held(t)
        if held is not None and held.given_up is not None:
            held.given_up()
        return held

    def _held_too_long(self, t: Transaction) -> None:
        """Nobody has called t_continue() within fr_timer."""
        held = self.give_up_held(t)
        if held is not None and t.status < 200:
            self._time_out(t, held.on_failure)

    def _response_held_too_long(self, t: Transaction) -> None:
        """Nor for a response: it goes on as it came."""
        held = self.give_up_held(t)
        if held is not None and held.branch is not None:
            log.warn("{branch!r}: a held response goes on, after suspend_timeout", branch=held.branch)
            self.continue_reply(held.branch, held.ctx)

    def shut_down(self) -> None:
        """The server goes down: what is put aside is answered 503, a response goes on."""
        for t in self.table:
            held = self.give_up_held(t)
            if held is not None and held.branch is not None:
                self.continue_reply(held.branch, held.ctx)
            elif held is not None and t.status < 200:
                t.delayed = owed(TooManySuspended(0, "the server goes down"))
                self.kill(t)

    def resume(self, index: int, label: int, route: Route) -> int:
        """Go on with what t_suspend() has put aside, in this route: 1; -1 where there is nothing (any more)."""
        t = self.table.by_id(index, label)
        if t is None or t.held is None or (t.status >= 200 and t.held.branch is None):
            log.warn("active transaction not found: {index}:{label}", index=index, label=label)
            return -1
        held = t.held
        self._take_held(t)
        ctx = self._again(t, held.ctx)
        if held.branch is not None:
            branch = held.branch
            ctx.branch = branch.index
            self.server.execute(route, ctx, lambda ctx, code: self._response_resumed(t, branch, ctx))
            return 1
        t.holds += 1
        ctx.extra[_RESUMED] = True
        self.server.execute(route, ctx, lambda ctx, code: self._request_resumed(t, ctx))
        return 1

    def _again(self, t: Transaction, old: Context) -> Context:
        """A run that goes on where another has put its message aside: with all that it had."""
        ctx = Context(self.server, old.message, old.draft or Draft(), old.route_type)
        t.lend(ctx)
        ctx.vars, ctx.script_flags, ctx.branch, ctx.response = old.vars, old.script_flags, old.branch, old.response
        return ctx

    def _request_resumed(self, t: Transaction, ctx: Context) -> None:
        self.run_ended(t, ctx)
        self._let_go(t, ctx)
        t.message_flags = ctx.draft.flags
        if FAILED in ctx.extra:
            self._failed(t, ctx)
        else:
            self._ended(t, ctx)

    def _response_resumed(self, t: Transaction, branch: Branch, ctx: Context) -> None:
        if t.held is not None and t.held.ctx is ctx:
            return  # put aside again
        self.continue_reply(branch, ctx)
