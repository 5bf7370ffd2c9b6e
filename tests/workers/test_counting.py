"""What workers count together: limits and figures of a real server with two of them."""

from __future__ import annotations

import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.rpc.client import ask
from sipapp.workers.ownership import worker_of
from tests.served import Caller, Served, Standin

SCRIPT = """
debug=0
children=2
listen=udp:127.0.0.1:@PORT@
rpc_socket="@RPC@"
loadmodule "sl" loadmodule "pv" loadmodule "textops" loadmodule "ratelimit"
modparam("ratelimit", "timer_interval", 10)
modparam("ratelimit", "pipe", "3:TAILDROP:2")
request_route {
    if ($rU == "limit") {
        if (rl_check_pipe("3")) sl_send_reply("480", "Go");
        else sl_send_reply("503", "Slow Down");
        exit;
    }
    sl_send_reply("404", "Nobody");
}
"""

CALL_IDS = [[f"c{n}" for n in range(120) if worker_of(b"c%d" % n, 2) == worker] for worker in (1, 2)]


class Workers(Served):
    """A server with two workers."""

    def __init__(self, test: Any) -> None:
        folder = tempfile.mkdtemp(prefix="sipapp-")  # a socket's path is short
        self.rpc_path = str(Path(folder) / "rpc")
        super().__init__(test, SCRIPT, RPC=self.rpc_path)

    def rpc(self, method: str, *parameters: Any) -> Any:
        return ask(self.rpc_path, method, parameters, 20)


@cache
def shared() -> Workers:
    """One for all these tests."""
    return Workers(Standin.until_exit())


class CountingTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.sip = shared()
        self.alice = Caller(self, self.sip.port)

    def say(self, worker: int, number: int, user: str) -> str:
        """The final response of a worker (0 or 1)."""
        self.alice.send("OPTIONS", user, call_id=CALL_IDS[worker][number])
        return self.alice.final()[1]

    def test_a_limit_is_that_of_both_together(self) -> None:
        while time.time() % 10 > 8:  # not across the end of an interval
            time.sleep(0.05)
        passed = sum(" 480 Go" in self.say(n % 2, n // 2, "limit") for n in range(60))
        self.assertEqual(passed, 20)
        self.assertIn("2:TAILDROP", self.sip.rpc("rl.get_pipes")[0])
