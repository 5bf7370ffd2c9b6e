"""registrations: what a REGISTER costs two servers that share their registrations, and what a start with them.

    python -m bench.registrations [--users 20000] [--store redis|lmdb|memory]

Users register with the first server, `WINDOW` at a time, then all of them once more. Printed are, per REGISTER: the
processor time of the server that was asked, of the other one (which learns of it), and of Redis; the memory that a user
takes at each; and how long a server that is started then takes until it listens, and its processor time for that.
Nobody else may use the machine meanwhile; the client has a core of its own.
"""

from __future__ import annotations

import argparse
import os
import socket
import time

from bench.process import processor
from bench.table import table
from tests.integration.redis import Redis
from tests.served import Served, Standin

WINDOW = 50

SCRIPT = """
debug=0
store="@STORE@"
listen=udp:127.0.0.1:@PORT@
loadmodule "sl" loadmodule "pv" loadmodule "usrloc" loadmodule "registrar"
request_route { save("location"); }
"""


def register(port: int, users: int, cseq: int) -> float:
    """Register so many users, each once; how long it took (s). Raises TimeoutError: an answer is missing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phones:
        phones.connect(("127.0.0.1", port))
        phones.settimeout(10)
        here = f"127.0.0.1:{phones.getsockname()[1]}"
        began = time.monotonic()
        for number in range(users + WINDOW):
            if number < users:
                phones.send(_request(here, number, cseq))
            if number >= WINDOW:
                answer = phones.recv(4096)
                assert answer.startswith(b"SIP/2.0 200"), answer
        return time.monotonic() - began


def _request(here: str, number: int, cseq: int) -> bytes:
    return (
        f"REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK{number}-{cseq};rport\r\n"
        f"Max-Forwards: 70\r\nFrom: <sip:user{number}@example.com>;tag={number}\r\n"
        f"To: <sip:user{number}@example.com>\r\nCall-ID: {number}@example.com\r\nCSeq: {cseq} REGISTER\r\n"
        f"Contact: <sip:user{number}@{here}>;expires=3600\r\nUser-Agent: bench\r\nContent-Length: 0\r\n\r\n"
    ).encode()


def measure(users: int, kind: str) -> list[tuple[str, object]]:
    with Standin() as holder:
        processes: dict[str, int] = {}
        store = "memory:"
        if kind == "redis":
            redis = Redis(holder)
            assert redis._process is not None
            processes["Redis"] = redis._process.pid
            store = f"redis://127.0.0.1:{redis.port}"
        elif kind == "lmdb":
            store = f"lmdb:/dev/shm/sipapp-bench-{os.getpid()}"
        servers = [Served(holder, SCRIPT, STORE=store) for _ in range(1 if kind == "memory" else 2)]
        for name, server in zip(("the server asked", "the other server"), servers, strict=False):
            processes[name] = server.process.pid
        held = [server.memory() for server in servers]
        rows: list[tuple[str, object]] = [("users, store", f"{users}, {kind}")]
        for what, cseq in (("new", 1), ("again", 2)):
            before = {name: processor(pid) for name, pid in processes.items()}
            took = register(servers[0].port, users, cseq)
            rows.append((f"{what}: a second", f"{users / took:.0f}"))
            time.sleep(1)
            for name, pid in processes.items():
                rows.append((f"{what}: {name} (µs)", f"{(processor(pid) - before[name]) / users * 1e6:.0f}"))
        for server, size in zip(servers, held, strict=True):
            rows.append(("memory (bytes a user)", f"{(server.memory() - size) / users:.0f}"))
        if kind != "memory":
            began = time.monotonic()
            third = Served(holder, SCRIPT, STORE=store)
            rows.append(("a third server listens after (s)", f"{time.monotonic() - began:.1f}"))
            rows.append(("its processor time (s)", f"{processor(third.process.pid):.1f}"))
        return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=20000)
    parser.add_argument("--store", choices=("redis", "lmdb", "memory"), default="redis")
    given = parser.parse_args()
    print(table(measure(given.users, given.store)))


if __name__ == "__main__":
    main()
