# -*- test-case-name: tests.workers.test_counts -*-
"""counts: the statistics of one worker, as it tells them, and the sums of all."""

from __future__ import annotations

from collections.abc import Hashable

from zope.interface import implementer

from sipapp.interfaces.figures import Figures, IFigures, IFigureSource
from sipapp.statistics import Counter, Number, Statistics, key_of
from sipapp.workers.joining import figure


@implementer(IFigureSource)
class Counts:
    """Between the statistics of a worker and those of the others."""

    name = "statistics"

    def __init__(self, statistics: Statistics, figures: IFigures) -> None:
        self._statistics = statistics
        self._figures = figures
        figures.share(self)

    # -- for the statistics

    def total(self, key: str, own: Number) -> Number:
        total: Number = figure(key, [own, *self._figures.others(self, key)])
        return total

    def reset(self, key: str) -> None:
        self._figures.forget(self, key)

    # -- IFigureSource

    def counted(self) -> Figures:
        return {key_of(one): one.value for one in self._statistics.all() if not one.common}

    def heard(self, figures: Figures) -> None:
        """They are asked for when they are wanted."""

    def inherit(self, figures: Figures) -> None:
        """What was counted is counted on; what shows a state is of this worker alone."""
        for key, value in figures.items():
            found = self._find(key)
            if found is not None:
                found.value += value

    def forget(self, name: Hashable) -> None:
        found = self._find(name)
        if found is not None:
            found.reset()

    def _find(self, key: Hashable) -> Counter | None:
        group, _, name = str(key).partition(".")
        found = self._statistics.find(name, group)
        return found if isinstance(found, Counter) else None
