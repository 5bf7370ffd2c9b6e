# -*- test-case-name: tests.test_statistics -*-
"""statistics: named counters and gauges, in groups, as `$stat(name)`, RPC and exporters read them.

Each worker counts for itself: a plain number, for whoever counts. `total` is what all workers have counted, `own` what
this one adds where the answers of all are added up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

Number = int | float


class Elsewhere(Protocol):
    """What other workers count. Keys are `group.name`."""

    def total(self, key: str, own: Number) -> Number:
        """This worker's number and those of the others as one."""

    def reset(self, key: str) -> None:
        """They all begin anew."""


class Counter:
    """A number that modules move."""

    __slots__ = ("doc", "group", "name", "resettable", "value")

    common = False

    def __init__(self, group: str, name: str, doc: str = "", resettable: bool = True) -> None:
        self.group = group
        self.name = name
        self.doc = doc
        self.resettable = resettable
        self.value = 0

    def add(self, number: int = 1) -> None:
        self.value += number

    def reset(self) -> None:
        """Back to 0, unless it was made to go on for ever."""
        if self.resettable:
            self.value = 0


class Gauge:
    """A number that is asked for when it is wanted. common: it is of what all workers have in common."""

    __slots__ = ("common", "doc", "group", "name", "read")

    def __init__(self, group: str, name: str, read: Callable[[], Number], doc: str = "", common: bool = False) -> None:
        self.group = group
        self.name = name
        self.read = read
        self.doc = doc
        self.common = common

    @property
    def value(self) -> Number:
        return self.read()

    def reset(self) -> None:
        """A gauge shows what is; there is nothing to reset."""


def key_of(one: Counter | Gauge) -> str:
    """`group.name`."""
    return f"{one.group}.{one.name}"


class Statistics:
    """Every counter and gauge of the server. A name belongs to one group; `$stat()` finds it by the name alone.

    first: this process is the one that shows what all have in common, where the answers of all are added up.
    """

    def __init__(self, first: bool = True) -> None:
        self.elsewhere: Elsewhere | None = None  # where there are other workers
        self._first = first
        self._groups: dict[str, dict[str, Counter | Gauge]] = {}
        self._names: dict[str, Counter | Gauge] = {}

    def counter(self, group: str, name: str, doc: str = "", resettable: bool = True) -> Counter:
        """The counter of this name; made where it is new."""
        found = self._groups.get(group, {}).get(name)
        if isinstance(found, Counter):
            return found
        counter = Counter(group, name, doc, resettable)
        self._add(counter)
        return counter

    def gauge(self, group: str, name: str, read: Callable[[], Number], doc: str = "", common: bool = False) -> Gauge:
        """A gauge; takes the place of one with the same name. common: every worker reads the same."""
        gauge = Gauge(group, name, read, doc, common)
        self._add(gauge)
        return gauge

    def _add(self, one: Counter | Gauge) -> None:
        self._groups.setdefault(one.group, {})[one.name] = one
        self._names[one.name] = one

    def find(self, name: str, group: str | None = None) -> Counter | Gauge | None:
        """By name, or by group and name."""
        if group is not None:
            return self._groups.get(group, {}).get(name)
        return self._names.get(name)

    def groups(self) -> list[str]:
        return list(self._groups)

    def all(self, group: str | None = None) -> Iterator[Counter | Gauge]:
        """Every one, or those of a group, in order of their making."""
        for name, members in self._groups.items():
            if group is None or name == group:
                yield from members.values()

    # -- one of several workers

    def own(self, one: Counter | Gauge) -> Number:
        """What this worker adds to the sum of all."""
        return 0 if one.common and not self._first else one.value

    def total(self, one: Counter | Gauge) -> Number:
        """What all workers have counted; of the others, what they had half a second ago."""
        if self.elsewhere is None or one.common:
            return one.value
        return self.elsewhere.total(key_of(one), one.value)

    def reset(self, one: Counter | Gauge) -> None:
        """Back to 0 in all workers."""
        one.reset()
        if self.elsewhere is not None and isinstance(one, Counter) and one.resettable:
            self.elsewhere.reset(key_of(one))
