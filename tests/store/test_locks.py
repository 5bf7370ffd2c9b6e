"""Locks by key, in the order of asking."""

from __future__ import annotations

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from sipapp.store.locks import Locks


class LocksTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = Clock()
        self.locks = Locks(self.clock)

    def take(self, key: bytes, holder: str) -> Deferred[None]:
        waiting = self.locks.lock(key, holder)
        assert waiting is not None
        return waiting

    def test_a_free_lock_is_had_at_once(self) -> None:
        self.assertIsNone(self.locks.lock(b"k", "a"))
        self.assertIsNone(self.locks.lock(b"other", "b"))

    def test_who_waits_longest_has_it_next(self) -> None:
        self.locks.lock(b"k", "a")
        second, third = self.take(b"k", "b"), self.take(b"k", "c")
        self.locks.unlock(b"k")
        self.clock.advance(0)
        self.assertIsNone(self.successResultOf(second))
        self.assertNoResult(third)
        self.locks.unlock(b"k")
        self.clock.advance(0)
        self.assertIsNone(self.successResultOf(third))

    def test_its_holder_may_take_it_again_and_lets_it_go_as_often(self) -> None:
        self.locks.lock(b"k", "a")
        self.assertIsNone(self.locks.lock(b"k", "a"))
        waiting = self.take(b"k", "b")
        self.locks.unlock(b"k")
        self.clock.advance(0)
        self.assertNoResult(waiting)
        self.locks.unlock(b"k")
        self.clock.advance(0)
        self.assertIsNone(self.successResultOf(waiting))

    def test_a_place_in_the_queue_may_be_given_up(self) -> None:
        self.locks.lock(b"k", "a")
        second, third = self.take(b"k", "b"), self.take(b"k", "c")
        second.cancel()
        self.failureResultOf(second, CancelledError)
        self.locks.unlock(b"k")
        self.clock.advance(0)
        self.assertIsNone(self.successResultOf(third))

    def test_the_last_in_the_queue_may_go_while_it_is_passed_on(self) -> None:
        self.locks.lock(b"k", "a")
        waiting = self.take(b"k", "b")
        self.locks.unlock(b"k")
        self.locks.unlock(b"k")
        waiting.cancel()
        self.failureResultOf(waiting, CancelledError)
        self.clock.advance(0)
        self.assertIsNone(self.locks.lock(b"k", "c"))

    def test_all_of_a_holder_are_let_go(self) -> None:
        for key in (b"k", b"l", b"l"):
            self.locks.lock(key, "a")
        self.locks.lock(b"m", "b")
        waiting, others = self.take(b"l", "c"), self.take(b"m", "c")
        self.locks.unlock_all("a")
        self.clock.advance(0)
        self.assertIsNone(self.successResultOf(waiting))
        self.assertNoResult(others)
        self.assertIsNone(self.locks.lock(b"k", "d"))

    def test_a_lock_that_nobody_holds_stays_free(self) -> None:
        self.locks.unlock(b"k")
        self.assertIsNone(self.locks.lock(b"k", "a"))
