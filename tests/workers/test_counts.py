"""sipapp/workers/counts.py: statistics of two workers, as each of them shows them."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.statistics import Counter, Statistics
from sipapp.workers.counts import Counts
from sipapp.workers.figures import INTERVAL, WorkerFigures
from tests.workers.wired import Wired


class CountsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.wired = Wired(2)
        self.figures = [WorkerFigures(self.wired.links[number], self.wired.reactor) for number in (1, 2)]
        self.statistics = [self.made(number) for number in (1, 2)]

    def made(self, number: int) -> Statistics:
        """A worker with so many calls, and so many users of all."""
        figures = self.figures[number - 1]
        statistics = Statistics(number == 1)
        statistics.elsewhere = Counts(statistics, figures)
        statistics.counter("core", "calls").add(number)
        statistics.gauge("core", "waiting", lambda: number * 10)
        statistics.gauge("usrloc", "users", lambda: 7, common=True)
        statistics.gauge("http", "a.b_circuit", lambda: number)
        statistics.counter("core", "ever", resettable=False).add(number)
        figures.start()
        return statistics

    def later(self) -> None:
        self.wired.reactor.advance(INTERVAL)
        self.wired.carry()

    def totals(self, name: str) -> list[float]:
        return [statistics.total(one) for statistics in self.statistics if (one := statistics.find(name)) is not None]

    def test_each_shows_the_sum(self) -> None:
        self.assertEqual(self.totals("calls"), [1, 2])
        self.later()
        self.assertEqual([self.totals("calls"), self.totals("waiting")], [[3, 3], [30, 30]])

    def test_what_all_have_in_common_is_no_sum(self) -> None:
        self.later()
        self.assertEqual([self.totals("users"), self.totals("a.b_circuit")], [[7, 7], [2, 2]])

    def test_where_answers_are_added_up_the_first_one_shows_it(self) -> None:
        shown = [[statistics.own(one) for one in statistics.all()] for statistics in self.statistics]
        self.assertEqual(shown, [[1, 10, 1, 7, 1], [2, 20, 2, 0, 2]])

    def test_a_reset_is_one_for_all_at_once(self) -> None:
        self.later()
        for name in ("calls", "ever", "waiting"):
            found = self.statistics[0].find(name)
            assert found is not None
            self.statistics[0].reset(found)
        self.wired.carry()
        self.assertEqual([self.totals(name) for name in ("calls", "ever", "waiting")], [[0, 0], [3, 3], [30, 30]])
        self.later()
        self.assertEqual(self.totals("calls"), [0, 0])

    def test_a_worker_that_replaces_another_counts_on(self) -> None:
        self.later()
        self.figures[1] = WorkerFigures(self.wired.links[2], self.wired.reactor)
        self.statistics[1] = self.made(2)
        self.figures[0].introduce(2)
        self.wired.carry()
        found = self.statistics[1].find("calls")
        assert isinstance(found, Counter)
        self.assertEqual(found.value, 4)
        self.later()
        self.assertEqual([self.totals("calls"), self.totals("waiting")], [[5, 5], [30, 30]])
