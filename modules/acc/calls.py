# -*- test-case-name: tests.modules.acc.test_calls -*-
"""calls: which requests are accounted, and when: tm tells what becomes of them.

Whether a request is of interest is decided when its transaction is made, what of it by the flags that it has when there
is something to account. A script that waits (for a database, for a time) has its transaction from then on: it decides
when the request is relayed or answered, as if nothing had been waited for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from sipapp.interfaces.record_route import IRecordRoute
from sipapp.interfaces.route import RouteType
from sipapp.interfaces.tm import ITm
from sipapp.message.request import Request
from sipapp.message.response import Response
from sipapp.module import Context
from sipapp.modules.acc.lines import ACKNOWLEDGED, ANSWERED, MISSED
from sipapp.modules.acc.record import Outcome, Record, record, to_tag

Write = Callable[[Context, bytes, Record], None]
"""Write a record of this kind: what a line begins with."""


class Masks(NamedTuple):
    """Flags of messages, as bits; 0 is none."""

    log: int
    log_missed: int
    db: int
    db_missed: int
    failed: int
    prepare: int  # -1: every request is prepared

    @property
    def accounted(self) -> int:
        return self.log | self.db

    @property
    def missed(self) -> int:
        return self.log_missed | self.db_missed


class Options(NamedTuple):
    """Parameters of the same names; `direction` is rr, where it is asked for one."""

    early_media: bool
    failed_filter: frozenset[int]
    report_ack: bool
    report_cancels: bool
    reason_from_hf: bool
    direction: IRecordRoute | None


class Call:
    """What is known of one request beside its transaction."""

    __slots__ = ("ack_tag", "answered", "may_be_missed", "upstream")

    def __init__(self, upstream: bool, may_be_missed: bool) -> None:
        self.upstream = upstream
        self.may_be_missed = may_be_missed  # before failure_route, too
        self.answered = False
        self.ack_tag: bytes | None = None  # the To tag of the ACK that is to be accounted


class Calls:
    """Listens to tm. lines and rows write; rows is never called without a flag of the database."""

    def __init__(
        self, tm: ITm, seconds: Callable[[], float], masks: Masks, options: Options, lines: Write, rows: Write
    ) -> None:
        self._tm = tm
        self._seconds = seconds
        self._masks = masks
        self._options = options
        self._lines = lines
        self._rows = rows
        self._of_interest = masks.accounted | masks.missed | masks.prepare
        self._calls: dict[Any, Call] = {}

    def is_upstream(self, transaction: Any) -> bool:
        """The request is accounted, and goes from the callee's side to the caller's."""
        call = self._calls.get(transaction)
        return call is not None and call.upstream

    # -- what tm tells

    def transaction_created(self, transaction: Any, ctx: Context) -> None:
        self._consider(transaction, ctx)

    def request_forwarded(self, transaction: Any, branch: Any, data: bytes) -> None:
        if branch.index == 0 and transaction.has_waited and transaction not in self._calls:
            self._consider(transaction, self._tm.context(transaction, RouteType.REQUEST))

    def _consider(self, transaction: Any, ctx: Context) -> None:
        flags = ctx.draft.flags
        masks, options = self._masks, self._options
        if not flags & self._of_interest and masks.prepare != -1:
            return
        if ctx.message.method == b"CANCEL" and not options.report_cancels:
            return
        prepared = masks.prepare == -1 or flags & masks.prepare
        upstream = options.direction is not None and options.direction.is_upstream(ctx)
        call = Call(upstream, bool(transaction.is_invite and (flags & masks.missed or prepared)))
        if options.report_ack and flags & masks.accounted:
            call.ack_tag = b""
        self._calls[transaction] = call

    def request_failed(self, transaction: Any, branch: Any) -> None:
        call = self._calls.get(transaction)
        if call is None or not call.may_be_missed or not transaction.message_flags & self._masks.missed:
            return
        response = branch.reply if isinstance(branch.reply, Response) else None
        ctx = self._context(transaction, branch.index, RouteType.FAILURE)
        ctx.response = response
        self._missed(transaction, ctx, self._record(transaction, call, branch.last, response))

    def response_sent(self, transaction: Any, status: int, data: bytes, response: Response | None) -> None:
        if response is None:
            if status < 200:
                return
            if not transaction.branches and transaction.has_waited and transaction not in self._calls:
                self._consider(transaction, self._tm.context(transaction, RouteType.REQUEST))
        call = self._calls.get(transaction)
        if call is None or call.answered:
            return
        if status >= 200:
            self._answered(transaction, call, response if status < 300 else None)
        masks = self._masks
        flags = transaction.message_flags
        missed = status >= 300 and transaction.is_invite and flags & masks.missed
        accounted = self._is_accounted(flags & ~masks.missed if missed else flags, status, response)
        if not missed and not accounted:
            return
        index = transaction.winner
        if index < 0 and status >= 300:
            index = transaction.picked
        ctx = self._context(transaction, index, RouteType.REQUEST)
        made = self._record(transaction, call, status, response)
        if missed:
            self._missed(transaction, ctx, made)
        if accounted:
            self._write(ctx, ANSWERED, made, masks.log, masks.db)

    def ack_passed(self, transaction: Any, ctx: Context) -> None:
        call = self._calls.get(transaction)
        if call is None or not call.ack_tag or to_tag(ctx.message) != call.ack_tag:
            return
        del self._calls[transaction]  # another one is the same once more
        if not transaction.message_flags & self._masks.accounted:
            return
        status = transaction.status
        own = self._tm.context(transaction, RouteType.REQUEST)
        own.message = ctx.message
        outcome = Outcome(b"%d" % status, self._tm.reason(status))
        made = record(ctx.message, outcome, to_tag(ctx.message), self._seconds(), call.upstream)
        self._write(own, ACKNOWLEDGED, made, self._masks.log, self._masks.db)

    def transaction_ended(self, transaction: Any, request: Request) -> None:
        self._calls.pop(transaction, None)

    # -- what comes of it

    def _answered(self, transaction: Any, call: Call, accepted: Response | None) -> None:
        """Only an ACK is of interest now, and only to a 2xx of somebody else: nothing is kept but for it."""
        if accepted is not None and call.ack_tag is not None and transaction.is_invite:
            call.answered = True
            call.ack_tag = to_tag(accepted)
        else:
            del self._calls[transaction]

    def _is_accounted(self, flags: int, status: int, response: Response | None) -> bool:
        masks, options = self._masks, self._options
        if not flags & masks.accounted:
            return False
        if status >= 300:
            return bool(flags & masks.failed) and status not in options.failed_filter
        return status >= 200 or (options.early_media and response is not None and bool(response.body))

    def _context(self, transaction: Any, index: int, route_type: RouteType) -> Context:
        """Variables are those of the request, whose Request-URI is the one of the branch that counts."""
        ctx = self._tm.context(transaction, route_type)
        if index >= 0:
            ctx.draft.request_uri = transaction.branches[index].uri
            ctx.branch = index
        return ctx

    def _record(self, transaction: Any, call: Call, status: int, response: Response | None) -> Record:
        request: Request = transaction.request
        if response is None:
            outcome = Outcome(b"%d" % status, self._tm.reason(status))
            tag = to_tag(request) or transaction.tag
        else:
            reason = response.first(b"reason") if self._options.reason_from_hf else None
            outcome = Outcome(b"%d" % response.status, response.reason if reason is None else reason)
            tag = to_tag(response)
        return record(request, outcome, tag, self._seconds(), call.upstream)

    def _missed(self, transaction: Any, ctx: Context, made: Record) -> None:
        """A missed call is reported once: its flags are reset."""
        masks = self._masks
        self._write(ctx, MISSED, made, masks.log_missed, masks.db_missed)
        ctx.draft.flags = transaction.message_flags = transaction.message_flags & ~masks.missed

    def _write(self, ctx: Context, kind: bytes, made: Record, log: int, db: int) -> None:
        flags = ctx.draft.flags
        if flags & log:
            self._lines(ctx, kind, made)
        if flags & db:
            self._rows(ctx, kind, made)
