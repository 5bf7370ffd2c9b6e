# -*- test-case-name: tests.interfaces.test_tm -*-
"""tm: what the stateful core offers to modules: requests of one's own, held requests, and what becomes of a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from zope.interface import Attribute, Interface

if TYPE_CHECKING:
    from collections.abc import Callable

    from twisted.internet.defer import Deferred

    from sipapp.interfaces.route import RouteType
    from sipapp.interfaces.transport import Socket
    from sipapp.message.request import Request
    from sipapp.message.response import Response
    from sipapp.script.runtime import Context, Route


class Answered(NamedTuple):
    """A response to a request of our own; `response` is None where it is ours: a time-out, a failed send."""

    status: int
    reason: bytes
    response: Response | None


class IBranch(Interface):
    """One fork of a relayed request."""

    index: int = Attribute("its number within the transaction, from 0")
    uri: bytes = Attribute("the Request-URI that it was sent with")
    path: bytes | None = Attribute("the path vector")
    instance: bytes | None = Attribute("+sip.instance of the contact")
    ruid: bytes | None = Attribute("the record of the contact in the location table")
    flags: int = Attribute("its branch flags; may be written")
    bits: int = Attribute("its virtual branch flags; may be written")
    last: int = Attribute("the last status that it got; 0 before any")
    reply: Any = Attribute("the final Response while it may win; not a Response where it is our own")


class ITransaction(Interface):
    """A request that tm has taken on: what `ctx.transaction` holds."""

    request: Request = Attribute("the request")
    index: int = Attribute("$T(id_index)")
    label: int = Attribute("$T(id_label)")
    status: int = Attribute("the last status sent to the caller; 0 before any")
    branches: list[Any] = Attribute("its IBranch-es; to read only: those that have none share one list")
    tag: bytes = Attribute("the To-tag of our own responses")
    winner: int = Attribute("the number of the branch whose response was sent last; negative: it was none's")
    picked: int = Attribute("failure_route: the number of the branch that won; -1 before one has")
    is_invite: bool = Attribute("it is an INVITE")
    is_local: bool = Attribute("it is a request of our own")
    is_canceled: bool = Attribute("its caller has given it up")
    has_waited: bool = Attribute("its script has waited, which may be what made the transaction")
    message_flags: int = Attribute("the flags that replies and failure_route start with; may be written")
    message_xflags: int = Attribute("the extended flags; may be written")


class ITm(Interface):
    """tm, as other modules see it; a transaction is an ITransaction."""

    counts: Any = Attribute("modules.tm.counts.Counts: totals since the start")

    def request(
        method: bytes,
        uri: bytes,
        from_: bytes,
        to: bytes,
        fields: bytes = b"",
        body: bytes = b"",
        next_hop: bytes | None = None,
        socket: Socket | None = None,
        call_id: bytes | None = None,
        cseq: int | None = None,
        provisional: Callable[[Answered], None] | None = None,
        auto_ack: bool = True,
        timeout: float = 0.0,
        invite_timeout: float = 0.0,
    ) -> Deferred[Answered]:
        """Send a request of our own; fires with its final response. event_route[tm:local-request] runs for it.

        from_, to: the values of these fields; a From without tag gets one. fields: further whole lines. Cancelling
        the Deferred cancels the request. Fails with ScriptError: it cannot be built or sent.
        """

    def reason(status: int) -> bytes:
        """The reason phrase of a response of our own."""

    def find(index: int, label: int) -> Any | None:
        """The transaction with these $T(id_index) and $T(id_label)."""

    def find_call(call_id: bytes, cseq: bytes) -> Any | None:
        """The INVITE with this Call-ID and CSeq (`1`, or `1 INVITE`)."""

    def find_cancelled(ctx: Context) -> Any | None:
        """The INVITE that the CANCEL of this run is for."""

    def cancel(transaction: Any, branches: list[Any] | None = None, status: int = 0) -> int:
        """Cancel branches of an INVITE, all where none are named; `status` is the cause in Reason. How many."""

    def answer(transaction: Any, status: int, reason: bytes) -> int:
        """Answer its request: 1, or -1 where it has a final response."""

    async def append_branches(transaction: Any, ctx: Context, contact: bytes = b"") -> int:
        """Send its request to the further targets of a run as well, but for those that it has already: how many;
        negative where it could not be. contact: only to those whose URI has this in it."""

    def drop(transaction: Any, status: int) -> None:
        """Let nobody answer it; `status` counts as sent."""

    def acknowledge_local(transaction: Any, fields: bytes, body: bytes) -> bool:
        """Send the ACK to the 2xx of an INVITE of our own that waits for one; whether it did."""

    def transaction(ctx: Context) -> Any | None:
        """The transaction of the message of this run, found where the run does not have it yet."""

    def create(ctx: Context) -> int:
        """What t_newtran() does, and its return code."""

    def suspend(ctx: Context, seconds: float = 0.0, given_up: Callable[[], object] | None = None) -> int:
        """What t_suspend() does, and its return code; `identity(ctx)` is for `resume`. seconds: how long that may take
        for a request (s); 0: fr_timer. given_up: called where `resume` will find nothing: the caller has cancelled, the
        time is over, the request was answered, the server goes down."""

    def resume(index: int, label: int, route: Route) -> int:
        """What t_continue() does, and its return code."""

    def identity(ctx: Context) -> tuple[int, int] | None:
        """$T(id_index), $T(id_label)."""

    def context(transaction: Any, route_type: RouteType) -> Context:
        """A run about the request of a transaction, with its AVPs, its flags and what t_relay() saw."""

    def on_event(listener: Any) -> None:
        """Tell an ITransactionListener of what happens to every transaction."""


class ITransactionListener(Interface):
    """Who is told what becomes of requests: accounting, dialogs. All are called with the transaction first."""

    def transaction_created(transaction: Any, ctx: Context) -> None:
        """The script has made a transaction for its request."""

    def request_forwarded(transaction: Any, branch: Any, data: bytes) -> None:
        """A branch was sent."""

    def response_received(transaction: Any, branch: Any, response: Response) -> None:
        """A response came to a branch, before its onreply_route."""

    def request_failed(transaction: Any, branch: Any) -> None:
        """All branches have refused; this one's response would be the answer. Before failure_route, which starts with
        the flags that are left then."""

    def ack_passed(transaction: Any, ctx: Context) -> None:
        """The ACK to a 2xx of somebody else is about to be relayed; it is the message of `ctx`."""

    def response_sent(transaction: Any, status: int, data: bytes, response: Response | None) -> None:
        """A response went to the caller; `response` is the one that was relayed, None for one of our own."""

    def transaction_ended(transaction: Any, request: Request) -> None:
        """It is forgotten."""
