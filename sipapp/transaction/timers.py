# -*- test-case-name: tests.transaction.test_timers -*-
"""timers: the lengths of Timer A to M. RFC 3261 §17 and Appendix A, RFC 6026 §8."""

from __future__ import annotations

NEVER = float("inf")
"""The time at which a timer fires that does not run."""


class Timers:
    """What the lengths are made of, and the lengths, all in s."""

    __slots__ = ("b", "m", "t1", "t2", "t4", "timeout")

    def __init__(self, t1: float = 0.5, t2: float = 4.0, t4: float = 5.0, timeout: float = 0.0) -> None:
        self.t1 = t1  # estimate of the round-trip time
        self.t2 = t2  # longest interval between retransmissions, but of INVITE
        self.t4 = t4  # how long a message may stay in the network
        self.timeout = timeout  # what stands for 64*T1: how long a peer that hears nothing goes on
        # Timer B and F: how long a client transaction waits for a response. Timer H: a server one for the ACK.
        self.b = timeout or 64 * t1
        # Timer L and M: how long further 2xx responses may come, over reliable transports too.
        self.m = max(timeout, t4) if timeout else 64 * t1

    def replace(self, **given: float) -> Timers:
        """The same, but for what is given."""
        facts = {"t1": self.t1, "t2": self.t2, "t4": self.t4, "timeout": self.timeout}
        return Timers(**{**facts, **given})

    def d(self, reliable: bool) -> float:
        """Timer D: how long a client transaction absorbs a final response that comes again."""
        return 0.0 if reliable else max(32.0, 64 * self.t1)

    def wait(self, reliable: bool) -> float:
        """Timer I and K: how long what is still in the network is absorbed."""
        return 0.0 if reliable else self.t4

    def j(self, reliable: bool) -> float:
        """Timer J: how long retransmissions of a request are absorbed."""
        return 0.0 if reliable else self.m


DEFAULT = Timers()
