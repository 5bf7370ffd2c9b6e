# -*- test-case-name: tests.modules.tm.test_status -*-
"""status: script functions that ask how far a transaction and its branches have come."""

from __future__ import annotations

from collections.abc import Callable

from sipapp.message.response import Response
from sipapp.module import (
    BRANCH,
    EVENT,
    FAILURE,
    ONREPLY,
    REQUEST,
    TM_ONREPLY,
    Context,
    Regex,
    RouteType,
    Text,
    script_function,
)
from sipapp.modules.tm.branch import Branch
from sipapp.modules.tm.choice import NONE, pick
from sipapp.modules.tm.failure import DROP_ALL, DROP_LAST, DROP_NONE
from sipapp.modules.tm.settings import Settings
from sipapp.modules.tm.transaction import SUSPENDED

_ANYWHERE = REQUEST | TM_ONREPLY | FAILURE | BRANCH
_REPLIES = (RouteType.ONREPLY, RouteType.REPLY)


class Status(Settings):
    """t_check_status(), t_any_...(), t_is_...(), ..."""

    def status_of(self, ctx: Context) -> int | None:
        """The status that counts in this route: the response's own; in failure_route the best one; else the last one
        sent to the caller. None where there is no transaction, or no status."""
        message = ctx.message
        t = self.transaction_of(ctx)
        if t is None:
            return None
        if isinstance(message, Response):
            return message.status
        if ctx.route_type is RouteType.FAILURE:
            picked, status = pick(t.branches, NONE, 0, self.faked_reply_prio)
            if picked < 0 and 0 <= t.picked < len(t.branches):
                status = t.branches[t.picked].last
            return status or None
        branch = self._branch(ctx)
        if ctx.route_type is RouteType.BRANCH_FAILURE and branch is not None:
            return branch.last
        return t.status

    def _branch(self, ctx: Context) -> Branch | None:
        t = ctx.transaction
        return t.branches[ctx.branch] if t is not None and 0 <= ctx.branch < len(t.branches) else None

    @script_function(routes=REQUEST | FAILURE | ONREPLY)
    def t_check_status(self, ctx: Context, re: Regex) -> int:
        """Whether the status matches: of the response, in failure_route of the best one, in request_route of the last
        one that was sent."""
        status = self.status_of(ctx)
        return 1 if status is not None and re.search(b"%d" % status) else -1

    @script_function(routes=REQUEST | ONREPLY | FAILURE | BRANCH)
    def t_get_status_code(self, ctx: Context) -> int:
        """The status that t_check_status() looks at, as return code; -1 where there is none."""
        return self.status_of(ctx) or -1

    # -- of the branch

    @script_function(routes=FAILURE | EVENT)
    def t_branch_timeout(self, ctx: Context) -> int:
        """Whether the branch that won has timed out."""
        branch = self._branch(ctx)
        return 1 if branch is not None and branch.timed_out_ else -1

    @script_function(routes=FAILURE | EVENT)
    def t_branch_replied(self, ctx: Context) -> int:
        """Whether the branch that won has sent a response before; the one that is handled right now does not count."""
        branch = self._branch(ctx)
        return 1 if branch is not None and branch.replied else -1

    # -- of any branch

    def _any(self, ctx: Context, test: Callable[[Branch], object]) -> int:
        t = self.transaction_of(ctx)
        return 1 if t is not None and any(map(test, t.branches)) else -1

    @script_function(routes=_ANYWHERE)
    def t_any_timeout(self, ctx: Context) -> int:
        """Whether some branch has timed out."""
        return self._any(ctx, lambda branch: branch.timed_out_)

    @script_function(routes=_ANYWHERE)
    def t_any_replied(self, ctx: Context) -> int:
        """Whether some branch has sent a response; the one that is handled right now does not count."""
        return self._any(ctx, lambda branch: branch.replied)

    @script_function(routes=_ANYWHERE)
    def t_grep_status(self, ctx: Context, code: int) -> int:
        """Whether the last response of some branch had this status; the one that is handled right now counts only where
        the branch has sent another before."""
        return self._any(ctx, lambda branch: branch.replied and branch.last == code)

    # -- of the transaction

    @script_function(routes=_ANYWHERE)
    def t_is_canceled(self, ctx: Context) -> int:
        """Whether the caller has cancelled this INVITE."""
        t = self.transaction_of(ctx)
        return 1 if t is not None and t.is_canceled else -1

    @script_function(routes=_ANYWHERE)
    def t_is_expired(self, ctx: Context) -> int:
        """Whether the transaction's lifetime is over."""
        t = self.transaction_of(ctx)
        return 1 if t is not None and self.seconds() >= t.end_of_life else -1

    @script_function(routes=TM_ONREPLY)
    def t_is_retr_async_reply(self, ctx: Context) -> int:
        """Whether this response comes while t_suspend() holds another one."""
        t = self.transaction_of(ctx)
        return 1 if t is not None and t.flags & SUSPENDED else -1

    @script_function(routes=FAILURE)
    def t_drop_replies(self, ctx: Context, mode: Text | None = None) -> int:
        """The responses so far are out: "a" all, "l" those of the last t_relay(), "n" none (see failure_reply_mode)."""
        t = ctx.transaction
        if t is not None:
            t.drop_mode = {b"n": DROP_NONE, b"l": DROP_LAST}.get((mode or b"a")[:1], DROP_ALL)
        return 1
