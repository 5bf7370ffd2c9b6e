"""The core parameter `store`."""

from __future__ import annotations

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from sipapp.assemble import assemble_text
from sipapp.errors import ConfigError, ConfigErrors
from sipapp.interfaces.http import Profile
from sipapp.redis import Address
from sipapp.redis.commands import slot
from sipapp.store.lmdb import LmdbStore
from sipapp.store.mapped import MEGABYTE
from sipapp.store.memory import MemoryStore
from sipapp.store.open import open_store
from sipapp.store.redis import RedisStore
from sipapp.testing.harness import Harness


class OpenTests(SynchronousTestCase):
    def wrong(self, url: str) -> str:
        return str(self.assertRaises(ConfigError, open_store, url, Clock()))

    def test_without_a_word_it_is_the_memory_of_the_process(self) -> None:
        for url in ("", "memory:"):
            self.assertIsInstance(open_store(url, Clock()), MemoryStore)

    def test_lmdb_has_a_file_and_a_size(self) -> None:
        made = [open_store(url, Clock()) for url in ("lmdb:/dev/shm/a", "lmdb:/dev/shm/a%20b?size=5")]
        files = [(s.mapped.path, s.mapped.size) for s in made if isinstance(s, LmdbStore)]
        self.assertEqual(files, [("/dev/shm/a", 1024 * MEGABYTE), ("/dev/shm/a b", 5 * MEGABYTE)])

    def redis(self, url: str) -> RedisStore:
        store = open_store(url, Clock())
        assert isinstance(store, RedisStore)
        return store

    def test_redis_has_a_place_a_database_and_a_prefix(self) -> None:
        plain = self.redis("redis://192.0.2.1")
        self.assertEqual((plain.address, plain.prefix), (Address("store", "192.0.2.1", 6379), b"sipapp:"))
        full = self.redis("redis://u%40:p%2Fw@[2001:db8::1]:7000/3?prefix=a:")
        self.assertEqual(full.address, Address("store", "2001:db8::1", 7000, 3, "u@", "p/w"))
        self.assertEqual(full.prefix, b"a:")
        self.assertEqual(self.redis("redis://:pw@redis.example.com/").address.password, "pw")

    def test_redis_by_its_sentinels(self) -> None:
        store = self.redis("redis+sentinel://:pw@192.0.2.1:26000,192.0.2.2/group/2?prefix=a:")
        sentinels = (("192.0.2.1", 26000), ("192.0.2.2", 26379))
        expected = Address("store", db=2, password="pw", sentinels=sentinels, group="group")
        self.assertEqual(store.address, expected)

    def test_redis_by_the_nodes_of_a_cluster(self) -> None:
        store = self.redis("redis+cluster://u:pw@192.0.2.1:7000,192.0.2.2/?prefix=a:")
        places = (("192.0.2.1", 7000), ("192.0.2.2", 6379))
        expected = Address("store", user="u", password="pw", cluster=places, slot=slot(b"a:"))
        self.assertEqual((store.address, store.prefix), (expected, b"{a:}"))
        self.assertEqual(str(store.address), "cluster of 192.0.2.1:7000,192.0.2.2:6379")
        self.assertEqual(self.redis("rediss+cluster://192.0.2.1").address.tls, Profile())

    def test_in_a_cluster_all_keys_are_in_the_slot_of_the_prefix(self) -> None:
        for prefix in ("a:", "a}:", "{a}b:", "x{a}b{c:"):
            store = self.redis(f"redis+cluster://192.0.2.1/0?prefix={prefix}")
            keys = [store.prefix + key for key in (b"sequence", b"table:{t}", b"lock:t:}{")]
            self.assertEqual([slot(key) for key in keys], [store.address.slot] * 3, prefix)

    def test_redis_by_tls(self) -> None:
        store = self.redis("rediss://192.0.2.1:7000")
        self.assertEqual(store.address.tls, Profile())

    def test_what_is_wrong_with_redis_is_said_without_the_password(self) -> None:
        self.assertEqual(
            [
                self.wrong(url)
                for url in (
                    "redis://:pw@192.0.2.1/x",
                    "redis://",
                    "redis://h?perfix=a",
                    "redis+sentinel://:pw@192.0.2.1",
                    "reddis://:pw@192.0.2.1",
                    "rediss://h?ca=/nonexistent",
                    "redis+cluster://:pw@h/1",
                    "redis+cluster://h:x",
                    "redis+cluster://h?prefix=",
                    "redis+cluster://h?prefix=a{b",
                    "redis+cluster://h?ca=/x",
                )
            ],
            [
                "store: not redis://HOST:PORT/DB: 'redis://***@192.0.2.1/x'",
                "store: not HOST:PORT: ''",
                "store: no option 'perfix'; did you mean \"prefix\"?",
                "store: no group: redis+sentinel://HOST:PORT/GROUP: 'redis+sentinel://***@192.0.2.1'",
                "store: 'reddis://***@192.0.2.1' is no URL of a store; did you mean \"redis\"?",
                "store: cannot be used: CA certificates /nonexistent",
                "store: a cluster has only database 0: 'redis+cluster://***@h/1'",
                "store: not HOST:PORT: 'h:x'",
                "store: prefix: nothing in its braces, or none that closes them: ''",
                "store: prefix: nothing in its braces, or none that closes them: 'a{b'",
                "store: no option 'ca'",
            ],
        )

    def test_what_is_wrong_is_said(self) -> None:
        self.assertEqual(
            [self.wrong(url) for url in ("lmbd:/x", "lmdb:x", "lmdb:/x/", "lmdb:/x?size=0", "lmdb:/x?siez=3")],
            [
                "store: 'lmbd:/x' is no URL of a store; did you mean \"lmdb\"?",
                "store: not lmdb:/FOLDER/NAME: 'lmdb:x'",
                "store: not lmdb:/FOLDER/NAME: 'lmdb:/x/'",
                "store: size is a number of MB, not '0'",
                "store: no option 'siez'; did you mean \"size\"?",
            ],
        )

    def test_a_script_that_is_tried_out_has_tables_of_its_own(self) -> None:
        sip = Harness('store="redis://192.0.2.1"\nrequest_route { exit; }')
        self.assertIsInstance(sip.server.store, MemoryStore)

    def test_a_script_with_a_wrong_one_is_refused_at_its_line(self) -> None:
        errors = self.assertRaises(ConfigErrors, assemble_text, 'debug=1\nstore="lmdb:x"\nrequest_route { exit; }')
        self.assertEqual(str(errors), "app.cfg:2:1: store: not lmdb:/FOLDER/NAME: 'lmdb:x'")
