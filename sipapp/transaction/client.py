# -*- test-case-name: tests.transaction.test_client -*-
"""client: client transactions: what the actions of their two machines do. RFC 3261 §17.1."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

from zope.interface import implementer

from sipapp.errors import TransportError
from sipapp.interfaces.transaction import IClientTransaction
from sipapp.message import build
from sipapp.message.parse import parse
from sipapp.transaction import invite_client, non_invite_client
from sipapp.transaction.actions import Action
from sipapp.transaction.events import Event
from sipapp.transaction.timers import NEVER, Timers
from sipapp.transaction.transaction import Transaction, read_table, together

if TYPE_CHECKING:
    from sipapp.interfaces.transport import Flow
    from sipapp.message.response import Response
    from sipapp.transaction.layer import TransactionLayer

# Members of an enumeration cost ten times as much to look up as names of the module.
_TIMER_B, _TIMER_F = Event.TIMER_B, Event.TIMER_F
_TIMER_D, _TIMER_K, _TIMER_M = Event.TIMER_D, Event.TIMER_K, Event.TIMER_M
_TIMEOUTS = (_TIMER_B, _TIMER_F)


@implementer(IClientTransaction)
class ClientTransaction(Transaction):
    """A client transaction."""

    __slots__ = ("_ack", "branch_id", "data", "flow", "method", "timers")

    data: bytes  # the request, as long as somebody may want it
    method: bytes
    branch_id: bytes
    flow: Flow
    timers: Timers

    def __init__(self, layer: TransactionLayer, state: IntEnum) -> None:
        Transaction.__init__(self, layer, state)
        self._ack: bytes | None = None

    @property
    def call_id(self) -> bytes:
        """The Call-ID of its request."""
        return parse(self.data).call_id

    def terminate(self) -> None:
        self.state = type(self.state)["TERMINATED"]
        self._arrows = self._steps[self.state]
        self._layer.clients.pop(self.key, None)
        self._forget()

    def stop_retransmission(self) -> None:
        """Send the request no more; a response is still awaited."""
        self._stop_retransmission()

    def set_timeout(self, seconds: float) -> None:
        """Have Timer B or F fire in `seconds` from now, where it runs."""
        if self._end in _TIMEOUTS and self._end_at != NEVER:
            self._start_end(self._end, seconds)

    def set_retransmission(self, t1: float, t2: float) -> None:
        """New T1 and T2 (s) for the retransmissions to come."""
        self.timers = self.timers.replace(t1=t1, t2=t2)
        if self._resend_at != NEVER:
            self._resend_at = NEVER
            self.due = self._end_at
            self._start_resending(t1)

    def start(self) -> None:
        """Its request goes out, from now on again and again, until Timer B or F ends that: what the table says of the
        first step. In code of its kind: to whoever makes both kinds, each look at an attribute costs more."""
        timers, flow = self.timers, self.flow
        self._start_both(self._end, timers.b, NEVER if flow.socket.reliable else timers.t1)
        self._layer.transport.send(self.data, flow, self)

    def _sent_for_good(self) -> None:
        """Nobody will want the request any more, unless responses must have its Call-ID."""
        if not self._layer.check_call_id:
            self.data = b""

    def _send_request(self, _: Any) -> None:
        self._layer.transport.send(self.data, self.flow, self)

    def _send_ack(self, response: Response) -> None:
        ack = self._ack
        if ack is None:
            ack = self._ack = build.ack(self.data, response, self._copied())
        self._layer.transport.send(ack, self.flow, self)

    def _copied(self) -> list[bytes]:
        """What of the INVITE goes into its ACK beside what RFC 3261 §17.1.1.3 wants."""
        prefix = self._layer.ack_prefix
        if not prefix:
            return []
        head = parse(self.data).head
        return [head.line_of(number) for number, key in enumerate(head.keys) if key.startswith(prefix)]

    def __call__(self, error: TransportError) -> None:
        """The transport could not send the request or the ACK; at once or later.

        Called itself, for a method would be one more object for each message that is sent.
        """
        if self.user is not None:
            self.step(Event.TRANSPORT_ERROR, error)

    def _pass_up(self, response: Response) -> None:
        if self.user is not None:
            self.user.responded(self, response)

    def _inform_timeout(self, _: Any) -> None:
        if self.user is not None:
            self.user.timed_out(self)

    def _inform_error(self, error: TransportError) -> None:
        if self.user is not None:
            self.user.client_transport_failed(self, error)

    def _terminate(self, _: Any) -> None:
        self._layer.clients.pop(self.key, None)
        self.due = self._resend_at = self._end_at = NEVER
        user, self.user = self.user, None
        if user is not None:
            user.client_terminated(self)


class InviteClient(ClientTransaction):
    __slots__ = ()
    _resend = Event.TIMER_A

    @together(Action.STOP_RETRANSMISSION, Action.STOP_TIMEOUT, Action.PASS_UP)
    def _proceed(self, response: Response) -> None:
        self._resend_at = self._end_at = self.due = NEVER
        if self.user is not None:
            self.user.responded(self, response)

    @together(Action.STOP_RETRANSMISSION, Action.START_M, Action.PASS_UP)
    @together(Action.START_M, Action.PASS_UP)
    def _accept(self, response: Response) -> None:
        self._start_both(_TIMER_M, self.timers.m, NEVER)
        self._sent_for_good()
        if self.user is not None:
            self.user.responded(self, response)

    @together(Action.STOP_RETRANSMISSION, Action.START_D, Action.SEND_ACK, Action.PASS_UP)
    @together(Action.START_D, Action.SEND_ACK, Action.PASS_UP)
    def _refuse(self, response: Response) -> None:
        self._start_both(_TIMER_D, self.timers.d(self.flow.socket.reliable), NEVER)
        self._send_ack(response)
        self._sent_for_good()
        if self.user is not None:
            self.user.responded(self, response)

    def _start_a(self, _: Any) -> None:
        if not self.flow.socket.reliable:
            self._start_resending(self.timers.t1)

    def _double_a(self, _: Any) -> None:
        self._resend_after(self._interval * 2)

    def _start_b(self, _: Any) -> None:
        self._start_end(Event.TIMER_B, self.timers.b)

    def _start_d(self, _: Any) -> None:
        self._start_end(Event.TIMER_D, self.timers.d(self.flow.socket.reliable))

    def _start_m(self, _: Any) -> None:
        self._start_end(Event.TIMER_M, self.timers.m)


class NonInviteClient(ClientTransaction):
    __slots__ = ()
    _resend = Event.TIMER_E

    def __init__(self, layer: TransactionLayer, state: IntEnum) -> None:
        ClientTransaction.__init__(self, layer, state)
        self._end = _TIMER_F

    @together(Action.STOP_RETRANSMISSION, Action.START_K, Action.PASS_UP)
    def _complete(self, response: Response) -> None:
        self._start_both(_TIMER_K, self.timers.wait(self.flow.socket.reliable), NEVER)
        self._sent_for_good()
        if self.user is not None:
            self.user.responded(self, response)

    def _start_e(self, _: Any) -> None:
        if not self.flow.socket.reliable:
            self._start_resending(self.timers.t1)

    def _double_e(self, _: Any) -> None:
        self._resend_after(min(self._interval * 2, self.timers.t2))

    def _slow_e(self, _: Any) -> None:
        self._resend_after(self.timers.t2)

    def _start_f(self, _: Any) -> None:
        self._start_end(Event.TIMER_F, self.timers.b)

    def _start_k(self, _: Any) -> None:
        self._start_end(Event.TIMER_K, self.timers.wait(self.flow.socket.reliable))

    def _start_k_late(self, _: Any) -> None:
        self._start_end(Event.TIMER_K, self._layer.timers.m)


read_table(InviteClient, invite_client.State, invite_client.TABLE)
read_table(NonInviteClient, non_invite_client.State, non_invite_client.TABLE)
