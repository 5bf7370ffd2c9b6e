"""helpers: a layer over a transport that keeps what is sent, with the time; a user that keeps what it is told."""

from __future__ import annotations

from typing import Any

from sipapp.errors import TransportError
from sipapp.ids import CountedIds
from sipapp.interfaces.transport import Flow, Socket
from sipapp.message.parse import parse
from sipapp.testing.clock import SteppingClock
from sipapp.transaction.layer import TransactionLayer
from sipapp.transaction.wheel import Wheel

UDP = Socket("udp", "192.0.2.1", 5060)
TCP = Socket("tcp", "192.0.2.1", 5060)
BRANCH = b"z9hG4bKours"


class Network:
    """A transport layer of memory."""

    def __init__(self, clock: SteppingClock) -> None:
        self._clock = clock
        self.sent: list[tuple[float, bytes]] = []  # (s, first word: a method or a status)
        self.data: list[bytes] = []
        self.broken = False
        self.failed: Any = None

    def send(self, data: bytes, flow: Flow, failed: Any = None, flags: int = 0) -> None:
        words = data.split(b" ")
        self.sent.append((round(self._clock.seconds(), 3), words[1] if words[0] == b"SIP/2.0" else words[0]))
        self.data.append(data)
        self.failed = failed
        if self.broken:
            failed(TransportError("the wire is cut", flow))

    def send_response(self, data: bytes, response_to: Any, failed: Any = None, flags: int = 0) -> None:
        self.send(data, response_to.flow, failed)


class User:
    """A transaction user of either kind."""

    def __init__(self, clock: SteppingClock) -> None:
        self.again: bytes | None = None  # the answer of last_response()
        self._clock = clock
        self.told: list[tuple[float, str, Any]] = []

    def _note(self, what: str, more: Any = None) -> None:
        self.told.append((round(self._clock.seconds(), 3), what, more))

    def responded(self, transaction: Any, response: Any) -> None:
        self._note("responded", response.status)

    def timed_out(self, transaction: Any) -> None:
        self._note("timed_out")

    def client_transport_failed(self, transaction: Any, error: TransportError) -> None:
        self._note("failed", str(error))

    def client_terminated(self, transaction: Any) -> None:
        self._note("terminated")

    def acknowledged(self, transaction: Any, ack: Any) -> None:
        self._note("acknowledged", ack.method)

    def not_acknowledged(self, transaction: Any) -> None:
        self._note("not_acknowledged")

    def server_transport_failed(self, transaction: Any, error: TransportError) -> None:
        self._note("failed", str(error))

    def last_response(self) -> bytes | None:
        return self.again

    def server_terminated(self, transaction: Any) -> None:
        self._note("terminated")


class World:
    """Clock, network, layer and user."""

    def __init__(self) -> None:
        self.clock = SteppingClock()
        self.network = Network(self.clock)
        self.wheel = Wheel(self.clock)
        network: Any = self.network
        self.layer = TransactionLayer(self.wheel, network, CountedIds())
        self.user = User(self.clock)

    @property
    def sent(self) -> list[tuple[float, bytes]]:
        return self.network.sent

    @property
    def told(self) -> list[tuple[float, str, Any]]:
        return self.user.told

    def client(self, method: str = "INVITE", socket: Socket = UDP, **timers: float) -> Any:
        data = request(method, via=f"SIP/2.0/UDP 192.0.2.1;branch={BRANCH.decode()}").raw
        return self.layer.client(data, method.encode(), BRANCH, Flow(socket, "192.0.2.66", 5060), self.user, **timers)

    def server(self, method: str = "INVITE", socket: Socket = UDP) -> Any:
        return self.layer.server(request(method, socket=socket), self.user)

    def receive(self, status: int, method: str = "INVITE", branch: bytes = BRANCH) -> bool:
        return self.layer.receive_response(response(status, method, branch))


def request(
    method: str = "INVITE",
    via: str = "SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKa",
    uri: str = "sip:bob@example.com",
    to: str = "",
    from_tag: str = "f1",
    call_id: str = "call@example.com",
    cseq: int = 1,
    socket: Socket = UDP,
) -> Any:
    """A request from 192.0.2.9:5070."""
    message = parse(
        f"{method} {uri} SIP/2.0\r\n"
        f"Via: {via}\r\n"
        "Max-Forwards: 70\r\n"
        f"From: <sip:alice@example.com>;tag={from_tag}\r\n"
        f"To: <sip:bob@example.com>{to}\r\n"
        f"Call-ID: {call_id}\r\n"
        f"CSeq: {cseq} {method}\r\n"
        "Content-Length: 0\r\n\r\n".encode()
    )
    message.flow = Flow(socket, "192.0.2.9", 5070)
    return message


def response(status: int, method: str = "INVITE", branch: bytes = BRANCH, call_id: str = "call@example.com") -> Any:
    """A response from 192.0.2.66:5060 to what `World.client` sent."""
    message = parse(
        f"SIP/2.0 {status} Because\r\n"
        f"Via: SIP/2.0/UDP 192.0.2.1;branch={branch.decode()}\r\n"
        "From: <sip:alice@example.com>;tag=f1\r\n"
        "To: <sip:bob@example.com>;tag=t1\r\n"
        f"Call-ID: {call_id}\r\n"
        f"CSeq: 1 {method}\r\n"
        "Content-Length: 0\r\n\r\n".encode()
    )
    message.flow = Flow(UDP, "192.0.2.66", 5060)
    return message
