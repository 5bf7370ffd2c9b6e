# -*- test-case-name: tests.transaction.test_invite_client -*-
"""invite_client: the INVITE client transaction. RFC 3261 §17.1.1, Figure 5, with Accepted of RFC 6026 §8.4."""

from __future__ import annotations

from enum import IntEnum, auto

from sipapp.transaction.actions import Action
from sipapp.transaction.events import Event
from sipapp.transaction.machine import Table
from sipapp.transaction.machine import process as _process


class State(IntEnum):
    INITIAL = 0  # no INVITE yet
    CALLING = auto()
    PROCEEDING = auto()
    ACCEPTED = auto()
    COMPLETED = auto()
    TERMINATED = auto()


S = State
E = Event
A = Action
_STOP = (A.STOP_RETRANSMISSION, A.STOP_TIMEOUT)

TABLE: Table[State] = {
    (S.INITIAL, E.START): (S.CALLING, (A.START_A, A.START_B, A.SEND_REQUEST)),
    (S.CALLING, E.TIMER_A): (S.CALLING, (A.DOUBLE_A, A.SEND_REQUEST)),
    (S.CALLING, E.TIMER_B): (S.TERMINATED, (A.INFORM_TIMEOUT, A.TERMINATE)),
    (S.CALLING, E.TRANSPORT_ERROR): (S.TERMINATED, (A.INFORM_ERROR, A.TERMINATE)),
    (S.CALLING, E.R_1XX): (S.PROCEEDING, (*_STOP, A.PASS_UP)),
    (S.CALLING, E.R_2XX): (S.ACCEPTED, (A.STOP_RETRANSMISSION, A.START_M, A.PASS_UP)),
    (S.CALLING, E.R_300_699): (S.COMPLETED, (A.STOP_RETRANSMISSION, A.START_D, A.SEND_ACK, A.PASS_UP)),
    (S.PROCEEDING, E.R_1XX): (S.PROCEEDING, (A.PASS_UP,)),
    (S.PROCEEDING, E.R_2XX): (S.ACCEPTED, (A.START_M, A.PASS_UP)),
    (S.PROCEEDING, E.R_300_699): (S.COMPLETED, (A.START_D, A.SEND_ACK, A.PASS_UP)),
    (S.PROCEEDING, E.TRANSPORT_ERROR): (S.PROCEEDING, ()),  # a send that was given up late: it did arrive
    (S.ACCEPTED, E.R_2XX): (S.ACCEPTED, (A.PASS_UP,)),
    (S.ACCEPTED, E.R_1XX): (S.ACCEPTED, ()),  # overtaken on the way
    (S.ACCEPTED, E.R_300_699): (S.ACCEPTED, ()),
    (S.ACCEPTED, E.TRANSPORT_ERROR): (S.ACCEPTED, ()),
    (S.ACCEPTED, E.TIMER_M): (S.TERMINATED, (A.TERMINATE,)),
    (S.COMPLETED, E.R_300_699): (S.COMPLETED, (A.SEND_ACK,)),
    (S.COMPLETED, E.R_1XX): (S.COMPLETED, ()),
    (S.COMPLETED, E.R_2XX): (S.COMPLETED, ()),
    (S.COMPLETED, E.TRANSPORT_ERROR): (S.TERMINATED, (A.INFORM_ERROR, A.TERMINATE)),
    (S.COMPLETED, E.TIMER_D): (S.TERMINATED, (A.TERMINATE,)),
}


def process(state: State, event: Event) -> tuple[State, tuple[Action, ...]]:
    """The next state and what is to be done. Raises StateError."""
    return _process(TABLE, state, event)
