"""What a transaction costs by itself, from its first message to its end: no network, no script, no timer that fires.

python -m pytest bench/bench_transaction.py --benchmark-columns=min,median
"""

from __future__ import annotations

from itertools import count
from typing import Any

from twisted.internet.task import Clock

from sipapp.ids import RandomIds
from sipapp.interfaces.transport import Flow, Socket
from sipapp.message.parse import parse
from sipapp.transaction.layer import TransactionLayer
from sipapp.transaction.wheel import Wheel

FLOW = Flow(Socket("udp", "192.0.2.100", 5060), "192.0.2.1", 5060)
HEAD = (
    b"From: <sip:alice@example.com>;tag=1\r\nTo: <sip:bob@example.com>%b\r\nCall-ID: %d@example.com\r\n"
    b"CSeq: 1 %b\r\nContent-Length: 0\r\n\r\n"
)


class Nobody:
    """A transport that swallows everything, and a user that wants nothing."""

    def send(self, data: bytes, flow: Any, failed: Any = None, flags: int = 0) -> None: ...
    def send_response(self, data: bytes, request: Any, failed: Any = None, flags: int = 0) -> None: ...
    def server_terminated(self, transaction: Any) -> None: ...
    def acknowledged(self, *_: Any) -> None: ...
    def server_transport_failed(self, *_: Any) -> None: ...
    def responded(self, transaction: Any, response: Any) -> None: ...
    def timed_out(self, transaction: Any) -> None: ...
    def client_transport_failed(self, *_: Any) -> None: ...
    def client_terminated(self, transaction: Any) -> None: ...


def layer() -> tuple[TransactionLayer, Clock, Any]:
    clock = Clock()
    nobody: Any = Nobody()
    return TransactionLayer(Wheel(clock), nobody, RandomIds()), clock, nobody


def request(method: bytes, number: int) -> Any:
    made = parse(
        b"%b sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK%d\r\n" % (method, number)
        + HEAD % (b"", number, method)
    )
    made.flow = FLOW
    return made


def response(method: bytes, status: int, number: int) -> Any:
    made = parse(
        b"SIP/2.0 %d OK\r\nVia: SIP/2.0/UDP 192.0.2.100;branch=z9hG4bK-%d\r\n" % (status, number)
        + HEAD % (b";tag=2", number, method)
    )
    made.flow = FLOW
    return made


def test_server(benchmark: Any) -> None:
    """An INVITE that comes twice, 180, 486, ACK; the messages are made before."""
    transactions, clock, user = layer()
    numbers = count()

    def messages() -> tuple[tuple[Any, ...], dict[str, Any]]:
        clock.advance(1.0)
        number = next(numbers)
        return (request(b"INVITE", number), request(b"INVITE", number), request(b"ACK", number)), {}

    def life(invite: Any, again: Any, ack: Any) -> None:
        transactions.receive_request(invite)
        server = transactions.server(invite, user)
        transactions.receive_request(again)
        server.respond(180, b"SIP/2.0 180 Ringing\r\n\r\n")
        server.respond(486, b"SIP/2.0 486 Busy Here\r\n\r\n")
        assert transactions.receive_request(ack)

    benchmark.pedantic(life, setup=messages, rounds=5000)


def test_client(benchmark: Any) -> None:
    """An INVITE that is sent, and gets 180 and 200."""
    transactions, clock, user = layer()
    numbers = count()

    def messages() -> tuple[tuple[Any, ...], dict[str, Any]]:
        clock.advance(1.0)
        number = next(numbers)
        return (request(b"INVITE", number), response(b"INVITE", 180, number), response(b"INVITE", 200, number)), {}

    def life(invite: Any, ringing: Any, ok: Any) -> None:
        branch = b"z9hG4bK-" + invite.via.branch.removeprefix(b"z9hG4bK")
        transactions.client(invite.raw, b"INVITE", branch, FLOW, user)
        assert transactions.receive_response(ringing)
        assert transactions.receive_response(ok)

    benchmark.pedantic(life, setup=messages, rounds=5000)
