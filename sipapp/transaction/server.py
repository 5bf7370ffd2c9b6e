# -*- test-case-name: tests.transaction.test_server -*-
"""server: server transactions: what the actions of their two machines do. RFC 3261 §17.2."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

from zope.interface import implementer

from sipapp.errors import TransportError
from sipapp.interfaces.transaction import IServerTransaction
from sipapp.transaction import invite_server, non_invite_server
from sipapp.transaction.actions import Action
from sipapp.transaction.events import BY_STATUS, Event
from sipapp.transaction.timers import NEVER
from sipapp.transaction.transaction import Transaction, read_table, together

if TYPE_CHECKING:
    from sipapp.message.request import Request
    from sipapp.transaction.layer import TransactionLayer

_FORGOTTEN = b"forgotten"
# Cheaper to look up than members of an enumeration.
_TIMER_H, _TIMER_I, _TIMER_J, _TIMER_L = Event.TIMER_H, Event.TIMER_I, Event.TIMER_J, Event.TIMER_L


@implementer(IServerTransaction)
class ServerTransaction(Transaction):
    """A server transaction."""

    __slots__ = ("_last", "request")

    request: Request

    def __init__(self, layer: TransactionLayer, state: IntEnum) -> None:
        Transaction.__init__(self, layer, state)
        self._last: bytes | None = None  # the last response; _FORGOTTEN: the user makes it again

    def respond(self, status: int, data: bytes) -> None:
        self.step(BY_STATUS[status], data)

    def resend(self) -> bool:
        """Send the last response again; false where there is none, or none that anybody waits for."""
        data = self._last
        if data is _FORGOTTEN:
            data = self.user.last_response() if self.user is not None else None
        if data is None:
            return False
        self._layer.transport.send_response(data, self.request, self)
        return True

    def forget_response(self) -> None:
        if self._last is not None:
            self._last = _FORGOTTEN

    def terminate(self) -> None:
        self.state = type(self.state)["TERMINATED"]
        self._arrows = self._steps[self.state]
        self._layer.servers.pop(self.key, None)
        self._forget()

    def _send_response(self, data: bytes) -> None:
        self._last = data
        self._layer.transport.send_response(data, self.request, self)

    def _resend_response(self, _: Any) -> None:
        self.resend()

    def __call__(self, error: TransportError) -> None:
        """The transport could not send a response; at once or later. Called itself, as of the client's."""
        if self.user is not None:
            self.step(Event.TRANSPORT_ERROR, error)

    def _pass_up_ack(self, ack: Request) -> None:
        if self.user is not None:
            self.user.acknowledged(self, ack)

    def _inform_timeout(self, _: Any) -> None:
        if self.user is not None:
            self.user.not_acknowledged(self)

    def _inform_error(self, error: TransportError) -> None:
        if self.user is not None:
            self.user.server_transport_failed(self, error)

    def _terminate(self, _: Any) -> None:
        self._layer.servers.pop(self.key, None)
        self.due = self._resend_at = self._end_at = NEVER
        user, self.user = self.user, None
        if user is not None:
            user.server_terminated(self)


class InviteServer(ServerTransaction):
    __slots__ = ()
    _resend = Event.TIMER_G

    @together(Action.START_L, Action.SEND_RESPONSE)
    def _accept(self, data: bytes) -> None:
        self._start_both(_TIMER_L, self._layer.timers.m, NEVER)
        self._send_response(data)

    @together(Action.START_G, Action.START_H, Action.SEND_RESPONSE)
    def _refuse(self, data: bytes) -> None:
        timers = self._layer.timers
        self._start_both(_TIMER_H, timers.b, NEVER if self.request.flow.socket.reliable else timers.t1)
        self._send_response(data)

    @together(Action.STOP_RETRANSMISSION, Action.START_I, Action.PASS_UP_ACK)
    def _confirm(self, ack: Request) -> None:
        self._start_both(_TIMER_I, self._layer.timers.wait(self.request.flow.socket.reliable), NEVER)
        self._pass_up_ack(ack)

    def _start_g(self, _: Any) -> None:
        if not self.request.flow.socket.reliable:
            self._start_resending(self._layer.timers.t1)

    def _double_g(self, _: Any) -> None:
        self._resend_after(min(self._interval * 2, self._layer.timers.t2))

    def _start_h(self, _: Any) -> None:
        self._start_end(Event.TIMER_H, self._layer.timers.b)

    def _start_i(self, _: Any) -> None:
        self._start_end(Event.TIMER_I, self._layer.timers.wait(self.request.flow.socket.reliable))

    def _start_l(self, _: Any) -> None:
        self._start_end(Event.TIMER_L, self._layer.timers.m)


class NonInviteServer(ServerTransaction):
    __slots__ = ()

    @together(Action.START_J, Action.SEND_RESPONSE)
    def _complete(self, data: bytes) -> None:
        self._start_both(_TIMER_J, self._layer.timers.j(self.request.flow.socket.reliable), NEVER)
        self._send_response(data)

    def _start_j(self, _: Any) -> None:
        self._start_end(Event.TIMER_J, self._layer.timers.j(self.request.flow.socket.reliable))


read_table(InviteServer, invite_server.State, invite_server.TABLE)
read_table(NonInviteServer, non_invite_server.State, non_invite_server.TABLE)
