"""suspended: many INVITEs wait in a real server, and others are served meanwhile.

    python -m bench.suspended [--calls 20000] [--wait 10] [--rate 2500]

Callers send one INVITE each over UDP (`rate` a second); each waits in the script for `wait` seconds, is then answered
with 404 and acknowledges that. All the while somebody else sends an OPTIONS every 50 ms. Nobody sends anything again:
a message that is lost shows as a call without an answer.
"""

from __future__ import annotations

import argparse
import multiprocessing
import select
import socket
import struct
import time
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from bench.table import table
from tests.served import Served, Standin

SCRIPT = """
debug=-1
listen=udp:127.0.0.1:@PORT@
loadmodule "sl" loadmodule "tm" loadmodule "pv" loadmodule "textops" loadmodule "async"
request_route {
    if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
    if (is_method("ACK")) { t_check_trans(); exit; }
    async_sleep("@WAIT@");
    send_reply("404", "Not Found");
}
"""

OPTIONS_EVERY = 0.05  # s
BEFORE = 1.0  # s of OPTIONS before the first call
AFTER = 12.0  # s of OPTIONS after the last: until its transaction is forgotten
BUFFER = 4 << 20  # bytes
MEMORY_EVERY = 0.25  # s
LATEST = 2.0  # s: a response that takes longer never comes
SO_TIMESTAMPNS = 35  # Linux; Python has no name for it


def endpoint(port: int) -> socket.socket:
    """A UDP socket connected to the server."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    made.bind(("127.0.0.1", 0))
    made.connect(("127.0.0.1", port))
    return made


def message(method: str, number: int, local: int, to: str = "<sip:bob@example.com>") -> bytes:
    """A request of caller `number`; an ACK has the branch of its INVITE."""
    kind = "INVITE" if method == "ACK" else method
    return (
        f"{method} sip:bob@127.0.0.1 SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP 127.0.0.1:{local};branch=z9hG4bK{kind}{number};rport\r\n"
        f"Max-Forwards: 70\r\nFrom: <sip:caller{number}@example.com>;tag=f{number}\r\nTo: {to}\r\n"
        f"Call-ID: {kind}-{number}@127.0.0.1\r\nCSeq: 1 {method}\r\n"
        f"Contact: <sip:caller{number}@127.0.0.1:{local}>\r\nContent-Length: 0\r\n\r\n"
    ).encode()


class Callers:
    """All callers, at one socket."""

    def __init__(self, port: int, calls: int, rate: float) -> None:
        self.socket = endpoint(port)
        self.local = self.socket.getsockname()[1]
        self.socket.setblocking(False)
        self.calls = calls
        self.rate = rate
        self.sent: list[float] = []
        self.waited: dict[int, float] = {}  # caller -> s until its final response
        self.others = 0  # final responses that are not 404

    def place(self) -> None:
        """Place the calls, `rate` a second, and take what comes meanwhile."""
        start = time.monotonic()
        while len(self.sent) < self.calls:
            due = min(self.calls, int((time.monotonic() - start) * self.rate) + 1)
            while len(self.sent) < due:
                self.sent.append(time.monotonic())
                self.socket.send(message("INVITE", len(self.sent) - 1, self.local))
            self.take()

    def take_all(self, longest: float) -> None:
        """Take what comes until all have been answered, or for `longest` seconds."""
        end = time.monotonic() + longest
        while len(self.waited) < self.calls and time.monotonic() < end:
            self.take()

    def take(self) -> None:
        """What has come, or comes soon."""
        if not select.select([self.socket], [], [], 0.002)[0]:
            return
        for _ in range(50):
            try:
                data = self.socket.recv(65535)
            except BlockingIOError:
                return
            self._answered(data)

    def _answered(self, data: bytes) -> None:
        if data.startswith(b"SIP/2.0 1"):
            return
        at = data.index(b"INVITE-") + 7
        number = int(data[at : data.index(b"@", at)])
        to = data[(begin := data.index(b"\r\nTo: ") + 6) : data.index(b"\r\n", begin)]
        self.socket.send(message("ACK", number, self.local, to.decode()))
        if number not in self.waited:
            self.waited[number] = time.monotonic() - self.sent[number]
            self.others += not data.startswith(b"SIP/2.0 404")


class Asked(NamedTuple):
    """One OPTIONS: when it was sent (s of time.time), how long its response took (s); None: it never came."""

    sent: float
    took: float | None


def ask(port: int, every: float, pipe: Connection) -> None:
    """Send an OPTIONS every so many seconds, answered or not, until told to stop; tell of each.

    What counts is when the kernel had the response: that we have no processor then is not the server's fault.
    """
    asker = endpoint(port)
    asker.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    local = asker.getsockname()[1]
    sent: list[float] = []
    came: dict[int, float] = {}
    due = time.monotonic()
    while not pipe.poll():
        if select.select([asker], [], [], max(0.0, due - time.monotonic()))[0]:
            _note(asker, came)
            continue
        sent.append(time.time())
        asker.send(message("OPTIONS", len(sent) - 1, local))
        due = max(due + every, time.monotonic())
    time.sleep(LATEST)
    while select.select([asker], [], [], 0)[0]:
        _note(asker, came)
    pipe.send([Asked(at, came[number] - at if number in came else None) for number, at in enumerate(sent)])


def _note(asker: socket.socket, came: dict[int, float]) -> None:
    data, ancillary, _, _ = asker.recvmsg(65535, 64)
    at = data.index(b"OPTIONS-") + 8
    seconds, nanoseconds = struct.unpack("qq", ancillary[0][2])
    came[int(data[at : data.index(b"@", at)])] = seconds + nanoseconds / 1e9


def place(port: int, calls: int, rate: float, longest: float, pipe: Connection) -> None:
    """The callers' process."""
    callers = Callers(port, calls, rate)
    callers.place()
    callers.take_all(longest)
    pipe.send((sorted(callers.waited.values()), callers.others))


