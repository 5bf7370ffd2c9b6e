"""relay_sipp: calls through etc/app.cfg in a real server, SIPp at both ends; none may fail.

    python -m bench.relay_sipp [--calls 5000] [--rate 200] [--children 1] [udp tcp ...]
    python -m bench.relay_sipp --calls 3600000 --rate 2000 udp   # half an hour

Each call is INVITE, 180, 200, ACK, BYE, 200 along the Route set that record_route() makes. SIPp repeats what is lost
over UDP, as any telephone does: those are counted too. With several workers (`--children`) the processor time is that
of all processes. One with half of the calls wakes up for fewer messages at a time: compare at the same rate for each.
What lasts for minutes prints a line after each: the server's memory, how much its UDP socket has not read yet, and how
many datagrams the kernel has dropped there.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import time
from pathlib import Path

from bench.process import processor
from bench.table import table
from tests.served import Served, Standin, free_ports
from tests.sipp.sipp import MISSING, Sipp, callee, caller
from tests.sipp.test_app import app


def measure(proto: str, calls: int, rate: int, children: int = 1) -> list[tuple[str, object]]:
    """One run over one transport."""
    with Standin() as test:
        near, far = free_ports(2)
        server = app(test, f"{far};transport={proto}", children)
        before = server.memory()
        callees = callee(test, "uas_call", far, calls, proto)
        start, used = time.monotonic(), _processor(server)
        callers = caller(test, "uac_call", server.port, near, calls, proto, rate=rate, user="relay")
        longest = 60 + 2 * calls / rate
        held = _watch(server, callers)
        statuses = callers.wait(longest), callees.wait(longest)
        took = time.monotonic() - start
        return [
            ("transport, calls, a second, workers", f"{proto}, {calls}, {rate}, {children}"),
            ("took (s)", f"{took:.1f}"),
            ("caller: successful, failed, repeated", _counted(callers)),
            ("callee: successful, failed, repeated", _counted(callees)),
            ("exit statuses of SIPp", f"{statuses[0]} {statuses[1]}"),
            ("processor time of the server (ms a call)", f"{(_processor(server) - used) / calls * 1e3:.2f}"),
            ("memory (MB): before, after", f"{before / 1e6:.1f} {server.memory() / 1e6:.1f}"),
            ("memory (MB) after each minute", " ".join(f"{one / 1e6:.0f}" for one in held)),
            ("lines in its log", len(server.log.splitlines())),
        ]


def _watch(server: Served, callers: Sipp) -> list[int]:
    """The server's memory after each minute of the calls."""
    held: list[int] = []
    while True:
        try:
            callers.process.wait(60)
        except subprocess.TimeoutExpired:
            held.append(server.memory())
            unread, dropped = _queue(server.port)
            print(
                f"{len(held):3} min  {held[-1] / 1e6:6.1f} MB  {unread:7} bytes unread  {dropped} dropped", flush=True
            )
        else:
            return held


def _queue(port: int) -> tuple[int, int]:
    """Of the UDP socket of a port: the bytes that nobody has read yet, and the datagrams dropped so far."""
    for row in Path("/proc/net/udp").read_text().splitlines()[1:]:
        fields = row.split()
        if fields[1].endswith(f":{port:04X}"):
            return int(fields[4].split(":")[1], 16), int(fields[-1])
    return 0, 0


def _counted(party: Sipp) -> str:
    """The totals of SIPp's last screen."""
    screen = party.report()
    found = [re.findall(rf"{name}\s*\|[^|]*\|\s*(\d+)", screen) for name in ("Successful call", "Failed call")]
    rows = re.findall(r"(?:---->|<----).*", screen)  # after the arrow, far apart: messages, repeated ones
    repeated = sum(int(re.findall(r"\s{2,}(\d+)", row)[1]) for row in rows)
    return " ".join([*(one[-1] if one else "?" for one in found), str(repeated)])


def _processor(server: Served) -> float:
    """What the server and its workers have used so far (s)."""
    own = server.process.pid
    workers = Path(f"/proc/{own}/task/{own}/children").read_text().split()
    return sum(processor(pid) for pid in (own, *workers))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("proto", nargs="*", default=["udp", "tcp"])
    parser.add_argument("--calls", type=int, default=5000)
    parser.add_argument("--rate", type=int, default=200, help="calls a second")
    parser.add_argument("--children", type=int, default=1, help="worker processes")
    given = parser.parse_args()
    if MISSING:
        raise SystemExit(MISSING)
    for proto in given.proto:
        print(table(measure(proto, given.calls, given.rate, given.children)), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
