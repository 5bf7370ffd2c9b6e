"""Shared tables in a real Redis cluster of three masters."""

from __future__ import annotations

from collections.abc import Callable

from sipapp.redis.commands import slot
from sipapp.store.redis import RedisStore
from tests.integration.redis import Redis, cluster, replica
from tests.served import Standin
from tests.store import contract, test_redis

SLOT = slot(b"t:")


class ClusterCase(test_redis.RedisCase):
    """One cluster for all tests, emptied for each."""

    nodes: list[Redis] | None = None
    holder: Standin

    def serve(self) -> None:
        if ClusterCase.nodes is None:
            ClusterCase.holder = Standin.until_exit()
            ClusterCase.nodes = cluster(ClusterCase.holder)
        self.cluster = ClusterCase.nodes
        for node in self.cluster:
            node.flush()
        self.url = f"redis+cluster://127.0.0.1:{self.cluster[1].port},127.0.0.1:{self.cluster[2].port}?prefix=t:"


class ClusterItemsTests(contract.ItemsContract, ClusterCase):
    pass


class ClusterTimeTests(ClusterCase, test_redis.RedisTimeTests):
    pass


class ClusterLocksTests(ClusterCase, test_redis.RedisLocksTests):
    pass


class MovingTests(contract.Contract, ClusterCase):
    """The tables' slot gets another master."""

    def setUp(self) -> None:
        super().setUp()
        self.stores_in_use = [self.store, self.make_store()]
        self.tables = [store.table(b"t") for store in self.stores_in_use]

    def until(self, done: Callable[[], object]) -> None:
        def then() -> bool:
            self.clock.advance(0)
            return bool(done())

        self.private.until(then, 40)

    def linked(self) -> bool:
        return all(isinstance(store, RedisStore) and store.link is not None for store in self.stores_in_use)

    def alike(self, expected: dict[bytes, object]) -> None:
        self.until(lambda: self.linked() and all(dict(table.items()) == expected for table in self.tables))

    def owner(self) -> Redis:
        """The node that has the keys."""
        (found,) = [node for node in self.cluster if node.cli("dbsize") != "0"]
        return found

    def test_one_master_has_all_keys(self) -> None:
        self.tables[0].put(b"k", b"v")
        self.alike({b"k": b"v"})
        self.assertEqual(self.owner().cli("hget", "{t:}table:t", "k"), "0:tv")

    def test_a_replica_takes_over_from_a_master_that_dies(self) -> None:
        self.tables[0].put(b"k", b"v")
        self.tables[0].add(b"n", 1, 0)
        self.alike({b"k": b"v", b"n": 1})
        owner = self.owner()
        heir = replica(self.holder, self.cluster, owner)
        owner.kill()
        ClusterCase.nodes = [heir if node is owner else node for node in self.cluster]
        self.until(lambda: not self.linked())
        self.tables[0].add(b"n", 1, 0)
        self.tables[1].add(b"n", 1, 0)
        self.tables[1].delete(b"k")
        heir.cli("cluster", "failover", "takeover")  # what it does by itself after a while
        self.alike({b"n": 3})
        self.assertIn("role:master", heir.cli("info", "replication"))

    def test_a_slot_that_moves_is_followed(self) -> None:
        self.tables[0].put(b"k", b"v")
        self.tables[0].add(b"n", 1, 0)
        self.alike({b"k": b"v", b"n": 1})
        source = self.owner()
        target = next(node for node in self.cluster if node is not source)
        names = {node: node.cli("cluster", "myid") for node in (source, target)}
        target.cli("cluster", "setslot", str(SLOT), "importing", names[source])
        source.cli("cluster", "setslot", str(SLOT), "migrating", names[target])
        self.tables[0].add(b"n", 1, 0)
        self.until(lambda: not self.linked())
        keys = source.cli("cluster", "getkeysinslot", str(SLOT), "100").split()
        source.cli("migrate", "127.0.0.1", str(target.port), "", "0", "5000", "keys", *keys)
        for node in (target, source):
            node.cli("cluster", "setslot", str(SLOT), "node", names[target])
        self.tables[1].add(b"n", 1, 0)
        self.alike({b"k": b"v", b"n": 3})
        self.assertIs(self.owner(), target)
