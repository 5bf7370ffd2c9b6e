"""sipapp.redis.cluster: what nodes say about slots, and who is asked."""

from __future__ import annotations

from twisted.internet.defer import ensureDeferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import RedisError
from sipapp.redis.address import Address
from sipapp.redis.cluster import Nodes, master_of, ranges
from sipapp.redis.protocol import ErrorReply, Reply
from sipapp.redis.server import RedisServer

A, B, C = ("192.0.2.1", 7000), ("192.0.2.2", 7001), ("192.0.2.3", 7002)
ANSWER = [
    [0, 5460, [b"192.0.2.1", 7000, b"id-a", []], [b"192.0.2.3", 7002, b"id-c", []]],
    [5461, 16383, [b"192.0.2.2", 7001, b"id-b", [b"hostname", b"b.example.com"]]],
]


class RangesTests(SynchronousTestCase):
    def test_the_master_of_a_slot_stands_first(self) -> None:
        found = ranges(ANSWER, A)
        self.assertEqual([master_of(slot, found) for slot in (0, 5460, 5461, 16383)], [A, A, B, B])
        self.assertEqual(found[0].nodes, [A, C])

    def test_a_slot_may_be_nobodys(self) -> None:
        self.assertIsNone(master_of(7, ranges(ANSWER[1:], A)))

    def test_a_node_that_does_not_know_its_address_is_where_it_was_asked(self) -> None:
        for host in (b"", None, b"?"):
            self.assertEqual(ranges([[0, 9, [host, 7001, b"id"]]], A)[0].nodes, [("192.0.2.1", 7001)])

    def test_other_answers_are_refused(self) -> None:
        error = ErrorReply(b"ERR This instance has cluster support disabled")
        self.assertIn("support disabled", str(self.assertRaises(ValueError, ranges, error, A)))
        for reply in (None, [1], [[0, 9, 5]], [[0, 9, [b"h"]]], [[0, 9, [b"h", b"x"]]], [[0, 9, [5, 5]]]):
            self.assertRaises(ValueError, ranges, reply, A)


class NodesTests(SynchronousTestCase):
    def test_another_one_is_asked_each_time(self) -> None:
        nodes = Nodes([A, B])
        self.assertEqual([nodes.next() for _ in range(3)], [A, B, A])

    def test_who_is_new_is_asked_first_and_who_is_gone_only_if_it_was_named(self) -> None:
        nodes = Nodes([A])
        nodes.learn(ranges(ANSWER, A))
        self.assertEqual([nodes.next() for _ in range(3)], [C, B, A])
        nodes.learn(ranges(ANSWER[1:], B))
        self.assertEqual([nodes.next() for _ in range(2)], [B, A])


class AskingTests(SynchronousTestCase):
    """A server that is looked for in a cluster."""

    def where(self, *answers: Reply) -> tuple[str, int]:
        server = RedisServer(Clock(), Address("store", cluster=(A, B), slot=6000, user="u", password="p"), None)  # type: ignore[arg-type]
        given = iter(answers)
        self.asked: list[Address] = []

        async def ask(address: Address, *command: bytes) -> Reply:
            self.asked.append(address)
            answer = next(given)
            if isinstance(answer, Exception):
                raise answer
            return answer

        server._ask_other = ask  # type: ignore[method-assign]
        return self.successResultOf(ensureDeferred(server._where()))

    def test_the_first_node_that_answers_says_who_it_is(self) -> None:
        self.assertEqual(self.where(RedisError("not there"), ANSWER), B)
        self.assertEqual(
            [(one.host, one.port, one.user, one.password, one.cluster) for one in self.asked],
            [(*place, "u", "p", ()) for place in (A, B)],
        )

    def test_where_nobody_knows_it_is_said_why(self) -> None:
        server = RedisServer(Clock(), Address("store", cluster=(A,), slot=1), None)  # type: ignore[arg-type]

        async def ask(address: Address, *command: bytes) -> Reply:
            return ErrorReply(b"NOPERM")

        server._ask_other = ask  # type: ignore[method-assign]
        why = self.failureResultOf(ensureDeferred(server._where()), RedisError).getErrorMessage()
        self.assertEqual(why, "store: no node of the cluster of 192.0.2.1:7000 knows the master: NOPERM")
