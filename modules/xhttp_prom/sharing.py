# -*- test-case-name: tests.modules.xhttp_prom.test_sharing -*-
"""sharing: the metrics of several workers as one.

Each worker adds to a number of its own, and the sum is shown. Setting one begins a new era, with that number as its
base, and what was added in the eras before does not count any more, whoever has added it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import NamedTuple

from zope.interface import implementer

from sipapp.interfaces.figures import Figures, IFigures, IFigureSource
from sipapp.modules.xhttp_prom.metrics import Declared, Series


class Row(NamedTuple):
    """A Series as it is told."""

    era: float
    base: float
    value: float
    counts: tuple[int, ...]
    used_at: float


@implementer(IFigureSource)
class Sharing:
    """Between the metrics of this worker and those of the others. forget: drop what nobody uses."""

    name = "xhttp_prom"

    def __init__(
        self, metrics: Sequence[Declared], figures: IFigures | None, forget: Callable[[], object] = bool
    ) -> None:
        self._metrics = {(metric.kind, metric.name): metric for metric in metrics}
        self._figures = figures
        self._forget = forget
        if figures is not None:
            figures.share(self)

    def total(self, metric: Declared, values: tuple[str, ...]) -> Series:
        """What all have counted."""
        own = metric.series[values]
        if self._figures is None:
            return own
        total = Series(own.used_at, own.value, list(own.counts), own.era, own.base)
        for row in self._figures.others(self, (metric.kind, metric.name, *values)):
            _add(total, Row(*row))
        return total

    # -- IFigureSource

    def counted(self) -> Figures:
        self._forget()
        return {
            (metric.kind, metric.name, *values): (one.era, one.base, one.value, tuple(one.counts), one.used_at)
            for metric in self._metrics.values()
            for values, one in metric.series.items()
        }

    def heard(self, figures: Figures) -> None:
        """Every worker has all of them, and adds to what was set last."""
        for own, row in self._with_own(figures):
            own.used_at = max(own.used_at, row.used_at)
            if row.era > own.era:
                own.begin(row.era, row.base)

    def inherit(self, figures: Figures) -> None:
        for own, row in self._with_own(figures):
            _add(own, row)

    def forget(self, name: Hashable) -> None:
        """They begin anew by their eras."""

    def _with_own(self, figures: Figures) -> Iterator[tuple[Series, Row]]:
        for key, facts in figures.items():
            assert isinstance(key, tuple)
            kind, name, *values = key
            metric = self._metrics.get((kind, name))
            if metric is not None:
                row = Row(*facts)
                yield metric.series.get(tuple(values)) or metric.at(values, row.used_at), row


def _add(total: Series, row: Row) -> None:
    """Another worker's share, if it is of the same era; a later one counts instead."""
    if row.era > total.era:
        total.begin(row.era, row.base)
    if row.era == total.era:
        total.value += row.value
        total.counts = [a + b for a, b in zip(total.counts, row.counts, strict=True)]
