"""sipapp.redis.servers: the ways of a cluster, over servers that answer what the test says."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import ensureDeferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError, RedisError
from sipapp.redis.address import parse_server
from sipapp.redis.commands import slot
from sipapp.redis.protocol import ErrorReply
from sipapp.redis.servers import RedisServers

GET = (b"GET", b"key")
MOVED = ErrorReply(b"MOVED %d 192.0.2.2:6379" % slot(b"key"))


class ClusterTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.servers = RedisServers(Clock(), lambda kind, name: [], cluster=True)
        self.asked: list[tuple[str, bool]] = []
        self.replies: dict[str, Any] = {}
        for name, host in (("a", "192.0.2.1"), ("b", "192.0.2.2"), ("c", "192.0.2.3")):
            self.servers.add(parse_server(f"name={name};addr={host}")).command = self.answering(name)  # type: ignore[method-assign]

    def answering(self, name: str) -> Any:
        async def command(command: Any, asking: bool = False) -> Any:
            self.asked.append((name, asking))
            reply = self.replies[name]
            if isinstance(reply, Exception):
                raise reply
            return reply

        return command

    def get(self) -> Any:
        return self.successResultOf(ensureDeferred(self.servers.command(self.servers.get("a"), GET)))

    def test_a_key_that_has_moved_is_sought_there_from_then_on(self) -> None:
        self.replies = {"a": MOVED, "b": b"value"}
        self.assertEqual([self.get(), self.get()], [b"value", b"value"])
        self.assertEqual(self.asked, [("a", False), ("b", False), ("b", False)])

    def test_ask_is_for_once(self) -> None:
        self.replies = {"a": ErrorReply(b"ASK 1 192.0.2.2:6379"), "b": b"value"}
        self.get()
        self.get()
        self.assertEqual(self.asked, [("a", False), ("b", True), ("a", False), ("b", True)])

    def test_an_owner_that_is_gone_is_forgotten(self) -> None:
        self.replies = {"a": MOVED, "b": b"value"}
        self.get()
        self.replies = {
            "a": ErrorReply(b"MOVED %d 192.0.2.3:6379" % slot(b"key")),
            "b": RedisError("lost"),
            "c": b"new",
        }
        self.assertEqual([self.get(), self.get()], [b"new", b"new"])
        self.assertEqual(self.asked[2:], [("b", False), ("a", False), ("c", False), ("c", False)])

    def test_a_ring_of_redirections_ends(self) -> None:
        self.replies = {"a": MOVED, "b": ErrorReply(b"MOVED 1 192.0.2.1:6379")}
        self.failureResultOf(ensureDeferred(self.servers.command(self.servers.get("a"), GET)), RedisError)

    def test_a_node_that_is_not_named_is_left_unless_it_may_be_new(self) -> None:
        self.replies = {"a": ErrorReply(b"MOVED 1 192.0.2.9:7000")}
        self.assertEqual(self.get(), self.replies["a"])
        self.assertRaises(ConfigError, self.servers.get, "192.0.2.9:7000")
