# -*- test-case-name: tests.modules.tm.test_counts -*-
"""counts: what tm counts: tm.stats shows it, and tmx's statistics."""

from __future__ import annotations


class Counts:
    """Totals since the start."""

    __slots__ = ("classes", "created", "deleted", "generated", "local", "local_answered", "received")

    def __init__(self) -> None:
        self.created = 0  # transactions
        self.local = 0  # of them, those of requests of our own
        self.local_answered = 0  # of those, how many have had their final response
        self.deleted = 0
        self.received = 0  # responses
        self.generated = 0  # responses of our own
        self.classes = [0] * 10  # responses sent, relayed or our own, by the first digit of their status

    @property
    def sent(self) -> int:
        """Responses, relayed or our own."""
        return sum(self.classes)

    @property
    def waiting(self) -> int:
        """Transactions that have had their final response."""
        return self.local_answered + sum(self.classes[2:])

    def report(self) -> dict[str, int]:
        """What tm.stats shows."""
        shown = {
            "current": self.created - self.deleted,
            "waiting": self.waiting - self.deleted,
            "total": self.created,
            "total_local": self.local,
            "rpl_received": self.received,
            "rpl_generated": self.generated,
            "rpl_sent": self.sent,
        }
        shown.update((f"{digit}xx", self.classes[digit]) for digit in (6, 5, 4, 3, 2))
        return shown
