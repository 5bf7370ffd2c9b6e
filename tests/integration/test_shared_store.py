"""Two servers that share tables: two processes of a machine by lmdb, two machines' worth by a real Redis server, or a
cluster of them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from tests.integration.redis import Redis, cluster
from tests.integration.web import make_certificate
from tests.served import Caller, Served, Standin

SCRIPT = """
listen=udp:127.0.0.1:@PORT@
debug=2
store="@STORE@"
loadmodule "sl" loadmodule "pv" loadmodule "textops" loadmodule "xlog" loadmodule "htable"
modparam("htable", "htable", "t=>size=8;autoexpire=100;initval=0")
modparam("htable", "htable", "brief=>size=8;autoexpire=1")

request_route {
    switch ($rU) {
    case "put":   $sht(t=>key) = "from " + $Rp; $shv(v) = $Rp; break;
    case "count": $var(n) = $shtinc(t=>n); break;
    case "brief": $sht(brief=>k) = 1; break;
    }
    append_to_reply("X-Out: $sht(t=>key) $sht(t=>n) $shv(v)\\r\\n");
    sl_send_reply("480", "Done");
}
event_route[htable:expired:brief] { xinfo("over: $shtrecord(key)\\n"); }
"""


class SharedCase(SynchronousTestCase):
    """The same for both stores; `begin` starts two servers."""

    first: Served
    second: Served

    def begin(self, store: str) -> None:
        self.first, self.second = (Served(self, SCRIPT, STORE=store) for _ in range(2))
        self.callers = {server: Caller(self, server.port) for server in (self.first, self.second)}

    def say(self, server: Served, user: str = "show") -> str:
        caller = self.callers[server]
        caller.send("OPTIONS", user)
        _, message = caller.final()
        return next((line[7:] for line in message.split("\r\n") if line.startswith("X-Out: ")), message)

    def until(self, server: Served, expected: str) -> None:
        self.wait_for(lambda: self.say(server) == expected)

    def wait_for(self, done: Callable[[], Any]) -> None:
        end = time.monotonic() + 20
        while not done():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.02)

    def check(self) -> None:
        first, second = self.first.port, self.second.port
        self.say(self.first, "put")
        self.until(self.second, f"from {first} 0 {first}")
        for _ in range(10):
            self.say(self.first, "count")
            self.say(self.second, "count")
        for server in (self.first, self.second):
            self.until(server, f"from {first} 20 {first}")
        self.say(self.first, "brief")
        self.wait_for(lambda: "over: k" in self.first.log + self.second.log)
        self.first.process.kill()
        self.first.process.wait()
        self.assertEqual(self.say(self.second), f"from {first} 20 {first}")
        self.say(self.second, "put")
        self.assertEqual(self.say(self.second, "count"), f"from {second} 21 {second}")
        self.assertEqual((self.first.log + self.second.log).count("over: k"), 1)


class LmdbTests(SharedCase):
    def test_two_processes(self) -> None:
        path = f"/dev/shm/sipapp-test-{os.getpid()}"
        self.begin(f"lmdb:{path}?size=16")
        self.check()
        self.assertTrue(os.path.exists(path))
        self.second.process.send_signal(signal.SIGTERM)
        self.second.process.wait(20)
        self.assertFalse(os.path.exists(path), self.second.log)


class RedisTests(SharedCase):
    def test_two_servers(self) -> None:
        holder = Standin()
        self.addCleanup(holder.close)
        folder = Path(holder.mktemp())
        folder.mkdir()
        make_certificate(folder)
        redis = Redis(holder, "--requirepass", "s:e", "--tls-auth-clients", "no", tls=folder)
        self.begin(f"rediss://:s%3Ae@127.0.0.1:{redis.port}/2?ca={folder}/ca.pem")
        self.check()
        second = self.second.port
        redis.kill()
        self.second.wait_for("going on with what is here")
        self.assertEqual(self.say(self.second, "count"), f"from {second} 22 {second}")
        redis.start()
        self.second.wait_for("is there again")
        third = Served(self, "children=2\n" + self.second.script.read_text().replace(str(second), "@PORT@"))
        self.callers[third] = Caller(self, third.port)
        self.assertEqual(self.say(third), f"from {second} 22 {second}")


class ClusterTests(SharedCase):
    def test_two_servers(self) -> None:
        holder = Standin()
        self.addCleanup(holder.close)
        nodes = cluster(holder)
        self.begin(f"redis+cluster://127.0.0.1:{nodes[0].port},127.0.0.1:{nodes[1].port}?prefix=a:")
        self.check()
        self.assertEqual([node.cli("dbsize") == "0" for node in nodes].count(False), 1)
