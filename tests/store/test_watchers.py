"""Who is told of items whose time is over."""

from __future__ import annotations

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from sipapp.store.watchers import Watchers


class WatchersTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = Clock()
        self.watchers = Watchers(b"t", self.clock)
        self.told: list[tuple[bytes, object]] = []

    def test_they_are_told_when_the_reactor_has_its_turn(self) -> None:
        self.watchers.callbacks.append(lambda key, value: self.told.append((key, value)))
        self.watchers.tell([(b"a", 1), (b"b", b"x")])
        self.assertEqual(self.told, [])
        self.clock.advance(0)
        self.assertEqual(self.told, [(b"a", 1), (b"b", b"x")])

    def test_where_nobody_wants_to_know_nothing_is_to_be_done(self) -> None:
        self.watchers.tell([(b"a", 1)])
        self.watchers.callbacks.append(lambda key, value: None)
        self.watchers.tell([])
        self.assertEqual(self.clock.getDelayedCalls(), [])
