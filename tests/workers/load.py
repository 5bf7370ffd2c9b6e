"""load: calls through a server with two workers, by callers who ask again: who is answered, and when."""

from __future__ import annotations

import select
import socket
import threading
import time
from typing import NamedTuple

from sipapp.workers.ownership import worker_of

WORKERS = 2
GRACE = 10.0  # s after the last call
REPEATS = (0.5, 1.5, 3.5, 7.5)  # s after the INVITE: RFC 3261, Timer A

SCRIPT = f"""
debug=0
children={WORKERS}
listen=udp:127.0.0.1:@PORT@
rpc_socket="@RPC@"
loadmodule "sl" loadmodule "tm" loadmodule "pv" loadmodule "textops" loadmodule "cfgutils"
request_route {{
    if (is_method("ACK")) {{ t_check_trans(); exit; }}
    t_newtran();
    usleep("200000");
    $du = "sip:127.0.0.1:@CALLEE@";
    t_relay();
}}
"""


def message(method: str, number: int, local: int, to: str = "<sip:bob@example.com>") -> bytes:
    """A request of caller `number`."""
    return (
        f"{method} sip:bob@127.0.0.1 SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP 127.0.0.1:{local};branch=z9hG4bKcall{number};rport\r\n"
        f"Max-Forwards: 70\r\nFrom: <sip:caller{number}@example.com>;tag=f{number}\r\nTo: {to}\r\n"
        f"Call-ID: call-{number}@127.0.0.1\r\nCSeq: 1 {method}\r\n"
        f"Contact: <sip:caller{number}@127.0.0.1:{local}>\r\nContent-Length: 0\r\n\r\n"
    ).encode()


class Call:
    """When it began, when it was answered, and what is still to be sent again."""

    def __init__(self, number: int, now: float) -> None:
        self.number = number
        self.worker = worker_of(b"call-%d@127.0.0.1" % number, WORKERS)
        self.began = now
        self.answered = 0.0
        self.again = [now + later for later in REPEATS]


class Kill(NamedTuple):
    """When a worker was killed."""

    worker: int
    at: float


class Load:
    """The callers, and the one callee that refuses all of them."""

    def __init__(self, port: int, callee: int) -> None:
        self.caller = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.caller.bind(("127.0.0.1", 0))
        self.caller.connect(("127.0.0.1", port))
        self.local = self.caller.getsockname()[1]
        self.callee = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.callee.bind(("127.0.0.1", callee))
        self.calls: list[Call] = []
        self.open: dict[int, Call] = {}
        self.stopped = False
        self.end = 0.0
        self._thread: threading.Thread | None = None

    def start(self, rate: float) -> None:
        """Begin to place so many calls a second."""
        self._thread = threading.Thread(target=self._run, args=(rate,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """No more calls; wait until all are answered, or GRACE is over."""
        self.stopped = True
        if self._thread is not None:
            self._thread.join()
            self._thread = None
            self.caller.close()
            self.callee.close()

    def around(self, kill: Kill, killed: bool) -> list[float]:
        """How long calls waited that were there at a kill or came within a second of it: those of the worker that was
        killed, or of the other one (s)."""
        return [
            (call.answered or self.end) - call.began
            for call in self.calls
            if call.began < kill.at + 1 and (call.answered or self.end) > kill.at
            if (call.worker == kill.worker) is killed
        ]

    def _run(self, rate: float) -> None:
        began = time.monotonic()
        stop = 0.0
        while not stop or (self.open and time.monotonic() < stop + GRACE):
            now = time.monotonic()
            if self.stopped:
                stop = stop or now
            elif now >= began + len(self.calls) / rate:
                self._call(now)
            for call in self.open.values():
                if call.again and now >= call.again[0]:
                    call.again.pop(0)
                    self._send("INVITE", call.number)
            self._receive(0.002)
        self.end = time.monotonic()

    def _call(self, now: float) -> None:
        call = Call(len(self.calls), now)
        self.calls.append(call)
        self.open[call.number] = call
        self._send("INVITE", call.number)

    def _send(self, method: str, number: int, to: str = "<sip:bob@example.com>") -> None:
        self.caller.send(message(method, number, self.local, to))

    def _receive(self, seconds: float) -> None:
        while ready := select.select([self.caller, self.callee], [], [], seconds)[0]:
            seconds = 0
            if self.callee in ready:
                self._refuse(*self.callee.recvfrom(65535))
            if self.caller in ready:
                self._answered(self.caller.recv(65535).decode())

    def _refuse(self, data: bytes, server: tuple[str, int]) -> None:
        lines = data.decode().split("\r\n")
        if lines[0].startswith("INVITE"):
            kept = [line for line in lines if line.startswith(("Via:", "From:", "Call-ID:", "CSeq:"))]
            to = next(line for line in lines if line.startswith("To:"))
            text = "\r\n".join(["SIP/2.0 486 Busy", *kept, f"{to};tag=c", "Content-Length: 0", "", ""])
            self.callee.sendto(text.encode(), server)

    def _answered(self, text: str) -> None:
        facts = dict(line.split(": ", 1) for line in text.split("\r\n")[1:] if ": " in line)
        number = int(facts["Call-ID"].split("@")[0].split("-")[1])
        if int(text.split()[1]) < 200:
            return  # whoever has said so may be dead by now: the INVITE is sent again all the same
        self._send("ACK", number, facts["To"])
        call = self.open.pop(number, None)
        if call is not None:
            call.answered = time.monotonic()
