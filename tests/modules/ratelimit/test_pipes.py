from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ConfigError
from sipapp.modules.ratelimit.pipes import (
    Algorithm,
    Pipe,
    PipeSpec,
    QueueSpec,
    find_queue,
    parse_pipe,
    parse_queue,
    setpoint,
)


def pipe(algorithm: Algorithm, limit: int) -> Pipe:
    made = Pipe()
    made.algorithm, made.limit = algorithm, limit
    return made


class PipesTests(SynchronousTestCase):
    def pushed(self, of: Pipe, times: int, drop_rate: int = 0) -> str:
        return "".join("+" if of.push(10, drop_rate) else "-" for _ in range(times))

    def test_pipes_and_queues_are_read(self) -> None:
        self.assertEqual(parse_pipe("31:RED:100"), PipeSpec(31, Algorithm.RED, 100))
        self.assertEqual(parse_queue("3:invite"), QueueSpec(3, b"INVITE"))

    def test_wrong_ones_are_refused(self) -> None:
        for text in ("0:RED", "0:FOO:1", "0:red:1", "32:RED:1", "x:RED:1", "0:FEEDBACK:101", "0:RED:1 "):
            self.assertRaises(ConfigError, parse_pipe, text)
        for text in ("0", "0:", "32:INVITE", "x:INVITE", "0:A B"):
            self.assertRaises(ConfigError, parse_queue, text)

    def test_taildrop_lets_the_first_ones_through(self) -> None:
        made = pipe(Algorithm.TAILDROP, 1)
        self.assertEqual(self.pushed(made, 12), "++++++++++--")
        made.tick(10, 0)
        self.assertEqual((made.last_counter, self.pushed(made, 1)), (12, "+"))

    def test_red_lets_every_nth_one_through_after_a_busy_interval(self) -> None:
        made = pipe(Algorithm.RED, 1)
        self.assertEqual(self.pushed(made, 30), "+" * 30)
        made.tick(10, 0)
        self.assertEqual(made.load, 3)
        self.assertEqual(self.pushed(made, 6), "--+--+")
        made.tick(10, 0)
        self.assertEqual((made.load, self.pushed(made, 2)), (0, "++"))

    def test_feedback_drops_the_part_that_it_is_told(self) -> None:
        for rate in (0, 30, 100):
            passed = self.pushed(pipe(Algorithm.FEEDBACK, 80), 100, rate)
            self.assertEqual(passed.count("-"), rate)
        self.assertNotIn("--", self.pushed(pipe(Algorithm.FEEDBACK, 80), 100, 30))

    def test_network_lets_none_through_while_too_much_waits(self) -> None:
        made = pipe(Algorithm.NETWORK, 1000)
        self.assertEqual(self.pushed(made, 1), "+")
        made.tick(10, 1001)
        self.assertEqual(self.pushed(made, 2), "--")
        made.tick(10, 1000)
        self.assertEqual(self.pushed(made, 2), "++")

    def test_no_pipe_lets_everything_through(self) -> None:
        made = pipe(Algorithm.NOP, 0)
        self.assertEqual(self.pushed(made, 3), "+++")
        made.tick(10, 0)
        self.assertEqual((made.load, made.last_counter), (0, 3))

    def test_feedback_pipes_share_one_setpoint(self) -> None:
        self.assertEqual(setpoint([pipe(Algorithm.FEEDBACK, 80), Pipe(), pipe(Algorithm.FEEDBACK, 80)]), 80)
        self.assertEqual(setpoint([pipe(Algorithm.RED, 80)]), -1)
        for limits in ((80, 81), (101,)):
            self.assertRaises(ConfigError, setpoint, [pipe(Algorithm.FEEDBACK, limit) for limit in limits])

    def test_a_method_finds_its_queue_or_the_last_for_all(self) -> None:
        queues = [QueueSpec(0, b"*"), QueueSpec(1, b"INVITE"), QueueSpec(2, b"*")]
        self.assertEqual(find_queue(queues, b"INVITE"), QueueSpec(1, b"INVITE"))
        self.assertEqual(find_queue(queues, b"BYE"), QueueSpec(2, b"*"))
        self.assertIsNone(find_queue(queues[1:2], b"BYE"))
