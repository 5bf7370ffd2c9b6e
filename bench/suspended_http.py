"""suspended_http: many INVITEs wait for one slow HTTP server, which then answers, dies, or is not waited for any more.

    python -m bench.suspended_http [answered killed cancelled] [--calls 10000] [--wait 8] [--rate 2000]

The server answers after `wait` seconds. `killed`: it is killed when all calls wait. `cancelled`: every caller gives up
then. All the while somebody else sends an OPTIONS every 50 ms. Told are what the callers got and when, how the OPTIONS
fared, and what is left afterwards: scripts that wait, open files, memory.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bench.suspended import BEFORE, Callers, _figures, _started, ask, message
from bench.table import table
from tests.integration.webserver import WebServer
from tests.served import Served, Standin

SCRIPT = """
debug=-1
listen=udp:127.0.0.1:@PORT@
rpc_socket="@FOLDER@/rpc"
loadmodule "sl" loadmodule "tm" loadmodule "pv" loadmodule "textops" loadmodule "http_client"
modparam("http_client", "backend", "*=>in_flight=0")
modparam("http_client", "connection_timeout", @LIMIT@)
modparam("tm", "fr_timer", 60000)
request_route {
    if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
    if (is_method("ACK")) { t_check_trans(); exit; }
    if (is_method("CANCEL")) { t_relay(); exit; }
    http_client_query("@URL@", "$var(body)");
    if ($rc == 200) { t_reply("404", "Answered"); } else { t_reply("480", "Failed"); }
}
"""

ROOM = 10  # s that a request may take longer than the server waits
AFTER = 45.0  # s of OPTIONS after the last: until its transaction is forgotten, and that of a CANCEL


class Impatient(Callers):
    """They count what they get; and they may all give up."""

    def __init__(self, port: int, calls: int, rate: float) -> None:
        super().__init__(port, calls, rate)
        self.statuses: Counter[int] = Counter()

    def _answered(self, data: bytes) -> None:
        if b" CANCEL\r\n" not in data and not data.startswith(b"SIP/2.0 1"):
            self.statuses[int(data[8:11])] += 1
            super()._answered(data)

    def cancel_all(self) -> None:
        for number in range(self.calls):
            text = message("INVITE", number, self.local)
            self.socket.send(text.replace(b"INVITE sip:", b"CANCEL sip:").replace(b"1 INVITE\r\n", b"1 CANCEL\r\n"))
            if not number % 20:
                self._take()
                time.sleep(0.004)


def rpc(path: str, method: str) -> Any:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(10)
        client.connect(path)
        client.sendall(json.dumps({"jsonrpc": "2.0", "method": method, "id": 1}).encode() + b"\n")
        return json.loads(client.makefile().readline())["result"]


def waiting(path: str) -> int:
    """How many scripts do; to list them all would hold up the server."""
    return sum(function["running"] for function in rpc(path, "async.stats").values())


def files(process: int) -> int:
    return len(os.listdir(f"/proc/{process}/fd"))


def measure(what: str, calls: int, wait: int, rate: float) -> list[tuple[str, object]]:
    with Standin() as test:
        web = WebServer(test)
        folder = Path(test.mktemp())
        folder.mkdir()
        url = web.url(f"delay/{wait * 1000}/ok")
        server = Served(test, SCRIPT, FOLDER=str(folder), URL=url, LIMIT=wait + ROOM)
        before, open_before = server.memory(), files(server.process.pid)
        asker, asked = _started(ask, server.port)
        time.sleep(BEFORE)
        callers = Impatient(server.port, calls, rate)
        callers.run(-0.001)  # until the last one has been placed
        callers._take()
        at_once = waiting(f"{folder}/rpc")
        peak, since = server.memory(), time.monotonic()
        if what == "killed":
            web.stop()
        elif what == "cancelled":
            callers.cancel_all()
        end = time.monotonic() + wait + 2 * ROOM
        while len(callers.waited) < calls and time.monotonic() < end:
            callers._take()
            time.sleep(0.001)
        last = time.monotonic() - since
        time.sleep(AFTER)
        asked.send("stop")
        took = sorted(t for t in asked.recv() if t is not None)
        asker.join()
        left = waiting(f"{folder}/rpc")
        return [
            ("what becomes of the HTTP server", what),
            ("calls, of which waited at once", f"{calls}, {at_once}"),
            ("answers", dict(callers.statuses)),
            ("without an answer", calls - len(callers.waited)),
            ("the last one, after that (s)", f"{last:.2f}"),
            ("OPTIONS meanwhile (ms): median, p95, p99, max", _figures(took, 1000, "{:.1f}", (0.5, 0.95, 0.99, 1.0))),
            ("scripts that still wait", left),
            ("open files: before, after", f"{open_before} {files(server.process.pid)}"),
            ("memory (MB): before, peak, after", f"{before / 1e6:.1f} {peak / 1e6:.1f} {server.memory() / 1e6:.1f}"),
            ("memory of one call (kB), connection included", f"{(peak - before) / max(1, at_once) / 1e3:.1f}"),
        ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", default=["answered", "killed", "cancelled"])
    parser.add_argument("--calls", type=int, default=10000)
    parser.add_argument("--wait", type=int, default=8, help="s")
    parser.add_argument("--rate", type=float, default=2000.0, help="calls a second")
    given = parser.parse_args()
    for what in given.what:
        print(table(measure(what, given.calls, given.wait, given.rate)), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
