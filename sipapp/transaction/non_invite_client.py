# -*- test-case-name: tests.transaction.test_non_invite_client -*-
"""non_invite_client: the client transaction of every method but INVITE. RFC 3261 §17.1.2, Figure 6."""

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
_FINAL = (S.COMPLETED, (A.STOP_RETRANSMISSION, A.START_K, A.PASS_UP))
# Differs: Figure 6 terminates it. A response that comes late would match nothing then and be forwarded without state,
# as a second final response to a request that has been answered 408.
_TIMEOUT = (S.COMPLETED, (A.STOP_RETRANSMISSION, A.START_K_LATE, A.INFORM_TIMEOUT))
_ERROR = (S.TERMINATED, (A.INFORM_ERROR, A.TERMINATE))

TABLE: Table[State] = {
    (S.INITIAL, E.START): (S.TRYING, (A.START_E, A.START_F, A.SEND_REQUEST)),
    (S.TRYING, E.TIMER_E): (S.TRYING, (A.DOUBLE_E, A.SEND_REQUEST)),
    (S.TRYING, E.TIMER_F): _TIMEOUT,
    (S.TRYING, E.TRANSPORT_ERROR): _ERROR,
    (S.TRYING, E.R_1XX): (S.PROCEEDING, (A.PASS_UP,)),
    (S.TRYING, E.R_2XX): _FINAL,
    (S.TRYING, E.R_300_699): _FINAL,
    (S.PROCEEDING, E.TIMER_E): (S.PROCEEDING, (A.SLOW_E, A.SEND_REQUEST)),
    (S.PROCEEDING, E.TIMER_F): _TIMEOUT,
    (S.PROCEEDING, E.TRANSPORT_ERROR): _ERROR,
    (S.PROCEEDING, E.R_1XX): (S.PROCEEDING, (A.PASS_UP,)),
    (S.PROCEEDING, E.R_2XX): _FINAL,
    (S.PROCEEDING, E.R_300_699): _FINAL,
    (S.COMPLETED, E.R_1XX): (S.COMPLETED, ()),
    (S.COMPLETED, E.R_2XX): (S.COMPLETED, ()),
    (S.COMPLETED, E.R_300_699): (S.COMPLETED, ()),
    (S.COMPLETED, E.TRANSPORT_ERROR): (S.COMPLETED, ()),
    (S.COMPLETED, E.TIMER_K): (S.TERMINATED, (A.TERMINATE,)),
}


def process(state: State, event: Event) -> tuple[State, tuple[Action, ...]]:
    """The next state and what is to be done. Raises StateError."""
    return _process(TABLE, state, event)
