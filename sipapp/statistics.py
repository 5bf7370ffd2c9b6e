# -*- test-case-name: tests.test_statistics -*-
"""statistics: named counters and gauges, in groups, as `$stat(name)`, RPC and exporters read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

Number = int | float


class Counter:
    """A number that modules move."""

    __slots__ = ("doc", "group", "name", "resettable", "value")

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
    """A number that is asked for when it is wanted."""

    __slots__ = ("doc", "group", "name", "read")

    def __init__(self, group: str, name: str, read: Callable[[], Number], doc: str = "") -> None:
        self.group = group
        self.name = name
        self.read = read
        self.doc = doc

    @property
    def value(self) -> Number:
        return self.read()

    def reset(self) -> None:
        """A gauge shows what is; there is nothing to reset."""


class Statistics:
    """Every counter and gauge of the server. A name belongs to one group; `$stat()` finds it by the name alone."""

    def __init__(self) -> None:
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

    def gauge(self, group: str, name: str, read: Callable[[], Number], doc: str = "") -> Gauge:
        """A gauge; takes the place of one with the same name."""
        gauge = Gauge(group, name, read, doc)
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
