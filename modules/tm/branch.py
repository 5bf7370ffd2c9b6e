# -*- test-case-name: tests.modules.tm.test_branch -*-
"""branch: one fork of a relayed request: its client transaction, what came back, and Timer C. RFC 3261 §16.6."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from zope.interface import implementer

from sipapp.interfaces.tm import IBranch
from sipapp.interfaces.transaction import IClientTransaction, IClientUser

NEVER = inf
"""The time of a timer that does not run."""

if TYPE_CHECKING:
    from sipapp.errors import TransportError
    from sipapp.interfaces.transport import Flow, Target
    from sipapp.message.draft import Draft
    from sipapp.message.response import Response
    from sipapp.modules.tm.transaction import Transaction
    from sipapp.script.runtime import Context


_NONE: list[Target] = []


@implementer(IBranch, IClientUser)
class Branch:
    """One branch. It is also the wheel's owner of Timer C: `due`, `slot`, `expired()`."""

    __slots__ = (
        "bits",
        "blind",
        "branch_id",
        "cancel",
        "canceled",
        "client",
        "context",
        "data",
        "due",
        "first",
        "flags",
        "flow",
        "heard",
        "index",
        "instance",
        "last",
        "more_targets",
        "on_branch_failure",
        "on_failure",
        "on_reply",
        "path",
        "place",
        "replied",
        "reply",
        "reply_draft",
        "ruid",
        "sending",
        "slot",
        "timed_out_",
        "transaction",
        "uri",
        "user_agent",
        "via",
        "waiting",
    )

    def __init__(self, transaction: Transaction, index: int, uri: bytes) -> None:
        self.transaction: Transaction = transaction
        self.index = index
        self.uri = uri
        self.path: bytes | None = None
        self.instance: bytes | None = None
        self.ruid: bytes | None = None
        self.user_agent: bytes | None = None
        self.flags = 0  # setbflag()
        self.bits = 0  # t_vbflag_set()
        self.first = False  # the first one of its t_relay()
        self.blind = False  # of a wait that took too long: nothing was ever sent
        self.on_reply = transaction.on_reply
        self.on_failure = transaction.on_failure
        self.on_branch_failure = transaction.on_branch_failure
        self.client: IClientTransaction | None = None
        self.flow: Flow | None = None
        self.data = b""  # the request as it goes out
        self.via = b""  # our line in it
        self.branch_id = b""  # the branch parameter there
        self.context: Context | None = None  # where there may be another target: what renders the request for it
        self.more_targets = _NONE
        self.last = 0  # the last status, once its onreply_route has ended
        self.heard = 0  # the last status that came
        self.reply: Response | Any = None  # a final response that may win yet, or MADE_UP
        self.reply_draft: Draft | None = None
        self.place = ""  # where the script has relayed it, while somebody reads that in the log
        self.sending = False  # t_relay() is about to send it, or waits for onsend_route
        self.replied = False  # it was no silence
        self.timed_out_ = False
        self.canceled = False  # a CANCEL is due, at the first provisional response where there was none yet
        self.cancel: IClientTransaction | None = None  # the transaction of the CANCEL
        self.waiting: list[Response] | None = None  # what came while its onreply_route waits
        self.due = NEVER
        self.slot = 0

    @property
    def is_open(self) -> bool:
        """Its final response is still to come."""
        return self.last < 200 and not self.sending

    def __repr__(self) -> str:
        return f"<Branch {self.index} {self.uri.decode('latin-1')} {self.last}>"

    # -- IClientUser

    def responded(self, transaction: IClientTransaction, response: Response) -> None:
        self.heard = status = response.status
        if status >= 200:
            self.due = NEVER
        if self.waiting is not None:
            self.waiting.append(response)
        else:
            self.transaction.tm.take_response(self, response)

    def timed_out(self, transaction: IClientTransaction) -> None:
        self.transaction.tm.branch_timed_out(self)

    def client_transport_failed(self, transaction: IClientTransaction, error: TransportError) -> None:
        self.transaction.tm.branch_not_sent(self, error)

    def client_terminated(self, transaction: IClientTransaction) -> None:
        self.client = None
        self.due = NEVER
        self.transaction.branch_over()

    # -- Timer C

    def expired(self) -> None:
        self.due = NEVER
        self.transaction.tm.timer_c(self)


@implementer(IClientUser)
class CancelUser:
    """The user of a CANCEL's transaction: nobody cares how it ends, the INVITE's own response counts."""

    __slots__ = ()

    def responded(self, transaction: IClientTransaction, response: Response) -> None:
        """200 or 481: neither changes anything."""

    def timed_out(self, transaction: IClientTransaction) -> None:
        """The INVITE's timers go on."""

    def client_transport_failed(self, transaction: IClientTransaction, error: TransportError) -> None:
        """As above."""

    def client_terminated(self, transaction: IClientTransaction) -> None:
        """It held nothing."""


CANCEL_USER = CancelUser()
