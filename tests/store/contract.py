"""contract: what every store does, as tests of one that a test case makes.

Where a store tells others of its changes, `settle` waits until it has; in one process there is nothing to wait for.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from sipapp.interfaces.store import IStore, ITable
from sipapp.testing.clock import SteppingClock

START = 100.5
"""What time it is first."""


class StoreCase(SynchronousTestCase):
    """What the contract wants of a test case."""

    def setUp(self: Any) -> None:
        self.begin()

    def settle(self) -> None:
        """What was changed is where it belongs."""


class Contract:
    """The mixin: its test case has `make_store()`, which makes the store, started, on `self.clock`, and where it needs
    to wait, `settle()`."""

    clock: SteppingClock
    store: Any

    def begin(self: Any) -> None:
        self.clock = SteppingClock()
        self.clock.advance(START)
        self.store = self.make_store()
        self.gone: list[tuple[float, bytes, object]] = []

    def table(self: Any, lifetime: int = 0, renew: bool = True) -> Any:
        table = self.store.table(b"t", lifetime, renew)
        table.on_expired(lambda key, value: self.gone.append((self.clock.seconds(), key, value)))
        return table


class ItemsContract(Contract):
    """Items."""

    def test_it_is_a_store(self: Any) -> None:
        verifyObject(IStore, self.store)
        verifyObject(ITable, self.table())

    def test_a_name_is_one_table(self: Any) -> None:
        self.assertIs(self.table(), self.store.table(b"t"))
        self.assertIsNot(self.table(), self.store.table(b"u"))
        self.table().put(b"k", 1)
        self.assertIsNone(self.store.table(b"u").get(b"k"))

    def test_values_are_numbers_and_texts(self: Any) -> None:
        table = self.table()
        values = {b"n": 5, b"m": -5, b"z": 0, b"big": 1 << 70, b"s": b"text", b"e": b"", b"b": b"\x00\xff\r\n"}
        for key, value in values.items():
            table.put(key, value)
        self.settle()
        self.assertEqual({key: table.get(key) for key in values}, values)
        self.assertEqual(dict(table.items()), values)
        self.assertEqual((len(table), table.get(b"none")), (7, None))

    def test_any_bytes_are_a_key(self: Any) -> None:
        table = self.table()
        long = [b"x" * 506, b"x" * 507, b"x" * 508, b"y" * 5000, b"y" * 4999 + b"z"]
        keys = [b"", b"\x00", b"\xff" * 9, *long]
        for number, key in enumerate(keys):
            table.put(key, number)
        self.settle()
        self.assertEqual([table.get(key) for key in keys], list(range(8)))
        self.assertEqual(sorted(table.items()), sorted(zip(keys, range(8), strict=True)))
        for key in long:
            table.put(key, b"text of " + key[-1:])
        self.settle()
        self.assertEqual(dict(table.items())[long[4]], b"text of z")

    def test_a_value_may_be_long(self: Any) -> None:
        table = self.table()
        table.put(b"k", b"v" * 100_000)
        self.settle()
        self.assertEqual(table.get(b"k"), b"v" * 100_000)

    def test_a_deleted_item_is_gone(self: Any) -> None:
        table = self.table(lifetime=5)
        table.put(b"n", 5)
        self.assertTrue(table.delete(b"n"))
        self.assertFalse(table.delete(b"n"))
        self.settle()
        self.assertIsNone(table.get(b"n"))
        self.clock.advance(20)
        self.settle()
        self.assertEqual(self.gone, [])

    def test_an_addition_needs_a_number_or_a_beginning(self: Any) -> None:
        table = self.table()
        table.put(b"s", b"text")
        self.assertIsNone(table.add(b"none", 1))
        self.assertIsNone(table.add(b"s", 1, 0))
        self.assertEqual([table.add(b"n", 2, 10), table.add(b"n", -5)], [12, 7])
        self.settle()
        self.assertEqual(dict(table.items()), {b"s": b"text", b"n": 7})

    def test_numbers_have_32_bits(self: Any) -> None:
        table = self.table()
        self.assertEqual(table.add(b"n", 1, 0x7FFFFFFF), -0x80000000)
        self.settle()
        self.assertEqual(table.get(b"n"), -0x80000000)

    def test_what_is_wanted_no_more_is_removed(self: Any) -> None:
        table = self.table()
        for key in (b"a1", b"a2", b"b1"):
            table.put(key, 1)
        self.assertEqual(table.remove(lambda key, value: key.startswith(b"a")), 2)
        self.assertEqual(table.remove(lambda key, value: key.startswith(b"a")), 0)
        self.settle()
        self.assertEqual(list(table.items()), [(b"b1", 1)])
        table.clear()
        self.settle()
        self.assertEqual((len(table), list(table.items())), (0, []))

    def test_whoever_is_asked_what_is_unwanted_may_write(self: Any) -> None:
        table = self.table()
        for key in (b"a", b"b"):
            table.put(key, 1)

        def unwanted(key: bytes, value: object) -> bool:
            table.put(b"seen", key)
            return key == b"b"

        self.assertEqual(table.remove(unwanted), 1)
        self.settle()
        self.assertEqual(dict(table.items()), {b"a": 1, b"seen": b"b"})

    def test_others_come_in_place_of_all(self: Any) -> None:
        table = self.table(lifetime=10)
        table.put(b"old", 1)
        table.replace({b"new": (b"x", 3), b"own": (5, None)})
        self.settle()
        self.assertEqual(dict(table.items()), {b"new": b"x", b"own": 5})
        self.assertEqual([table.lifetime(key) for key in (b"new", b"own", b"old")], [3, 10, None])

    def test_items_may_be_changed_while_they_are_walked(self: Any) -> None:
        table = self.table()
        table.put(b"a", 1)
        table.put(b"b", 2)
        for key, _ in table.items():
            table.delete(key)
            table.put(key + b"x", 0)
        self.settle()
        self.assertEqual([key for key, _ in table.items()], [b"ax", b"bx"])


class TimeContract(Contract):
    """Lifetimes: exact to the second."""

    def pass_by(self: Any, seconds: float) -> None:
        self.clock.advance(seconds)
        self.settle()

    def test_an_item_lives_to_the_end_of_its_last_second(self: Any) -> None:
        table = self.table(lifetime=2)
        table.put(b"k", b"v")
        self.pass_by(2.4)
        self.assertEqual((table.get(b"k"), self.gone), (b"v", []))
        self.pass_by(0.1)
        self.assertEqual((table.get(b"k"), len(table), list(table.items())), (None, 0, []))
        self.assertEqual(self.gone, [(103.0, b"k", b"v")])

    def test_without_a_lifetime_it_stays(self: Any) -> None:
        table = self.table()
        table.put(b"k", 1)
        self.pass_by(1000)
        self.assertEqual((table.get(b"k"), table.lifetime(b"k")), (1, 0))

    def test_it_says_how_long_it_has(self: Any) -> None:
        table = self.table(lifetime=10)
        table.put(b"k", 1)
        table.put(b"own", 1, lifetime=500)
        self.pass_by(4)
        self.assertEqual([table.lifetime(k) for k in (b"k", b"own", b"none")], [6, 496, None])

    def test_setting_it_again_begins_its_life_anew(self: Any) -> None:
        table = self.table(lifetime=2)
        table.put(b"k", 1)
        for _ in range(5):
            self.pass_by(2)
            table.put(b"k", 2)
        self.assertEqual((table.get(b"k"), self.gone), (2, []))
        self.pass_by(3)
        self.assertEqual(self.gone, [(113.0, b"k", 2)])

    def test_a_table_that_does_not_renew_lets_it_end_in_time(self: Any) -> None:
        table = self.table(lifetime=2, renew=False)
        table.put(b"k", 1)
        self.pass_by(2)
        table.put(b"k", 2)
        table.add(b"k", 1)
        self.pass_by(1)
        self.assertEqual(self.gone, [(103.0, b"k", 3)])

    def test_a_lifetime_of_its_own_counts_there_too(self: Any) -> None:
        table = self.table(lifetime=2, renew=False)
        table.put(b"k", 1)
        table.put(b"k", 2, lifetime=50)
        self.settle()
        self.assertEqual(table.lifetime(b"k"), 50)

    def test_its_end_may_be_moved(self: Any) -> None:
        table = self.table(lifetime=100)
        for key in (b"sooner", b"later", b"never", b"now", b"past"):
            table.put(key, 1)
        self.assertTrue(table.expire(b"sooner", 1))
        self.assertTrue(table.expire(b"later", 200))
        self.assertTrue(table.expire(b"never", None))
        self.assertTrue(table.expire(b"now", 0))
        self.assertTrue(table.expire(b"past", -7))
        self.assertFalse(table.expire(b"none", 1))
        self.assertIsNone(table.get(b"past"))
        self.pass_by(300)
        self.assertEqual(
            [(at, key) for at, key, _ in self.gone if key != b"past"],
            [(101.0, b"now"), (102.0, b"sooner"), (301.0, b"later")],
        )
        self.assertEqual(len(self.gone), 4)
        self.assertEqual(list(table.items()), [(b"never", 1)])

    def test_moved_back_and_forth_it_is_told_of_once(self: Any) -> None:
        table = self.table(lifetime=10)
        table.put(b"k", 1)
        for lifetime in (3, 20, 5, 2, 8):
            table.expire(b"k", lifetime)
        self.pass_by(60)
        self.assertEqual(self.gone, [(109.0, b"k", 1)])

    def test_an_item_made_anew_has_a_life_of_its_own(self: Any) -> None:
        table = self.table(lifetime=10)
        table.put(b"k", 1)
        table.delete(b"k")
        self.pass_by(5)
        table.put(b"k", 2)
        self.pass_by(6)
        self.assertEqual((table.get(b"k"), self.gone), (2, []))

    def test_one_that_never_ends_any_more_may_end_again(self: Any) -> None:
        table = self.table(lifetime=5)
        table.put(b"k", 1)
        table.expire(b"k", None)
        self.pass_by(50)
        table.expire(b"k", 1)
        self.pass_by(5)
        self.assertEqual(self.gone, [(152.0, b"k", 1)])

    def test_what_is_over_is_not_there_for_an_addition(self: Any) -> None:
        table = self.table(lifetime=2)
        table.put(b"k", 5)
        self.clock.rightNow += 3  # nothing has run yet that would notice
        self.assertIsNone(table.add(b"k", 1))
        self.assertEqual(table.add(b"k", 1, 10), 11)
        self.pass_by(0.1)
        self.assertEqual([(key, value) for _, key, value in self.gone], [(b"k", 5)])
        self.assertEqual(table.lifetime(b"k"), 2)

    def test_many_that_end_together_are_all_told_of(self: Any) -> None:
        table = self.table(lifetime=2)
        for number in range(300):
            table.put(b"%d" % number, number)
        self.pass_by(3)
        self.assertEqual(sorted(value for _, _, value in self.gone), list(range(300)))
        self.assertEqual(len(table), 0)

    def test_what_a_watcher_gets_wrong_keeps_nobody_else_from_being_told(self: Any) -> None:
        def broken(key: bytes, value: object) -> None:
            raise ZeroDivisionError

        self.store.table(b"t", 2).on_expired(broken)
        table = self.table()
        table.put(b"k", 1)
        self.pass_by(5)
        self.assertEqual([key for _, key, _ in self.gone], [b"k"])
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_once_stopped_nothing_is_due(self: Any) -> None:
        self.store.table(b"t", 5).put(b"k", 1)
        self.store.stop()
        self.assertEqual(self.clock.getDelayedCalls(), [])


class LocksContract(Contract):
    """Locks of one process among its own."""

    def locked(self: Any, table: Any, key: bytes, holder: object) -> list[object]:
        """What becomes of a wish for a lock: [] as long as it waits."""
        told: list[object] = []
        waiting: Deferred[None] | None = table.lock(key, holder)
        if waiting is None:
            return [None]
        waiting.addErrback(lambda failure: failure.trap(CancelledError))
        waiting.addCallback(told.append)
        self.waiting = waiting
        return told

    def later(self: Any) -> None:
        self.clock.advance(0.1)
        self.settle()

    def test_one_has_it_and_the_next_one_gets_it(self: Any) -> None:
        table = self.table()
        first, second, third = (self.locked(table, b"k", holder) for holder in ("a", "b", "c"))
        self.later()
        self.assertEqual((len(first), second, third), (1, [], []))
        table.unlock(b"k")
        self.later()
        self.assertEqual((second, third), ([None], []))
        table.unlock(b"k")
        self.later()
        self.assertEqual(third, [None])
        table.unlock(b"k")
        self.later()
        self.assertEqual(table._locks._held, {})

    def test_keys_have_locks_of_their_own(self: Any) -> None:
        table = self.table()
        told = [self.locked(table, key, "a") for key in (b"k", b"l")]
        told.append(self.locked(self.store.table(b"u"), b"k", "b"))
        self.later()
        self.assertEqual(told, [[None], [None], [None]])

    def test_a_holder_may_have_it_twice(self: Any) -> None:
        table = self.table()
        self.locked(table, b"k", "a")
        self.later()
        self.assertIsNone(table.lock(b"k", "a"))
        other = self.locked(table, b"k", "b")
        table.unlock(b"k")
        self.later()
        self.assertEqual(other, [])
        table.unlock(b"k")
        self.later()
        self.assertEqual(other, [None])

    def test_who_gives_up_is_passed_over(self: Any) -> None:
        table = self.table()
        self.locked(table, b"k", "a")
        self.later()
        second = self.locked(table, b"k", "b")
        given_up = self.waiting
        third = self.locked(table, b"k", "c")
        given_up.cancel()
        table.unlock(b"k")
        self.later()
        self.assertEqual((len(second), third), (1, [None]))
        self.assertIsNotNone(second[0])

    def test_who_gives_up_when_it_is_about_to_have_it_leaves_it_free(self: Any) -> None:
        table = self.table()
        self.locked(table, b"k", "a")
        self.later()
        self.locked(table, b"k", "b")
        table.unlock(b"k")
        self.waiting.cancel()
        self.later()
        third = self.locked(table, b"k", "c")
        self.later()
        self.assertEqual(third, [None])

    def test_a_holder_lets_all_go(self: Any) -> None:
        table = self.table()
        for key in (b"k", b"k", b"l"):
            self.locked(table, key, "a")
        self.later()
        others = [self.locked(table, key, "b") for key in (b"k", b"l")]
        table.unlock_all("a")
        self.later()
        self.assertEqual(others, [[None], [None]])

    def test_a_free_lock_may_be_let_go(self: Any) -> None:
        table = self.table()
        table.unlock(b"k")
        self.later()
        told = self.locked(table, b"k", "a")
        self.later()
        self.assertEqual(told, [None])
