"""modules/ratelimit/shared.py: two processes on one clock, with one table; what one tells the other hears."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.store import IStore
from sipapp.modules.ratelimit import Ratelimit
from sipapp.modules.ratelimit.pipes import parse_pipe
from sipapp.store.memory import MemoryStore
from sipapp.testing.clock import SteppingClock
from tests.modules.stage import Server, context, made


class Reached(MemoryStore):
    """Tables that others have, too."""

    shared = True


class SharedTests(SynchronousTestCase):
    def processes(self, *pipes: str, interval: int = 10, count: int = 2, at: float = 1000.0) -> list[Any]:
        self.clock = SteppingClock()
        self.clock.advance(at)
        self.store = Reached(self.clock)
        return [self.process(pipes, interval) for _ in range(count)]

    def process(self, pipes: tuple[str, ...], interval: int) -> Any:
        server = Server(provide={IStore: self.store})
        server.clock = self.clock
        module = made(Ratelimit, pipe=[parse_pipe(pipe) for pipe in pipes], timer_interval=interval)
        module.start(server)
        self.addCleanup(module.stop)
        return module

    def passed(self, module: Any, times: int = 1, pipe: int = 0) -> int:
        return [module.rl_check_pipe(context(), pipe) for _ in range(times)].count(1)

    def test_a_small_limit_is_one_for_all_to_the_message(self) -> None:
        first, second = self.processes("0:TAILDROP:1")
        passed = [self.passed(module) for _ in range(10) for module in (first, second)]
        self.assertEqual(passed, [1] * 10 + [0] * 10)

    def test_of_a_large_one_a_hundredth_may_be_counted_without_telling(self) -> None:
        first, second = self.processes("0:TAILDROP:100")
        self.assertEqual(self.passed(first, 999), 999)
        self.assertEqual(self.passed(second, 30), 10)  # 9 of the first one's it has told nobody
        self.clock.advance(0.1)
        self.assertEqual(self.passed(first), 0)

    def test_messages_without_a_limit_in_sight_are_told_of_within_a_beat(self) -> None:
        first, second = self.processes("0:TAILDROP:1000")
        self.passed(first, 7)
        self.assertEqual(second.rpc_get_pipes(), ["PIPE[0]: 2:TAILDROP 0/1000 (drop rate: 0) [0]"])
        self.clock.advance(0.1)
        self.assertEqual(second.rpc_get_pipes(), ["PIPE[0]: 2:TAILDROP 0/1000 (drop rate: 0) [7]"])

    def test_intervals_begin_at_the_same_time_for_all(self) -> None:
        first, second = self.processes("0:TAILDROP:1", at=1007.5)
        self.assertEqual(self.passed(first, 12), 10)
        self.clock.advance(2.4)
        self.assertEqual(self.passed(second), 0)
        self.clock.advance(0.1)
        self.assertEqual([self.passed(second, 4), self.passed(first, 9)], [4, 6])

    def test_what_was_counted_last_is_part_of_the_interval_that_it_came_in(self) -> None:
        first, second = self.processes("0:RED:1")
        self.clock.advance(9.95)
        self.passed(first, 40)
        self.clock.advance(0.05)
        self.assertEqual([module.pipes[0].last_counter for module in (first, second)], [40, 40])
        self.assertEqual([self.passed(first, 8), self.passed(second, 8)], [2, 2])

    def test_one_that_tells_late_is_heard_all_the_same(self) -> None:
        first, second = self.processes("0:RED:1")
        self.passed(first, 20)
        self.clock.advance(10)
        self.store.table(b"ratelimit").add(b"0:100", 20)  # the first interval's, by a third one
        self.clock.advance(0.1)
        self.assertEqual([module.pipes[0].load for module in (first, second)], [4, 4])

    def test_one_that_comes_later_knows_what_the_others_have_let_through(self) -> None:
        (first,) = self.processes("0:TAILDROP:1", count=1)
        self.passed(first, 8)
        self.assertEqual(self.passed(self.process(("0:TAILDROP:1",), 10), 9), 2)

    def test_over_the_limit_the_table_is_left_alone_until_the_beat(self) -> None:
        (first,) = self.processes("0:TAILDROP:1", count=1)
        self.passed(first, 500)
        table = self.store.table(b"ratelimit")
        self.assertEqual(table.get(b"0:100"), 11)
        self.clock.advance(0.1)
        self.assertEqual(table.get(b"0:100"), 500)

    def test_where_the_table_has_no_room_each_counts_for_itself(self) -> None:
        first, second = self.processes("0:TAILDROP:1")
        table = self.store.table(b"ratelimit")
        self.patch(table, "add", lambda key, amount, initial: None)
        self.assertEqual([self.passed(first, 7), self.passed(second, 12)], [7, 10])
        self.clock.advance(1)
        self.assertEqual([self.passed(first, 7), self.passed(second, 12)], [3, 0])

    def test_counts_are_forgotten_when_nobody_needs_them(self) -> None:
        (first,) = self.processes("0:TAILDROP:1", count=1)
        self.passed(first)
        self.clock.advance(30)
        self.assertEqual(len(self.store.table(b"ratelimit")), 0)

    def test_alone_nobody_is_told(self) -> None:
        module = made(Ratelimit, pipe=[parse_pipe("0:TAILDROP:1")])
        server = Server()
        server.get = server.find = lambda interface: MemoryStore(server.clock)
        module.start(server)
        self.addCleanup(module.stop)
        self.assertEqual(len(server.clock.getDelayedCalls()), 1)
        self.assertEqual(self.passed(module, 20), 10)
