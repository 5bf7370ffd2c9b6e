"""`id=>part[index]`."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError, Position
from sipapp.modules.ipops.places import Place, place_of, shown
from sipapp.modules.pv import Pv
from sipapp.script.pv import Binder
from tests.modules.stage import Server, context, made

PARTS = (b"addr", b"count")


class PlaceTests(SynchronousTestCase):
    def setUp(self) -> None:
        server = Server()
        server.registry.add(made(Pv))
        self.ctx = context(server=server)
        self.binder = Binder(server.registry, Position("app.cfg", 1, 1))

    def place(self, source: bytes | None, index: bytes | None = None, indexed: bool = False) -> Place:
        return place_of("dns", source, index, self.binder, PARTS, indexed)

    def test_places(self) -> None:
        for source, wanted in (
            (b"x=>addr", (b"x", b"addr", 0)),
            (b" x => addr [ 2 ] ", (b"x", b"addr", 2)),
            (b"x=>addr[-1]", (b"x", b"addr", -1)),
            (b"x=>count", (b"x", b"count", 0)),
        ):
            self.assertEqual(tuple(self.place(source)), wanted)

    def test_mistakes(self) -> None:
        for source in (None, b"x", b"=>addr", b"x=>other", b"x=>addr[", b"x=>addr[y]", b"x=>addr[0]z"):
            self.assertRaises(ConfigError, self.place, source)
        self.assertRaises(ConfigError, self.place, b"x=>addr", b"0")

    def test_some_need_an_index_for_all_but_the_count(self) -> None:
        self.assertEqual(self.place(b"x=>addr[1]", indexed=True).index, 1)
        self.assertEqual(self.place(b"x=>count", indexed=True).part, b"count")
        self.assertRaises(ConfigError, self.place, b"x=>addr", indexed=True)
        self.assertRaises(ConfigError, self.place, b"x=>count[0]", indexed=True)

    def test_the_index_picks_a_record(self) -> None:
        for index, wanted in ((0, "a"), (2, "c"), (-1, "c"), (-3, "a"), (3, None), (-4, None)):
            self.assertEqual(Place(b"x", b"addr", index).pick(self.ctx, ["a", "b", "c"]), wanted)

    def test_the_index_may_be_a_variable_that_is_a_number(self) -> None:
        place = self.place(b"x=>addr[$var(i)]")
        found: list[Any] = []
        for value in (1, b"1", None):
            self.ctx.vars[b"i"] = value
            found.append(place.pick(self.ctx, ["a", "b"]))
        self.assertEqual(found, ["b", None, None])

    def test_parts_become_values(self) -> None:
        self.assertEqual([shown("text"), shown(5)], [b"text", 5])
