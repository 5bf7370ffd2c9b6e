"""Counters and gauges by name."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.statistics import Statistics


class StatisticsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.statistics = Statistics()

    def test_a_counter_is_made_once(self) -> None:
        first = self.statistics.counter("core", "sent", "what was sent")
        first.add()
        self.statistics.counter("core", "sent").add(4)
        self.assertEqual((first.value, first.doc), (5, "what was sent"))

    def test_a_counter_may_go_on_for_ever(self) -> None:
        for resettable, left in ((True, 0), (False, 3)):
            counter = self.statistics.counter("core", f"sent{resettable}", resettable=resettable)
            counter.add(3)
            counter.reset()
            self.assertEqual(counter.value, left)

    def test_a_gauge_shows_what_is_and_is_not_reset(self) -> None:
        now = [7]
        gauge = self.statistics.gauge("tm", "now", lambda: now[0], "how many there are")
        gauge.reset()
        now[0] = 8
        self.assertEqual((gauge.value, gauge.doc), (8, "how many there are"))

    def test_they_are_found_by_name_and_by_group(self) -> None:
        counter = self.statistics.counter("core", "sent")
        gauge = self.statistics.gauge("tm", "now", lambda: 1)
        self.assertIs(self.statistics.find("sent"), counter)
        self.assertIs(self.statistics.find("now", "tm"), gauge)
        self.assertIsNone(self.statistics.find("now", "core"))
        self.assertIsNone(self.statistics.find("none"))
        self.assertEqual(self.statistics.groups(), ["core", "tm"])
        self.assertEqual(list(self.statistics.all()), [counter, gauge])
        self.assertEqual(list(self.statistics.all("tm")), [gauge])

    def test_alone_the_total_is_what_was_counted_here(self) -> None:
        counter = self.statistics.counter("core", "sent")
        counter.add(3)
        gauge = self.statistics.gauge("tm", "now", lambda: 4, common=True)
        self.assertEqual([self.statistics.total(one) for one in (counter, gauge)], [3, 4])
        self.assertEqual([self.statistics.own(one) for one in (counter, gauge)], [3, 4])
        self.statistics.reset(counter)
        self.assertEqual(counter.value, 0)

    def test_what_is_common_is_shown_by_the_first_of_several(self) -> None:
        other = Statistics(first=False)
        self.assertEqual(other.own(other.gauge("tm", "now", lambda: 4, common=True)), 0)
        self.assertEqual(other.own(other.gauge("tm", "here", lambda: 4)), 4)
