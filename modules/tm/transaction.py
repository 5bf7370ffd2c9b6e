# -*- test-case-name: tests.modules.tm.test_transaction -*-
"""transaction: a request that tm has taken on: its server transaction, its branches, what the script armed for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from zlib import crc32

from zope.interface import implementer

from sipapp.interfaces.tm import ITransaction
from sipapp.interfaces.transaction import IServerTransaction, IServerUser
from sipapp.modules.tm.branch import NEVER, Branch

if TYPE_CHECKING:
    from sipapp.errors import TransportError
    from sipapp.interfaces.tm import Answered
    from sipapp.message.draft import Draft
    from sipapp.message.request import Request
    from sipapp.modules.tm import Tm
    from sipapp.modules.tm.suspend import Held
    from sipapp.script.runtime import CallSite, Context

# Kamailio's bits: tm.list shows them, scripts of the RPC read them
INVITE = 1 << 0
LOCAL = 1 << 1
NOISY = 1 << 2
CANCELED = 1 << 3
GLOBAL_FAILURE = 1 << 4  # a 6xx has come: no new branches
AUTO_100 = 1 << 6
NO_AUTO_ACK = 1 << 7
DISABLE_6XX = 1 << 8
DISABLE_FAILOVER = 1 << 9
NO_CANCEL_REASON = 1 << 10
DISABLE_INTERNAL_REPLY = 1 << 13
ADMIN_REPLY = 1 << 14
SUSPENDED = 1 << 15

# What became of it in the request route, as bits of `handled`
FORWARDED, REPLIED, RELEASED, FAILED = 1, 2, 4, 8
REPLICATED, WAITED = 16, 32  # its answer must be the transaction's, even one that sl sends


TRYING = -3
"""As `winner`: the 100 that we send by ourselves, and may make again."""


class Armed:
    """What a script asks for before there is a transaction: kept in `ctx.extra`, then the transaction's."""

    __slots__ = (
        "flags_off",
        "flags_on",
        "fr",
        "fr_inv",
        "invite_lifetime",
        "lifetime",
        "on_branch",
        "on_branch_failure",
        "on_failure",
        "on_reply",
        "t1",
        "t2",
    )

    def __init__(self) -> None:
        self.on_failure = ""
        self.on_branch_failure = ""
        self.on_reply = ""
        self.on_branch = ""
        self.fr = self.fr_inv = self.t1 = self.t2 = self.lifetime = self.invite_lifetime = 0.0  # s; 0: the default
        self.flags_on = 0
        self.flags_off = 0


ARMED = "tm.armed"

_NOTHING: list[bytes] = []
_NO_BRANCHES: list[Branch] = []
"""Of each that has none, for most that are only answered never get one: it is never changed, nor is any other."""


def worth_keeping(draft: Draft) -> Draft | None:
    """The draft, where a new one with the flags that the transaction keeps by itself would be another."""
    if (
        draft.edits
        or draft.targets
        or draft.request_uri is not None
        or draft.next_hop is not None
        or draft.consumed is not None
        or draft.path is not None
        or draft.send_socket is not None
        or draft.location is not None
        or draft.branch_flags
        or draft.forward_flags
        or draft.reply_flags
        or draft.local_rport
        or draft.advertised_host is not None
        or draft.advertised_port is not None
        or draft.fallback_proto is not None
        or draft.reason is not None
        or draft.boundary is not None
    ):
        return draft
    return None


