from __future__ import annotations

from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.trial.unittest import SynchronousTestCase

from sipapp.modules.cfgutils import Cfgutils
from sipapp.script.runtime import UNDO
from tests.modules.stage import Server, context, made


class LocksTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.server = Server()
        self.module = made(Cfgutils)
        self.module.start(self.server)
        self.ctx = context(server=self.server)

    def lock(self, key: bytes, key2: bytes = b"") -> Any:
        return self.module.lock(self.ctx, key, key2)

    def waiting(self, key: bytes) -> Deferred[int]:
        found = self.lock(key)
        assert isinstance(found, Deferred)
        self.assertNoResult(found)
        return found

    def unlock(self, key: bytes, key2: bytes = b"") -> None:
        self.assertEqual(self.module.unlock(self.ctx, key, key2), 1)
        self.server.clock.advance(0)

    def test_a_free_lock_is_had_at_once(self) -> None:
        self.assertEqual(self.lock(b"a"), 1)
        self.assertEqual(self.lock(b"b"), 1)

    def test_a_held_lock_is_waited_for_in_order(self) -> None:
        self.lock(b"a")
        second, third = self.waiting(b"a"), self.waiting(b"A")
        self.unlock(b"a")
        self.assertEqual(self.successResultOf(second), 1)
        self.assertNoResult(third)
        self.unlock(b"a")
        self.assertEqual(self.successResultOf(third), 1)
        self.unlock(b"a")
        self.assertEqual(self.lock(b"a"), 1)

    def test_two_keys_are_one_name(self) -> None:
        self.lock(b"a", b"b")
        self.assertEqual(self.lock(b"a"), 1)
        self.assertEqual(self.lock(b"a", b"c"), 1)
        self.assertIsInstance(self.lock(b"a", b"b"), Deferred)

    def test_trylock_does_not_wait(self) -> None:
        self.assertEqual(self.module.trylock(self.ctx, b"a"), 1)
        self.assertEqual(self.module.trylock(self.ctx, b"a"), -1)
        self.unlock(b"a")
        self.assertEqual(self.module.trylock(self.ctx, b"a"), 1)

    def test_nobody_slips_in_while_a_lock_is_handed_over(self) -> None:
        self.lock(b"a")
        second = self.waiting(b"a")
        self.module.unlock(self.ctx, b"a")
        self.module.unlock(self.ctx, b"a")
        self.assertEqual(self.module.trylock(self.ctx, b"a"), -1)
        third = self.waiting(b"a")
        self.server.clock.advance(0)
        self.successResultOf(second)
        self.assertNoResult(third)

    def test_a_cancelled_wait_leaves_the_queue(self) -> None:
        self.lock(b"a")
        second, third = self.waiting(b"a"), self.waiting(b"a")
        second.cancel()
        self.failureResultOf(second, CancelledError)
        self.unlock(b"a")
        self.successResultOf(third)

    def test_when_all_have_given_up_the_lock_is_free(self) -> None:
        self.lock(b"a")
        second = self.waiting(b"a")
        self.module.unlock(self.ctx, b"a")
        second.cancel()
        self.failureResultOf(second, CancelledError)
        self.server.clock.advance(0)
        self.assertEqual(self.lock(b"a"), 1)

    def test_unlocking_what_nobody_holds_is_true(self) -> None:
        self.unlock(b"a")

    def test_a_long_queue_does_not_grow_the_stack(self) -> None:
        self.lock(b"a")
        turns = [self.waiting(b"a") for _ in range(3000)]
        for turn in turns:
            turn.addCallback(lambda _: self.module.unlock(self.ctx, b"a"))
        self.module.unlock(self.ctx, b"a")
        for _ in turns:
            self.server.clock.advance(0)
        self.assertEqual([self.successResultOf(turn) for turn in turns], [1] * 3000)

    def test_a_cancelled_run_lets_its_lock_go(self) -> None:
        self.lock(b"a")
        second = self.waiting(b"a")
        (undo,) = self.ctx.extra[UNDO]
        undo()
        self.server.clock.advance(0)
        self.successResultOf(second)

    def test_cancelling_a_run_leaves_the_lock_that_another_has_since(self) -> None:
        self.lock(b"a")
        (undo,) = self.ctx.extra[UNDO]
        self.unlock(b"a")
        self.assertEqual(self.module.lock(context(server=self.server), b"a"), 1)
        undo()
        self.assertEqual(self.module.trylock(self.ctx, b"a"), -1)
