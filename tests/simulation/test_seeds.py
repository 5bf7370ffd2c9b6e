"""Calls by chance: whatever happens, everybody is answered once, and nothing is left behind.

A seed that fails is played again, with all its packets, by `python -m bench.simulate SEED`.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.simulation.world import World, failures

SEEDS = 200


class SeedTests(SynchronousTestCase):
    def test_no_seed_leaves_a_call_without_an_answer_or_anything_behind(self) -> None:
        self.assertEqual(list(failures(range(SEEDS))), [])

    def test_a_seed_is_the_same_world_each_time(self) -> None:
        shown: list[list[str]] = [[], []]
        for lines in shown:
            world = World(7)
            world.run(show=lines.append)
            world.sip.close()
        self.assertEqual(shown[0], shown[1])
        self.assertGreater(len(shown[0]), 20)

    def test_what_is_violated_is_told(self) -> None:
        world = World(7)
        world.crowded = False
        world.backend.ran["call-x", "1 INVITE", "z9hG4bK-x"] = 2
        world.backend.open[object()] = None
        found = world.run()
        world.sip.close()
        self.assertEqual(
            found,
            ["the script has run 2 times for 1 INVITE of call-x (z9hG4bK-x)", "1 lookups are still asked for"],
        )
