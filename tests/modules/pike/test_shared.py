"""modules/pike/shared.py: two processes on one clock, with one table."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.store import IStore
from sipapp.modules.pike import Pike
from sipapp.store.memory import MemoryStore
from sipapp.testing.clock import SteppingClock
from tests.modules.stage import Server, context, made

NOISY = b"192.0.2.9"


class Reached(MemoryStore):
    """Tables that others have, too."""

    shared = True


class SharedTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = SteppingClock()
        self.clock.advance(1000)
        self.store = Reached(self.clock)
        self.first, self.second = (self.process() for _ in range(2))

    def process(self, workers: int = 2, limit: int = 40) -> Any:
        server = Server(provide={IStore: self.store})
        server.clock = self.clock
        server.workers = workers
        module = made(Pike, sampling_time_unit=2, reqs_density_per_unit=limit)
        module.start(server)
        self.addCleanup(module.stop)
        return module

    def passed(self, module: Any, times: int, address: bytes = NOISY) -> int:
        return [module.pike_check_ip(context(), address) for _ in range(times)].count(1)

    def both(self, times: int) -> int:
        """How many get through that come to one and the other in turn."""
        return sum(self.passed(module, 1) for _ in range(times) for module in (self.first, self.second))

    def test_what_an_address_sends_to_both_is_counted_together(self) -> None:
        alone = self.passed(self.process(workers=1), 200)
        self.setUp()
        together = self.both(100)
        self.assertEqual(alone, 51)
        self.assertGreaterEqual(together, alone)
        self.assertLessEqual(together, alone + 40 // 8 + 2)

    def test_it_is_blocked_until_both_have_been_quiet(self) -> None:
        self.both(100)
        self.clock.advance(2)
        self.assertEqual(self.passed(self.second, 1), 0)
        self.clock.advance(2)
        self.assertEqual([self.passed(module, 1) for module in (self.first, self.second)], [1, 1])

    def test_it_stays_blocked_for_one_while_it_sends_to_the_other(self) -> None:
        self.both(100)
        for _ in range(4):
            self.passed(self.second, 60)
            self.clock.advance(2)
        self.assertEqual([self.passed(module, 1) for module in (self.first, self.second)], [0, 0])

    def test_quiet_addresses_are_nobodys_concern(self) -> None:
        for last in range(1, 9):
            self.passed(self.first, 1, b"192.0.%d.1" % last)
        self.clock.advance(1)
        self.assertEqual(len(self.store.table(b"pike")), 0)

    def test_a_blocked_one_is_told_of_once_a_beat(self) -> None:
        self.passed(self.first, 1000)
        table = self.store.table(b"pike")
        ((key, told),) = table.items()
        self.assertEqual(told, 40)
        self.clock.advance(0.1)
        self.assertEqual(table.get(key), 993)  # 7 others were counted for the prefixes of the address

    def test_the_list_shows_what_all_have_counted(self) -> None:
        self.both(100)
        self.clock.advance(0.1)
        hits = [row["leaf_hits_curr"] for row in self.second.rpc_top()["list"]]  # it is the last one to tell
        self.assertGreater(hits[0], 150)

    def test_where_the_table_has_no_room_each_counts_for_itself(self) -> None:
        self.patch(self.store.table(b"pike"), "add", lambda key, amount, initial: None)
        self.assertEqual([self.passed(module, 100) for module in (self.first, self.second)], [46, 46])

    def test_counts_are_forgotten_when_nobody_needs_them(self) -> None:
        self.both(100)
        self.clock.advance(20)
        self.assertEqual(len(self.store.table(b"pike")), 0)

    def test_nothing_is_left_when_it_stops(self) -> None:
        for module in (self.first, self.second):
            module.stop()
        self.assertEqual(self.clock.getDelayedCalls(), [])
