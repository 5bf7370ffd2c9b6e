# -*- test-case-name: tests.modules.tm.test_create -*-
"""create: a request gets its transaction, with what the script has armed for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sipapp.errors import LocalError, ParseError
from sipapp.interfaces.route import RouteType
from sipapp.interfaces.script import Access
from sipapp.log import Logger
from sipapp.message.alike import maker
from sipapp.message.request import Request
from sipapp.message.uri import check_uri
from sipapp.module.reply import compose
from sipapp.modules.tm.reasons import BAD_REQUEST, IN_PROCESS, UNSPECIFIED
from sipapp.modules.tm.receive import Receiving
from sipapp.modules.tm.transaction import (
    ARMED,
    AUTO_100,
    DISABLE_6XX,
    INVITE,
    NO_CANCEL_REASON,
    NOISY,
    TRYING,
    Armed,
    Transaction,
)
from sipapp.script.values import integer

if TYPE_CHECKING:
    from sipapp.script.runtime import Context

log = Logger()


_NOBODY: Any = None
_GIVEN = "tm", "request", "label"
_LATER = (
    *("server", "flags", "end_of_life", "avps", "xavps", "xavus", "xavis"),
    *("draft", "reply_fields", "reply_body", "message_flags", "message_xflags"),
)
_new_transaction = maker(Transaction, _NOBODY, _NOBODY, 0, filled=_GIVEN, empty=_LATER)


_TRIED = INVITE | AUTO_100
"""The flags of what gets a 100 by itself."""


class Creating(Receiving):
    """Makes transactions."""

    fr_variable: Access | None
    fr_inv_variable: Access | None
    invite_flags: int  # what the parameters say of an INVITE

    def read_defaults(self) -> None:
        self.fr_variable = self.fr_inv_variable = None
        self.invite_flags = (
            INVITE
            | (AUTO_100 if self.auto_inv_100 else 0)
            | (DISABLE_6XX if self.disable_6xx_block else 0)
            | (0 if self.e2e_cancel_reason else NO_CANCEL_REASON)
        )

    def new_transaction(self, ctx: Context, any_uri: bool = False) -> int:
        """1: it has one now (an ACK gets none); 0: an ACK to a response of ours, which ends here; negative: Kamailio's
        number for what keeps it from having one; IN_PROCESS: it had one. any_uri: the Request-URI may be nonsense, for
        that will be its answer."""
        t = ctx.transaction
        request = ctx.message
        if t is not None:
            t.message_flags, t.message_xflags = ctx.draft.flags, ctx.draft.xflags
            return IN_PROCESS
        if not isinstance(request, Request) or request.flow is None:
            return UNSPECIFIED
        if request.method == b"ACK":
            if ACKNOWLEDGED in ctx.extra:
                return 0
            if self.listeners:
                self._tell_of_ack(request, ctx)
            return 1
        try:
            if not any_uri:
                uri = ctx.draft.request_uri
                if uri is None:
                    request.check_uri()
                else:
                    check_uri(uri)
            whole: Any = self  # what this is in the end: all of tm
            next_label = self.table.next_label
            t = _new_transaction(whole, request, next_label())  # as Transaction(self, request, its label)
            t.server = self.transactions.server(request, t)
        except ParseError as why:
            log.warn("no transaction for {request}: {why}", request=request, why=why)
            return BAD_REQUEST
        except LocalError:
            return 0  # it came again while its script waited
        self._arm(t, ctx)
        t.share(ctx)
        t.keep(ctx.draft)
        ctx.transaction = t
        self.table.add(t)
        self.counts.created += 1
        if self.listeners:
            self.tell("transaction_created", t, ctx)
        return 1

    def _tell_of_ack(self, request: Request, ctx: Context) -> None:
        cseq = request.cseq
        invite = None if cseq is None else self.table.invite(request.call_id, cseq.number)
        if invite is not None:
            self.tell("ack_passed", invite, ctx)

    def _arm(self, t: Transaction, ctx: Context) -> None:
        """Timers, routes and flags: the parameters', or what the script wants for this request."""
        is_invite = t.request.method == b"INVITE"
        flags = self.invite_flags if is_invite else 0
        lifetime = self.times.invite_lifetime if is_invite else self.times.lifetime
        extra = ctx.extra
        if ARMED in extra:
            armed: Armed = extra[ARMED]
            flags = (flags | armed.flags_on) & ~armed.flags_off
            lifetime = (armed.invite_lifetime if is_invite else armed.lifetime) or lifetime
            t.fr, t.fr_inv, t.t1, t.t2 = armed.fr, armed.fr_inv, armed.t1, armed.t2
            t.on_failure, t.on_branch_failure = armed.on_failure, armed.on_branch_failure
            t.on_reply, t.on_branch = armed.on_reply, armed.on_branch
        if self.fr_variable is not None and not t.fr:
            t.fr = _seconds(self.fr_variable, ctx)
        if self.fr_inv_variable is not None and not t.fr_inv:
            t.fr_inv = _seconds(self.fr_inv_variable, ctx)
            if t.fr_inv:
                flags |= NOISY
        t.flags = flags
        seconds = self.seconds
        t.end_of_life = seconds() + lifetime

    def as_module(self) -> Any:
        """This, as what it is in the end: the whole of tm."""
        return self

    def say_trying(self, t: Transaction, ctx: Context) -> None:
        """The 100 that keeps the caller from sending its INVITE again. RFC 3261 §16.2."""
        if t.flags & _TRIED != _TRIED or t.status >= 100:
            return
        if self.answer(t, 100, self.auto_inv_100_reason, ctx) > 0:
            t.winner = TRYING

    def trying(self, t: Transaction) -> bytes:
        """The same once more."""
        ctx = t.kept[0] if t.kept else self.context(t, RouteType.REQUEST)
        return compose(ctx, 100, self.auto_inv_100_reason, None)


ACKNOWLEDGED = "tm.acknowledged"
"""In `ctx.extra` of an ACK to a 2xx of our own."""


def _seconds(variable: Access, ctx: Context) -> float:
    """The number of seconds in an AVP; 0 where it has none."""
    value = variable.get(ctx)
    return float(max(integer(value), 0)) if value is not None else 0.0
