"""Tables that two servers share by a Redis server."""

from __future__ import annotations

import signal
from random import Random
from typing import Any

from sipapp.store.redis import MOST, WINDOW, RedisStore
from sipapp.store.redis_claims import LOOK
from sipapp.store.redis_table import RedisTable
from tests.integration.redis import Redis
from tests.served import Standin
from tests.store.contract import Contract
from tests.store.test_redis import RedisCase


class SharedCase(Contract, RedisCase):
    """`self.a` and `self.b` are one table at two servers."""

    lifetime = 0

    def setUp(self) -> None:
        super().setUp()
        self.other = self.make_store()
        self.told: list[tuple[bytes, Any]] = []
        self.a = self.opened(self.store)
        self.b = self.opened(self.other)

    def opened(self, store: RedisStore) -> RedisTable:
        table = store.table(b"t", self.lifetime)
        table.on_expired(lambda key, value: self.told.append((key, value)))
        return table

    def settle(self) -> None:
        """Every copy has every change: a server has heard all when it hears what it says last."""
        super().settle()
        for store in self.stores:
            store._send([])
        super().settle()

    def alike(self, expected: dict[bytes, object]) -> None:
        self.settle()
        self.assertEqual([dict(table.items()) for table in (self.a, self.b)], [expected, expected])

    def pass_by(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.settle()


class SharedTests(SharedCase):
    def test_what_one_puts_the_other_has(self) -> None:
        self.a.put(b"k", b"v")
        self.b.put(b"n", 5)
        self.assertEqual((self.a.get(b"k"), self.b.get(b"n")), (b"v", 5))
        self.alike({b"k": b"v", b"n": 5})
        self.b.delete(b"k")
        self.a.put(b"n", 6, lifetime=50)
        self.alike({b"n": 6})
        self.assertEqual(self.b.lifetime(b"n"), 50)

    def test_who_starts_has_what_is_there(self) -> None:
        for number in range(2500):
            self.a.put(b"%d" % number, number, lifetime=20)
        self.settle()
        third = self.make_store().table(b"t")
        self.assertEqual((len(third), third.get(b"2499"), third.lifetime(b"7")), (2500, 2499, 20))

    def test_no_addition_is_lost(self) -> None:
        for _ in range(300):
            self.a.add(b"n", 1, 0)
            self.b.add(b"n", 2, 0)
            self.clock.advance(0)
            self.private.reactor.iterate(0)
        self.alike({b"n": 900})

    def test_an_addition_is_corrected_by_the_others(self) -> None:
        self.a.put(b"n", 10)
        self.settle()
        self.a.add(b"n", 1)
        self.b.add(b"n", 5)
        self.assertEqual((self.a.get(b"n"), self.b.get(b"n")), (11, 15))
        self.alike({b"n": 16})

    def test_of_two_that_put_the_last_one_counts_for_both(self) -> None:
        self.a.put(b"k", b"a")
        self.b.put(b"k", b"b")
        self.settle()
        self.assertIn(self.a.get(b"k"), (b"a", b"b"))
        self.assertEqual(self.a.get(b"k"), self.b.get(b"k"))

    def test_a_table_is_emptied_for_both(self) -> None:
        self.a.put(b"k", 1)
        self.settle()
        self.b.clear()
        self.b.put(b"new", 2)
        self.alike({b"new": 2})
        self.a.replace({b"x": (1, None), b"y": (b"2", 5)})
        self.alike({b"x": 1, b"y": b"2"})

    def test_items_whose_time_is_over_go_and_one_server_is_told(self) -> None:
        for number in range(100):
            (self.a, self.b)[number % 2].put(b"%d" % number, number, lifetime=3)
        self.settle()
        self.pass_by(3.4)
        self.assertEqual((len(self.a), self.told), (100, []))
        self.pass_by(0.1)
        self.assertEqual((len(self.a), len(self.b), sorted(value for _, value in self.told)), (0, 0, list(range(100))))
        self.assertEqual(self.server.cli("-n", "1", "HLEN", "t:table:t"), "0")

    def test_what_another_has_renewed_meanwhile_is_not_over(self) -> None:
        self.a.put(b"k", 1, lifetime=3)
        self.settle()
        self.clock.advance(2)
        assert self.store.link is not None
        connection = self.store.link._connections[1]
        self.private.until(lambda: not connection.paused)  # it pauses by itself between the parts of a message
        listening = connection.transport
        listening.pauseProducing()
        self.b.expire(b"k", 10)
        self.stores.remove(self.store)
        super().settle()
        self.stores.append(self.store)
        self.clock.advance(2)
        self.assertIsNone(self.a.get(b"k"))
        listening.resumeProducing()
        self.alike({b"k": 1})
        self.assertEqual(self.told, [])

    def test_whatever_is_done_all_copies_are_alike(self) -> None:
        random = Random(5)
        keys = [b"k%d" % number for number in range(6)]
        for _ in range(600):
            table, key = random.choice((self.a, self.b)), random.choice(keys)
            match random.randrange(8):
                case 0 | 1:
                    table.put(key, random.choice((random.randrange(100), b"text")), random.choice((None, 3, 9)))
                case 2 | 3 | 4:
                    table.add(key, random.randrange(-5, 6), random.choice((None, 0, 100)))
                case 5:
                    table.expire(key, random.choice((None, 2, 8)))
                case 6:
                    table.delete(key)
                case 7 if random.randrange(10) == 0:
                    table.clear()
            if random.randrange(3) == 0:
                self.clock.advance(random.choice((0, 0, 0.3)))
            if random.randrange(3) == 0:
                self.private.reactor.iterate(0)
        self.settle()
        self.assertEqual(dict(self.a.items()), dict(self.b.items()))
        self.assertEqual([self.a.lifetime(key) for key in keys], [self.b.lifetime(key) for key in keys])
        third = self.make_store().table(b"t")
        self.assertEqual(dict(third.items()), dict(self.a.items()))

    def test_whoever_stops_has_sent_all(self) -> None:
        for number in range(2000):
            self.a.put(b"%d" % number, number)
        self.stopped(self.store)
        self.settle()
        self.assertEqual(len(self.b), 2000)

    def test_what_is_not_understood_is_logged_and_left(self) -> None:
        self.server.cli("-n", "1", "PUBLISH", "t:changes", "nonsense")
        self.a.put(b"k", 1)
        self.alike({b"k": 1})


class LocksTests(SharedCase):
    def locked(self, table: RedisTable, key: bytes = b"k", holder: object = "h") -> list[object]:
        told: list[object] = []
        waiting = table.lock(key, holder)
        if waiting is None:
            return [None]
        waiting.addBoth(told.append)
        self.waiting = waiting
        return told

    def until(self, told: list[object], expected: object = None) -> None:
        def done() -> bool:
            self.clock.advance(0.01)
            return bool(told)

        self.private.until(done)
        self.assertEqual(told, [expected])

    def later(self) -> None:
        for _ in range(20):
            self.clock.advance(0.01)
            self.private.reactor.iterate(0.005)

    def test_one_server_has_it(self) -> None:
        self.until(self.locked(self.a))
        second = self.locked(self.b)
        self.until(self.locked(self.b, b"another"))
        self.assertEqual(second, [])
        self.a.unlock(b"k")
        self.until(second)
        third = self.locked(self.a)
        self.later()
        self.assertEqual(third, [])

    def test_a_server_that_died_has_it_no_longer_than_its_lease(self) -> None:
        self.until(self.locked(self.a))
        second = self.locked(self.b)
        self.later()
        left = int(self.server.cli("-n", "1", "PTTL", "t:lock:t:k"))
        self.assertTrue(10_000 < left <= 30_000, left)
        self.server.cli("-n", "1", "PEXPIRE", "t:lock:t:k", "1")
        self.until(second)

    def test_a_server_that_lives_renews_it(self) -> None:
        self.until(self.locked(self.a))
        self.server.cli("-n", "1", "PEXPIRE", "t:lock:t:k", "5000")
        self.store._claims[b"t"].renew()
        self.private.until(lambda: int(self.server.cli("-n", "1", "PTTL", "t:lock:t:k")) > 5000)

    def test_any_server_may_let_it_go(self) -> None:
        self.until(self.locked(self.a))
        second = self.locked(self.a, holder="second")
        self.later()
        self.assertEqual(second, [])
        self.b.unlock(b"k")
        self.until(second)

    def test_whoever_gives_up_leaves_it_to_others(self) -> None:
        self.until(self.locked(self.a))
        self.locked(self.b)
        self.waiting.cancel()
        self.a.unlock(b"k")
        self.later()
        self.assertEqual(self.server.cli("-n", "1", "EXISTS", "t:lock:t:k"), "0")

    def test_whoever_has_it_sees_what_the_one_before_has_changed(self) -> None:
        for turn in range(30):
            table, other = (self.a, self.b) if turn % 2 else (self.b, self.a)
            self.until(self.locked(table))
            seen = self.seen_when_locked(other)
            table.put(b"k", turn)
            table.unlock(b"k")
            self.until(seen, turn)
            other.unlock(b"k")

    def seen_when_locked(self, table: RedisTable) -> list[object]:
        """What the item is there at the moment when its lock is had."""
        seen: list[object] = []
        waiting = table.lock(b"k", "h")
        assert waiting is not None
        waiting.addCallback(lambda _: seen.append(table.get(b"k")))
        return seen

    def test_it_is_let_go_behind_whatever_there_is_to_be_sent(self) -> None:
        self.until(self.locked(self.a))
        for number in range(MOST * (WINDOW + 4)):
            self.a.put(b"%d" % number, number)
        self.a.unlock(b"k")
        self.until(self.locked(self.b))
        self.assertEqual(len(self.b), MOST * (WINDOW + 4))

    def test_one_that_was_let_go_while_the_server_was_away_is_free_when_it_is_back(self) -> None:
        self.until(self.locked(self.a))
        assert self.store.link is not None
        self.store.link.abort("a test")
        self.a.unlock(b"k")
        self.private.until(lambda: self.store.link is not None and self.store._linking is None)
        self.until(self.locked(self.b))

    def test_what_a_server_has_is_free_when_it_stops(self) -> None:
        self.until(self.locked(self.a))
        self.stopped(self.store)
        self.until(self.locked(self.b))


AWAY = {"lost_links": 1, "linked": 0, "unsent": 2}


class AwayCase(SharedCase):
    """With a Redis server that may be killed."""

    own: Redis | None = None

    def setUp(self) -> None:
        RedisCase.redis, kept = None, RedisCase.redis
        if AwayCase.own is None:
            AwayCase.own = Redis(Standin.until_exit(), "--appendonly", "yes", "--appendfsync", "always")
        if AwayCase.own._process is None:
            AwayCase.own.start()
        RedisCase.redis = AwayCase.own
        super().setUp()
        RedisCase.redis = kept

    def is_linked(self, linked: bool) -> None:
        def done() -> bool:
            self.clock.advance(0)
            return all(
                (store.link is not None) is linked and (store._linking is None or not linked) for store in self.stores
            )

        self.private.until(done)


class AwayTests(AwayCase):
    def test_while_it_is_away_each_goes_on_with_its_copy(self) -> None:
        self.a.put(b"k", 1)
        self.a.put(b"n", 10)
        self.settle()
        self.server.kill()
        self.is_linked(False)
        self.a.put(b"k", 2)
        self.a.add(b"n", 1)
        self.b.add(b"n", 5)
        self.b.put(b"new", b"x")
        self.assertEqual([table.get(b"k") for table in (self.a, self.b)], [2, 1])
        self.assertEqual({one.name: one.value for one in self.statistics.all("store")}, AWAY)
        self.server.start()
        self.is_linked(True)
        self.alike({b"k": 2, b"n": 16, b"new": b"x"})

    def test_a_time_that_is_over_meanwhile_is_told_of(self) -> None:
        self.a.put(b"k", 1, lifetime=3)
        self.settle()
        self.server.kill()
        self.is_linked(False)
        self.clock.advance(4)
        self.assertEqual(self.told, [(b"k", 1), (b"k", 1)])  # by each: nobody can ask the others
        self.server.start()
        self.is_linked(True)
        self.alike({})
        self.assertEqual(len(self.told), 2)

    def test_one_that_has_lost_its_data_gets_it_back(self) -> None:
        for number in range(1200):
            self.a.put(b"%d" % number, number)
        self.settle()
        self.server.kill()
        self.is_linked(False)
        self.b.delete(b"0")
        self.a.put(b"1", b"one")
        self.server.start()
        self.server.cli("FLUSHALL")
        self.is_linked(True)
        self.settle()
        expected = {b"%d" % number: number for number in range(1, 1200)} | {b"1": b"one"}
        self.assertEqual(dict(self.b.items()) | {b"0": 0}, expected | {b"0": 0})
        self.assertEqual(dict(self.a.items()), dict(self.b.items()))

    def test_a_link_that_is_cut_makes_no_addition_twice(self) -> None:
        for number in range(40):
            self.a.add(b"n", 1, 0)
            self.b.add(b"n", 1, 0)
            self.clock.advance(0)
            if number % 10 == 3:
                self.server.cli("CLIENT", "KILL", "TYPE", ("pubsub", "normal")[number // 10 % 2])
                self.is_linked(True)
            self.private.reactor.iterate(0)
        self.is_linked(True)
        self.alike({b"n": 80})

    def test_without_it_a_server_starts_and_has_what_there_is_later(self) -> None:
        self.a.put(b"k", 1)
        self.settle()
        self.server.kill()
        self.is_linked(False)
        third = self.make_store()
        table = third.table(b"t")
        table.put(b"own", 2)
        self.assertEqual(dict(table.items()), {b"own": 2})
        self.server.start()
        self.is_linked(True)
        self.alike({b"k": 1, b"own": 2})
        self.assertEqual(dict(table.items()), {b"k": 1, b"own": 2})

    def test_locks_are_had_at_once_meanwhile(self) -> None:
        self.server.kill()
        self.is_linked(False)
        told: list[Any] = []
        for table in (self.a, self.b):
            waiting = table.lock(b"k", "h")
            assert waiting is not None
            waiting.addBoth(told.append)
        self.clock.advance(LOOK)
        self.assertEqual(told, [None, None])

    def test_one_that_answers_no_more_is_given_up(self) -> None:
        self.a.put(b"k", 1)
        self.settle()
        assert self.server._process is not None
        self.server._process.send_signal(signal.SIGSTOP)
        try:
            self.a.put(b"k", 2)
            self.store._beaten = self.store._send([])
            self.clock.advance(0)
            self.store._beat()  # the next one is due
            self.assertIsNone(self.store.link)
        finally:
            self.server._process.send_signal(signal.SIGCONT)
        self.is_linked(True)
        self.alike({b"k": 2})

    def test_what_cannot_be_sent_at_the_end_is_told(self) -> None:
        self.server.kill()
        self.is_linked(False)
        self.a.put(b"k", 1)
        self.stopped(self.store)


class SentinelTests(SharedCase):
    def make_store(self) -> RedisStore:
        if not hasattr(self, "first"):
            holder = Standin()
            self.addCleanup(holder.close)
            self.first = Redis(holder)
            self.second = Redis(holder, "--replicaof", "127.0.0.1", str(self.first.port))
            watch = f"sentinel monitor g 127.0.0.1 {self.first.port} 1\nsentinel down-after-milliseconds g 300\n"
            self.sentinel = Redis(holder, sentinel=watch + "sentinel failover-timeout g 2000")
            self.url = f"redis+sentinel://127.0.0.1:{self.sentinel.port}/g/1?prefix=t:"
        return super().make_store()

    def test_the_replica_that_takes_over_has_the_tables(self) -> None:
        self.private.until(lambda: "master_link_status:up" in self.second.cli("info", "replication"))
        self.private.until(lambda: str(self.second.port) in self.sentinel.cli("sentinel", "replicas", "g"))
        self.a.add(b"n", 1, 10)
        self.settle()
        self.private.until(lambda: self.second.cli("-n", "1", "HGET", "t:table:t", "n") == "0:i11")
        self.first.kill()
        self.private.until(lambda: all(store.link is None for store in self.stores))
        self.a.add(b"n", 1)
        self.b.add(b"n", 1)
        self.private.until(lambda: all(store.link is not None and store._linking is None for store in self.stores))
        self.alike({b"n": 13})
        self.assertEqual(self.second.cli("-n", "1", "HGET", "t:table:t", "n"), "0:i13")
