"""killed: one of two workers is killed (SIGKILL) again and again while calls come; no call of the other one may suffer.

    python -m bench.killed [--rate 100] [--kills 10] [--pause 2.5]

Each call is an INVITE that waits 0.2 s in the script, is relayed, and refused by its callee with 486; an INVITE without
an answer is sent again, as any telephone does. The workers are killed in turn, `pause` s after the last one is back.
Printed: calls, and those without a final answer; the longest wait of calls of the worker that was killed, and of the
other one's, among those that were there at a kill or came within a second of it; how soon the worker is back.
"""

from __future__ import annotations

import argparse
import os
import signal
import tempfile
import time
from pathlib import Path

from bench.table import table
from sipapp.rpc.client import ask
from tests.served import Served, Standin, free_ports
from tests.workers.load import SCRIPT, WORKERS, Kill, Load


def measure(rate: float, kills: int, pause: float) -> list[tuple[str, object]]:
    with Standin() as holder:
        path = str(Path(holder.enter_context(tempfile.TemporaryDirectory())) / "rpc")
        port, callee = free_ports(2)
        server = Served(holder, SCRIPT, PORT=port, RPC=path, CALLEE=callee)
        load = Load(port, callee)
        load.start(rate)
        time.sleep(pause)
        done, back = [], []
        for number in range(kills):
            worker = number % WORKERS + 1
            rows = ask(path, "core.psx")
            os.kill(next(row["PID"] for row in rows if row.get("worker") == worker), signal.SIGKILL)
            done.append(Kill(worker, time.monotonic()))
            server.wait_for("serves again", times=number + 1)
            back.append(time.monotonic() - done[-1].at)
            time.sleep(pause)
        load.stop()
        hit = [wait for kill in done for wait in load.around(kill, killed=True)]
        others = [wait for kill in done for wait in load.around(kill, killed=False)]
        return [
            ("kills", len(done)),
            ("calls, without a final answer", f"{len(load.calls)}, {len(load.open)}"),
            ("longest wait of a call of the worker killed", f"{max(hit):.2f} s of {len(hit)} calls"),
            ("longest wait of a call of the other worker", f"{max(others):.2f} s of {len(others)} calls"),
            ("the worker is back after", f"{min(back):.2f} to {max(back):.2f} s"),
            ("tracebacks in the log", server.log.count("Traceback")),
        ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=100.0)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--pause", type=float, default=2.5)
    given = parser.parse_args()
    print(table(measure(given.rate, given.kills, given.pause)))


if __name__ == "__main__":
    main()
