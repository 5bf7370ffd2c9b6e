# -*- test-case-name: tests.transport.test_layer -*-
"""layer: between the network and the layers above: messages up, bytes down, and which socket takes them.

It knows no kind of socket. Whoever has one registers a Socket with its ISender (`add_socket`) and gives what comes in
to `receive`: udp.py, tcp.py, a network made of memory.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred, DeferredList
from twisted.python.failure import Failure
from zope.interface import implementer

from sipapp.errors import ParseError, TransportError
from sipapp.ids import IIdSource, RandomIds
from sipapp.interfaces.transport import (
    Failed,
    Filter,
    Flow,
    IMessageReceiver,
    ISender,
    ITransportLayer,
    Myself,
    Socket,
    Target,
)
from sipapp.log import Logger
from sipapp.message import build
from sipapp.message.framing import FramingError
from sipapp.message.parse import parse
from sipapp.message.request import Request
from sipapp.transport import hostnames, wayback
from sipapp.transport.addresses import is_any
from sipapp.transport.choice import SocketChoice
from sipapp.transport.connections import ConnectionTable
from sipapp.transport.counters import Counters
from sipapp.transport.dns import Dns, Records, ResolvConf, Srv, system_backend
from sipapp.transport.listen import Endpoint, bind_all, plan
from sipapp.transport.local import OwnNames
from sipapp.transport.openers import Opener, open_stream, open_udp
from sipapp.transport.resolve import Hop, Resolver
from sipapp.transport.settings import Settings
from sipapp.transport.udp import UdpPort
from sipapp.transport.ways import Ways

if TYPE_CHECKING:
    from sipapp.message.response import Response

log = Logger()


@implementer(ITransportLayer)
class TransportLayer(Ways):
    """`config` has the core parameters as attributes; `dns_backend` makes a Twisted IResolver, for tests."""

    def __init__(
        self,
        reactor: Any,
        receiver: Any,
        config: Any = None,
        *,
        clock: Any = None,
        dns_backend: Callable[[], Any] | None = None,
        ids: IIdSource | None = None,
    ) -> None:
        self.reactor = reactor
        self.clock = clock or reactor
        self.settings = Settings.of(config)
        self.counters = Counters()
        self.connections = ConnectionTable(self.settings, self.counters, self.clock)
        self.sockets: list[Socket] = []
        self.protocols: dict[str, Opener] = {"udp": open_udp, "tcp": open_stream}
        self._receiver: IMessageReceiver = receiver
        self._ids = ids or RandomIds()
        self._seconds = self.clock.seconds
        self._ports: list[UdpPort] = []
        self._names = OwnNames()
        self._checks: list[Myself] = []
        self._received_filters: list[Filter] = []
        self._sending_filters: list[Filter] = []
        choice = SocketChoice(self.sockets, self.settings)
        self._readers: list[Callable[[], None]] | None = None
        conf = ResolvConf.read()
        self.dns = Dns(
            self.settings, self.clock, dns_backend or (lambda: system_backend(self.settings, conf, self.reactor))
        )
        resolver = Resolver(
            self.dns,
            self.settings,
            self.clock,
            self.counters,
            choice.protocols,
            choice.families,
            conf.candidates if self.settings.dns_use_search_list else lambda name: [name],
            random.Random(),
        )
        Ways.__init__(self, self.settings, choice, resolver)

    # -- our sockets

    def bind(self) -> None:
        """Take every place that the script says to listen on, so that `sockets` is known; read from none yet.

        Raises ConfigErrors: each line that cannot be had.
        """
        for alias in self.settings.alias:
            self._names.add_alias(alias.host, alias.port or 0, alias.proto)
        self._readers = [self.protocols[e.proto](self, e, made) for e, made in self.places()]

    def places(self) -> list[tuple[Endpoint, Any]]:
        return bind_all(plan(self.settings, self.protocols), self.settings)

    def listen(self) -> None:
        """Begin to read from every socket; bind first where that has not been done. Raises ConfigErrors."""
        if self._readers is None:
            self.bind()
        for start in self._readers or ():
            start()
        self._readers = []
        if self.settings.auto_aliases:
            addresses = dict.fromkeys(socket.host for socket in self.sockets if not is_any(socket.host))
            hostnames.learn(addresses, self._add_names, partial(self.reactor.callFromThread, self._add_names))

    def _add_names(self, address: str, names: list[str]) -> None:
        for socket in self.sockets:
            if socket.host == address:
                self._names.add_socket(socket, names)

    def add_socket(self, socket: Socket, sender: ISender, names: tuple[str, ...] = ()) -> None:
        """A socket of ours and what sends for it; `names` are what else its host is called."""
        self.sockets.append(socket)
        self._senders[socket] = sender
        if isinstance(sender, UdpPort):
            self._ports.append(sender)
        self._names.add_socket(socket, names)
        self._changed()

    def close(self) -> Deferred[None]:
        """Close everything; fires when it is done."""
        pending = [self.connections.stop()]
        for sender in self._senders.values():
            closing = sender.close()
            if closing is not None:
                pending.append(closing)
        self._senders = {}
        self._ports = []
        self.sockets.clear()
        self._changed()
        done: Deferred[Any] = DeferredList(pending, consumeErrors=True)
        return done.addCallback(lambda _: None)

    def figures(self) -> dict[str, int]:
        """Every counter by name, and `udp_overflow`: datagrams that the kernel dropped because we read too slowly."""
        overflow = sum(port.overflow() for port in self._ports)
        return {**self.counters.as_dict(), "udp_overflow": overflow}

    def add_protocol(self, proto: str, opener: Opener) -> None:
        """A protocol that `listen=` may name; before `bind`."""
        self.protocols[proto] = opener

    # -- in

    def receive(self, data: bytes, flow: Flow, received_at: float | None = None) -> None:
        """One message from the network, which came now or at a time (s of the clock). Never raises."""
        if self._received_filters:
            data = _filtered(self._received_filters, data, flow)
            if not data:
                return  # dropped
        number = self.counters.messages_received + 1
        if received_at is None:
            seconds = self._seconds
            received_at = seconds()
        try:
            message = parse(data, flow, received_at, number)
        except ParseError as error:
            self._unparsed(data, flow, error)
            return
        except Exception:
            log.failure("bytes from {flow} broke the parser", flow=flow)
            self.counters.parse_failed += 1
            return
        self.counters.messages_received = number
        try:
            if isinstance(message, Request):
                if self.settings.force_rport:
                    message.force_rport = True
                if flow.connection is not None and self.settings.tcp_accept_aliases:
                    self._accept_alias(message)
                self._receiver.request_received(message)
            else:
                self._receiver.response_received(message)
        except Exception:
            self.counters.receiver_failed += 1
            log.failure("a message from {flow} failed", flow=flow)

    def _unparsed(self, data: bytes, flow: Flow, error: Exception) -> None:
        self.counters.parse_failed += 1
        try:
            self._receiver.parse_failed(data, flow, error)
        except Exception:
            self.counters.receiver_failed += 1
            log.failure("what is no message, from {flow}, failed", flow=flow)

    def _accept_alias(self, request: Request) -> None:
        """RFC 5923 §8: the sender listens on its Via's port and takes requests for it by this stream."""
        try:
            via = request.via
            if via is not None and b"alias" in via.parameters:
                self.add_connection_alias(request.flow, via.port or 0)
        except ParseError:
            pass  # the layer above will say so

    def unframed(self, flow: Flow, error: FramingError) -> None:
        """A stream cannot be cut into messages: answer what could be read of the request (RFC 3261 §18.3)."""
        request = error.request
        self._unparsed(request.raw if request is not None else b"", flow, error)
        if request is None or request.method == b"ACK":
            return
        request.flow = flow
        try:
            answer = build.response(request, error.status, error.reason.encode("utf-8", "replace"), self._ids.tag())
        except ParseError:
            return
        self.send(answer, flow)

    def connection_lost(self, flow: Flow) -> None:
        try:
            self._receiver.connection_lost(flow)
        except Exception:
            self.counters.receiver_failed += 1
            log.failure("the end of {flow} failed", flow=flow)

    def watched_by(self, watch: Any) -> None:
        """What is told when a batch of datagrams begins to be read, and when that is done."""
        for port in self._ports:
            port.watch = watch

    # -- out

    @contextmanager
    def together(self) -> Iterator[None]:
        """Datagrams that are sent meanwhile go out with one call to the kernel."""
        for port in self._ports:
            port.gather()
        try:
            yield
        finally:
            for port in self._ports:
                port.release()

    def send(self, data: bytes, flow: Flow, failed: Failed | None = None, flags: int = 0) -> None:
        if self._sending_filters:
            data = _filtered(self._sending_filters, data, flow)
        sender = self._senders.get(flow.socket)
        if sender is not None:
            sender.send(data, flow, failed, flags)
        elif failed is not None:
            failed(TransportError("the socket is closed", flow))

    def send_response(self, data: bytes, response_to: Request, failed: Failed | None = None, flags: int = 0) -> None:
        flow: Flow = response_to.flow
        connection = flow.connection
        if connection is not None:
            if connection.closed:
                flow = self._way_back(response_to, flow)
        elif self.settings.reply_to_via:
            self._send_to_sent_by(data, response_to, failed, flags)
            return
        elif not response_to.head.symmetric or flow.socket.reliable:
            flow = self._way_back(response_to, flow)
        sender = self._senders.get(flow.socket)
        if sender is None or self._sending_filters:
            self.send(data, flow, failed, flags)
        else:
            sender.send(data, flow, failed, flags)

    def _way_back(self, request: Request, flow: Flow) -> Flow:
        """Where its Via says, found once."""
        way = request.way_back
        if way is None or way[0] is not request.force_rport:
            host, port = wayback.of_request(request)
            same = flow.connection is None and port == flow.port and host == flow.host
            way = request.force_rport, flow if same else Flow(flow.socket, host, port)
            request.way_back = way
        return way[1]

    def _send_to_sent_by(self, data: bytes, request: Request, failed: Failed | None, flags: int) -> None:
        try:
            via = request.via
        except ParseError:
            via = None
        if via is None:
            self.send(data, request.flow, failed, flags)
            return
        hop = wayback.sent_by(via)
        if request.force_rport or b"rport" in via.parameters:
            hop = hop._replace(port=request.flow.port)
        self._send_to_hop(data, hop, request.flow.socket, failed, flags)

    def forward_response(self, data: bytes, response: Response, failed: Failed | None = None, flags: int = 0) -> None:
        try:
            way = wayback.of_response(response)
        except TransportError as error:
            _report(error, failed)
            return
        if way.connection_id is not None:
            connection = self.connections.by_id(way.connection_id)
            if connection is not None and not connection.closed and connection.flow.socket.proto == way.hop.proto:
                self.send(data, connection.flow, failed, flags)
                return
        self._send_to_hop(data, way.hop, None, failed, flags)

    def _send_to_hop(self, data: bytes, hop: Hop, by: Socket | None, failed: Failed | None, flags: int) -> None:
        """To the first target of a hop, as soon as that is known."""

        def found(targets: list[Target]) -> None:
            self.send(data, self.flow(targets[0], received_on=by), failed, flags)

        def lost(failure: Failure) -> None:
            failure.trap(TransportError)
            assert isinstance(failure.value, TransportError)
            _report(failure.value, failed)

        try:
            targets = self._resolver.resolve(hop)
            if isinstance(targets, Deferred):
                targets.addCallback(found).addErrback(lost)
            else:
                found(targets)
        except TransportError as error:
            _report(error, failed)

    # -- what is ours

    def find_socket(self, proto: str | None, host: str, port: int | None) -> Socket | None:
        return self._names.find(host, port or 0, proto)

    def is_myself(self, host: bytes, port: int = 0, proto: str | None = None) -> bool:
        known = self._names.asked.get((host, port, proto))
        if known is None:
            known = self._names.is_myself(host, port, proto)
        return known or (len(self._checks) > 0 and self._is_checked(host.decode("ascii", "replace"), port, proto))

    def _is_checked(self, host: str, port: int, proto: str | None) -> bool:
        # Of its own: a function in which another one uses its arguments must make three objects of them first.
        return any(check(host, port, proto) for check in self._checks)

    def add_alias(self, host: bytes, port: int = 0, proto: str | None = None) -> None:
        self._names.add_alias(host.decode("ascii", "replace"), port, proto)

    def aliases(self) -> list[tuple[str, int, str | None]]:
        return self._names.aliases()

    def add_myself_check(self, check: Myself) -> None:
        self._checks.append(check)

    def add_filter(self, received: Filter | None = None, sending: Filter | None = None) -> None:
        if received is not None:
            self._received_filters.append(received)
        if sending is not None:
            self._sending_filters.append(sending)

    def add_dns_record(
        self, kind: str, name: str, address: str, ttl: float | None, priority: int = 0, weight: int = 0, port: int = 0
    ) -> None:
        record = Srv(priority, weight, port, address) if kind == "SRV" else address
        self.dns.add(kind, name, record, ttl)

    def lookup(self, kind: str, name: str) -> Records | Deferred[Records]:
        return self.dns.lookup(kind, name)

    def set_dns_ttl(self, seconds: int) -> None:
        self.dns.local_ttl = seconds

    def add_connection_alias(self, flow: Flow, port: int) -> bool:
        connection = flow.connection
        return connection is not None and self.connections.add_alias(connection, port or 5060)


def _filtered(filters: list[Filter], data: bytes, flow: Flow) -> bytes:
    """A filter that fails changes nothing."""
    for change in filters:
        try:
            data = change(data, flow)
        except Exception:
            log.failure("a filter failed with a message of {flow}", flow=flow)
    return data


def _report(error: TransportError, failed: Failed | None) -> None:
    if failed is not None:
        failed(error)
    else:
        log.info("a response was not sent: {error}", error=error)
