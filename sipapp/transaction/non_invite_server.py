# -*- test-case-name: tests.transaction.test_non_invite_server -*-
"""non_invite_server: the server transaction of every method but INVITE. RFC 3261 §17.2.2, Figure 8."""

from __future__ import annotations

from enum import IntEnum, auto

from sipapp.transaction.actions import Action
from sipapp.transaction.events import Event
from sipapp.transaction.machine import Table
from sipapp.transaction.machine import process as _process


class State(IntEnum):
    INITIAL = 0  # no request yet
    TRYING = auto()
    PROCEEDING = auto()
    COMPLETED = auto()
    TERMINATED = auto()


S = State
E = Event
A = Action
_FINAL = (S.COMPLETED, (A.START_J, A.SEND_RESPONSE))
_ERROR = (S.TERMINATED, (A.INFORM_ERROR, A.TERMINATE))

TABLE: Table[State] = {
    (S.INITIAL, E.START): (S.TRYING, ()),
    (S.TRYING, E.RETRANSMISSION): (S.TRYING, ()),
    (S.TRYING, E.R_1XX): (S.PROCEEDING, (A.SEND_RESPONSE,)),
    (S.TRYING, E.R_2XX): _FINAL,
    (S.TRYING, E.R_300_699): _FINAL,
    (S.PROCEEDING, E.RETRANSMISSION): (S.PROCEEDING, (A.RESEND_RESPONSE,)),
    (S.PROCEEDING, E.R_1XX): (S.PROCEEDING, (A.SEND_RESPONSE,)),
    (S.PROCEEDING, E.R_2XX): _FINAL,
    (S.PROCEEDING, E.R_300_699): _FINAL,
    (S.PROCEEDING, E.TRANSPORT_ERROR): _ERROR,
    (S.COMPLETED, E.RETRANSMISSION): (S.COMPLETED, (A.RESEND_RESPONSE,)),
    (S.COMPLETED, E.TRANSPORT_ERROR): _ERROR,
    (S.COMPLETED, E.TIMER_J): (S.TERMINATED, (A.TERMINATE,)),
}


def process(state: State, event: Event) -> tuple[State, tuple[Action, ...]]:
    """The next state and what is to be done. Raises StateError."""
    return _process(TABLE, state, event)
