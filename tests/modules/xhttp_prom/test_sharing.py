"""sipapp.modules.xhttp_prom.sharing: the metrics of two workers."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from sipapp.interfaces.figures import IFigureSource
from sipapp.modules.xhttp_prom.metrics import declared, listed
from sipapp.modules.xhttp_prom.sharing import Sharing


class Figures:
    """What the other one has told."""

    def __init__(self) -> None:
        self.rows: dict[Hashable, Any] = {}

    def share(self, source: Any) -> None: ...

    def forget(self, source: Any, name: Hashable) -> None: ...

    def others(self, source: Any, name: Hashable) -> list[Any]:
        return [self.rows[name]] if name in self.rows else []


class Worker:
    def __init__(self) -> None:
        self.counter = declared("counter", "name=calls; label=method")
        self.gauge = declared("gauge", "name=level")
        self.histogram = declared("histogram", "name=sizes; buckets=1:10")
        self.figures = Figures()
        self.metrics = [self.counter, self.gauge, self.histogram]
        self.oldest = 0.0
        self.sharing = Sharing(self.metrics, self.figures, self.forget)  # type: ignore[arg-type]

    def forget(self) -> None:
        for metric in self.metrics:
            metric.forget(self.oldest)

    def shown(self) -> list[str]:
        return list(listed(self.metrics, self.sharing.total))


class SharingTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.first, self.second = Worker(), Worker()

    def tell(self) -> None:
        for one, other in ((self.first, self.second), (self.second, self.first)):
            rows = dict(one.sharing.counted())
            other.figures.rows = rows
            other.sharing.heard(rows)

    def check(self, *wanted: str) -> None:
        self.tell()
        self.assertEqual([self.first.shown(), self.second.shown()], [list(wanted)] * 2)

    def test_it_is_what_workers_tell_each_other(self) -> None:
        verifyObject(IFigureSource, self.first.sharing)

    def test_what_both_add_is_added_up(self) -> None:
        self.first.counter.at(("INVITE",), 1.0).value += 2
        self.second.counter.at(("INVITE",), 1.0).value += 3
        self.second.counter.at(("BYE",), 1.0).value += 1
        self.first.histogram.observe((), 5.0, 1.0)
        self.second.histogram.observe((), 0.5, 1.0)
        self.tell()
        self.assertCountEqual(
            self.first.shown(),
            ['counter calls{method="INVITE"} 5', 'counter calls{method="BYE"} 1', "histogram sizes{} 5.5"],
        )
        self.assertEqual(self.second.sharing.total(self.second.histogram, ()).counts, [1, 2, 2])

    def test_of_two_that_set_the_later_one_counts(self) -> None:
        self.first.gauge.at((), 1.0).set(5.0, 1.0)
        self.second.gauge.at((), 2.0).set(7.0, 2.0)
        self.check("gauge level{} 7")
        self.first.gauge.at((), 3.0).set(4.0, 3.0)
        self.check("gauge level{} 4")

    def test_what_is_added_afterwards_is_added_to_what_was_set_last(self) -> None:
        self.second.gauge.at((), 1.0).value += 100
        self.first.gauge.at((), 2.0).set(5.0, 2.0)
        self.check("gauge level{} 5")
        self.first.gauge.at((), 3.0).value += 1
        self.second.gauge.at((), 3.0).value -= 3
        self.check("gauge level{} 3")

    def test_set_twice_in_a_moment_the_last_one_counts(self) -> None:
        gauge = self.first.gauge.at((), 1.0)
        gauge.set(5.0, 1.0)
        self.tell()
        gauge.set(6.0, 1.0)
        self.check("gauge level{} 6")

    def test_one_that_replaces_another_goes_on_where_that_one_was(self) -> None:
        self.first.counter.at(("BYE",), 1.0).value += 2
        self.second.counter.at(("BYE",), 1.0).value += 40
        self.second.gauge.at((), 2.0).set(5.0, 2.0)
        self.second.gauge.at((), 2.0).value += 1
        self.second.histogram.observe((), 5.0, 1.0)
        self.tell()
        rows = self.first.figures.rows
        self.second = Worker()
        self.second.figures.rows = dict(self.first.sharing.counted())
        self.second.sharing.heard(self.second.figures.rows)
        self.second.sharing.inherit(rows)
        self.check('counter calls{method="BYE"} 42', "gauge level{} 6", "histogram sizes{} 5")

    def test_what_one_uses_the_other_does_not_forget(self) -> None:
        self.first.counter.at(("BYE",), 1.0).value += 2
        self.tell()
        self.first.counter.at(("BYE",), 50.0).value += 2
        self.tell()
        self.second.oldest = 40.0
        self.check('counter calls{method="BYE"} 4')

    def test_what_nobody_uses_is_told_no_more(self) -> None:
        self.first.counter.at(("BYE",), 1.0).value += 2
        self.tell()
        self.first.oldest = self.second.oldest = 2.0
        self.check()

    def test_metrics_that_the_script_does_not_have_are_passed_over(self) -> None:
        self.first.sharing.heard({("gauge", "other"): (0.0, 0.0, 1.0, (), 1.0)})
        self.assertEqual(self.first.shown(), [])
