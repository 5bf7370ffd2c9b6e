# -*- test-case-name: tests.transaction.test_events -*-
"""events: what can happen to a transaction. RFC 3261 §17."""

from __future__ import annotations

from enum import IntEnum, auto


class Event(IntEnum):
    """One cause of a transition; an arrow's upper label in Figures 5 to 8."""

    START = auto()  # the request: from the TU for a client, from the network for a server
    # a client receives, or the TU of a server sends
    R_1XX = auto()
    R_2XX = auto()
    R_300_699 = auto()
    # a server receives
    RETRANSMISSION = auto()
    ACK = auto()
    # either side
    TRANSPORT_ERROR = auto()
    TIMER_A = auto()
    TIMER_B = auto()
    TIMER_D = auto()
    TIMER_E = auto()
    TIMER_F = auto()
    TIMER_G = auto()
    TIMER_H = auto()
    TIMER_I = auto()
    TIMER_J = auto()
    TIMER_K = auto()
    TIMER_L = auto()
    TIMER_M = auto()


BY_STATUS = (*[Event.R_1XX] * 200, *[Event.R_2XX] * 100, *[Event.R_300_699] * 400)
"""The event of a response by its status: to divide that costs more than to look it up."""
