# -*- test-case-name: tests.transaction.test_layer -*-
"""layer: all transactions by their keys: the only driver of the machines. RFC 3261 §17."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from enum import IntEnum
from typing import Any, TypeVar

from zope.interface import implementer

from sipapp.errors import LocalError, ParseError
from sipapp.ids import IIdSource
from sipapp.interfaces.transaction import ITransactionLayer
from sipapp.interfaces.transport import Flow, ITransportLayer
from sipapp.message.alike import maker
from sipapp.message.request import Request
from sipapp.message.response import Response
from sipapp.transaction import invite_client, invite_server, non_invite_client, non_invite_server
from sipapp.transaction.client import ClientTransaction, InviteClient, NonInviteClient
from sipapp.transaction.events import BY_STATUS, Event
from sipapp.transaction.matching import Matching, client_key
from sipapp.transaction.server import InviteServer, NonInviteServer, ServerTransaction
from sipapp.transaction.timers import DEFAULT, Timers
from sipapp.transaction.transaction import Transaction
from sipapp.transaction.wheel import Wheel

# Members of an enumeration cost ten times as much to look up as names of the module.
_ACCEPTED = invite_server.State.ACCEPTED
_START, _ACK = Event.START, Event.ACK

_OF_SERVER = "key", "user", "request"
_OF_CLIENT = "key", "user", "data", "method", "branch_id", "flow", "timers"

T = TypeVar("T", bound=Transaction)


@implementer(ITransactionLayer)
class TransactionLayer:
    """`timers` and `matching` may be replaced: what starts afterwards follows them."""

    __slots__ = (
        "_invite_client",
        "_invite_server",
        "_key",
        "_other_client",
        "_other_server",
        "_sought",
        "ack_prefix",
        "check_call_id",
        "clients",
        "enter",
        "ids",
        "matching",
        "seconds",
        "servers",
        "start",
        "timers",
        "transport",
    )

    def __init__(self, wheel: Wheel, transport: ITransportLayer, ids: IIdSource, timers: Timers = DEFAULT) -> None:
        self.transport = transport
        self.ids = ids
        self.timers = timers
        self.matching = Matching()
        self._sought: Request | None = None  # the request that was looked up last, and its key
        self._key: Hashable = None
        self.ack_prefix = b""  # fields of an INVITE whose keys begin with this go into the ACK to a refusal too
        self.check_call_id = False  # a response must have the Call-ID of its request, not just its branch
        self.servers: dict[Hashable, ServerTransaction] = {}
        self.clients: dict[Hashable, ClientTransaction] = {}
        self.seconds = wheel.seconds
        self.start = wheel.start
        self.enter = wheel.enter  # for whoever knows the slot
        self._invite_server = maker(_begun, InviteServer, self, invite_server.State.INITIAL, filled=_OF_SERVER)
        self._other_server = maker(_begun, NonInviteServer, self, non_invite_server.State.INITIAL, filled=_OF_SERVER)
        self._invite_client = maker(_begun, InviteClient, self, invite_client.State.INITIAL, filled=_OF_CLIENT)
        self._other_client = maker(_begun, NonInviteClient, self, non_invite_client.State.INITIAL, filled=_OF_CLIENT)

    # -- looking up

    def find_server(self, request: Request) -> ServerTransaction | None:
        method = b"INVITE" if request.method == b"ACK" else request.method
        try:
            return self.servers.get(self.matching.server_key(request, method))
        except ParseError:
            return None

    def find_cancelled(self, cancel: Request) -> ServerTransaction | None:
        try:
            return self.servers.get(self.matching.server_key(cancel, b"INVITE"))
        except ParseError:
            return None

    def find_client(self, response: Response) -> ClientTransaction | None:
        head = response.head
        branch, method = head.branch, head.method
        if branch is None or method is None:  # not as nearly everybody writes them
            via = response.via
            branch, method = via.branch if via is not None else None, response.method
            if branch is None or not method:
                return None
        found = self.clients.get(branch)
        if found is None or found.method != method:  # but for CANCEL, which has the branch of its INVITE
            found = self.clients.get(client_key(branch, method)) if method == b"CANCEL" else None
            if found is None:
                return None
        if self.check_call_id and found.call_id != response.call_id:
            return None
        return found

    # -- making

    def server(self, request: Request, user: Any) -> ServerTransaction:
        """Raises ParseError: the request has nothing to match it by; LocalError: it has a transaction."""
        key = self._key if request is self._sought else self.matching.server_key(request)
        made: ServerTransaction
        if request.method == b"INVITE":  # two calls, for one that makes both kinds is quick for neither
            make_invite = self._invite_server
            made = make_invite(key, user, request)
        else:
            make = self._other_server
            made = make(key, user, request)
        if self.servers.setdefault(key, made) is not made:
            raise LocalError(f"{request!r} has a transaction")
        self._sought = None
        return made

    def client(
        self,
        request: bytes,
        method: bytes,
        branch_id: bytes,
        flow: Flow,
        user: Any,
        t1: float = 0.0,
        t2: float = 0.0,
        timeout: float = 0.0,
    ) -> ClientTransaction:
        timers = self.timers
        if t1 or t2 or timeout:
            given = {"t1": t1, "t2": t2, "timeout": timeout}
            timers = timers.replace(**{name: seconds for name, seconds in given.items() if seconds})
        if method == b"INVITE":
            make_invite = self._invite_client
            invite: ClientTransaction = make_invite(branch_id, user, request, method, branch_id, flow, timers)
            self.clients[branch_id] = invite
            invite.start()
            return invite
        key = client_key(branch_id, method) if method == b"CANCEL" else branch_id
        make = self._other_client
        made: ClientTransaction = make(key, user, request, method, branch_id, flow, timers)
        self.clients[key] = made
        made.start()
        return made

    # -- messages

    def receive_request(self, request: Request) -> bool:
        if not self.servers:  # as where all answers are stateless
            return False
        if request.method == b"ACK":
            key: Hashable = request.head.key(b"INVITE")  # which most say by themselves
            found = self.find_server(request) if key is None else self.servers.get(key)
            if found is None or found.state is _ACCEPTED:
                return False  # to a 2xx: end to end, whatever branch it came with
            found.step(_ACK, request)
            return True
        key = request.head.key(request.method) or self.matching.server_key(request)
        found = self.servers.get(key)
        if found is None:
            self._sought = request  # it is likely to get a transaction next
            self._key = key
            return False
        found.step(Event.RETRANSMISSION, request)
        return True

    def receive_response(self, response: Response) -> bool:
        found = self.find_client(response)
        if found is None:
            return False
        found.step(BY_STATUS[response.status], response)
        return True


def _begun(kind: Callable[[TransactionLayer, IntEnum], T], layer: TransactionLayer, state: IntEnum) -> T:
    """A transaction that has had its request: in the state that its first step leads to. All else that there is to
    that step is the `start` of a client."""
    made = kind(layer, state)
    made.state, _, made._arrows = made._arrows[_START]
    return made
