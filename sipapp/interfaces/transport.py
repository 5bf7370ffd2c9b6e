# -*- test-case-name: tests.interfaces.test_transport -*-
"""transport: sockets, targets and flows, and what the transport layer does with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, NamedTuple

from zope.interface import Attribute, Interface

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred

    from sipapp.errors import TransportError
    from sipapp.message.request import Request
    from sipapp.message.response import Response
    from sipapp.message.uri import Uri


class Socket:
    """One address that we listen on. The texts that headers and variables want are made once."""

    __slots__ = (
        "address",
        "advertised_host",
        "advertised_port",
        "family",
        "host",
        "host_bytes",
        "name",
        "port",
        "proto",
        "reliable",
        "sent_by",
        "text",
        "via",
        "virtual",
    )

    def __init__(
        self,
        proto: str,
        host: str,
        port: int,
        advertised_host: str | None = None,
        advertised_port: int | None = None,
        name: str = "",
        virtual: bool = False,
    ) -> None:
        self.proto = proto  # "udp", "tcp", "tls", "ws", "wss"
        self.host = host  # without brackets
        self.port = port
        self.family = 6 if ":" in host else 4
        self.reliable = proto != "udp"
        self.name = name
        self.virtual = virtual
        self.address = (host, port)
        self.advertised_host = advertised_host or host
        self.advertised_port = advertised_port or port
        self.host_bytes = _bracketed(host).encode()
        self.text = f"{proto}:{_bracketed(host)}:{port}".encode()  # udp:192.0.2.1:5060
        sent_by = _bracketed(self.advertised_host)
        if self.advertised_port != 5060 or advertised_port:
            sent_by += f":{self.advertised_port}"
        self.sent_by = sent_by.encode()
        self.via = f"SIP/2.0/{proto.upper()} {sent_by};branch=".encode()

    def __repr__(self) -> str:
        return f"<Socket {self.text.decode()}>"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


class Target(NamedTuple):
    """Where a message may be sent: one result of RFC 3263. `host` is an address, without brackets."""

    proto: str
    host: str
    port: int


class Flow:
    """Where a message came from, or goes to: a socket of ours, the peer's address and, for a stream, the connection.

    RFC 5626 §3. `connection` is None for UDP, and for a stream until something has been sent on it; else it has an
    `id` (an int, $conid), `closed`, and `ended` ("closed", "timeout" or "reset" once it is).
    """

    __slots__ = ("connection", "host", "port", "socket")

    def __init__(self, socket: Socket, host: str, port: int, connection: Any = None) -> None:
        self.socket = socket
        self.host = host
        self.port = port
        self.connection = connection

    @property
    def reliable(self) -> bool:
        return self.socket.reliable

    @property
    def via_mark(self) -> bytes:
        """The `i` parameter for the Via of a request that came in on this flow: `;i=` and the stream's number, the
        lowest hexadecimal digit first; b"" for datagrams. The response finds the stream by it."""
        connection = self.connection
        return b"" if connection is None else b";i=" + (b"%x" % connection.id)[::-1]

    def __repr__(self) -> str:
        return f"<Flow {self.socket.text.decode()} {self.host}:{self.port}>"


Failed = Callable[["TransportError"], None]

# What `send()` may be told, as a sum.
NO_CONNECT = 1  # by an open stream or not at all
CLOSE = 2  # close the stream once this is sent

Myself = Callable[[str, int, str | None], bool]

Filter = Callable[[bytes, Flow], bytes]
"""What a message goes on as: (bytes, flow) -> bytes, the same where nothing is changed, b"" for one that is dropped."""


class ISender(Interface):
    """Sends for one socket of ours: a UDP socket, the streams of a listening socket, or a network made of memory."""

    def send(data: bytes, flow: Flow, failed: Failed | None = None, flags: int = 0) -> None:
        """As ITransportLayer.send."""

    def flow_to(host: str, port: int) -> Flow | None:
        """The flow of an open stream to this peer; None where there is none, and for datagrams."""

    def close() -> Deferred[None] | None:
        """Stop: no more messages come in, what waits is given up."""


class ITransportLayer(Interface):
    """RFC 3261 §18: bytes in and out, next hop and socket."""

    sockets: list[Socket] = Attribute("every socket that we listen on, in the order of the script; known after bind()")
    connections: Any = Attribute("all streams: `by_id($conid)`, `find(proto, host, port)`, iteration, len()")
    settings: Any = Attribute("the core parameters that it obeys, by name; they may be changed while it runs")

    def together() -> AbstractContextManager[None]:
        """Datagrams that are sent within it leave with one call to the kernel, at its end."""

    def bind() -> None:
        """Take every place that the script says to listen on; nothing is read yet. Raises ConfigErrors."""

    def listen() -> None:
        """Begin to read; binds first where that has not been done. Raises ConfigErrors."""

    def close() -> Deferred[None]:
        """Close everything."""

    def figures() -> dict[str, int]:
        """What went through and what did not: counters by name, those of TCP under Kamailio's names."""

    def send(data: bytes, flow: Flow, failed: Failed | None = None, flags: int = 0) -> None:
        """Send one message; never blocks. A stream not open yet keeps it until it is.

        `failed` is called, at once or later, if the bytes could not be handed to the network.
        """

    def send_response(data: bytes, response_to: Request, failed: Failed | None = None, flags: int = 0) -> None:
        """Send a response of ours to where its request came from. RFC 3261 §18.2.2, RFC 3581 §4."""

    def forward_response(data: bytes, response: Response, failed: Failed | None = None, flags: int = 0) -> None:
        """Send a response on by its second Via, the one that `data` has on top. RFC 3261 §18.2.2."""

    def flow(target: Target, socket: Socket | None = None, received_on: Socket | None = None) -> Flow:
        """The flow to a target: by the given socket, else by the one that fits the target's protocol and family
        (the one that received the request, else the kernel's choice under mhomed, else the first).

        Raises TransportError: there is no such socket.
        """

    def resolve(uri: Uri, proto: str | None = None) -> list[Target] | Deferred[list[Target]]:
        """The targets of a next hop, best first. RFC 3263 §4.

        At once where that can be known (an address, a name in the cache): a list, or TransportError is raised.
        Else a Deferred, which may be cancelled, of the list; it fails with TransportError when there is none.
        """

    def way(uri: bytes, socket: Socket | None = None, received_on: Socket | None = None) -> Flow | None:
        """What `resolve` and `flow` say, in one step, of a sip: URI that has an address and nothing behind it; None for
        any other, and where there is no socket."""

    def find_socket(proto: str | None, host: str, port: int | None) -> Socket | None:
        """The socket of ours with this address; None for a wrong one."""

    def is_myself(host: bytes, port: int = 0, proto: str | None = None) -> bool:
        """Whether this is one of our addresses or aliases; port 0 fits any."""

    def add_alias(host: bytes, port: int = 0, proto: str | None = None) -> None:
        """One more name of ours."""

    def add_myself_check(check: Myself) -> None:
        """Ask this as well, with (host, port, protocol), before a host is called foreign."""

    def aliases() -> list[tuple[str, int, str | None]]:
        """All further names of ours, as (host, port or 0, protocol or None)."""

    def add_filter(received: Filter | None = None, sending: Filter | None = None) -> None:
        """Show every message that comes in, or goes out, to this first; it may change it."""

    def add_dns_record(
        kind: str, name: str, address: str, ttl: float | None, priority: int = 0, weight: int = 0, port: int = 0
    ) -> None:
        """Know a DNS record (A, AAAA or SRV, whose target `address` is) for `ttl` s, None for ever."""

    def lookup(kind: str, name: str) -> tuple[Any, ...] | Deferred[tuple[Any, ...]]:
        """The DNS records of a kind ("A", "AAAA", "SRV", "NAPTR", "PTR"), none for a name that does not exist: texts,
        or what has the fields of such a record. At once where the cache has them; a Deferred may be cancelled, and
        fails with TransportError where no server answers."""

    def set_dns_ttl(seconds: int) -> None:
        """Keep every DNS answer for so long from now on; 0: as long as it says itself."""

    def add_connection_alias(flow: Flow, port: int) -> bool:
        """Send to this port of the peer over the stream of `flow`; false where it has none or another stream
        has that port already. RFC 5923."""


class IMessageReceiver(Interface):
    """What the transport layer hands messages to: sipapp.routing."""

    def request_received(request: Request) -> None:
        """A request, its flow and received_at set, its top Via marked (§18.2.1)."""

    def response_received(response: Response) -> None:
        """A response."""

    def parse_failed(data: bytes, flow: Flow, error: Exception) -> None:
        """Bytes that are no message."""

    def connection_lost(flow: Flow) -> None:
        """A stream has ended; nothing more can be sent on it."""


Sockets = Iterable[Socket]
