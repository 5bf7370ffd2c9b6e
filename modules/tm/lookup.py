# -*- test-case-name: tests.modules.tm.test_lookup -*-
"""lookup: script functions that make, find and end the transaction of a request."""

from __future__ import annotations

from sipapp.errors import ConfigError
from sipapp.log import Logger
from sipapp.message.request import Request
from sipapp.message.response import Response
from sipapp.module import ANY, BRANCH, ONREPLY, REQUEST, Context, RouteType, Text, script_function
from sipapp.modules.tm.branch import Branch
from sipapp.modules.tm.create import ACKNOWLEDGED
from sipapp.modules.tm.transaction import ARMED, WAITED, Armed, Transaction
from sipapp.modules.tm.uac import Sending

log = Logger()

_WITHIN = (RouteType.FAILURE, RouteType.BRANCH, RouteType.BRANCH_FAILURE, RouteType.ONREPLY)
_GRACE = 90.0  # s after its lifetime: t_clean() ends what is left

_ARMED_ROUTES = {"failure_route": "on_failure", "branch_route": "on_branch", "onreply_route": "on_reply"}


def target_of(text: bytes) -> str:
    """What t_is_set() asks for. Raises ConfigError."""
    found = _ARMED_ROUTES.get(text.decode(errors="replace"))
    if found is None:
        raise ConfigError(f"there are {', '.join(_ARMED_ROUTES)}, not {text.decode(errors='replace')!r}")
    return found


class Lookups(Sending):
    """The life of a transaction."""

    def transaction_of(self, ctx: Context) -> Transaction | None:
        """The transaction of a run; in reply_route it is looked up by the response."""
        found: Transaction | None = ctx.transaction
        if found is None and isinstance(ctx.message, Response):
            client = self.transactions.find_client(ctx.message)
            branch = client.user if client is not None else None
            if isinstance(branch, Branch):
                ctx.transaction, ctx.branch = branch.transaction, branch.index
                found = branch.transaction
        return found

    def armed(self, ctx: Context) -> Transaction | Armed:
        """Where t_on_...() and t_set_...() write: the transaction, or what it will get."""
        if ctx.transaction is not None:
            found: Transaction = ctx.transaction
            return found
        armed: Armed | None = ctx.extra.get(ARMED)
        if armed is None:
            armed = ctx.extra[ARMED] = Armed()
        return armed

    @script_function(routes=REQUEST)
    def t_newtran(self, ctx: Context) -> int:
        """Make the transaction of this request: 1; 0, and the script ends, for an ACK to a response of ours; negative
        where it has one (-10), or cannot have one (-400: its Request-URI cannot be parsed)."""
        return self.new_transaction(ctx)

    @script_function(routes=REQUEST)
    def t_lookup_request(self, ctx: Context) -> int:
        """Whether this request has a transaction. Retransmissions are absorbed before the script runs."""
        return 1 if ctx.transaction is not None else -1

    @script_function(routes=REQUEST)
    def t_lookup_cancel(self, ctx: Context, copy_flags: int = 0) -> int:
        """Whether there is an INVITE for this CANCEL; 1: and take over its message flags."""
        request = ctx.message
        if not isinstance(request, Request) or request.method != b"CANCEL":
            log.warn("t_lookup_cancel() is for CANCEL, not for {request}", request=request)
            return -1
        invite = self.invite_of(request)
        if invite is None:
            return -1
        if copy_flags:
            ctx.draft.flags = invite.message_flags
        return 1

    @script_function(routes=REQUEST | ONREPLY | BRANCH)
    def t_check_trans(self, ctx: Context) -> int:
        """Whether this message belongs to a transaction: a CANCEL to an INVITE, a response to a request that was
        relayed. 0, and the script ends, for an ACK to a 2xx of ours and for a request that has been answered here."""
        if ctx.route_type in _WITHIN:
            return 1
        message = ctx.message
        if isinstance(message, Response):
            return 1 if self.transaction_of(ctx) is not None else -1
        if message.method == b"CANCEL":
            return self.t_lookup_cancel(ctx)
        if message.method == b"ACK":
            return 0 if ACKNOWLEDGED in ctx.extra else -1
        t = ctx.transaction
        if t is None:
            return -1
        if t.handled & WAITED:
            return 1  # this run is the one that the transaction waits for
        self.t_retransmit_reply(ctx)
        return 0

    @script_function()
    def t_exists(self, ctx: Context) -> int:
        """Whether there is a transaction for this message."""
        return 1 if self.transaction_of(ctx) is not None else -1

    @script_function(routes=REQUEST)
    def t_retransmit_reply(self, ctx: Context) -> int:
        """Send the last response again."""
        t = ctx.transaction
        return 1 if t is not None and t.server is not None and t.server.resend() else -1

    @script_function(routes=REQUEST)
    def t_release(self, ctx: Context) -> int:
        """Nobody will answer this request: forget it after wt_timer."""
        if ctx.route_type is not RouteType.REQUEST:
            return -1
        if ctx.transaction is not None:
            self.release(ctx.transaction)
        return 1

    @script_function(routes=REQUEST)
    def t_save_lumps(self, ctx: Context) -> int:
        """What the script has changed so far is where branch_route and failure_route start from."""
        t = ctx.transaction
        if ctx.route_type is RouteType.REQUEST:
            if t is None:
                return -1
            t.request = ctx.message
            t.draft = ctx.draft.fork()
        return 1

    @script_function(routes=ANY, parse={"target": target_of})
    def t_is_set(self, ctx: Context, target: Text) -> int:
        """Whether a "failure_route", "branch_route" or "onreply_route" is armed."""
        where = ctx.transaction or ctx.extra.get(ARMED)
        return 1 if where is not None and getattr(where, str(target)) else -1

    @script_function(routes=ANY)
    def t_use_uac_headers(self, ctx: Context) -> int:
        """CANCEL and ACK repeat From and To of the INVITE that was sent: they always do."""
        return 1

    @script_function(routes=ANY)
    def t_clean(self, ctx: Context) -> int:
        """End transactions that are long past their lifetime."""
        self.clean()
        return 1

    def clean(self) -> int:
        """End them; how many there were."""
        late = [t for t in self.table if t.end_of_life + _GRACE < self.seconds()]
        for t in late:
            self.end_now(t)
        return len(late)

    def end_now(self, t: Transaction) -> None:
        """Forget a transaction with all that belongs to it."""
        self.cancel_runs(t)
        server, t.server = t.server, None
        if server is not None:
            server.terminate()
        for branch in t.branches:
            if branch.client is not None:
                branch.client.terminate()
                branch.client = None
        self.forget(t)
