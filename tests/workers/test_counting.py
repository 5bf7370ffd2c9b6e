"""What workers count together: limits and figures of a real server with two of them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from functools import cache
from http.client import HTTPConnection
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.workers.ownership import worker_of
from tests.served import Caller, Standin
from tests.workers.running import Workers

SCRIPT = """
debug=0
children=2
listen=udp:127.0.0.1:@PORT@
rpc_socket="@RPC@"
listen=tcp:127.0.0.1:@PORT@
loadmodule "sl" loadmodule "pv" loadmodule "textops" loadmodule "ratelimit" loadmodule "statistics" loadmodule "kex"
loadmodule "xhttp" loadmodule "xhttp_prom" loadmodule "pike"
modparam("pike", "sampling_time_unit", 10)
modparam("pike", "reqs_density_per_unit", 40)
modparam("statistics", "variable", "calls")
modparam("statistics", "variable", "again")
modparam("xhttp_prom", "xhttp_prom_stats", "script:")
modparam("xhttp_prom", "prom_counter", "name=asked; label=user")
modparam("xhttp_prom", "prom_gauge", "name=level")
modparam("ratelimit", "timer_interval", 10)
modparam("ratelimit", "pipe", "3:TAILDROP:2")
request_route {
    if ($rU == "limit") {
        if (rl_check_pipe("3")) sl_send_reply("480", "Go");
        else sl_send_reply("503", "Slow Down");
        exit;
    }
    if ($rU == "flood") {
        if (pike_check_ip("192.0.2.77")) sl_send_reply("480", "Go");
        else sl_send_reply("503", "Slow Down");
        exit;
    }
    switch ($rU) {
    case "call":  update_stat("calls", "1"); prom_counter_inc("asked", "1", "$rU"); break;
    case "set":   prom_gauge_set("level", "5"); update_stat("again", "1"); break;
    case "reset": reset_stat("again"); break;
    }
    append_to_reply("X-Out: $stat(calls) $stat(again)\\r\\n");
    sl_send_reply("404", "Nobody");
}
event_route[xhttp:request] { prom_dispatch(); }
"""

CALL_IDS = [[f"c{n}" for n in range(220) if worker_of(b"c%d" % n, 2) == worker] for worker in (1, 2)]


def field(message: str, name: str) -> str:
    return next((line[len(name) + 2 :] for line in message.split("\r\n") if line.startswith(name)), message)


@cache
def shared() -> Workers:
    """One for all these tests."""
    return Workers(Standin.until_exit(), SCRIPT)


class CountingTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.sip = shared()
        self.alice = Caller(self, self.sip.port)

    def say(self, worker: int, number: int, user: str) -> str:
        """The final response of a worker (0 or 1)."""
        self.alice.send("OPTIONS", user, call_id=CALL_IDS[worker][number])
        return self.alice.final()[1]

    def passed(self, user: str, times: int) -> int:
        """How many requests are let through, sent to both in turn, and not across the end of an interval."""
        while time.time() % 10 > 5:
            time.sleep(0.05)
        return sum(" 480 Go" in self.say(n % 2, n // 2, user) for n in range(times))

    def stat(self, worker: int, place: int) -> str:
        """What a worker shows: 0: calls, 1: again."""
        return field(self.say(worker, 0, "show"), "X-Out").split()[place]

    def until(self, wanted: Any, ask: Callable[..., Any], *arguments: int) -> None:
        end = time.monotonic() + 20
        while (found := ask(*arguments)) != wanted:
            self.assertLess(time.monotonic(), end, f"{found!r}, not {wanted!r}\n{self.sip.log}")
            time.sleep(0.05)

    def metrics(self) -> dict[str, float]:
        """What Prometheus reads, whichever worker it is that answers."""
        client = HTTPConnection("127.0.0.1", self.sip.port, timeout=5)
        self.addCleanup(client.close)
        client.request("GET", "/metrics")
        lines = client.getresponse().read().decode().splitlines()
        return {line.split()[0]: float(line.split()[1]) for line in lines if not line.startswith("#")}

    def test_a_limit_is_that_of_both_together(self) -> None:
        self.assertEqual(self.passed("limit", 60), 20)
        self.assertIn("2:TAILDROP", self.sip.rpc("rl.get_pipes")[0])

    def test_an_address_is_blocked_for_what_it_sends_to_both(self) -> None:
        self.assertIn(self.passed("flood", 120), range(50, 61))  # 51 if one has it all, 92 if each counts alone

    def test_figures_are_sums_whoever_shows_them_and_go_on_when_a_worker_dies(self) -> None:
        for number in range(5):
            self.say(0, number, "call")
        for number in range(2):
            self.say(1, number, "call")
        for worker in (0, 1):
            self.until("7", self.stat, worker, 0)
        wanted = {"kamailio_script_calls": 7.0, 'kamailio_asked{user="call"}': 7.0}
        self.until(wanted, lambda: {name: self.metrics().get(name) for name in wanted})
        self.assertEqual(self.sip.rpc("stats.fetchn", "calls"), {"script.calls": 7})
        asked = [self.sip.rpc("workers.ask", worker, "stats.fetchn", "calls") for worker in (1, 2)]
        self.assertEqual(asked, [{"script.calls": 5}, {"script.calls": 2}])
        killed = self.sip.pids()[1]
        os.kill(killed, signal.SIGKILL)
        self.sip.wait_for("serves again")
        self.say(1, 0, "call")
        for worker in (0, 1):
            self.until("8", self.stat, worker, 0)
        self.until(8, lambda: self.sip.rpc("stats.fetchn", "calls")["script.calls"])

    def test_what_one_resets_or_sets_is_so_for_both(self) -> None:
        for worker in (0, 1, 0):
            self.say(worker, 3, "set")
        for worker in (0, 1):
            self.until("3", self.stat, worker, 1)
        self.say(1, 3, "reset")
        self.assertEqual(self.stat(1, 1), "0")
        self.until("0", self.stat, 0, 1)
        self.until(5.0, lambda: self.metrics().get("kamailio_level"))
