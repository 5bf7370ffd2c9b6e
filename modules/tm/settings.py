# -*- test-case-name: tests.modules.tm.test_settings -*-
"""settings: script functions that arm routes and set timers and switches, for this transaction or the one to come."""

from __future__ import annotations

from sipapp.module import (
    BRANCH,
    FAILURE,
    REQUEST,
    TM_ONREPLY,
    Context,
    RouteName,
    RouteType,
    ScriptError,
    script_function,
)
from sipapp.modules.tm.branch import NEVER
from sipapp.modules.tm.relays import Relays
from sipapp.modules.tm.transaction import (
    AUTO_100,
    DISABLE_6XX,
    DISABLE_FAILOVER,
    DISABLE_INTERNAL_REPLY,
    NO_AUTO_ACK,
    NO_CANCEL_REASON,
    Transaction,
)

_ANYWHERE = REQUEST | TM_ONREPLY | FAILURE | BRANCH
_DISARM = ("", "0")


def _name(route: str) -> str:
    return "" if route in _DISARM else route


def _seconds(milliseconds: int) -> float:
    if milliseconds < 0:
        raise ScriptError(f"a time in ms, not {milliseconds}")
    return milliseconds / 1000


class Settings(Relays):
    """t_on_...(), t_set_...(), t_reset_...()."""

    # -- routes

    @script_function(routes=_ANYWHERE, route_kind=RouteType.FAILURE)
    def t_on_failure(self, ctx: Context, failure_route: RouteName) -> int:
        """Run this failure_route when all branches have refused; "0": none."""
        self.armed(ctx).on_failure = _name(failure_route)
        return 1

    @script_function(routes=_ANYWHERE, route_kind=RouteType.BRANCH_FAILURE)
    def t_on_branch_failure(self, ctx: Context, branch_failure_route: RouteName) -> int:
        """Run event_route[tm:branch-failure:NAME] when a branch has refused; "0": none."""
        self.armed(ctx).on_branch_failure = _name(branch_failure_route)
        return 1

    @script_function(routes=_ANYWHERE, route_kind=RouteType.ONREPLY)
    def t_on_reply(self, ctx: Context, onreply_route: RouteName) -> int:
        """Run this onreply_route for each response to the branches that are sent from now on; "0": none."""
        self.armed(ctx).on_reply = _name(onreply_route)
        return 1

    @script_function(routes=REQUEST | FAILURE, route_kind=RouteType.BRANCH)
    def t_on_branch(self, ctx: Context, branch_route: RouteName) -> int:
        """Run this branch_route for each branch of the next t_relay(), before it is sent; "0": none."""
        self.armed(ctx).on_branch = _name(branch_route)
        return 1

    # -- timers

    @script_function(routes=_ANYWHERE)
    def t_set_fr(self, ctx: Context, fr_inv_timeout: int, fr_timeout: int = 0) -> int:
        """Set fr_inv_timer and fr_timer (ms) of this transaction, those that run too; 0 leaves one as it is."""
        self._set_fr(ctx, _seconds(fr_inv_timeout), _seconds(fr_timeout))
        return 1

    @script_function(routes=_ANYWHERE)
    def t_reset_fr(self, ctx: Context) -> int:
        """Back to the parameters' fr_inv_timer and fr_timer."""
        where = self.armed(ctx)
        if isinstance(where, Transaction):
            self._set_fr(ctx, self.times.fr_inv, self.times.fr)
        else:
            where.fr = where.fr_inv = 0.0
        return 1

    def _set_fr(self, ctx: Context, fr_inv: float, fr: float) -> None:
        where = self.armed(ctx)
        if fr_inv or not isinstance(where, Transaction):
            where.fr_inv = fr_inv
        if fr or not isinstance(where, Transaction):
            where.fr = fr
        if not isinstance(where, Transaction):
            return
        now = self.seconds()
        for branch in where.branches:
            if branch.client is None or branch.last >= 200:
                continue
            if where.is_invite and branch.last >= 100:
                if fr_inv and branch.cancel is None:
                    branch.due = min(now + fr_inv, where.end_of_life)
                    self.wheel.start(branch)
            elif fr:
                branch.client.set_timeout(max(min(fr, where.end_of_life - now), 0.001))

    @script_function(routes=_ANYWHERE)
    def t_set_retr(self, ctx: Context, retr_t1_interval: int, retr_t2_interval: int) -> int:
        """Set T1 and T2 (ms) of this transaction; 0 leaves one as it is."""
        where = self.armed(ctx)
        where.t1 = _seconds(retr_t1_interval) or where.t1
        where.t2 = _seconds(retr_t2_interval) or where.t2
        self._retransmit_by(where)
        return 1

    @script_function(routes=_ANYWHERE)
    def t_reset_retr(self, ctx: Context) -> int:
        """Back to the parameters' retr_timer1 and retr_timer2."""
        where = self.armed(ctx)
        where.t1 = where.t2 = 0.0
        self._retransmit_by(where)
        return 1

    def _retransmit_by(self, where: object) -> None:
        if isinstance(where, Transaction):
            for branch in where.branches:
                if branch.client is not None:
                    branch.client.set_retransmission(where.t1 or self.times.t1, where.t2 or self.times.t2)

    @script_function(routes=_ANYWHERE)
    def t_set_max_lifetime(self, ctx: Context, inv_lifetime: int, noninv_lifetime: int) -> int:
        """Set how long (ms) this transaction may last at most, as INVITE or as any other method."""
        self._set_lifetime(ctx, _seconds(inv_lifetime), _seconds(noninv_lifetime))
        return 1

    @script_function(routes=_ANYWHERE)
    def t_reset_max_lifetime(self, ctx: Context) -> int:
        """Back to the parameters' max_inv_lifetime and max_noninv_lifetime."""
        where = self.armed(ctx)
        if isinstance(where, Transaction):
            self._set_lifetime(ctx, self.times.invite_lifetime, self.times.lifetime)
        else:
            where.lifetime = where.invite_lifetime = 0.0
        return 1

    def _set_lifetime(self, ctx: Context, invite: float, other: float) -> None:
        where = self.armed(ctx)
        if not isinstance(where, Transaction):
            where.invite_lifetime, where.lifetime = invite, other
            return
        now = self.seconds()
        where.end_of_life = end = now + (invite if where.is_invite else other)
        for branch in where.branches:
            if branch.client is None or branch.last >= 200:
                continue
            if branch.due != NEVER:
                branch.due = min(branch.due, end)
                self.wheel.start(branch)
            branch.client.set_timeout(max(min(where.fr or self.times.fr, end - now), 0.001))

    # -- switches

    @script_function(routes=REQUEST)
    def t_set_auto_inv_100(self, ctx: Context, flag: int) -> int:
        """0: t_relay() shall not answer this INVITE with 100; 1: it shall."""
        self.set_flag(ctx, AUTO_100, flag != 0)
        return 1

    @script_function(routes=_ANYWHERE)
    def t_set_disable_6xx(self, ctx: Context, flag: int) -> int:
        """1: a 6xx of one branch does not cancel the others."""
        self.set_flag(ctx, DISABLE_6XX, flag != 0)
        return 1

    @script_function(routes=_ANYWHERE)
    def t_set_no_auto_ack(self, ctx: Context, flag: int) -> int:
        """1: a 2xx to an INVITE of our own gets no ACK before t_uac_ack_local()."""
        self.set_flag(ctx, NO_AUTO_ACK, flag != 0)
        return 1

    @script_function(routes=_ANYWHERE)
    def t_set_disable_failover(self, ctx: Context, flag: int) -> int:
        """1: do not try the next address of a next hop."""
        self.set_flag(ctx, DISABLE_FAILOVER, flag != 0)
        return 1

    @script_function(["t_set_no_e2e_cancel_reason", "t_disable_e2e_cancel_reason"], routes=_ANYWHERE)
    def t_set_no_e2e_cancel_reason(self, ctx: Context, flag: int) -> int:
        """1: our CANCEL does not take over the Reason of the one that comes."""
        self.set_flag(ctx, NO_CANCEL_REASON, flag != 0)
        return 1

    @script_function(routes=_ANYWHERE)
    def t_set_disable_internal_reply(self, ctx: Context, flag: int) -> int:
        """1: where t_relay() fails, nothing is answered but by the script."""
        self.set_flag(ctx, DISABLE_INTERNAL_REPLY, flag != 0)
        return 1
