"""bench_udp: what one datagram costs in CPU: received, received and parsed, sent, echoed under the reactor.

    python bench/bench_udp.py [DATAGRAMS]

Loopback; the peer of the echo is another process, whose time is not counted. One line per figure, in µs.
"""

from __future__ import annotations

import multiprocessing
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

from sipapp.interfaces.transport import Flow, Socket
from sipapp.transport.counters import Counters
from sipapp.transport.layer import TransportLayer
from sipapp.transport.udp import UdpPort

MESSAGE = (
    b"INVITE sip:bob@example.com SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKnashds8;rport\r\n"
    b"Max-Forwards: 70\r\n"
    b"From: Alice <sip:alice@example.com>;tag=1928301774\r\n"
    b"To: Bob <sip:bob@example.com>\r\n"
    b"Call-ID: a84b4c76e66710@192.0.2.1\r\n"
    b"CSeq: 314159 INVITE\r\n"
    b"Contact: <sip:alice@192.0.2.1:5060>\r\n"
    b"Content-Type: application/sdp\r\n"
    b"Content-Length: 400\r\n\r\n" + b"a=x\r\n" * 80
)
BURST = 500  # datagrams that surely fit into a socket's buffer


class Idle:
    """A reactor and a receiver for what is measured without either."""

    def addReader(self, reader: Any) -> None: ...
    def addWriter(self, writer: Any) -> None: ...
    def request_received(self, request: Any) -> None: ...

    seconds = staticmethod(time.time)


def bound() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", 0))
    made.setblocking(False)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    return made


def received(count: int, receive: Callable[[bytes, Flow], None]) -> float:
    """µs of CPU per datagram in doRead, `receive` included."""
    sock, peer = bound(), bound()
    port = UdpPort(sock, Socket("udp", "127.0.0.1", 5060), receive, Idle(), Counters())
    spent, done = 0.0, 0
    while done < count:
        for _ in range(BURST):
            peer.sendto(MESSAGE, sock.getsockname())
        began = time.process_time()
        for _ in range(BURST // 64 + 1):
            port.doRead()
        spent += time.process_time() - began
        done += BURST
    return spent / done * 1e6


def sent(count: int) -> float:
    """µs of CPU per datagram in send(); the receiving socket drops what it has no room for."""
    sock, peer = bound(), bound()
    address = Socket("udp", "127.0.0.1", 5060)
    port = UdpPort(sock, address, lambda data, flow: None, Idle(), Counters())
    flow = Flow(address, *peer.getsockname())
    began = time.process_time()
    for _ in range(count):
        port.send(MESSAGE, flow)
    return (time.process_time() - began) / count * 1e6


def echoed(count: int) -> float:
    """µs of CPU per datagram received and sent back under the reactor, 50 under way at a time."""
    from twisted.internet import reactor

    sock = bound()
    address = Socket("udp", "127.0.0.1", 5060)
    port = UdpPort(sock, address, lambda data, flow: port.send(data, flow), reactor, Counters())
    port.start()
    peer = multiprocessing.Process(target=client, args=(sock.getsockname(), count))
    peer.start()
    began = 0.0

    def look() -> None:
        if peer.is_alive():
            reactor.callLater(0.05, look)
        else:
            reactor.stop()

    def start() -> None:
        nonlocal began
        began = time.process_time()
        look()

    reactor.callWhenRunning(start)
    reactor.run()
    return (time.process_time() - began) / count * 1e6


def client(address: tuple[str, int], count: int) -> None:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.settimeout(1)
    for _ in range(50):
        sock.sendto(MESSAGE, address)
    for _ in range(count - 50):
        sock.recv(65535)
        sock.sendto(MESSAGE, address)
    for _ in range(50):
        sock.recv(65535)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20000
    idle = Idle()
    layer = TransportLayer(idle, idle)
    figures = {
        "received": received(count, lambda data, flow: None),
        "received and parsed": received(count, layer.receive),
        "sent": sent(count),
        "echoed": echoed(count),
    }
    for name, cost in figures.items():
        sys.stdout.write(f"{name:20} {cost:6.2f} µs\n")


if __name__ == "__main__":
    main()