@implementer(ITransaction, IServerUser)
class Transaction:
    """A request and what becomes of it. `status` is the last status that was sent to the caller, 0 before any."""

    __slots__ = (
        "ack_tags",
        "avps",
        "branch_base",
        "branches",
        "call",
        "canceled_by",
        "deciding",
        "delayed",
        "draft",
        "drop_mode",
        "dropped",
        "end_of_life",
        "error",
        "flags",
        "fr",
        "fr_inv",
        "handled",
        "held",
        "holds",
        "kept",
        "label",
        "message_flags",
        "message_xflags",
        "on_branch",
        "on_branch_delayed",
        "on_branch_failure",
        "on_failure",
        "on_reply",
        "picked",
        "released",
        "reply",
        "reply_body",
        "reply_fields",
        "request",
        "resending",
        "server",
        "status",
        "t1",
        "t2",
        "tag_",
        "tm",
        "waited_at",
        "wants_provisional",
        "winner",
        "xavis",
        "xavps",
        "xavus",
    )

    def __init__(self, tm: Tm, request: Request, label: int) -> None:
        self.tm = tm
        self.request = request
        self.label = label
        self.call: tuple[bytes, int] | None = None  # of an INVITE: its Call-ID and CSeq number
        self.server: IServerTransaction | None = None
        self.branch_base = b""  # what its branch parameters begin with
        self.branches = _NO_BRANCHES
        self.status = 0
        self.winner = -1  # the branch whose response was sent last; -2: one of our own; TRYING
        self.picked = -1  # $T_reply_code in failure_route: the branch that won
        self.flags = 0
        self.handled = 0
        self.error = 0  # why the last t_relay() failed: the answer when nothing else is said
        self.delayed: tuple[int, bytes, list[bytes]] | None = None  # the same, where it is a status of its own
        self.draft: Draft | None = None
        self.reply_fields: list[bytes] = _NOTHING  # append_to_reply(), as it was when the request was relayed
        self.reply_body: Any = None
        self.avps: Any = None
        self.xavps: Any = None
        self.xavus: Any = None
        self.xavis: Any = None
        self.message_flags = 0
        self.message_xflags = 0
        self.on_failure = ""
        self.on_branch_failure = ""
        self.on_reply = ""
        self.on_branch = ""
        self.on_branch_delayed = ""
        self.fr = self.fr_inv = self.t1 = self.t2 = 0.0
        self.end_of_life = NEVER
        self.tag_: bytes | None = None
        self.canceled_by: list[bytes] | None = None  # the Reason lines of the CANCEL that came
        self.kept: list[Context] | None = None  # the runs of its script that wait
        self.waited_at: CallSite | None = None  # what its script has waited for last
        self.holds = 0  # how many of them are of the request: no refusal is passed on before they end
        self.held: Held | None = None  # what t_suspend() left for t_continue()
        self.deciding: list[Callable[[], None]] | None = None  # what waits until a failure_route has ended
        self.drop_mode = 0
        self.dropped = False  # t_drop(): `status` was never sent
        self.released: Any = None  # the alarm that ends it, where nobody will answer
        self.resending: Any = None  # the alarm that sends a 2xx of our own again until its ACK comes
        self.ack_tags: Any = None  # what that ACK is known by
        self.reply: Callable[[Answered], None] | None = None  # a local one: who is told the responses
        self.wants_provisional = False  # ... the provisional ones too

    def __repr__(self) -> str:
        return f"<Transaction {self.index}:{self.label} {self.request!r} {self.status}>"

    @property
    def is_invite(self) -> bool:
        return bool(self.flags & INVITE)

    @property
    def is_local(self) -> bool:
        return bool(self.flags & LOCAL)

    @property
    def is_canceled(self) -> bool:
        return bool(self.flags & CANCELED)

    @property
    def has_waited(self) -> bool:
        return bool(self.handled & WAITED)

    @property
    def index(self) -> int:
        """$T(id_index): with the label, its name in scripts and RPC."""
        return crc32(self.request.call_id) & 0xFFFF

    @property
    def tag(self) -> bytes:
        """The To-tag of our own responses."""
        tag = self.tag_
        if tag is None:
            tag = self.tag_ = self.tm.server.ids.tag()
        return tag

    def share(self, ctx: Context) -> None:
        """Its AVPs are those of the run that makes it."""
        self.avps = ctx.avps
        self.xavps = ctx.xavps
        self.xavus = ctx.xavus
        self.xavis = ctx.xavis

    def keep(self, draft: Draft) -> None:
        """What the script has done so far is what our own responses and failure_route start from."""
        self.draft = draft
        self.reply_fields = draft.reply_fields[:] if draft.reply_fields else _NOTHING
        self.reply_body = draft.reply_body
        self.message_flags = draft.flags
        self.message_xflags = draft.xflags

    def rest(self) -> None:
        """It is answered, and lives on to absorb what comes late: what only more branches would have wanted goes while
        it is at hand, the rest of the request is bytes. Nothing where somebody still works on it."""
        if self.kept or self.held is not None or self.ack_tags is not None:
            return
        if self.status < 300:
            self.draft = None
            self.branch_base = b""
            if self.flags & INVITE and self.server is not None:
                self.server.forget_response()  # what comes again of such an INVITE is not answered, RFC 6026 §7.1
        elif self.draft is not None:
            self.draft = worth_keeping(self.draft)
        for branch in self.branches:
            if branch.heard >= 200:  # no CANCEL will be made of it
                branch.via = branch.data = b""
        self.request.forget()

    def lend(self, ctx: Context) -> Context:
        """A run of its script gets its AVPs, and knows it."""
        ctx.avps, ctx.xavps, ctx.xavus, ctx.xavis = self.avps, self.xavps, self.xavus, self.xavis
        ctx.transaction = self
        return ctx

    # -- IServerUser

    def acknowledged(self, transaction: IServerTransaction, ack: Request) -> None:
        """The refusal has come there, and is not sent again, RFC 3261 §17.2.1; but for a script that still runs."""
        if self.kept is None:
            transaction.forget_response()

    def not_acknowledged(self, transaction: IServerTransaction) -> None:
        """The caller is gone; so is our interest."""

    def server_transport_failed(self, transaction: IServerTransaction, error: TransportError) -> None:
        self.tm.reply_not_sent(self, error)

    def last_response(self) -> bytes | None:
        return self.tm.trying(self) if self.winner == TRYING else None

    def server_terminated(self, transaction: IServerTransaction) -> None:
        self.server = None
        self.branch_over()

    # -- its end

    def branch_over(self) -> None:
        """The server transaction or a client transaction is over: so is this, once all are."""
        if self.server is not None:
            return
        for branch in self.branches:
            if branch.client is not None:
                return
        self.tm.forget(self)

    def cut(self) -> None:
        """Cut every link, so that nothing needs the collector."""
        if self.branches:
            for branch in self.branches:
                branch.due = NEVER
                branch.context = None
                branch.waiting = None
                branch.reply = None
            self.branches = _NO_BRANCHES
        self.avps = self.xavps = self.xavus = self.xavis = None
        self.kept = self.held = self.deciding = self.reply = None
        if self.released is not None:
            self.released.cancel()
            self.released = None
        if self.resending is not None:
            self.resending.cancel()
            self.resending = None
