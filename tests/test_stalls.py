"""sipapp/stalls.py: what holds up all others, and where."""

from __future__ import annotations

import sys
from types import FrameType

from twisted.logger import ILogObserver, LogEvent, formatEvent, globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer

from sipapp.stalls import Stalls, place
from sipapp.statistics import Counter

SCRIPT = "\n\n\ndef route(call):\n    call()\n"


class StallsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.now = 100.0
        self.frame: FrameType | None = None
        self.counter = Counter("core", "stalls")
        self.stalls = Stalls(0.05, {"app.cfg"}, self.counter, lambda: self.now, lambda: self.frame)
        self.lines: list[str] = []

        @implementer(ILogObserver)
        def observe(event: LogEvent) -> None:
            self.lines.append(formatEvent(event))

        globalLogPublisher.addObserver(observe)
        self.addCleanup(globalLogPublisher.removeObserver, observe)

    def turn(self, *steps: float) -> None:
        """One thing that takes so long, looked at after each step."""
        self.stalls.begin()
        for step in steps:
            self.now += step
            self.frame = sys._getframe()
            self.stalls.look()
        self.stalls.end()

    def test_what_is_quick_is_not_told(self) -> None:
        self.turn(0.02, 0.02)
        self.turn(0.049)
        self.assertEqual((self.counter.value, self.lines), (0, []))

    def test_what_is_slow_is_told_with_its_place_and_counted(self) -> None:
        self.turn(0.04, 0.04, 0.02)
        self.assertEqual(self.counter.value, 1)
        (line,) = self.lines
        self.assertTrue(line.startswith("nothing else could run for 100 ms: turn() (test_stalls.py:"), line)

    def test_the_place_is_where_it_was_first_seen_to_be_slow(self) -> None:
        self.turn(0.06)
        first = self.stalls._sample
        self.stalls.begin()
        self.now += 0.06
        self.frame = sys._getframe()
        self.stalls.look()
        self.frame = None
        self.now += 0.06
        self.stalls.look()
        self.stalls.end()
        self.assertNotEqual(self.stalls._sample, first)
        self.assertIn("test_the_place_is_where_it_was_first_seen_to_be_slow()", self.lines[1])

    def test_what_nobody_saw_is_counted_all_the_same(self) -> None:
        self.stalls.begin()
        self.now += 0.06
        self.stalls.end()
        self.assertEqual(self.counter.value, 1)
        self.assertIn("a place that was not seen", self.lines[0])

    def test_what_one_thing_brings_about_is_part_of_it(self) -> None:
        self.stalls.begin()
        self.now += 0.03
        self.turn(0.01)
        self.now += 0.03
        self.stalls.end()
        self.assertEqual(self.counter.value, 1)
        self.assertIn("70 ms", self.lines[0])

    def test_between_two_things_nothing_is_looked_at(self) -> None:
        self.now += 5
        self.stalls.look()
        self.assertEqual(self.stalls._sample, "")


class PlaceTests(SynchronousTestCase):
    def test_the_innermost_line_of_the_script_and_what_it_called(self) -> None:
        names: dict[str, object] = {}
        exec(compile(SCRIPT, "app.cfg", "exec"), names)
        found: list[str] = []

        def inner() -> None:
            found.append(place(sys._getframe(), {"app.cfg"}))

        def lookup() -> None:
            inner()

        names["route"](lookup)  # type: ignore[operator]
        self.assertRegex(found[0], r"^app\.cfg:5: lookup\(\) \(test_stalls\.py:\d+\)$")

    def test_the_script_itself(self) -> None:
        names: dict[str, object] = {"sys": sys, "place": place, "found": []}
        exec(compile("def route():\n    found.append(place(sys._getframe(), {'app.cfg'}))\n", "app.cfg", "exec"), names)
        names["route"]()  # type: ignore[operator]
        self.assertEqual(names["found"], ["app.cfg:2"])
