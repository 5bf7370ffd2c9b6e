"""sipapp/workers/figures.py: three workers that tell each other what they have counted."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

from sipapp.interfaces.figures import IFigures, IFigureSource
from sipapp.workers.figures import INTERVAL, WorkerFigures
from tests.workers.wired import Wired


@implementer(IFigureSource)
class Source:
    """Counts what the test says, and keeps what it is told."""

    name = "calls"

    def __init__(self) -> None:
        self.now: dict[Hashable, Any] = {}
        self.told: list[Any] = []

    def counted(self) -> Mapping[Hashable, Any]:
        return self.now

    def heard(self, figures: Mapping[Hashable, Any]) -> None:
        self.told.append(("heard", figures))

    def inherit(self, figures: Mapping[Hashable, Any]) -> None:
        self.told.append(("inherited", figures))

    def forget(self, name: Hashable) -> None:
        self.told.append(("forgotten", name))


class FiguresTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.wired = Wired(3)
        self.sources = [Source() for _ in range(3)]
        self.figures = [self.made(number) for number in (1, 2, 3)]

    def made(self, number: int) -> WorkerFigures:
        figures = WorkerFigures(self.wired.links[number], self.wired.reactor)
        figures.share(self.sources[number - 1])
        figures.start()
        return figures

    def later(self) -> None:
        self.wired.reactor.advance(INTERVAL)
        self.wired.carry()

    def others(self, worker: int, name: Hashable) -> list[Any]:
        return self.figures[worker - 1].others(self.sources[worker - 1], name)

    def test_it_is_what_modules_ask_for(self) -> None:
        verifyObject(IFigures, self.figures[0])

    def test_everybody_hears_what_the_others_have_counted(self) -> None:
        for number, source in enumerate(self.sources):
            source.now["n"] = 10**number
        self.later()
        self.assertEqual([sum(self.others(worker, "n")) for worker in (1, 2, 3)], [110, 101, 11])
        self.assertEqual(self.sources[2].told, [("heard", {"n": 1}), ("heard", {"n": 10})])

    def test_only_changes_are_told(self) -> None:
        self.sources[0].now = {"a": 1, ("b", "c"): (2.5, "x")}
        self.later()
        self.sources[0].now = {"a": 1, ("b", "c"): (2.5, "y")}
        self.wired.reactor.advance(INTERVAL)
        self.assertEqual([item[3] for item in self.wired.items(2)], [{("b", "c"): (2.5, "y")}])
        self.wired.carry()
        self.wired.reactor.advance(INTERVAL)
        self.assertEqual(self.wired.items(2), [])

    def test_what_is_not_counted_any_more_is_gone_everywhere(self) -> None:
        self.sources[0].now = {"a": 1}
        self.later()
        self.sources[0].now = {}
        self.later()
        self.assertEqual(self.others(2, "a"), [])
        self.later()
        self.assertEqual(self.sources[1].told, [("heard", {"a": 1}), ("heard", {})])

    def test_many_go_in_portions(self) -> None:
        self.sources[0].now = dict.fromkeys(range(1000), 1)
        self.later()
        self.assertEqual([len(figures) for _, figures in self.sources[1].told], [200] * 5)

    def test_one_that_begins_anew_hears_all_and_what_its_predecessor_had(self) -> None:
        for number, source in enumerate(self.sources):
            source.now["n"] = 10**number
        self.later()
        self.figures[1].stop()
        self.sources[1] = Source()
        self.figures[1] = self.made(2)
        for other in (1, 3):
            self.figures[other - 1].introduce(2)
        self.assertEqual(sum(self.others(1, "n")), 110)  # nobody misses what the dead one had
        self.wired.carry()
        self.assertCountEqual(
            self.sources[1].told, [("heard", {"n": 1}), ("heard", {"n": 100}), ("inherited", {"n": 10})]
        )

    def test_a_figure_begins_anew_for_all(self) -> None:
        for source in self.sources:
            source.now["n"] = 5
        self.later()
        self.figures[0].forget(self.sources[0], "n")
        self.wired.carry()
        self.assertEqual([self.others(worker, "n") for worker in (1, 2, 3)], [[], [], []])
        self.assertEqual([source.told[-1] for source in self.sources[1:]], [("forgotten", "n")] * 2)

    def test_where_something_was_lost_all_is_told_again(self) -> None:
        self.sources[0].now = {"a": 1, "b": 1}
        self.later()
        self.sources[0].now = {"a": 2}
        self.wired.reactor.advance(INTERVAL)
        self.wired._wires[2].datagrams.clear()
        self.patch(self.wired.links[1], "dropped", lambda: 1)
        self.later()
        self.assertEqual([self.others(2, name) for name in ("a", "b")], [[2], []])
        self.wired.reactor.advance(INTERVAL)
        self.assertEqual(self.wired.items(2), [])

    def test_once_stopped_nothing_is_told(self) -> None:
        self.sources[0].now = {"a": 1}
        for figures in self.figures:
            figures.stop()
        self.later()
        self.assertEqual(self.sources[1].told, [])

    def test_what_takes_long_is_done_less_often(self) -> None:
        def slowly() -> Mapping[Hashable, Any]:
            self.wired.reactor.rightNow += 0.1
            return {}

        self.patch(self.sources[0], "counted", slowly)
        self.later()
        self.assertAlmostEqual(max(call.getTime() for call in self.wired.reactor.getDelayedCalls()), 5.6)
