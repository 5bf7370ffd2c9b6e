# -*- test-case-name: tests.modules.tmx.test_variables -*-
"""variables: $T(...), $T_branch(...), $T_reply_code, ...; variables of other messages by $T_req, $T_rpl, $T_inv."""

from __future__ import annotations

from typing import Any

from zope.interface import implementer

from sipapp.interfaces.script import Access, IBinder, IPseudoVariable
from sipapp.message.draft import Draft
from sipapp.message.request import Request
from sipapp.message.response import Response
from sipapp.module import ConfigError, Context, RouteType, Value, pseudo_variable
from sipapp.module.declare import variables_of

KEYS = (
    *("uri", "ruid", "flags", "id_label", "id_index", "reply_code", "reply_type"),
    *("id_label_n", "id_index_n", "branch_index", "reply_reason"),
)
_ELSEWHERE = {b"reply_code": "pv_reply_code", b"reply_reason": "pv_reply_reason", b"branch_index": "pv_branch_index"}
_OF_BRANCH = (b"uri", b"ruid", b"flags")
_REPLIES = (RouteType.ONREPLY, RouteType.REPLY)
_FAILURES = (RouteType.FAILURE, RouteType.BRANCH_FAILURE)


class Variables:
    """What a script may ask of the transaction."""

    tm: Any

    # -- the branch

    @pseudo_variable("T_branch_idx", integer=True)
    def pv_branch_index(self, ctx: Context) -> int:
        """$T_branch_idx: the number of the branch: in branch_route and onreply_route of this one, in request_route and
        failure_route of the next; -1 elsewhere."""
        kind = ctx.route_type
        if kind in _REPLIES or kind in (RouteType.BRANCH, RouteType.BRANCH_FAILURE):
            if kind is RouteType.REPLY:
                self.tm.transaction(ctx)
            return ctx.branch
        waiting = len(ctx.draft.targets)
        if kind is RouteType.REQUEST:
            return waiting
        if kind is RouteType.FAILURE and ctx.transaction is not None:
            return len(ctx.transaction.branches) + waiting
        return -1

    def _branch(self, ctx: Context) -> Any | None:
        """The branch that this run is about; in failure_route the one that won."""
        t = self.tm.transaction(ctx)
        if t is None:
            return None
        number = t.picked if ctx.route_type in _FAILURES else ctx.branch
        return t.branches[number] if 0 <= number < len(t.branches) else None

    @pseudo_variable("T_reply_ruid")
    def pv_reply_ruid(self, ctx: Context) -> bytes:
        """$T_reply_ruid: the location record of the branch that answered (onreply_route) or won (failure_route)."""
        branch = self._branch(ctx)
        return (branch.ruid or b"") if branch is not None else b""

    @pseudo_variable("T_reply_code", integer=True)
    def pv_reply_code(self, ctx: Context) -> int:
        """$T_reply_code: of the response; in failure_route of the one that won; else the last one sent."""
        if isinstance(ctx.message, Response):
            return ctx.message.status
        t = ctx.transaction
        if t is None:
            return 0
        if ctx.route_type in _FAILURES:
            branch = self._branch(ctx)
            return branch.last if branch is not None else 0
        return int(t.status)

    @pseudo_variable("T_reply_reason")
    def pv_reply_reason(self, ctx: Context) -> bytes | None:
        """$T_reply_reason: the reason phrase that goes with $T_reply_code; null in request_route."""
        if isinstance(ctx.message, Response):
            return ctx.message.reason
        branch = self._branch(ctx) if ctx.route_type is RouteType.FAILURE else None
        if branch is None:
            return None
        if isinstance(branch.reply, Response):
            return branch.reply.reason
        reason: bytes = self.tm.reason(branch.last)
        return reason

    @pseudo_variable("T_reply_last", integer=True)
    def pv_reply_last(self, ctx: Context) -> int | None:
        """$T_reply_last: the last status that this branch has got; in onreply_route only."""
        branch = self._branch(ctx) if ctx.route_type is RouteType.ONREPLY else None
        return branch.last if branch is not None else None

    # -- the transaction

    @pseudo_variable("T", keys=KEYS)
    def pv_T(self, ctx: Context, inner: bytes) -> Value:
        """$T(id_index), $T(id_label): its name for t_continue(); null without transaction, with _n a transaction is
        made. $T(reply_code), $T(reply_reason), $T(branch_index): as $T_reply_code and so on. $T(reply_type): 1 in
        failure_route where the response that won is our own, else 0. $T(uri), $T(ruid), $T(flags): as $T_branch()."""
        if inner in _ELSEWHERE:
            found: Value = getattr(self, _ELSEWHERE[inner])(ctx)
            return found
        if inner in _OF_BRANCH:
            return self._of_branch(ctx, inner)
        if inner.endswith(b"_n") and ctx.transaction is None:
            self.tm.create(ctx)
        if inner == b"reply_type":
            return self._reply_type(ctx)
        identity = self.tm.identity(ctx)
        if identity is None:
            return None
        return int(identity[0] if inner.startswith(b"id_index") else identity[1])

    def _reply_type(self, ctx: Context) -> int | None:
        if self.tm.transaction(ctx) is None:
            return None
        branch = self._branch(ctx) if ctx.route_type is RouteType.FAILURE else None
        return int(branch is not None and branch.reply is not None and not isinstance(branch.reply, Response))

    @pseudo_variable("T_branch", keys=KEYS)
    def pv_T_branch(self, ctx: Context, inner: bytes) -> Value:
        """$T_branch(flags), $T_branch(uri), $T_branch(ruid): of this branch; of the one that won, in failure_route. The
        other names of $T(...) are null."""
        return self._of_branch(ctx, inner) if inner in _OF_BRANCH else None

    def _of_branch(self, ctx: Context, inner: bytes) -> Value:
        branch = self._branch(ctx)
        if branch is None:
            return None
        if inner == b"flags":
            return int(branch.flags)
        found: bytes | None = branch.uri if inner == b"uri" else branch.ruid
        return found

    # -- variables of other messages

    def pseudo_variables(self) -> Any:
        """The decorated ones, and those that take a variable as their inner name."""
        yield from variables_of(self)
        yield OtherMessage("T_req", self._request, "$T_req($ru): a variable of the request, in onreply_route")
        yield OtherMessage(
            "T_rpl", self._reply, "$T_rpl($hdr(X)): a variable of the winning response, in failure_route"
        )
        yield OtherMessage("T_inv", self._invite, "$T_inv($fU): a variable of the INVITE, while a CANCEL is routed")

    def _request(self, ctx: Context) -> Context | None:
        t = self.tm.transaction(ctx) if ctx.route_type in _REPLIES else None
        return None if t is None else _about(ctx, t.request)

    def _reply(self, ctx: Context) -> Context | None:
        branch = self._branch(ctx) if ctx.route_type in _FAILURES else None
        reply = branch.reply if branch is not None else None
        return _about(ctx, reply) if isinstance(reply, Response) else None

    def _invite(self, ctx: Context) -> Context | None:
        t = self.tm.find_cancelled(ctx) if ctx.route_type is RouteType.REQUEST else None
        return None if t is None else _about(ctx, t.request)


def _about(ctx: Context, message: Request | Response) -> Context:
    """A run that reads another message, as it was received."""
    other = Context(ctx.server, message, Draft(), ctx.route_type, ctx.avps)
    other.vars = ctx.vars
    return other


@implementer(IPseudoVariable)
class OtherMessage:
    """`$T_req($hdr(To))`: a variable read from another message than the one of the run."""

    module = "tmx"
    writable = False

    def __init__(self, name: str, find: Any, doc: str) -> None:
        self.name = name
        self.doc = doc
        self._find = find

    def bind(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """Raises ConfigError: not a variable inside."""
        if inner is None or index is not None:
            raise ConfigError(f"${self.name}: wants a variable: ${self.name}($ru)")
        read = binder.variable(inner).get
        find = self._find

        def get(ctx: Context) -> Value:
            other = find(ctx)
            return None if other is None else read(other)

        return Access(get)
