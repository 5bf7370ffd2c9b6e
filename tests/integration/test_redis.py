"""ndb_redis with real servers: what scripts get, whatever happens to those."""

from __future__ import annotations

import signal
import time

from tests.integration.redis import Redis, cluster
from tests.saying import SayingCase
from tests.served import Caller, Served, Standin

SCRIPT = """
listen=udp:127.0.0.1:@PORT@
loadmodule "tm" loadmodule "sl" loadmodule "pv" loadmodule "textops" loadmodule "xlog" loadmodule "ndb_redis"
modparam("ndb_redis", "init_without_redis", 1)
modparam("ndb_redis", "cmd_timeout", 500)
@PARAMETERS@

request_route {
    if (is_method("ACK")) { t_check_trans(); exit; }
    if (is_method("CANCEL")) { t_relay(); exit; }
    if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
    t_newtran();
    switch ($rU) {
    case "set":    $var(rc) = redis_cmd("a", "SET %s %s", "key", "a b", "r"); $var(out) = $redis(r=>info); break;
    case "get":    $var(rc) = redis_cmd("a", "GET key", "r"); $var(out) = $redis(r=>value); break;
    case "incr":   redis_cmd("a", "DEL n", "r"); $var(rc) = redis_cmd("a", "INCR n", "r");
                   $var(out) = "" + $redis(r=>type) + $redis(r=>value); break;
    case "none":   $var(rc) = redis_cmd("a", "GET nothing", "r"); $var(out) = "" + $redis(r=>type); break;
    case "error":  $var(rc) = redis_cmd("a", "NONSENSE", "r"); $var(out) = $redis(r=>info); break;
    case "list":
        redis_cmd("a", "DEL l", "r");
        redis_cmd("a", "RPUSH l one two", "r");
        $var(rc) = redis_cmd("a", "LRANGE l 0 -1", "r");
        $var(i) = 1;
        $var(out) = "" + $redis(r=>size) + $redis(r=>value[$var(i)]);
        break;
    case "pipe":
        redis_pipe_cmd("a", "SET p %s", "1", "r1");
        redis_pipe_cmd("a", "GET p", "r2");
        $var(rc) = redis_execute("a");
        $var(out) = $redis(r1=>info) + $redis(r2=>value);
        break;
    case "multi":
        redis_cmd("a", "MULTI", "r1");
        redis_cmd("a", "SET m %s", "$ci", "r2");
        redis_cmd("a", "GET m", "r3");
        $var(rc) = redis_cmd("a", "EXEC", "r");
        $var(out) = $redis(r2=>info) + ($redis(r=>value[1]) == $ci);
        break;
    case "block":  $var(rc) = redis_cmd("a", "BLPOP nobody 5", "r"); $var(out) = "-"; break;
    case "slow":   $var(rc) = redis_cmd("a", "DEBUG SLEEP 30", "r"); $var(out) = "-"; break;
    case "async":  async(redis_cmd("a", "BLPOP nobody 5", "r"), DONE, 30);
    case "unknown": $var(rc) = redis_cmd("b", "PING", "r"); $var(out) = "-"; break;
    case "keys":
        $var(k) = 0; $var(out) = "";
        while ($var(k) < 8) {
            $var(rc) = redis_cmd("a", "SET k$var(k) v$var(k)", "r");
            redis_cmd("a", "GET k$var(k)", "r");
            $var(out) = $var(out) + $redis(r=>value);
            $var(k) = $var(k) + 1;
        }
        break;
    }
    route(ANSWER);
}
route[DONE] { $var(rc) = $rc; $var(out) = "resumed"; route(ANSWER); }
route[ANSWER] {
    append_to_reply("X-Out: $var(rc) $var(out)\\r\\n");
    t_reply("480", "Done");
    exit;
}
"""


