# -*- test-case-name: tests.interfaces.test_figures -*-
"""figures: what each of several workers counts for itself, and all of them show as one sum."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from zope.interface import Attribute, Interface

Figures = Mapping[Hashable, Any]
"""By name; a name and what it stands for are what marshal knows: texts, numbers, tuples of them."""


class IFigureSource(Interface):
    """Somebody who counts in each worker."""

    name: str = Attribute("its name, the same in all workers")

    def counted() -> Figures:
        """All that was counted here. Asked for every half second."""

    def heard(figures: Figures) -> None:
        """Another worker has counted this, which is more or other than it has told before."""

    def inherit(figures: Figures) -> None:
        """The worker that this one replaces had counted this."""

    def forget(name: Hashable) -> None:
        """A figure begins anew: another worker says so."""


class IFigures(Interface):
    """How workers tell each other. Where there is one process alone, nobody provides it."""

    def share(source: IFigureSource) -> None:
        """Tell the others what this source counts, from now on."""

    def others(source: IFigureSource, name: Hashable) -> list[Any]:
        """What the other workers have told of a figure."""

    def forget(source: IFigureSource, name: Hashable) -> None:
        """A figure begins anew, in all workers: tell the others."""
