"""What several tests of the transport layer need."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from zope.interface import implementer

from sipapp.errors import Position, TransportError
from sipapp.interfaces.transport import Failed, Flow, IMessageReceiver, ISender


@dataclass
class Listen:
    """A listen= line, as the parser makes it."""

    proto: str | None
    host: str
    port: int | None = None
    advertise_host: str | None = None
    advertise_port: int | None = None
    name: str | None = None
    virtual: bool = False
    at: Position = field(default_factory=lambda: Position("app.cfg", 3, 1))


@dataclass
class Alias:
    """An alias= line."""

    proto: str | None
    host: str
    port: int | None = None


@implementer(IMessageReceiver)
class Receiver:
    """Keeps what the transport layer hands up."""

    def __init__(self) -> None:
        self.requests: list[Any] = []
        self.responses: list[Any] = []
        self.malformed: list[tuple[bytes, Flow, Exception]] = []
        self.lost: list[Flow] = []

    def request_received(self, request: Any) -> None:
        self.requests.append(request)

    def response_received(self, response: Any) -> None:
        self.responses.append(response)

    def parse_failed(self, data: bytes, flow: Flow, error: Exception) -> None:
        self.malformed.append((data, flow, error))

    def connection_lost(self, flow: Flow) -> None:
        self.lost.append(flow)


@implementer(ISender)
class Sender:
    """Keeps what is to be sent; `streams` are the flows that it has open, by (host, port)."""

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, str, int]] = []
        self.flags: list[int] = []
        self.streams: dict[tuple[str, int], Flow] = {}
        self.refuse = ""

    def send(self, data: bytes, flow: Flow, failed: Failed | None = None, flags: int = 0) -> None:
        if self.refuse and failed is not None:
            failed(TransportError(self.refuse, flow))
            return
        self.sent.append((data, flow.host, flow.port))
        self.flags.append(flags)

    def flow_to(self, host: str, port: int) -> Flow | None:
        return self.streams.get((host, port))

    def close(self) -> None:
        return None


def request(
    method: bytes = b"OPTIONS",
    via: bytes = b"SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1",
    length: bytes = b"0",
    body: bytes = b"",
) -> bytes:
    """A small request."""
    return (
        b"%b sip:bob@example.com SIP/2.0\r\n"
        b"Via: %b\r\n"
        b"From: <sip:alice@example.com>;tag=1\r\n"
        b"To: <sip:bob@example.com>\r\n"
        b"Call-ID: 1@192.0.2.1\r\n"
        b"CSeq: 1 %b\r\n"
        b"Content-Length: %b\r\n\r\n%b" % (method, via, method, length, body)
    )


def response(*vias: bytes, status: bytes = b"200 OK") -> bytes:
    """A small response with these Via values, a header field each."""
    return (
        b"SIP/2.0 %b\r\n" % status
        + b"".join(b"Via: %b\r\n" % via for via in vias)
        + b"From: <sip:alice@example.com>;tag=1\r\n"
        b"To: <sip:bob@example.com>;tag=2\r\n"
        b"Call-ID: 1@192.0.2.1\r\n"
        b"CSeq: 1 OPTIONS\r\n"
        b"Content-Length: 0\r\n\r\n"
    )
