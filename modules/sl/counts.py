# -*- test-case-name: tests.modules.sl.test_counts -*-
"""counts: how many stateless responses there were, by status."""

from __future__ import annotations

from sipapp.statistics import Counter, Statistics

_SINGLE = (200, 202, 300, 301, 302, 400, 401, 403, 404, 407, 408, 483, 500)
_CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx", "6xx", "xxx")


class Counts:
    """The statistics of the group sl."""

    def __init__(self, statistics: Statistics) -> None:
        self.classes = {name: statistics.counter("sl", f"{name}_replies") for name in _CLASSES}
        self.single = {status: statistics.counter("sl", f"{status}_replies") for status in _SINGLE}
        self.sent = statistics.counter("sl", "sent_replies")
        self.errors = statistics.counter("sl", "sent_err_replies")
        self.failures = statistics.counter("sl", "failures")
        self.acks = statistics.counter("sl", "received_ACKs")

    def count(self, status: int) -> None:
        """One more response went out. A status that is counted by itself does not count in its class."""
        self.sent.value += 1
        counter: Counter | None = self.single.get(status)
        if counter is None:
            counter = self.classes.get(f"{status // 100}xx") or self.classes["xxx"]
        counter.value += 1

    def report(self) -> dict[str, int]:
        """What sl.stats shows: Kamailio's names in its order; 1xx are among the xxx."""
        found = {str(status): counter.value for status, counter in self.single.items()}
        found.update((name, counter.value) for name, counter in self.classes.items())
        found["xxx"] += found.pop("1xx")
        return dict(sorted(found.items(), key=lambda item: (item[0][0], not item[0].isdigit(), item[0])))
