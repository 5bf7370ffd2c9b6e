# -*- test-case-name: tests.transaction.test_timers -*-
"""timers: the lengths of Timer A to M. RFC 3261 §17 and Appendix A, RFC 6026 §8."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

NEVER = float("inf")
"""The time at which a timer fires that does not run."""


class Given(NamedTuple):
    """What the lengths are made of, in s."""

    t1: float = 0.5  # estimate of the round-trip time
    t2: float = 4.0  # longest interval between retransmissions, but of INVITE
    t4: float = 5.0  # how long a message may stay in the network
    timeout: float = 0.0  # what stands for 64*T1: how long a peer that hears nothing goes on


class Timers(Given):
    """And the lengths, in s; those that every call asks for are reckoned once."""

    @cached_property
    def b(self) -> float:
        """Timer B and F: how long a client transaction waits for a response. Timer H: a server one for the ACK."""
        return self.timeout or 64 * self.t1

    def d(self, reliable: bool) -> float:
        """Timer D: how long a client transaction absorbs a final response that comes again."""
        return 0.0 if reliable else max(32.0, 64 * self.t1)

    def wait(self, reliable: bool) -> float:
        """Timer I and K: how long what is still in the network is absorbed."""
        return 0.0 if reliable else self.t4

    def j(self, reliable: bool) -> float:
        """Timer J: how long retransmissions of a request are absorbed."""
        return 0.0 if reliable else self.m

    @cached_property
    def m(self) -> float:
        """Timer L and M: how long further 2xx responses may come, over reliable transports too."""
        timeout, t4 = self.timeout, self.t4
        return (timeout if timeout > t4 else t4) if timeout else 64 * self.t1


DEFAULT = Timers()
