"""cachedb_redis with a real server."""

from __future__ import annotations

import time

from tests.integration.redis import Redis
from tests.saying import SayingCase
from tests.served import Served, Standin, free_ports

SCRIPT = """
listen=udp:127.0.0.1:@PORT@
loadmodule "tm" loadmodule "sl" loadmodule "pv" loadmodule "textops"
loadmodule "cachedb_redis" loadmodule "cachedb_local"
modparam("cachedb_redis", "cachedb_url", "@URL@")
modparam("cachedb_redis", "query_timeout", 500)

request_route {
    if (is_method("ACK")) { t_check_trans(); exit; }
    t_newtran();
    $avp(v) = "before";
    switch ($rU) {
    case "store":   $var(rc) = cache_store("redis:g", "key", "a b", 100); $var(out) = "-"; break;
    case "brief":   $var(rc) = cache_store("redis:g", "brief", "x", 1); $var(out) = "-"; break;
    case "fetch":   $var(rc) = cache_fetch("redis:g", "key", $avp(v)); $var(out) = $avp(v); break;
    case "gone":    $var(rc) = cache_fetch("redis:g", "brief", $avp(v)); $var(out) = $avp(v); break;
    case "remove":  $var(rc) = cache_remove("redis:g", "key"); $var(out) = "-"; break;
    case "count":   cache_add("redis:g", "n", 5, 60, $var(a));
                    $var(rc) = cache_sub("redis:g", "n", 2, 60, $var(out)); break;
    case "raw":     $var(rc) = cache_raw_query("redis:g", "HGETALL h", "$avp(v)"); $var(out) = $(avp(v)[*]); break;
    case "local":   cache_store("local", "l", "here");
                    $var(rc) = cache_fetch("local", "l", $avp(v)); $var(out) = $avp(v); break;
    case "wrong":   cache_store("redis:g", "text", "a");
                    $var(rc) = cache_add("redis:g", "text", 1, 0); $var(out) = "-"; break;
    case "nonsense": $var(rc) = cache_raw_query("redis:g", "NONSENSE", "$avp(v)"); $var(out) = $avp(v); break;
    case "empty":   $var(rc) = cache_raw_query("redis:g", "LRANGE none 0 -1", "$avp(v)"); $var(out) = $avp(v); break;
    case "group":   $var(rc) = cache_fetch("redis:other", "key", $avp(v)); $var(out) = $avp(v); break;
    }
    append_to_reply("X-Out: $var(rc) $var(out)\\r\\n");
    t_reply("480", "Done");
}
"""


class CacheTests(SayingCase):
    redis: Redis | None = None
    served: Served

    def setUp(self) -> None:
        cls = type(self)
        if cls.redis is None:
            holder = Standin.until_exit()
            cls.redis = Redis(holder, "--requirepass", "s:e")
            dead = free_ports()[0]  # the first of the group is not there
            url = f"redis:g://:s%3Ae@127.0.0.1:{dead},127.0.0.1:{cls.redis.port}/2"
            cls.served = Served(holder, SCRIPT, URL=url)
        self.call(cls.served)

    def test_values(self) -> None:
        self.assertEqual(
            [self.say(user) for user in ("store", "fetch", "remove", "fetch")],
            ["1 -", "1 a b", "1 -", "-2 before"],
        )

    def test_a_value_has_its_time(self) -> None:
        self.assertEqual(self.say("brief"), "1 -")
        time.sleep(1.1)
        self.assertEqual(self.say("gone"), "-2 before")

    def test_counters(self) -> None:
        self.assertEqual(self.say("count"), "1 3")

    def test_rows_of_a_command(self) -> None:
        assert self.redis is not None
        self.redis.cli("-a", "s:e", "-n", "2", "hset", "h", "f1", "v1")
        self.assertEqual(self.say("raw"), "1 f1, v1, before")

    def test_stores_stand_beside_each_other(self) -> None:
        self.assertEqual(self.say("local"), "1 here")

    def test_what_the_server_refuses_is_an_error(self) -> None:
        self.assertEqual([self.say("wrong"), self.say("nonsense")], ["-1 -", "-1 before"])
        self.served.wait_for("ERR unknown command")

    def test_no_rows(self) -> None:
        self.assertEqual(self.say("empty"), "-2 before")

    def test_a_server_that_dies_and_comes_back(self) -> None:
        assert self.redis is not None
        self.assertEqual(self.say("store"), "1 -")
        self.redis.kill()
        try:
            self.assertEqual(self.say("fetch"), "-1 before")
        finally:
            self.redis.start()
        self.assertEqual([self.say("fetch"), self.say("store")], ["-2 before", "1 -"])
        self.assertNotIn("Traceback", self.served.log)

    def test_a_group_that_there_is_not(self) -> None:
        self.assertEqual(self.say("group"), "-1 before")
