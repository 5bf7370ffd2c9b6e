"""sipapp/interfaces/figures.py: who keeps to it."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyClass

from sipapp.interfaces.figures import IFigures, IFigureSource
from sipapp.workers.counts import Counts
from sipapp.workers.figures import WorkerFigures


class FiguresTests(SynchronousTestCase):
    def test_the_workers_tell_each_other(self) -> None:
        verifyClass(IFigures, WorkerFigures)

    def test_statistics_are_told(self) -> None:
        verifyClass(IFigureSource, Counts)
