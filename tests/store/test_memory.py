"""Shared tables in one process."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from sipapp.interfaces.store import IStore, ITable
from sipapp.store.memory import MemoryStore, MemoryTable
from sipapp.testing.clock import SteppingClock


class MemoryTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = SteppingClock()
        self.clock.advance(100.5)
        self.store = MemoryStore(self.clock)

    def table(self, lifetime: int = 0, renew: bool = True) -> MemoryTable:
        return self.store.table(b"t", lifetime, renew)

    def test_it_is_a_store(self) -> None:
        verifyObject(IStore, self.store)
        verifyObject(ITable, self.table())

    def test_a_name_is_one_table(self) -> None:
        self.assertIs(self.table(), self.store.table(b"t"))
        self.assertIsNot(self.table(), self.store.table(b"u"))

    def test_values_are_numbers_and_texts(self) -> None:
        table = self.table()
        table.put(b"n", 5)
        table.put(b"s", b"text")
        self.assertEqual((table.get(b"n"), table.get(b"s"), table.get(b"none")), (5, b"text", None))
        self.assertEqual(len(table), 2)

    def test_a_deleted_item_is_gone(self) -> None:
        table = self.table()
        table.put(b"n", 5)
        self.assertTrue(table.delete(b"n"))
        self.assertFalse(table.delete(b"n"))
        self.assertIsNone(table.get(b"n"))

    def test_an_addition_needs_a_number_or_a_beginning(self) -> None:
        table = self.table()
        table.put(b"s", b"text")
        self.assertIsNone(table.add(b"none", 1))
        self.assertIsNone(table.add(b"s", 1, 0))
        self.assertEqual([table.add(b"n", 2, 10), table.add(b"n", -5)], [12, 7])
        self.assertEqual(list(table.items()), [(b"s", b"text"), (b"n", 7)])

    def test_numbers_have_32_bits(self) -> None:
        self.assertEqual(self.table().add(b"n", 1, 0x7FFFFFFF), -0x80000000)

    def test_what_is_wanted_no_more_is_removed(self) -> None:
        table = self.table()
        for key in (b"a1", b"a2", b"b1"):
            table.put(key, 1)
        self.assertEqual(table.remove(lambda key, value: key.startswith(b"a")), 2)
        self.assertEqual(list(table.items()), [(b"b1", 1)])
        table.clear()
        self.assertEqual(len(table), 0)

    def test_others_come_in_place_of_all(self) -> None:
        table = self.table(lifetime=10)
        table.put(b"old", 1)
        table.replace({b"new": (b"x", 3)})
        self.assertEqual(list(table.items()), [(b"new", b"x")])
        self.assertEqual(table.lifetime(b"new"), 3)

    def test_items_may_be_changed_while_they_are_walked(self) -> None:
        table = self.table()
        table.put(b"a", 1)
        table.put(b"b", 2)
        for key, _ in table.items():
            table.delete(key)
            table.put(key + b"x", 0)
        self.assertEqual([key for key, _ in table.items()], [b"ax", b"bx"])


class ExpiryTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = SteppingClock()
        self.clock.advance(100.5)
        self.gone: list[tuple[float, bytes, object]] = []

    def table(self, lifetime: int = 2, renew: bool = True) -> MemoryTable:
        table = MemoryStore(self.clock).table(b"t", lifetime, renew)
        table.on_expired(lambda key, value: self.gone.append((self.clock.seconds(), key, value)))
        return table

    def test_an_item_lives_to_the_end_of_its_last_second(self) -> None:
        table = self.table()
        table.put(b"k", b"v")
        self.clock.advance(2.4)
        self.assertEqual((table.get(b"k"), self.gone), (b"v", []))
        self.clock.advance(0.1)
        self.assertEqual((table.get(b"k"), len(table), list(table.items())), (None, 0, []))
        self.assertEqual(self.gone, [(103.0, b"k", b"v")])

    def test_without_a_lifetime_it_stays(self) -> None:
        table = self.table(lifetime=0)
        table.put(b"k", 1)
        self.clock.advance(1e6)
        self.assertEqual((table.get(b"k"), table.lifetime(b"k")), (1, 0))

    def test_it_says_how_long_it_has(self) -> None:
        table = self.table(lifetime=10)
        table.put(b"k", 1)
        table.put(b"own", 1, lifetime=500)
        self.clock.advance(4)
        self.assertEqual([table.lifetime(k) for k in (b"k", b"own", b"none")], [6, 496, None])

    def test_setting_it_again_begins_its_life_anew(self) -> None:
        table = self.table()
        table.put(b"k", 1)
        for _ in range(5):
            self.clock.advance(2)
            table.put(b"k", 2)
        self.assertEqual((table.get(b"k"), self.gone), (2, []))
        self.clock.advance(3)
        self.assertEqual(self.gone, [(113.0, b"k", 2)])

    def test_a_table_that_does_not_renew_lets_it_end_in_time(self) -> None:
        table = self.table(renew=False)
        table.put(b"k", 1)
        self.clock.advance(2)
        table.put(b"k", 2)
        table.add(b"k", 1)
        self.clock.advance(1)
        self.assertEqual(self.gone, [(103.0, b"k", 3)])

    def test_a_lifetime_of_its_own_counts_there_too(self) -> None:
        table = self.table(renew=False)
        table.put(b"k", 1)
        table.put(b"k", 2, lifetime=50)
        self.assertEqual(table.lifetime(b"k"), 50)

    def test_its_end_may_be_moved(self) -> None:
        table = self.table(lifetime=100)
        for key in (b"sooner", b"later", b"never", b"now"):
            table.put(key, 1)
        self.assertTrue(table.expire(b"sooner", 1))
        self.assertTrue(table.expire(b"later", 200))
        self.assertTrue(table.expire(b"never", None))
        self.assertTrue(table.expire(b"now", 0))
        self.assertFalse(table.expire(b"none", 1))
        self.clock.advance(300)
        self.assertEqual(self.gone, [(101.0, b"now", 1), (102.0, b"sooner", 1), (301.0, b"later", 1)])
        self.assertEqual(list(table.items()), [(b"never", 1)])

    def test_moved_back_and_forth_it_is_told_of_once(self) -> None:
        table = self.table(lifetime=10)
        table.put(b"k", 1)
        for lifetime in (3, 20, 5, 2, 8):
            table.expire(b"k", lifetime)
        self.clock.advance(60)
        self.assertEqual(self.gone, [(109.0, b"k", 1)])

    def test_an_item_made_anew_has_a_life_of_its_own(self) -> None:
        table = self.table(lifetime=10)
        table.put(b"k", 1)
        table.delete(b"k")
        self.clock.advance(5)
        table.put(b"k", 2)
        self.clock.advance(6)
        self.assertEqual((table.get(b"k"), self.gone), (2, []))

    def test_one_that_never_ends_any_more_may_end_again(self) -> None:
        table = self.table(lifetime=5)
        table.put(b"k", 1)
        table.expire(b"k", None)
        self.clock.advance(50)
        table.expire(b"k", 1)
        self.clock.advance(5)
        self.assertEqual(self.gone, [(152.0, b"k", 1)])

    def test_renewing_costs_no_memory(self) -> None:
        table = self.table(lifetime=1000)
        for _ in range(500):
            table.put(b"k", 1)
            self.clock.advance(1)
        self.assertLessEqual(sum(len(keys) for keys in table._due.values()), 1)

    def test_what_a_watcher_gets_wrong_keeps_nobody_else_from_being_told(self) -> None:
        table = self.table()

        def broken(key: bytes, value: object) -> None:
            raise ZeroDivisionError

        table._watchers.insert(0, broken)
        table.put(b"k", 1)
        self.clock.advance(5)
        self.assertEqual([key for _, key, _ in self.gone], [b"k"])
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_once_stopped_nothing_is_due(self) -> None:
        store = MemoryStore(self.clock)
        store.table(b"t", 5).put(b"k", 1)
        store.stop()
        self.assertEqual(self.clock.getDelayedCalls(), [])
