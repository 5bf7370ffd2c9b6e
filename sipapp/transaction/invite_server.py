# -*- test-case-name: tests.transaction.test_invite_server -*-
"""invite_server: the INVITE server transaction. RFC 3261 §17.2.1, Figure 7, with Accepted of RFC 6026 §8.3.

The 100 that Figure 7 sends by itself is the TU's here: tm knows its text, and whether the script wants one.
"""

from __future__ import annotations

from enum import IntEnum, auto

from sipapp.transaction.actions import Action
from sipapp.transaction.events import Event
from sipapp.transaction.machine import Table
from sipapp.transaction.machine import process as _process


class State(IntEnum):
    INITIAL = 0  # no INVITE yet
    PROCEEDING = auto()
    ACCEPTED = auto()
    COMPLETED = auto()
    CONFIRMED = auto()
    TERMINATED = auto()


S = State
E = Event
A = Action

TABLE: Table[State] = {
    (S.INITIAL, E.START): (S.PROCEEDING, ()),
    (S.PROCEEDING, E.RETRANSMISSION): (S.PROCEEDING, (A.RESEND_RESPONSE,)),
    (S.PROCEEDING, E.ACK): (S.PROCEEDING, ()),  # to nothing that was sent
    (S.PROCEEDING, E.R_1XX): (S.PROCEEDING, (A.SEND_RESPONSE,)),
    (S.PROCEEDING, E.R_2XX): (S.ACCEPTED, (A.START_L, A.SEND_RESPONSE)),
    (S.PROCEEDING, E.R_300_699): (S.COMPLETED, (A.START_G, A.START_H, A.SEND_RESPONSE)),
    # No transport error ends it: the response may get through the next time. RFC 6026 §6.
    (S.PROCEEDING, E.TRANSPORT_ERROR): (S.PROCEEDING, (A.INFORM_ERROR,)),
    (S.ACCEPTED, E.RETRANSMISSION): (S.ACCEPTED, ()),
    (S.ACCEPTED, E.R_2XX): (S.ACCEPTED, (A.SEND_RESPONSE,)),
    (S.ACCEPTED, E.ACK): (S.ACCEPTED, (A.PASS_UP_ACK,)),
    (S.ACCEPTED, E.TRANSPORT_ERROR): (S.ACCEPTED, (A.INFORM_ERROR,)),
    (S.ACCEPTED, E.TIMER_L): (S.TERMINATED, (A.TERMINATE,)),
    (S.COMPLETED, E.RETRANSMISSION): (S.COMPLETED, (A.RESEND_RESPONSE,)),
    (S.COMPLETED, E.TIMER_G): (S.COMPLETED, (A.DOUBLE_G, A.RESEND_RESPONSE)),
    (S.COMPLETED, E.TIMER_H): (S.TERMINATED, (A.INFORM_TIMEOUT, A.TERMINATE)),
    (S.COMPLETED, E.ACK): (S.CONFIRMED, (A.STOP_RETRANSMISSION, A.START_I, A.PASS_UP_ACK)),
    (S.COMPLETED, E.TRANSPORT_ERROR): (S.COMPLETED, (A.INFORM_ERROR,)),
    (S.CONFIRMED, E.RETRANSMISSION): (S.CONFIRMED, ()),
    (S.CONFIRMED, E.ACK): (S.CONFIRMED, ()),
    (S.CONFIRMED, E.TRANSPORT_ERROR): (S.CONFIRMED, ()),
    (S.CONFIRMED, E.TIMER_I): (S.TERMINATED, (A.TERMINATE,)),
}


def process(state: State, event: Event) -> tuple[State, tuple[Action, ...]]:
    """The next state and what is to be done. Raises StateError."""
    return _process(TABLE, state, event)
