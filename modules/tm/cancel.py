# -*- test-case-name: tests.modules.tm.test_cancel -*-
"""cancel: ending branches that shall not go on, and what a CANCEL from the caller does. RFC 3261 §9, §16.10."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from sipapp.errors import ParseError
from sipapp.log import Logger
from sipapp.message import build
from sipapp.message.headers import header_key
from sipapp.message.parse import parse
from sipapp.modules.tm.base import Base
from sipapp.modules.tm.branch import CANCEL_USER, NEVER, Branch
from sipapp.modules.tm.transaction import CANCELED, NO_CANCEL_REASON, Transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sipapp.message.message import Message
    from sipapp.message.request import Request
    from sipapp.script.runtime import Context

log = Logger()

KILL = 10
"""How to cancel, beside the values of `cancel_b_method`: the caller has its final response, all else must end."""

COUNT_AS_487, WAIT, FORCE = 0, 1, 2

_TEXTS = {200: b';text="Call completed elsewhere"'}
_NOT_COPIED = frozenset(
    b"via from to call-id cseq route max-forwards require proxy-require content-length content-type reason".split()
)


class Cancelling(Base):
    """Cancels branches."""

    if TYPE_CHECKING:

        def answer(self, t: Transaction, status: int, reason: bytes, ctx: Context | None = None) -> int: ...
        def cancel_runs(self, t: Transaction) -> None: ...
        def local_request(self, t: Transaction, data: bytes, send: Callable[[bytes], None]) -> None: ...

    def reason_for(self, status: int) -> list[bytes]:
        """The Reason line of a CANCEL that a response with this status causes. RFC 3326."""
        if status <= 0 or not self.local_cancel_reason:
            return []
        return [b"Reason: SIP;cause=%d%b\r\n" % (status, _TEXTS.get(status, b""))]

    def stop_branches(self, t: Transaction, status: int) -> None:
        """The caller has a final response: whatever is still on its way shall end."""
        for branch in t.branches:
            if branch.last >= 200 or branch.client is None:
                if branch.cancel is None:
                    branch.due = NEVER
            elif t.is_invite:
                if branch.cancel is None:
                    self.cancel_branch(branch, self.reason_for(status), KILL)
            else:
                branch.client.stop_retransmission()

    def open_branches(self, t: Transaction, but: Branch | None = None) -> list[Branch]:
        """Those that a CANCEL could still change something for."""
        return [b for b in t.branches if b.is_open and b.cancel is None and not b.blind and b is not but]

    def cancel_branch(self, branch: Branch, reason: list[bytes], how: int) -> None:
        """Cancel one branch; a CANCEL goes out once a provisional response has come. RFC 3261 §9.1."""
        branch.canceled = True
        client = branch.client
        if how == KILL:
            branch.due = NEVER  # Timer C has nothing to say any more
        if branch.heard >= 200:
            return  # its onreply_route waits: it is over as soon as that has ended
        if branch.heard < 100 and how != FORCE:
            if client is not None and how != WAIT:
                client.stop_retransmission()
            if how == COUNT_AS_487:
                self.made_up(branch, 487)
            return
        self.send_cancel(branch, reason)

    def send_cancel(self, branch: Branch, reason: Iterable[bytes]) -> None:
        """Send the CANCEL of a branch, once."""
        client = branch.client
        if branch.cancel is not None or client is None:
            return
        branch.canceled = True
        t = branch.transaction
        data = build.cancel(branch.data, [*self._taken_over(branch.data), *reason])
        client.stop_retransmission()
        if self.evlreq_mode & 1 or t.is_local:
            self.local_request(t, data, partial(self._send_cancel, branch))
        else:
            self._send_cancel(branch, data)

    def _send_cancel(self, branch: Branch, data: bytes) -> None:
        client, flow = branch.client, branch.flow
        if branch.cancel is not None or client is None or flow is None:
            return
        branch.cancel = self.transactions.client(data, b"CANCEL", client.branch_id, flow, CANCEL_USER)
        # Nobody may count on a 487: RFC 3261 §9.1 waits for 64*T1.
        due = self.seconds() + 64 * self.times.t1
        if due < branch.due:
            branch.due = due
            self.wheel.start(branch)

    def _taken_over(self, data: bytes) -> list[bytes]:
        """What `ac_extra_hdrs` wants of the INVITE."""
        if not self.ac_extra_hdrs:
            return []
        return fields_with(parse(data), self.ac_extra_hdrs)

    # -- from the caller

    def cancelled_by_caller(self, ctx: Context, canceling: Transaction, invite: Transaction) -> None:
        """A CANCEL (whose transaction is `canceling`) for this INVITE."""
        request: Any = ctx.message
        invite.flags |= CANCELED
        self.cancel_runs(invite)
        branches = self.open_branches(invite)
        if not branches:
            self.answer(invite, 487, b"Request canceled")
            self.answer(canceling, 200, b"ok -- no more pending branches", ctx)
            return
        if invite.canceled_by is None:
            invite.canceled_by = self._reason_of(request, invite)
        for branch in branches:
            self.cancel_branch(branch, invite.canceled_by, self.cancel_b_method)
        self.answer(canceling, 200, b"canceling", ctx)

    def _reason_of(self, cancel: Request, invite: Transaction) -> list[bytes]:
        """What of a CANCEL goes on with ours: its Reason, and all the rest where `headers_mode` says so."""
        lines = []
        if self.headers_mode & 1:
            lines = [
                cancel.head.line_of(number) for number, key in enumerate(cancel.head.keys) if key not in _NOT_COPIED
            ]
        if not invite.flags & NO_CANCEL_REASON:
            lines += [cancel.head.line_of(number) for number in cancel.head.all(b"reason")]
        return lines

    def late_cancel(self, branch: Branch) -> None:
        """The first provisional response to a branch that shall be cancelled."""
        t = branch.transaction
        reason = t.canceled_by
        self.send_cancel(branch, self.reason_for(t.status if t.status >= 200 else 0) if reason is None else reason)

    def invite_of(self, cancel: Request) -> Transaction | None:
        """The transaction that a CANCEL is for."""
        found = self.transactions.find_cancelled(cancel)
        user = found.user if found is not None else None
        return user if isinstance(user, Transaction) else None


def fields_with(message: Message, prefix: bytes) -> list[bytes]:
    """The lines of all fields whose names begin with this."""
    try:
        start = header_key(prefix)
    except ParseError:
        return []
    return [message.head.line_of(number) for number, key in enumerate(message.head.keys) if key.startswith(start)]
