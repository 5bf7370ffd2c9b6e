# -*- test-case-name: tests.workers.test_figures -*-
"""figures: what each worker has counted, told to the others twice a second: whoever shows figures shows sums.

Only what has changed is told, so a server at rest tells nothing. A worker that begins is told everything, and one that
replaces another, besides, what that one had counted: sums do not fall when a worker dies.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from itertools import islice
from typing import Any

from zope.interface import implementer

from sipapp.interfaces.figures import IFigures, IFigureSource
from sipapp.workers.handover import Links
from sipapp.workers.kinds import FIGURES, LEGACY, RESET

INTERVAL = 0.5
"""Seconds between two tellings."""

PART = 50
"""Counting takes at most so small a part of the time, whatever there is to be counted."""

PORTION, SIZE = 200, 80
"""Figures that are told in one piece, and about how many bytes each has."""

_GONE = None

Told = dict[Hashable, Any]


@implementer(IFigures)
class WorkerFigures:
    """Those of one worker."""

    def __init__(self, links: Links, clock: Any) -> None:
        self._links = links
        self._clock = clock
        self._sources: dict[str, IFigureSource] = {}
        self._told: dict[str, Told] = {}  # what the others know of this worker
        self._heard: dict[tuple[str, int], Told] = {}  # by source and worker
        self._call: Any = None
        self._dropped = 0
        links.handlers.update({FIGURES: self._hear, LEGACY: self._inherit, RESET: self._reset})

    # -- IFigures

    def share(self, source: IFigureSource) -> None:
        self._sources[source.name] = source
        self._told[source.name] = {}

    def others(self, source: IFigureSource, name: Hashable) -> list[Any]:
        found = (heard.get(name) for (of, _), heard in self._heard.items() if of == source.name)
        return [one for one in found if one is not None]

    def forget(self, source: IFigureSource, name: Hashable) -> None:
        self._drop(source.name, name)
        self._links.tell(self._links.everybody(), RESET, source.name, name)

    # -- telling

    def start(self) -> None:
        self._call = self._clock.callLater(INTERVAL, self._tell_changes)

    def stop(self) -> None:
        if self._call is not None and self._call.active():
            self._call.cancel()

    def _tell_changes(self) -> None:
        began = self._clock.seconds()
        self._tell_anew_if_lost()
        for name, source in self._sources.items():
            told, now = self._told[name], dict(source.counted())
            changed = {key: value for key, value in now.items() if told.get(key) != value}
            changed.update((key, _GONE) for key in told.keys() - now.keys())
            self._told[name] = now
            self._tell(self._links.everybody(), FIGURES, name, self._links.number, changed)
        took = self._clock.seconds() - began
        self._call = self._clock.callLater(max(INTERVAL, took * PART), self._tell_changes)

    def _tell_anew_if_lost(self) -> None:
        """What was too much for a channel may have been a change that nobody would hear of any more."""
        dropped = self._links.dropped()
        if dropped != self._dropped:
            self._dropped = dropped
            for name in self._sources:
                self._told[name] = {}
                self._links.tell(self._links.everybody(), FIGURES, name, self._links.number, None)

    def _tell(self, others: list[int], kind: int, name: str, worker: int, figures: Told) -> None:
        for portion in _portions(figures):
            for other in others:
                self._links.put(other, (kind, name, worker, portion), len(portion) * SIZE)
        self._links.flush()

    def introduce(self, who: int) -> None:
        """A worker has begun: it is to know what all have counted, and what its predecessor had."""
        for name, told in self._told.items():
            self._tell([who], FIGURES, name, self._links.number, told)
        if self._links.number == min({self._links.number, *self._links.everybody()} - {who}):
            for (name, worker), heard in self._heard.items():
                if worker == who:
                    self._tell([who], LEGACY, name, who, heard)

    # -- hearing

    def _hear(self, name: str, worker: int, figures: Told | None) -> None:
        heard = self._heard.setdefault((name, worker), {})
        if figures is None:
            heard.clear()
            return
        heard.update(figures)
        for key in [key for key, value in figures.items() if value is _GONE]:
            del heard[key]
        source = self._sources.get(name)
        if source is not None:
            source.heard({key: value for key, value in figures.items() if value is not _GONE})

    def _inherit(self, name: str, _: int, figures: Told) -> None:
        source = self._sources.get(name)
        if source is not None:
            source.inherit(figures)

    def _reset(self, name: str, key: Hashable) -> None:
        self._drop(name, key)
        source = self._sources.get(name)
        if source is not None:
            source.forget(key)

    def _drop(self, name: str, key: Hashable) -> None:
        for (of, _), heard in self._heard.items():
            if of == name:
                heard.pop(key, None)


def _portions(figures: Told) -> Iterator[Told]:
    rest = iter(figures.items())
    while portion := dict(islice(rest, PORTION)):
        yield portion
