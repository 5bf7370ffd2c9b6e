"""Calls through two workers: relayed by both, and what a worker that is killed takes with it."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from pathlib import Path
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.rpc.client import ask
from tests.served import Served, free_ports
from tests.sipp.sipp import MISSING, OK, callee, caller
from tests.workers.load import SCRIPT, Kill, Load

RELAY = """
debug=0
children=2
listen=udp:127.0.0.1:@PORT@
listen=tcp:127.0.0.1:@PORT@
rpc_socket="@RPC@"
loadmodule "sl" loadmodule "tm" loadmodule "rr" loadmodule "pv" loadmodule "textops" loadmodule "siputils"
loadmodule "kex"
request_route {
    if (has_totag() && loose_route()) { t_relay(); exit; }
    record_route();
    $du = "sip:127.0.0.1:@CALLEE@;transport=@PROTO@";
    t_relay();
}
"""
CALLS = 60


class CallsCase(SynchronousTestCase):
    def serve(self, script: str, callee: int, proto: str = "udp") -> Served:
        folder = tempfile.TemporaryDirectory(prefix="sipapp-")  # a socket's path is short
        self.addCleanup(folder.cleanup)
        self.path = str(Path(folder.name) / "rpc")
        return Served(self, script, RPC=self.path, CALLEE=callee, PROTO=proto)

    def rpc(self, method: str, *parameters: Any) -> Any:
        return ask(self.path, method, parameters, 20)


class RelayTests(CallsCase):
    skip = MISSING or None

    def relayed(self, proto: str) -> None:
        near, far = free_ports(2)
        server = self.serve(RELAY, far, proto)
        callees = callee(self, "uas_call", far, CALLS, proto)
        callers = caller(self, "uac_call", server.port, near, CALLS, proto, rate=100, user="bob")
        self.assertEqual((callers.wait(60), callees.wait(60)), (OK, OK), callers.report() + callees.report())
        rows = self.rpc("tm.stats")
        self.assertGreaterEqual(rows["total"], 2 * CALLS)
        self.assertGreater(self.taken(1), CALLS / 5)
        self.assertGreater(self.taken(2), CALLS / 5)
        self.assertNotIn("Traceback", server.log)

    def taken(self, worker: int) -> int:
        """The INVITEs that a worker has taken."""
        found: int = self.rpc("workers.ask", worker, "stats.fetchn", "rcv_requests_invite")["core.rcv_requests_invite"]
        return found

    def test_calls_over_udp_are_relayed_by_both(self) -> None:
        self.relayed("udp")

    def test_so_are_calls_that_share_one_stream(self) -> None:
        self.relayed("tcp")


class KillTests(CallsCase):
    def test_all_calls_are_answered_and_those_of_the_other_worker_at_once(self) -> None:
        (far,) = free_ports()
        server = self.serve(SCRIPT, far)
        load = Load(server.port, far)
        self.addCleanup(load.stop)
        load.start(60)
        time.sleep(0.5)
        killed = next(row["PID"] for row in self.rpc("core.psx") if row.get("worker") == 2)
        os.kill(killed, signal.SIGKILL)
        kill = Kill(2, time.monotonic())
        server.wait_for("serves again")
        time.sleep(1)
        load.stop()
        self.assertEqual(len(load.open), 0)
        self.assertGreater(len(load.around(kill, killed=True)), 5)
        self.assertLess(max(load.around(kill, killed=False)), 3.0)  # 0.2 s and what else the machine has to do
