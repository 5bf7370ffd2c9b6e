# -*- test-case-name: tests.interfaces.test_transaction -*-
"""transaction: RFC 3261 §17 as the modules see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zope.interface import Attribute, Interface

if TYPE_CHECKING:
    from sipapp.errors import TransportError
    from sipapp.interfaces.transport import Flow
    from sipapp.message.request import Request
    from sipapp.message.response import Response


class IServerTransaction(Interface):
    """A server transaction. RFC 3261 §17.2, RFC 6026."""

    request: Request = Attribute("the request that began it")
    user: Any = Attribute("whoever was given as transaction user; None once terminated")

    def respond(status: int, data: bytes) -> None:
        """Send a response (bytes as they go out) and keep the last for retransmissions.

        Raises StateError: a final response was sent already (a 2xx to INVITE may follow a 2xx).
        """

    def resend() -> bool:
        """Send the last response again; false where there is none."""

    def forget_response() -> None:
        """Don't keep the last response; the user is asked to make it again, should it be wanted."""

    def terminate() -> None:
        """Forget it at once; the user is not told."""


class IClientTransaction(Interface):
    """A client transaction. RFC 3261 §17.1, RFC 6026."""

    branch_id: bytes = Attribute("the branch parameter of its Via")
    flow: Flow = Attribute("where its request went")
    user: Any = Attribute("whoever was given as transaction user; None once terminated")

    def terminate() -> None:
        """Forget it at once: late responses find nothing; the user is not told."""

    def stop_retransmission() -> None:
        """Send the request no more; a response is still awaited."""

    def set_timeout(seconds: float) -> None:
        """Have Timer B or F fire in `seconds` from now, where it runs."""

    def set_retransmission(t1: float, t2: float) -> None:
        """New T1 and T2 (s) for the retransmissions to come."""


class IServerUser(Interface):
    """The transaction user above a server transaction."""

    def acknowledged(transaction: IServerTransaction, ack: Request) -> None:
        """The ACK to a non-2xx final response came."""

    def not_acknowledged(transaction: IServerTransaction) -> None:
        """Timer H: no ACK came."""

    def server_transport_failed(transaction: IServerTransaction, error: TransportError) -> None:
        """A response could not be sent."""

    def last_response() -> bytes | None:
        """The response that it has sent last, made again; asked only after `forget_response`."""

    def server_terminated(transaction: IServerTransaction) -> None:
        """The transaction is over; cut what links to it."""


class IClientUser(Interface):
    """The transaction user above a client transaction."""

    def responded(transaction: IClientTransaction, response: Response) -> None:
        """A response that is no retransmission (every 2xx to an INVITE counts)."""

    def timed_out(transaction: IClientTransaction) -> None:
        """Timer B or F: no final response."""

    def client_transport_failed(transaction: IClientTransaction, error: TransportError) -> None:
        """The request could not be sent."""

    def client_terminated(transaction: IClientTransaction) -> None:
        """The transaction is over; cut what links to it."""


class ITransactionLayer(Interface):
    """The machines, their timers and their keys."""

    timers: Any = Attribute("sipapp.transaction.timers.Timers: what starts from now on follows them")
    matching: Any = Attribute("sipapp.transaction.matching.Matching: what counts for peers older than RFC 3261")
    ack_prefix: bytes = Attribute("fields of an INVITE whose keys begin with this go into the ACK to a refusal too")
    check_call_id: bool = Attribute("a response must have the Call-ID of its request, not just its branch")

    def find_server(request: Request) -> IServerTransaction | None:
        """The transaction of this request or of the INVITE that this ACK is for; RFC 3261 §17.2.3."""

    def find_cancelled(cancel: Request) -> IServerTransaction | None:
        """The INVITE transaction that this CANCEL is for. RFC 3261 §9.2."""

    def find_client(response: Response) -> IClientTransaction | None:
        """The transaction of this response. RFC 3261 §17.1.3."""

    def server(request: Request, user: Any) -> IServerTransaction:
        """A new server transaction for a request that has none.

        Raises ParseError: the request has nothing to match it by. LocalError: it has a transaction.
        """

    def client(
        request: bytes,
        method: bytes,
        branch_id: bytes,
        flow: Flow,
        user: Any,
        t1: float = 0.0,
        t2: float = 0.0,
        timeout: float = 0.0,
    ) -> IClientTransaction:
        """A new client transaction; sends the request (bytes as they go out).

        t1, t2, timeout: in s, the last one Timer B or F; the layer's own where not given.
        """

    def receive_request(request: Request) -> bool:
        """Give a request to its transaction; true when that was all that is to be done
        (a retransmission, an ACK to a non-2xx)."""

    def receive_response(response: Response) -> bool:
        """Give a response to its transaction; false when it has none."""
