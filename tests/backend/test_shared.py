"""sipapp.backend.shared."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import CancelledError, Deferred, ensureDeferred
from twisted.trial.unittest import SynchronousTestCase

from sipapp.backend.shared import SharedConnection


class SharedTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.attempts: list[Deferred[Any]] = []
        self.usable = True
        self.shared: SharedConnection[str] = SharedConnection(self.connect, lambda connection: self.usable)

    async def connect(self) -> str:
        self.attempts.append(Deferred())
        return await self.attempts[-1]  # type: ignore[no-any-return]

    def get(self) -> Deferred[str]:
        return ensureDeferred(self.shared.get())

    def test_those_who_come_meanwhile_wait_for_the_same_one(self) -> None:
        first, second = self.get(), self.get()
        self.assertEqual(len(self.attempts), 1)
        self.attempts[0].callback("one")
        self.assertEqual([self.successResultOf(d) for d in (first, second, self.get())], ["one"] * 3)
        self.assertEqual(len(self.attempts), 1)

    def test_they_fail_together_and_the_next_one_tries_again(self) -> None:
        first, second = self.get(), self.get()
        self.attempts[0].errback(OSError("refused"))
        for one in (first, second):
            self.failureResultOf(one, OSError)
        third = self.get()
        self.attempts[1].callback("two")
        self.assertEqual(self.successResultOf(third), "two")

    def test_one_that_is_lost_is_made_again(self) -> None:
        self.get()
        self.attempts[0].callback("one")
        self.assertEqual(self.shared.present, "one")
        self.usable = False
        self.assertIsNone(self.shared.present)
        again = self.get()
        self.usable = True
        self.attempts[1].callback("two")
        self.assertEqual(self.successResultOf(again), "two")

    def test_who_gives_up_leaves_the_others_waiting(self) -> None:
        first, second = self.get(), self.get()
        first.cancel()
        self.failureResultOf(first, CancelledError)
        self.attempts[0].callback("one")
        self.assertEqual(self.successResultOf(second), "one")

    def test_closing_ends_the_attempt_and_the_waiting(self) -> None:
        waiting = self.get()
        self.shared.close()
        self.failureResultOf(waiting, CancelledError)