def percentile(values: list[float], share: float) -> float:
    """The least of them that this share of them do not exceed; sorted values."""
    return values[min(len(values) - 1, int(share * len(values)))]


def measure(calls: int, wait: int, rate: float) -> list[tuple[str, object]]:
    """One run."""
    with Standin() as test:
        server = Served(test, SCRIPT, WAIT=wait)
        before = server.memory()
        asker, asked = _started(ask, server.port, OPTIONS_EVERY)
        time.sleep(BEFORE)
        caller, called = _started(place, server.port, calls, rate, wait + 20.0)
        peak = before
        while not called.poll(MEMORY_EVERY):
            peak = max(peak, server.memory())
        waited, others = called.recv()
        caller.join()
        time.sleep(AFTER)
        asked.send("stop")
        took = [one.took for one in asked.recv()]
        asker.join()
        after = server.memory()
        answered = sorted(t for t in took if t is not None)
    return [
        ("calls, each suspended (s)", f"{calls}, {wait}, {rate:.0f} a second"),
        ("answered with 404", f"{len(waited) - others}"),
        ("lost, or answered otherwise", f"{calls - len(waited)}, {others}"),
        ("answered after (s): first, median, last", _figures(waited, 1, "{:.3f}")),
        ("OPTIONS meanwhile, unanswered", f"{len(took)}, {len(took) - len(answered)}"),
        ("answered after (ms): median, p95, p99, max", _figures(answered, 1000, "{:.1f}", (0.5, 0.95, 0.99, 1.0))),
        ("memory (MB): before, peak, after", f"{before / 1e6:.1f} {peak / 1e6:.1f} {after / 1e6:.1f}"),
        ("memory of one call (kB)", f"{(peak - before) / calls / 1e3:.2f}"),
    ]


def _figures(values: list[float], unit: float, form: str, shares: tuple[float, ...] = (0.0, 0.5, 1.0)) -> str:
    return " ".join(form.format(percentile(values, share) * unit) for share in shares) if values else "-"


def _started(target: Any, *arguments: Any) -> tuple[multiprocessing.Process, Connection]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=target, args=(*arguments, theirs), daemon=True)
    process.start()
    return process, ours


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=20000)
    parser.add_argument("--wait", type=int, default=10, help="s")
    parser.add_argument("--rate", type=float, default=2500.0, help="calls a second")
    given = parser.parse_args()
    print(table(measure(given.calls, given.wait, given.rate)))


if __name__ == "__main__":
    main()
