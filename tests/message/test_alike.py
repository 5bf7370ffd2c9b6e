"""alike: copies of the first one."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.message import leaf
from sipapp.message.alike import _is_only_slots, maker


class Base:
    __slots__ = ("a", "b")


class Slots(Base):
    __slots__ = ("c", "own", "table", "unset")
    unset: int

    def __init__(self, a: int = 1, c: Any = None) -> None:
        self.a = a
        self.b = "b"
        self.c = c
        self.own: list[int] = []
        self.table: dict[int, int] = {}


class WithDict(Base):
    def __init__(self) -> None:
        self.a = self.d = 1


class AlikeTests(SynchronousTestCase):
    def check(self) -> None:
        shared: list[int] = []
        make = maker(Slots, 7, shared)
        one, two = make(), make()
        one.a = 8
        self.assertEqual((type(two), two.a, two.b, one.a), (Slots, 7, "b", 8))
        self.assertIs(one.c, shared)
        self.assertIs(two.c, shared)
        self.assertFalse(hasattr(two, "unset"))
        self.assertIsNot(one.own, two.own)
        self.assertIsNot(one.table, two.table)
        one.own.append(1)
        one.table[1] = 1
        self.assertEqual((two.own, two.table, make().own, make().table), ([], {}, [], {}))
        two.unset = 1
        del one, two
        self.assertEqual((make().a, hasattr(make(), "unset")), (7, False))
        given = maker(Slots, 7, shared, filled=("c", "unset"))
        full = given(8, 9)
        self.assertEqual((full.a, full.b, full.c, full.unset, full.own), (7, "b", 8, 9, []))
        for values in ((), (1,), (1, 2, 3)):
            self.assertRaises(TypeError, given, *values)
        bare = maker(Slots, 7, shared, empty=("a", "own"))()
        self.assertEqual([hasattr(bare, name) for name in ("a", "b", "own", "table")], [False, True, False, True])

    def test_each_has_what_the_first_one_had(self) -> None:
        self.check()

    def test_so_it_is_without_a_compiler(self) -> None:
        self.patch(leaf, "again", None)
        self.check()

    def test_what_is_no_mere_slots_is_made_as_ever(self) -> None:
        one, two = maker(WithDict)(), maker(WithDict)()
        one.d = 2
        self.assertEqual((one.d, two.d, two.a), (2, 1, 1))
        given = maker(WithDict, filled=("d", "a"))(3, 4)
        self.assertEqual((given.a, given.d), (4, 3))
        self.assertEqual(
            [_is_only_slots(kind) for kind in (Slots, Base, WithDict, Exception, int, type("T", (tuple,), {}))],
            [True, True, False, False, False, False],
        )
