# -*- test-case-name: tests.transaction.test_actions -*-
"""actions: what a transition has the layer do. A send, or what tells the TU, comes last: both may come back with the
next event before they return."""

from __future__ import annotations

from enum import IntEnum, auto


class Action(IntEnum):
    """One thing to do; an arrow's lower label in Figures 5 to 8."""

    # a client
    SEND_REQUEST = auto()
    SEND_ACK = auto()
    # a server
    SEND_RESPONSE = auto()  # the one that the TU gives, which is kept
    RESEND_RESPONSE = auto()  # the last one
    # to the TU
    PASS_UP = auto()  # the response
    PASS_UP_ACK = auto()
    INFORM_TIMEOUT = auto()
    INFORM_ERROR = auto()
    # retransmission: A, E, G
    START_A = auto()
    START_E = auto()
    START_G = auto()
    DOUBLE_A = auto()
    DOUBLE_E = auto()  # up to T2
    DOUBLE_G = auto()  # up to T2
    SLOW_E = auto()  # from now on every T2
    STOP_RETRANSMISSION = auto()
    # the end: the latest one started counts
    START_B = auto()
    START_D = auto()
    START_F = auto()
    START_H = auto()
    START_I = auto()
    START_J = auto()
    START_K = auto()
    START_K_LATE = auto()  # over streams too: a response may come although nobody waits for it any more
    START_L = auto()
    START_M = auto()
    STOP_TIMEOUT = auto()
    TERMINATE = auto()
