"""suspended_http: many INVITEs wait for one slow HTTP server, which then answers, dies, or is not waited for any more.

    python -m bench.suspended_http [answered killed cancelled] [--calls 10000] [--wait 8] [--rate 2000] [--nice -10]

The server answers after `wait` seconds. `killed`: it is killed when all calls wait. `cancelled`: every caller gives up
then. All the while somebody else sends an OPTIONS every 10 ms. Told are what the callers got and when, and what is left
afterwards: scripts that wait, open files, memory. Of the time in which the calls came, and of that from the event until
the last was answered: after how long the kernel had the responses to OPTIONS; the longest turn of the reactor; how
much of a processor the server and the callers had, and how long the server was kept waiting for one: where others use
the machine, `--nice` gives the server alone precedence (by root).
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

from bench.suspended import BEFORE, Asked, Callers, _figures, _started, ask, message
from bench.table import table
from tests.integration.webserver import WebServer
from tests.served import Served, Standin

SCRIPT = """
debug=-1
listen=udp:127.0.0.1:@PORT@
rpc_socket="@FOLDER@/rpc"
loadmodule "sl" loadmodule "tm" loadmodule "pv" loadmodule "textops" loadmodule "http_client" loadmodule "@TURNS@"
modparam("http_client", "backend", "*=>in_flight=0")
modparam("http_client", "connection_timeout", @LIMIT@)
request_route {
    if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
    if (is_method("ACK")) { t_check_trans(); exit; }
    if (is_method("CANCEL")) { t_relay(); exit; }
    http_client_query("@URL@", "$var(body)");
    if ($rc == 200) { t_reply("404", "Answered"); } else { t_reply("480", "Failed"); }
}
"""

ROOM = 10  # s that a request may take longer than the server waits
AFTER = 60.0  # s after the last answer: until its transaction is forgotten, and that of a CANCEL, and memory given back
OPTIONS_EVERY = 0.01  # s


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
        """As many a second as have been placed, and take what comes meanwhile."""
        start = time.monotonic()
        for number in range(self.calls):
            text = message("INVITE", number, self.local)
            self.socket.send(text.replace(b"INVITE sip:", b"CANCEL sip:").replace(b"1 INVITE\r\n", b"1 CANCEL\r\n"))
            while number > (time.monotonic() - start) * self.rate:
                self.take()


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


def warm_up(port: int, path: str) -> None:
    """Some calls, and a command: what is there from its first use on is no call's memory."""
    few = Impatient(port, 20, 100.0)
    few.place()
    time.sleep(1.2)  # until those that wait have forgotten what can be had again
    few.cancel_all()
    few.take_all(5.0)
    waiting(path)


class Stretch:
    """Some time of the run, and what the server and the callers had of the processors in it."""

    def __init__(self, server: Served, path: str) -> None:
        self._server = server
        self._path = path
        rpc(path, "turns.longest")
        self._began = self._state()

    def _state(self) -> tuple[float, float, float, float]:
        """s: the time, processor time of the server, what it has waited for one, processor time of the callers."""
        used, waited, _ = Path(f"/proc/{self._server.process.pid}/schedstat").read_text().split()
        return time.time(), int(used) / 1e9, int(waited) / 1e9, time.process_time()

    def end(self) -> None:
        self._ended = self._state()
        self._longest = rpc(self._path, "turns.longest")

    def rows(self, name: str, asked: list[Asked]) -> list[tuple[str, object]]:
        took = [one.took for one in asked if self._began[0] <= one.sent <= self._ended[0]]
        answered = sorted(one for one in took if one is not None)
        seconds, *shares = (end - begin for begin, end in zip(self._began, self._ended, strict=True))
        figures = _figures(answered, 1000, "{:.1f}", (0.5, 0.95, 0.99, 1.0))
        return [
            (f"{name}, s", f"{seconds:.1f}"),
            ("  OPTIONS, unanswered", f"{len(took)}, {len(took) - len(answered)}"),
            ("  answered after (ms): median, p95, p99, max", figures),
            ("  longest turn (ms): by the clock, processor", " ".join(map(str, self._longest))),
            (
                "  processor (%): server, server kept waiting, callers",
                _figures([s / seconds for s in shares], 100, "{:.0f}"),
            ),
        ]


def measure(what: str, calls: int, wait: int, rate: float, nice: int) -> list[tuple[str, object]]:
    with Standin() as test:
        web = WebServer(test)
        folder = Path(test.mktemp())
        folder.mkdir()
        path = f"{folder}/rpc"
        url = web.url(f"delay/{wait * 1000}/ok")
        turns = Path(__file__).with_name("turns.py")
        server = Served(test, SCRIPT, FOLDER=str(folder), URL=url, LIMIT=wait + ROOM, TURNS=str(turns))
        os.setpriority(os.PRIO_PROCESS, server.process.pid, nice)
        warm_up(server.port, path)
        before, open_before = server.memory(), files(server.process.pid)
        asker, asking = _started(ask, server.port, OPTIONS_EVERY)
        time.sleep(BEFORE)
        callers = Impatient(server.port, calls, rate)
        coming = Stretch(server, path)
        callers.place()
        at_once, peak = waiting(path), server.memory()
        coming.end()
        after = Stretch(server, path)
        since = time.monotonic()
        if what == "killed":
            web.stop()
        elif what == "cancelled":
            callers.cancel_all()
        callers.take_all(wait + 2 * ROOM)
        last = time.monotonic() - since
        after.end()
        time.sleep(AFTER)
        asking.send("stop")
        asked = asking.recv()
        asker.join()
        return [
            ("what becomes of the HTTP server", what),
            ("calls, of which waited at once", f"{calls}, {at_once}"),
            ("answers", dict(callers.statuses)),
            ("without an answer", calls - len(callers.waited)),
            ("the last one, after that (s)", f"{last:.2f}"),
            *coming.rows("while they come", asked),
            *after.rows(f"then {what}, until the last answer", asked),
            ("scripts that still wait", waiting(path)),
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
    parser.add_argument("--nice", type=int, default=0, help="the server's, from -20 to 19")
    given = parser.parse_args()
    for what in given.what:
        print(table(measure(what, given.calls, given.wait, given.rate, given.nice)), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
