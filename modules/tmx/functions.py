# -*- test-case-name: tests.modules.tmx.test_functions -*-
"""functions: tmx's functions on transactions: this message's, or one that Call-ID or $T(...) name."""

from __future__ import annotations

from typing import Any

from sipapp.errors import ConfigError
from sipapp.message.response import Response
from sipapp.module import (
    ANY,
    EVENT,
    ONREPLY,
    REQUEST,
    Context,
    RouteName,
    RouteType,
    ScriptError,
    Text,
    script_function,
)
from sipapp.module.via import flags_of_via, set_via_flags
from sipapp.modules.tmx.others import MOST_FLAGS, Others

_ALL, _OTHERS, _THIS = b"all", b"others", b"this"


def which_branches(text: bytes) -> bytes:
    """Raises ConfigError: there are all, others, this."""
    if text.lower() not in (_ALL, _OTHERS, _THIS):
        raise ConfigError(f'there are "all", "others" and "this", not "{text.decode(errors="replace")}"')
    return text.lower()


class Functions(Others):
    """t_cancel_...(), t_reply_callid(), t_suspend(), ..."""

    tm: Any

    # -- cancelling

    @script_function(routes=ONREPLY, parse={"which": which_branches})
    def t_cancel_branches(self, ctx: Context, which: Text) -> int:
        """Cancel branches of this INVITE: "all" (once this one has its final response, all others), "others", "this".
        False where there is nothing to cancel."""
        t = self.tm.transaction(ctx)
        response = ctx.message
        if t is None or not t.is_invite or not isinstance(response, Response):
            return -1
        this = t.branches[ctx.branch]
        others = [branch for branch in t.branches if branch is not this]
        final = response.status >= 200
        if which == _THIS:
            wanted = [] if final else [this]
        else:
            wanted = others if which == _OTHERS or final else t.branches
        return 1 if self.tm.cancel(t, wanted) else -1

    @script_function(routes=ANY)
    def t_cancel_callid(self, ctx: Context, callid: bytes, cseq: bytes, flag: int, rcode: int = 0) -> int:
        """Cancel all branches of the INVITE with this Call-ID and CSeq; set this message flag (1 to 31) for it; `rcode`
        is the cause in Reason. False where there is no such INVITE."""
        if self.cancel_call(callid, cseq, flag, rcode) > 0:
            return 1
        return 1 if self.ask_all("tmx.cancel_callid", callid, cseq, flag, rcode) else -1

    @script_function(routes=ANY)
    def t_cancel_branch_idx(self, ctx: Context, tindex: int, tlabel: int, bindex: int) -> int:
        """Cancel one branch of the INVITE with these $T(id_index) and $T(id_label)."""
        t = self.tm.find(tindex, tlabel)
        if t is None or not t.is_invite or not 0 <= bindex < len(t.branches):
            return -1
        return 1 if self.tm.cancel(t, [t.branches[bindex]]) else -1

    @script_function(routes=ANY)
    def t_reply_callid(self, ctx: Context, callid: bytes, cseq: bytes, code: int, reason: bytes) -> int:
        """Answer the INVITE with this Call-ID and CSeq."""
        t = self.tm.find_call(callid, cseq)
        if t is None:
            return 1 if self.ask_all("tmx.reply_callid", callid, cseq, code, reason) else -1
        return int(self.tm.answer(t, code, reason))

    @script_function(routes=ANY)
    def t_uac_ack_local(self, ctx: Context, callid: bytes, cseq: bytes, headers: bytes = b"", body: bytes = b"") -> int:
        """Send the ACK to the 2xx of an INVITE of our own that was sent without automatic ACK; with these header lines
        and this body."""
        t = self.tm.find_call(callid, cseq)
        return 1 if t is not None and self.tm.acknowledge_local(t, headers, body) else -1

    # -- this transaction

    @script_function(routes=ANY)
    def t_flush_flags(self, ctx: Context) -> int:
        """The message flags, as they are now, are what onreply_route and failure_route see."""
        t = ctx.transaction
        if t is None:
            return -1
        t.message_flags = ctx.draft.flags
        return 1

    @script_function(routes=ANY)
    def t_flush_xflags(self, ctx: Context) -> int:
        """The same for extended flags."""
        t = ctx.transaction
        if t is None:
            return -1
        t.message_xflags = ctx.draft.xflags
        return 1

    @script_function(routes=ANY)
    def t_drop(self, ctx: Context, rcode: int = 500) -> int:
        """Let nobody answer this request; the script ends. `rcode` is what counts as sent."""
        t = ctx.transaction
        if t is None:
            raise ScriptError("there is no transaction")
        self.tm.drop(t, rcode)
        return 0

    @script_function(routes=REQUEST)
    def t_precheck_trans(self, ctx: Context) -> int:
        """False: retransmissions, even of requests whose script still runs, are absorbed before any route."""
        return -1

    # -- held requests

    @script_function(routes=ANY)
    def t_suspend(self, ctx: Context) -> int:
        """Put this request aside until t_continue(); fr_timer ends it with 408, by way of failure_route. The script
        goes on: `exit` comes next. In onreply_route: put the response aside."""
        return int(self.tm.suspend(ctx))

    @script_function(routes=ANY)
    def t_continue(self, ctx: Context, tindex: int, tlabel: int, rtname: RouteName) -> int:
        """Go on, in this route, with what t_suspend() has put aside, by the $T(id_index) and $T(id_label) from then;
        false where there is nothing (any more), or no such route."""
        route = self.server.script.routes.get(rtname)
        if route is None:
            raise ScriptError(f"unable to find route block [{rtname}]")
        if self.ask_owner(tlabel, "tmx.continue", tindex, tlabel, rtname):
            return 1
        return int(self.tm.resume(tindex, tlabel, route))

    # -- branches

    @script_function(routes=EVENT)
    def t_reuse_branch(self, ctx: Context) -> int:
        """In event_route[tm:branch-failure:...]: Request-URI, path and flags become those of the branch that failed."""
        t = ctx.transaction
        if t is None or ctx.route_type is not RouteType.BRANCH_FAILURE:
            return -1
        branch, draft = t.branches[t.picked], ctx.draft
        draft.request_uri, draft.path, draft.branch_flags = branch.uri, branch.path, branch.flags
        location = draft.location.copy() if draft.location is not None else None
        if location is not None:
            location.ruid, location.instance = branch.ruid, branch.instance
            draft.location = location
        return 1

    @script_function(routes=ANY)
    def t_vbflag_set(self, ctx: Context, flag: int) -> int:
        """Set a virtual branch flag (0 to 31): it is in our Via of this branch, so that its responses bring it back."""
        return self._virtual(ctx, flag, True)

    @script_function(routes=ANY)
    def t_vbflag_reset(self, ctx: Context, flag: int) -> int:
        """Clear one."""
        return self._virtual(ctx, flag, False)

    @script_function(routes=ANY)
    def t_vbflag_is_set(self, ctx: Context, flag: int) -> int:
        """Whether one is set."""
        bits = self._virtual_of(ctx)
        return 1 if bits is not None and 0 <= flag < MOST_FLAGS and bits >> flag & 1 else -1

    def _virtual_of(self, ctx: Context) -> int | None:
        if ctx.route_type is RouteType.BRANCH:
            return flags_of_via(ctx)
        t = self.tm.transaction(ctx)
        if t is None or not 0 <= ctx.branch < len(t.branches):
            return None
        return int(t.branches[ctx.branch].bits)

    def _virtual(self, ctx: Context, flag: int, on: bool) -> int:
        bits = self._virtual_of(ctx)
        if bits is None or not 0 <= flag < MOST_FLAGS:
            return -1
        bits = bits | 1 << flag if on else bits & ~(1 << flag)
        if ctx.route_type is RouteType.BRANCH:
            set_via_flags(ctx, bits)
        else:
            self.tm.transaction(ctx).branches[ctx.branch].bits = bits
        return 1