class SingleTests(SayingCase):
    holder: Standin
    redis: Redis | None = None
    served: Served

    def setUp(self) -> None:
        cls = type(self)
        if cls.redis is None:
            cls.holder = Standin.until_exit()
            cls.redis = Redis(cls.holder, "--enable-debug-command", "yes")
            place = f'modparam("ndb_redis", "server", "name=a;addr=127.0.0.1;port={cls.redis.port};db=3")'
            cls.served = Served(cls.holder, SCRIPT, PARAMETERS=place)
        self.call(cls.served)

    def test_replies_of_each_type(self) -> None:
        self.assertEqual(
            [self.say(user) for user in ("set", "get", "incr", "none", "list")],
            ["1 OK", "1 a b", "1 31", "1 4", "1 2two"],
        )

    def test_a_refusal_is_false_and_says_why(self) -> None:
        self.assertIn("-1 ERR unknown command", self.say("error"))

    def test_a_pipe(self) -> None:
        self.assertEqual(self.say("pipe"), "1 OK1")

    def test_a_transaction_has_a_connection_for_itself(self) -> None:
        callers = [Caller(self, self.served.port) for _ in range(8)]
        for caller in callers:
            caller.send("INVITE", "multi")
        for caller in callers:
            self.assertIn("X-Out: 1 QUEUED1\r", caller.final()[1])

    def test_a_server_that_is_not_named_is_false(self) -> None:
        self.assertEqual(self.say("unknown"), "-1 -")
        self.served.wait_for("no redis server 'b'")

    def test_no_reply_in_time_is_false_and_holds_nobody_up(self) -> None:
        began = time.monotonic()
        self.invite("block")
        other = Caller(self, self.served.port)
        took, status = other.ask("OPTIONS")
        self.assertEqual(status, 200)
        self.assertLess(took, 0.3)
        self.assertIn("X-Out: 1 a b", self._get(other))
        self.assertEqual(self.said(), "-1 -")
        self.assertLess(time.monotonic() - began, 3)
        number = next(number for number, line in enumerate(SCRIPT.splitlines(), 1) if 'case "block"' in line)
        self.assertRegex(self.sip.log, rf"modules\.ndb_redis \S*app\.cfg:{number}\] ")

    def _get(self, caller: Caller) -> str:
        caller.send("INVITE", "set")
        caller.final()
        caller.send("INVITE", "get")
        return caller.final()[1]

    def test_async(self) -> None:
        self.assertEqual(self.say("async"), "-1 resumed")

    def test_a_caller_who_gives_up_is_answered_at_once(self) -> None:
        self.alice.send("INVITE", "block")
        self.alice.receive()
        began = time.monotonic()
        self.alice.cancel()
        statuses = sorted(self.alice.final()[1].split()[1] for _ in range(2))
        self.assertEqual(statuses, ["200", "487"])
        self.assertLess(time.monotonic() - began, 0.4)

    def test_a_server_that_dies_and_comes_back(self) -> None:
        assert self.redis is not None
        self.assertEqual(self.say("incr"), "1 31")
        self.redis.kill()
        self.assertEqual(self.say("get").split()[0], "-1")
        self.redis.start()
        self.assertEqual(self.say("incr"), "1 31")
        self.assertNotIn("Traceback", self.served.log)

    def test_a_server_that_hangs(self) -> None:
        assert self.redis is not None
        assert self.redis._process is not None
        self.assertEqual(self.say("set"), "1 OK")
        self.redis._process.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        try:
            self.assertEqual(self.say("get").split()[0], "-1")
        finally:
            self.redis._process.send_signal(signal.SIGCONT)
        self.assertLess(time.monotonic() - began, 3)
        self.assertEqual(self.say("get"), "1 a b")


class StartTests(SayingCase):
    def holder(self) -> Standin:
        made = Standin()
        self.addCleanup(made.close)
        return made

    def test_a_password_and_a_wrong_one(self) -> None:
        holder = self.holder()
        redis = Redis(holder, "--requirepass", "secret")
        place = 'modparam("ndb_redis", "server", "name=a;port=%d;pass=%s")'
        self.call(Served(holder, SCRIPT, PARAMETERS=place % (redis.port, "secret")))
        self.assertEqual(self.say("set"), "1 OK")
        self.call(Served(holder, SCRIPT, PARAMETERS=place % (redis.port, "wrong")))
        self.assertEqual(self.say("set"), "-1 0")
        self.assertIn("WRONGPASS", self.sip.log)

    def test_sentinels_are_asked_where_the_master_is(self) -> None:
        holder = self.holder()
        first = Redis(holder)
        second = Redis(holder, "--replicaof", "127.0.0.1", str(first.port))
        sentinel = Redis(
            holder,
            sentinel=f"sentinel monitor g 127.0.0.1 {first.port} 1\nsentinel down-after-milliseconds g 300\n"
            "sentinel failover-timeout g 2000",
        )
        place = f"name=a;sentinel=127.0.0.1:{sentinel.port};sentinel_group=g"
        self.call(Served(holder, SCRIPT, PARAMETERS=f'modparam("ndb_redis", "server", "{place}")'))
        self.assertEqual(self.say("set"), "1 OK")
        while "master_link_status:up" not in second.cli("info", "replication"):
            time.sleep(0.05)
        while str(second.port) not in sentinel.cli("sentinel", "replicas", "g"):
            time.sleep(0.05)
        first.kill()
        end = time.monotonic() + 20
        while self.say("get") != "1 a b":
            self.assertLess(time.monotonic(), end)
            time.sleep(0.2)

    def test_a_cluster_is_followed_to_whoever_has_the_key(self) -> None:
        holder = self.holder()
        nodes = cluster(holder)
        place = f'modparam("ndb_redis", "server", "name=a;port={nodes[0].port}")'
        more = 'modparam("ndb_redis", "cluster", 1)\nmodparam("ndb_redis", "allow_dynamic_nodes", 1)'
        self.call(Served(holder, SCRIPT, PARAMETERS=f"{place}\n{more}"))
        self.assertEqual(self.say("keys"), "1 v0v1v2v3v4v5v6v7")
        self.assertEqual(self.say("keys"), "1 v0v1v2v3v4v5v6v7")
        sizes = [int(node.cli("dbsize").split()[-1]) for node in nodes]
        self.assertEqual(sum(sizes), 8)
        self.assertGreater(min(sizes), 0)
