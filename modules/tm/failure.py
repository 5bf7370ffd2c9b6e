# -*- test-case-name: tests.modules.tm.test_failure -*-
"""failure: the refusals of all branches become one, after the script has had its say.

event_route[tm:branch-failure:NAME] and failure_route may add branches, answer, or wait. While one of them runs, further
refusals of the transaction wait; provisional and 2xx responses do not.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from sipapp.interfaces.route import RouteType
from sipapp.log import Logger
from sipapp.message.response import Response
from sipapp.modules.tm.branch import NEVER, Branch
from sipapp.modules.tm.choice import MADE_UP, NONE, OPEN, pick
from sipapp.modules.tm.reasons import reason_of
from sipapp.modules.tm.reply import UNCHANGED, Replying
from sipapp.modules.tm.transaction import CANCELED, DISABLE_6XX, GLOBAL_FAILURE, Transaction
from sipapp.script.runtime import Context, Route

if TYPE_CHECKING:
    from sipapp.message.draft import Draft

log = Logger()

DROP_NONE, DROP_ALL, DROP_LAST, DROP_IF_NEW = range(4)
"""failure_reply_mode and t_drop_replies(): which responses are out once failure_route has run."""

_CHALLENGES = (b"www-authenticate", b"proxy-authenticate")


class Decision:
    """A refusal on its way to being the answer."""

    __slots__ = ("branch", "count", "draft", "picked", "response", "status", "t")

    def __init__(self, branch: Branch, status: int, response: Response | Any, draft: Draft | None) -> None:
        self.t: Transaction = branch.transaction
        self.branch = branch
        self.status = status
        self.response = response  # or MADE_UP
        self.draft = draft
        self.picked = NONE
        self.count = 0  # of branches before failure_route

    def store(self) -> None:
        """It may win yet."""
        self.branch.reply = self.response
        self.branch.reply_draft = self.draft


class Deciding(Replying):
    """Chooses."""

    if TYPE_CHECKING:

        def tell_sender(self, t: Transaction, status: int, response: Response | None) -> None: ...
        def run_ended(self, t: Transaction, ctx: Context) -> bool: ...

    def final(self, branch: Branch, status: int, response: Response | Any, draft: Draft | None) -> None:
        """A final response that is no 2xx, or MADE_UP in its place."""
        t = branch.transaction
        if t.deciding is not None:
            t.deciding.append(partial(self.final, branch, status, response, draft))
            return
        if t.status >= 200:
            if branch.last < 200:
                branch.last = status
            return
        if branch.last >= 200:
            if branch.last not in (status, 487, 408):
                log.warn("{branch!r} answers anew, {status}: dropped", branch=branch, status=status)
            return
        branch.last = status
        decision = Decision(branch, status, response, draft)
        route = self._branch_failure_route(branch)
        if route is None:
            self._choose(decision)
            return
        decision.store()
        ctx = self._failure_context(t, branch, RouteType.BRANCH_FAILURE)
        t.on_branch_failure = ""
        self._decide_with(route, ctx, partial(self._branch_failure_done, decision), t)

    def _branch_failure_route(self, branch: Branch) -> Route | None:
        if not branch.on_branch_failure:
            return None
        return self.server.event_route(f"tm:branch-failure:{branch.on_branch_failure}")

    def _failure_context(self, t: Transaction, branch: Branch, route_type: RouteType) -> Context:
        """The request as t_relay() saw it; only a new Request-URI or $du is a target."""
        ctx = self.context(t, route_type)
        ctx.draft.targets.clear()
        ctx.draft.consume_uri()
        ctx.draft.branch_flags = branch.flags
        ctx.branch = t.picked = branch.index
        ctx.response = branch.reply if isinstance(branch.reply, Response) else None
        return ctx

    def _decide_with(self, route: Route, ctx: Context, done: Any, t: Transaction) -> None:
        """Run a route on which a decision hangs; what comes meanwhile waits in `t.deciding`."""
        t.deciding = []
        ctx.extra[_CONCLUSION] = done
        began = self.seconds()
        self.server.execute(route, ctx, done)
        took = (self.seconds() - began) * 1000
        if took > self.exec_time_check > 0:
            log.warn("{route} took {took:.0f} ms without waiting", route=str(route), took=took)

    def conclude(self, t: Transaction, ctx: Context) -> None:
        """The run of a failure route was ended from outside: decide as if it had ended by itself."""
        conclusion = ctx.extra.pop(_CONCLUSION, None)
        if conclusion is not None:
            conclusion(ctx, -1)

    def _next(self, t: Transaction) -> None:
        """Take what waited for the decision."""
        waiting, t.deciding = t.deciding, None
        while waiting:
            waiting.pop(0)()
            if t.deciding is not None:
                t.deciding += waiting
                return

    def _branch_failure_done(self, decision: Decision, ctx: Context, code: int) -> None:
        ctx.extra.pop(_CONCLUSION, None)
        t = decision.t
        t.message_flags = ctx.draft.flags
        self.run_ended(t, ctx)
        decision.branch.reply = None
        waiting, t.deciding = t.deciding, None
        self._choose(decision)
        if waiting:
            if t.deciding is None:
                t.deciding = waiting
                self._next(t)
            else:
                t.deciding += waiting

    # -- the choice

    def _choose(self, decision: Decision) -> None:
        t, branch, status = decision.t, decision.branch, decision.status
        if t.status >= 200:
            return
        decision.store()
        picked, _ = (OPEN, 0) if t.holds else pick(t.branches, branch.index, status, self.faked_reply_prio)
        if picked == OPEN:
            if 600 <= status <= 699 and not t.flags & (GLOBAL_FAILURE | DISABLE_6XX):
                t.flags |= GLOBAL_FAILURE
                for other in self.open_branches(t):
                    self.cancel_branch(other, self.reason_for(status), self.cancel_b_method)
            return
        decision.picked = picked
        t.picked = picked
        t.flags &= ~GLOBAL_FAILURE
        if self.listeners:
            self.tell("request_failed", t, t.branches[picked])
        armed = t.branches[picked].on_failure
        route = self.routes("failure_routes").get(armed) if armed else None
        if route is None:
            self._settle(decision)
            return
        decision.count = len(t.branches)
        t.drop_mode = self.failure_reply_mode
        t.on_failure = ""
        ctx = self._failure_context(t, t.branches[picked], RouteType.FAILURE)
        self._decide_with(route, ctx, partial(self._failure_done, decision), t)

    def _failure_done(self, decision: Decision, ctx: Context, code: int) -> None:
        """What failure_route has left: an answer, new branches, or the refusal that led to it."""
        ctx.extra.pop(_CONCLUSION, None)
        t, branch = decision.t, decision.branch
        t.message_flags = ctx.draft.flags
        self.run_ended(t, ctx)
        if t.status < 200:
            self._after_failure_route(decision, t, branch)
        self._next(t)

    def _after_failure_route(self, decision: Decision, t: Transaction, branch: Branch) -> None:
        added = len(t.branches) > decision.count
        dropped = t.drop_mode != DROP_NONE if t.drop_mode != DROP_IF_NEW else added
        if dropped:
            self._drop_replies(t, decision.count)
        if t.holds or t.held is not None:
            t.branches[decision.picked].on_failure = ""  # it has had its turn
            return
        if added:
            picked, _ = pick(t.branches, NONE if dropped else branch.index, decision.status, self.faked_reply_prio)
            if picked == OPEN:
                return
            decision.picked = picked
        elif dropped:
            decision.picked = NONE
        if decision.picked == NONE:
            self.nothing_left(t)
        else:
            self._settle(decision)

    def _drop_replies(self, t: Transaction, count: int) -> None:
        first = 0
        if t.drop_mode == DROP_LAST:
            first = max((b.index for b in t.branches[:count] if b.first), default=0)
        for branch in t.branches[first:count]:
            branch.reply = branch.reply_draft = None

    def nothing_left(self, t: Transaction) -> None:
        """No response is left to pass on."""
        if t.is_local:
            self.end_local(t, 408, None)
        else:
            self.kill(t)

    def settle_stored(self, t: Transaction) -> None:
        """The script no longer holds the decision: take it, if all branches have answered."""
        if t.status >= 200 or t.holds or t.held is not None or t.deciding is not None:
            return
        picked, status = pick(t.branches, NONE, 0, self.faked_reply_prio)
        if picked < 0:
            return
        branch = t.branches[picked]
        self._choose(Decision(branch, status, branch.reply, branch.reply_draft))

    # -- the answer

    def _settle(self, decision: Decision) -> None:
        """The response of the picked branch goes to the caller."""
        t = decision.t
        winner = t.branches[decision.picked]
        response = winner.reply
        t.winner = winner.index
        if t.is_local:
            self.end_local(t, winner.last, response if isinstance(response, Response) else None)
            return
        status = response.status if isinstance(response, Response) else winner.last
        if response is MADE_UP and t.flags & CANCELED:
            status = 487
        if status in (401, 407) and self.aggregate_challenges and self._challenged(t) > 1:
            self._answer_for(t, status, reason_of(status), self._challenges(t))
        elif status == 503 and self.remap_503_500:
            self._answer_for(t, 500, reason_of(503), [])
        elif response is MADE_UP:
            reason = self.reply_408_reason if status == self.reply_408_code else reason_of(status)
            self._answer_for(t, status, reason, [])
        else:
            t.status = status
            self.stop_branches(t, status)
            assert isinstance(response, Response)
            self.send_up(t, status, (winner.reply_draft or UNCHANGED).render_response(response), response)
        for branch in t.branches:
            branch.reply = branch.reply_draft = None
        t.rest()

    def _answer_for(self, t: Transaction, status: int, reason: bytes, fields: list[bytes]) -> None:
        """A response of our own in place of a branch's."""
        ctx = self.context(t, RouteType.REQUEST)
        if fields:
            ctx.draft.reply_fields = [*ctx.draft.reply_fields, *fields]
        winner = t.winner
        self.answer(t, status, reason, ctx)
        t.winner = winner

    def _challenged(self, t: Transaction) -> int:
        return sum(isinstance(b.reply, Response) and b.last in (401, 407) for b in t.branches)

    def _challenges(self, t: Transaction) -> list[bytes]:
        """The challenges of all branches. RFC 3261 §16.7 step 7."""
        lines = []
        for branch in t.branches:
            response = branch.reply
            if isinstance(response, Response) and branch.last in (401, 407):
                keys = response.head.keys
                lines += [response.head.line_of(number) for number, key in enumerate(keys) if key in _CHALLENGES]
        return lines

    def end_local(self, t: Transaction, status: int, response: Response | None) -> None:
        """A request of our own is answered."""
        t.status = status
        self.counts.local_answered += 1
        self.stop_branches(t, status)
        for branch in t.branches:
            branch.due = NEVER if branch.cancel is None else branch.due
        self.tell_sender(t, status, response)


_CONCLUSION = "tm.conclusion"
"""`ctx.extra[_CONCLUSION]`: what goes on when the run of a failure_route ends."""
