"""The garbage collector around the server's start."""

from __future__ import annotations

import gc

from twisted.trial.unittest import SynchronousTestCase

from sipapp import collector


class CollectorTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.addCleanup(gc.enable)
        self.addCleanup(gc.unfreeze)
        self.addCleanup(gc.set_threshold, *gc.get_threshold())

    def test_it_rests_while_the_server_starts(self) -> None:
        collector.hold()
        self.assertFalse(gc.isenabled())
        collector.settle()
        self.assertTrue(gc.isenabled())

    def test_what_was_there_at_the_start_is_never_looked_at_again(self) -> None:
        there = [object()]
        collector.settle()
        self.assertGreater(gc.get_freeze_count(), 0)
        self.assertNotIn(id(there), set(map(id, gc.get_objects())))

    def test_it_comes_seldom(self) -> None:
        collector.settle()
        self.assertEqual(gc.get_threshold()[0], 50_000)
