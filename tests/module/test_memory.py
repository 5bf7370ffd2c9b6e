from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module.memory import kinds, usage


class Rare:
    """A kind of which the tests make a known number."""


class MemoryTests(SynchronousTestCase):
    def test_usage_is_within_the_machine(self) -> None:
        now = usage()
        self.assertTrue(1_000_000 < now.used <= now.total, now)
        self.assertTrue(now.used <= now.most * 2, now)
        self.assertTrue(now.objects > 1000)

    def test_objects_are_counted_by_kind(self) -> None:
        kept = [Rare() for _ in range(7)]
        self.assertEqual(kinds("test_memory.Rare"), [(f"{__name__}.Rare", len(kept))])
        self.assertEqual(kinds("no such kind"), [])

    def test_the_most_frequent_comes_first(self) -> None:
        numbers = [number for _, number in kinds()]
        self.assertEqual(numbers, sorted(numbers, reverse=True))
