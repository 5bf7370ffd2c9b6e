"""stage: as much of a server as a module's functions look at, for tests of one module by itself."""

from __future__ import annotations

from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

from twisted.internet.task import Clock

from sipapp.errors import LocalError
from sipapp.interfaces.transport import Flow, Socket
from sipapp.message.draft import Draft
from sipapp.message.parse import parse
from sipapp.module import Context, RouteType
from sipapp.module.registry import Registry
from sipapp.statistics import Statistics
from sipapp.transaction.wheel import Wheel

UDP = Socket("udp", "192.0.2.1", 5060)
UDP_5080 = Socket("udp", "192.0.2.1", 5080, name="side")
TCP = Socket("tcp", "192.0.2.1", 5060)

REQUEST = (
    "{method} {uri} SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKa\r\n"
    "Max-Forwards: 70\r\n"
    "From: <sip:alice@example.com>;tag=from1\r\n"
    "To: <sip:bob@example.com>{to}\r\n"
    "Call-ID: call@example.com\r\n"
    "CSeq: 1 {method}\r\n"
    "{more}"
    "Content-Length: 0\r\n\r\n"
)

RESPONSE = (
    "SIP/2.0 {status}\r\n"
    "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKours\r\n"
    "{via}"
    "From: <sip:alice@example.com>;tag=from1\r\n"
    "To: <sip:bob@example.com>;tag=to1\r\n"
    "Call-ID: call@example.com\r\n"
    "CSeq: 1 INVITE\r\n"
    "{more}"
    "Content-Length: 0\r\n\r\n"
)


class Transport:
    """Keeps what is sent; knows its sockets and their addresses."""

    def __init__(self, *sockets: Socket) -> None:
        self.sockets = list(sockets)
        self.sent: list[Any] = []
        self.flags: list[int] = []
        self.names: set[bytes] = set()

    def send(self, data: bytes, flow: Flow, failed: Any = None, flags: int = 0) -> None:
        self.sent.append((data, flow))
        self.flags.append(flags)

    def send_response(self, data: bytes, response_to: Any, failed: Any = None, flags: int = 0) -> None:
        self.sent.append(data)
        self.flags.append(flags)

    def forward_response(self, data: bytes, response: Any, failed: Any = None, flags: int = 0) -> None:
        self.sent.append(data)
        self.flags.append(flags)

    def is_myself(self, host: bytes, port: int = 0, proto: str | None = None) -> bool:
        return host in self.names or self.find_socket(proto, host.decode(), port) is not None

    def find_socket(self, proto: str | None, host: str, port: int | None) -> Socket | None:
        for socket in self.sockets:
            if socket.host == host and port in (0, None, socket.port) and proto in (None, socket.proto):
                return socket
        return None


class StageServer:
    """What IServer has; `provide` are services by their interface."""

    def __init__(self, *sockets: Socket, provide: dict[Any, Any] | None = None, **config: Any) -> None:
        self.worker = self.workers = 1
        self.begins = True
        self.clock = Clock()
        self.reactor = self.clock
        self.wheel = Wheel(self.clock)
        self.transport = Transport(*(sockets or (UDP, UDP_5080, TCP)))
        self.statistics = Statistics()
        self.registry = Registry()
        self.modules: dict[str, Any] = {}
        self.config = SimpleNamespace(
            **{
                "debug": 2,
                "log_prefix": b"",
                "log_stderror": 0,
                "server_signature": 1,
                "server_header": b"sipapp",
                "sip_warning": 0,
                **config,
            }
        )
        self.script = SimpleNamespace(routes={}, event_routes={})
        self.executed: list[Any] = []
        self._provide = provide or {}

    def find(self, interface: Any) -> Any:
        return self._provide.get(interface)

    def get(self, interface: Any) -> Any:
        if interface not in self._provide:
            raise LocalError(f"nobody provides {interface.__name__}")
        return self._provide[interface]

    def event_route(self, name: str) -> Any:
        return self.script.event_routes.get(name)

    def execute(self, route: Any, ctx: Context, done: Any = None) -> None:
        self.executed.append((route, ctx))
        if done is not None:
            done(ctx, 1)


def Server(*sockets: Socket, provide: dict[Any, Any] | None = None, **config: Any) -> Any:
    """A StageServer, untyped: tests put in and take out what they like."""
    return StageServer(*sockets, provide=provide, **config)


def made(module: Any, **parameters: Any) -> Any:
    """A module with these parameters, untyped: @module gives it its constructor and more."""
    return module(**parameters)


def new_path(test: Any) -> str:
    """The path of a file that is not there yet, gone after the test."""
    folder = TemporaryDirectory()
    test.addCleanup(folder.cleanup)
    return f"{folder.name}/file"


def request(method: str = "INVITE", uri: str = "sip:bob@example.com", to: str = "", more: str = "") -> Any:
    """A request that came in on UDP from 192.0.2.9:5070; `more` are further header lines."""
    message = parse(REQUEST.format(method=method, uri=uri, to=to, more=more).encode())
    message.flow = Flow(UDP, "192.0.2.9", 5070)
    return message


def response(status: str = "200 OK", via: str = "Via: SIP/2.0/UDP 192.0.2.9:5070\r\n", more: str = "") -> Any:
    """A response from 192.0.2.66 to a request that we relayed for 192.0.2.9."""
    message = parse(RESPONSE.format(status=status, via=via, more=more).encode())
    message.flow = Flow(UDP, "192.0.2.66", 5060)
    return message


def context(message: Any = None, server: Any = None, route_type: RouteType = RouteType.REQUEST) -> Any:
    """A run on this message: a Context."""
    return Context(server or Server(), message or request(), Draft(), route_type)


def variable(value: Any = None) -> Any:
    """A variable that the script can read and write: `.value` is what it holds."""
    holder = SimpleNamespace(value=value)
    holder.get = lambda ctx: holder.value
    holder.set = lambda ctx, new: setattr(holder, "value", new)
    return holder
