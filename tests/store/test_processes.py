"""One lmdb file and two processes."""

from __future__ import annotations

import os

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.store.claims import INTERVAL
from sipapp.store.lmdb import LmdbStore, LmdbTable
from sipapp.store.mapped import MEGABYTE
from sipapp.testing.clock import SteppingClock
from tests.store.neighbour import Neighbour

START = 100.5


class ProcessesTests(SynchronousTestCase):
    lifetime = 10

    def setUp(self) -> None:
        self.clock = SteppingClock()
        self.clock.advance(START)
        self.path = os.path.abspath(self.mktemp())
        self.store = self.made()
        self.table = self.opened(self.store)
        self.gone: list[tuple[bytes, object]] = []
        self.table.on_expired(lambda key, value: self.gone.append((key, value)))
        self.other = Neighbour.ready()
        self.other.ask(f"open({self.path!r}, {START}, {self.lifetime})")
        self.addCleanup(self.other.leave)

    def made(self) -> LmdbStore:
        store = LmdbStore(self.path, 16 * MEGABYTE, self.clock)
        store.start()
        self.addCleanup(store.stop)
        return store

    def opened(self, store: LmdbStore) -> LmdbTable:
        return store.table(b"t", self.lifetime)

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.other.ask(f"clock.advance({seconds})")

    # -- items

    def test_what_one_puts_the_other_has(self) -> None:
        self.table.put(b"a", 1)
        self.other.ask("table.put(b'b', b'text')")
        self.assertEqual(self.other.ask("sorted(table.items())"), [(b"a", 1), (b"b", b"text")])
        self.assertEqual((self.table.get(b"b"), len(self.table)), (b"text", 2))
        self.assertTrue(self.other.ask("table.delete(b'a')"))
        self.assertIsNone(self.table.get(b"a"))

    def test_no_addition_is_lost(self) -> None:
        self.other.tell("[table.add(b'n', 1, 0) for _ in range(3000)][-1]")
        for _ in range(3000):
            self.table.add(b"n", 1, 0)
        self.other.answer()
        self.assertEqual(self.table.get(b"n"), 6000)

    def test_one_of_them_is_told_that_an_item_is_over(self) -> None:
        for number in range(50):
            self.table.put(b"here%d" % number, number)
        self.other.ask("[table.put(b'there%d' % n, n) for n in range(50)]")
        self.other.tell("clock.advance(11)")
        self.clock.advance(11)
        self.other.answer()
        told = self.gone + self.other.ask("gone")
        expected = [(b"%b%d" % (side, n), n) for side in (b"here", b"there") for n in range(50)]
        self.assertEqual(sorted(told, key=repr), sorted(expected, key=repr))

    def test_what_a_dead_process_has_put_is_over_in_time(self) -> None:
        self.other.ask("table.put(b'k', 1)")
        self.other.end()
        self.clock.advance(10.4)
        self.assertEqual(self.gone, [])
        self.clock.advance(0.1)
        self.assertEqual(self.gone, [(b"k", 1)])

    def test_what_the_other_has_renewed_is_not_over(self) -> None:
        self.table.put(b"k", 1)
        self.advance(8)
        self.other.ask("table.put(b'k', 2)")
        self.advance(8)
        self.assertEqual((self.table.get(b"k"), self.table.lifetime(b"k"), self.gone), (2, 2, []))
        self.assertEqual(self.other.ask("gone"), [])

    def test_a_process_that_dies_while_it_writes_leaves_the_file_whole(self) -> None:
        self.table.put(b"k", 1)
        self.other.ask("gone.append(store.mapped._env.begin(table._items, write=True))")
        self.other.ask("gone[0].put(b'kk', b'half of an item')")
        self.other.end()
        self.table.put(b"n", 2)
        self.assertEqual(dict(self.table.items()), {b"k": 1, b"n": 2})

    def test_the_file_grows_for_both(self) -> None:
        self.assertIsNone(self.table.get(b"v0"))
        self.other.ask("[table.put(b'v%d' % n, b'x' * 100_000) for n in range(100)]")
        self.assertEqual(self.table.get(b"v99"), b"x" * 100_000)
        self.table.put(b"w", b"y" * 1_000_000)
        self.assertEqual(len(self.other.ask("table.get(b'w')")), 1_000_000)

    def test_what_finds_no_room_is_not_written_and_the_rest_stays(self) -> None:
        self.table.put(b"k", 1)
        self.other.ask("[table.put(b'v%d' % n, b'x' * 1_000_000) for n in range(30)]")
        self.table.put(b"more", b"x" * 4_000_000)
        self.assertEqual((self.table.get(b"k"), self.table.get(b"more")), (1, None))
        self.assertGreaterEqual(self.store.unwritten.value, 1)
        self.assertFalse(self.table.expire(b"none", 5))
        self.table.clear()
        self.fill_anew()

    def test_what_is_gone_from_a_full_file_makes_room(self) -> None:
        self.other.ask("[table.put(b'v%d' % n, b'x' * 1_000_000) for n in range(30)]")
        self.advance(12)
        self.assertEqual(len(self.table), 0)
        self.fill_anew()

    def test_what_a_dead_process_was_reading_is_no_reason_to_be_full(self) -> None:
        self.other.ask("gone.append(store.mapped.begin(table._items))")  # and reads for ever
        for number in range(9):
            self.table.put(b"k%d" % number, b"x" * 1_000_000)
        self.table.clear()
        for number in range(9):
            self.table.put(b"k%d" % number, b"y" * 1_000_000)
        before = len(self.table)
        self.assertLess(before, 9)
        self.other.end()
        for number in range(9):
            self.table.put(b"k%d" % number, b"z" * 500_000)
        self.assertEqual(len(self.table), 9)

    def test_a_file_that_is_full_to_the_last_page_can_be_emptied(self) -> None:
        self.other.ask("[table.put(b'v%d' % n, b'x' * 3000) for n in range(6000)]")
        count = len(self.table)
        self.assertLess(count, 6000)
        self.table.put(b"v1", b"y" * 3000)
        self.assertTrue(all(self.table.delete(b"v%d" % n) for n in range(count)))
        self.fill_anew()

    def fill_anew(self) -> None:
        for number in range(5):
            self.table.put(b"k%d" % number, b"x" * 500_000)
        self.assertGreaterEqual(self.other.ask("len(table)"), 3)

    # -- locks

    def locked(self, key: bytes) -> list[None]:
        told: list[None] = []
        waiting = self.table.lock(key, "here")
        if waiting is None:
            return [None]
        waiting.addCallback(told.append)
        waiting.addErrback(lambda _: None)
        return told

    def test_a_lock_is_had_by_one_of_them(self) -> None:
        self.assertTrue(self.other.ask("lock(b'k')"))
        told = self.locked(b"k")
        self.clock.advance(1)
        self.assertEqual((told, self.locked(b"l")), ([], [None]))
        self.other.ask("table.unlock(b'k')")
        self.clock.advance(INTERVAL)
        self.assertEqual(told, [None])
        self.assertFalse(self.other.ask("lock(b'k')"))

    def test_processes_take_turns(self) -> None:
        self.locked(b"k")
        more = self.locked(b"k")
        self.table.unlock_all("nobody")
        self.other.ask("lock(b'k')")
        third = self.table.lock(b"k", "third")
        assert third is not None
        self.table.unlock(b"k")
        self.table.unlock(b"k")
        self.clock.advance(0.1)
        self.other.ask("clock.advance(0.1)")
        self.assertEqual((len(more), third.called, self.other.ask("locked")), (1, False, [b"k"]))
        self.other.ask("table.unlock(b'k')")
        self.clock.advance(0.1)
        self.assertTrue(third.called)

    def test_the_locks_of_a_dead_process_are_free(self) -> None:
        self.other.ask("lock(b'k')")
        told = self.locked(b"k")
        self.clock.advance(1)
        self.assertEqual(told, [])
        self.other.end()
        self.clock.advance(1)
        self.assertEqual(told, [None])

    def test_the_locks_of_a_process_that_stops_are_free(self) -> None:
        self.other.ask("lock(b'k')")
        told = self.locked(b"k")
        self.other.ask("store.stop()")
        self.clock.advance(INTERVAL)
        self.assertEqual(told, [None])

    def test_whoever_gives_up_leaves_the_queue(self) -> None:
        self.other.ask("lock(b'k')")
        waiting = self.table.lock(b"k", "here")
        assert waiting is not None
        waiting.addErrback(lambda _: None)
        waiting.cancel()
        self.other.ask("table.unlock(b'k')")
        self.clock.advance(1)
        self.assertTrue(self.other.ask("lock(b'k')"))

    def test_any_process_may_let_a_lock_go(self) -> None:
        self.locked(b"k")
        second = self.table.lock(b"k", "second")
        assert second is not None
        self.other.ask("table.unlock(b'k')")
        self.clock.advance(0.1)
        self.assertTrue(second.called)

    # -- the file

    def test_the_last_one_removes_it(self) -> None:
        self.store.stop()
        self.assertTrue(os.path.exists(self.path))
        self.other.ask("store.stop()")
        self.assertEqual([p for p in os.listdir(os.path.dirname(self.path)) if p.startswith("temp")], [])

    def test_what_a_crash_has_left_is_not_taken_for_items(self) -> None:
        self.store.stop()
        self.other.ask("table.put(b'k', 1)")
        self.other.end()
        self.assertTrue(os.path.exists(self.path))
        self.assertEqual(len(self.opened(self.made())), 0)

    def test_who_comes_while_another_is_there_finds_the_items(self) -> None:
        self.store.stop()
        self.other.ask("table.put(b'k', 1)")
        self.assertEqual(list(self.opened(self.made()).items()), [(b"k", 1)])


class PlacesTests(SynchronousTestCase):
    """Where a file cannot be."""

    def refused(self, path: str, size: int = MEGABYTE) -> str:
        store = LmdbStore(path, size, SteppingClock())
        return str(self.assertRaises(ConfigError, store.start))

    def test_a_file_of_somebody_else_is_left_alone(self) -> None:
        path = os.path.abspath(self.mktemp())
        with open(path, "w") as file:
            file.write("mine")
        self.assertEqual(self.refused(path), f"store: {path}: a file that no store has made")
        with open(path) as file:
            self.assertEqual(file.read(), "mine")
        self.assertFalse(os.path.exists(f"{path}-users"))

    def test_a_folder_that_there_is_not(self) -> None:
        self.assertIn("No such file or directory", self.refused("/nonexistent/folder/file"))
