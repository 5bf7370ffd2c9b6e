# -*- test-case-name: tests.http.test_connect -*-
"""connect: a connection to where a URL points: TCP, through a proxy, with TLS; when each step was done."""

from __future__ import annotations

import socket
from typing import Any

from twisted.internet.defer import Deferred, fail
from twisted.internet.endpoints import wrapClientTLS
from twisted.internet.error import DNSLookupError
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.internet.protocol import Factory, Protocol
from twisted.python.failure import Failure
from zope.interface import implementer

from sipapp.backend.names import Lookup, NamedHost
from sipapp.errors import HttpError
from sipapp.http import codes
from sipapp.http.tls import Trust
from sipapp.http.url import split_proxy
from sipapp.interfaces.http import HttpRequest, Profile, Times

_CONNECT_TIMEOUT = 300.0  # s, curl's; a request's own deadline mostly comes first
_LONGEST_ANSWER = 16384  # bytes of a proxy's answer to CONNECT


@implementer(IStreamClientEndpoint)
class Destination:
    """Where one request goes, should it need a new connection. Times are seconds since `began`."""

    __slots__ = (
        "_host",
        "_lookup",
        "_port",
        "_profile",
        "_reactor",
        "_request",
        "_tls",
        "began",
        "times",
        "trust",
        "used",
    )

    def __init__(
        self, reactor: Any, lookup: Lookup, host: str, port: int, tls: bool, request: HttpRequest, trust: Any
    ) -> None:
        self._reactor = reactor
        self._lookup = lookup
        self._host = host
        self._port = port
        self._tls = tls
        self._request = request
        self._profile = request.profile
        self.trust = trust
        self.began = reactor.seconds()
        self.times = Times()
        self.used = False  # a connection was made by this one

    def connect(self, protocolFactory: Any) -> Deferred[Any]:
        self.used = True
        self._request.connected = False
        proxy = self._profile.proxy
        host, port = split_proxy(proxy) if proxy else (self._host, self._port)
        timeout = self._profile.connect_timeout or _CONNECT_TIMEOUT
        local = (self._profile.interface, 0) if self._profile.interface else None
        named = NamedHost(self._reactor, self._lookup, host, port, timeout, local)
        endpoint: Any = named
        if proxy and self._tls:
            endpoint = _Tunnel(endpoint, self._host, self._port)
        if self._tls:
            try:
                endpoint = wrapClientTLS(self.trust(self._profile, self._host), endpoint)
            except HttpError:
                return fail()
        made = endpoint.connect(protocolFactory)
        made.addCallbacks(self._connected, self._not_connected, callbackArgs=(named,), errbackArgs=(bool(proxy),))
        return made  # type: ignore[no-any-return]

    def _connected(self, protocol: Any, named: NamedHost) -> Any:
        self._request.connected = True
        now = self._reactor.seconds() - self.began
        self.times.lookup = named.looked_up - self.began if named.looked_up else 0.0
        self.times.connect = now
        if self._tls:
            self.times.appconnect = now
        if self._profile.keepalive is not None:
            _keep_alive(protocol.transport, *self._profile.keepalive)
        return protocol

    def _not_connected(self, failure: Failure, by_proxy: bool) -> Failure:
        if by_proxy and failure.check(DNSLookupError):
            return Failure(HttpError(codes.NO_PROXY_HOST, "no such proxy", connecting=True))
        return failure


class Trusts:
    """TLS contexts are dear: one for each profile and host."""

    def __init__(self) -> None:
        self._known: dict[tuple[Profile, str], Trust] = {}

    def __call__(self, profile: Profile, host: str) -> Trust:
        """Raises HttpError: a file of the profile cannot be used."""
        found = self._known.get((profile, host))
        if found is None:
            if len(self._known) >= 1000:
                self._known.clear()
            found = self._known[profile, host] = Trust(profile, host)
        return found


def _keep_alive(transport: Any, idle: int, interval: int) -> None:
    transport.setTcpKeepAlive(True)
    handle = transport.getHandle()
    if idle and isinstance(handle, socket.socket):
        handle.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, idle)
    if interval and isinstance(handle, socket.socket):
        handle.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, interval)


@implementer(IStreamClientEndpoint)
class _Tunnel:
    """Through an HTTP proxy to somewhere else. RFC 9110 §9.3.6."""

    def __init__(self, proxy: Any, host: str, port: int) -> None:
        self._proxy = proxy
        self._target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def connect(self, protocolFactory: Any) -> Deferred[Any]:
        opening: Deferred[Any] = self._proxy.connect(Factory.forProtocol(_Opening))
        return opening.addCallback(lambda opened: opened.ask(self._target, protocolFactory))


class _Opening(Protocol):
    """Asks the proxy for the tunnel, then hands the connection over."""

    def ask(self, target: str, factory: Any) -> Deferred[Any]:
        self._factory = factory
        self._head = b""
        self._opened: Deferred[Any] | None = Deferred(lambda _: self.transport.abortConnection())  # type: ignore[union-attr]
        self.transport.write(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())  # type: ignore[union-attr]
        return self._opened

    def dataReceived(self, data: bytes) -> None:
        self._head += data
        head, end, rest = self._head.partition(b"\r\n\r\n")
        if not end and len(self._head) < _LONGEST_ANSWER:
            return
        opened, self._opened = self._opened, None
        if opened is None:
            return
        words = head.split(None, 2)
        if not end or len(words) < 2 or words[1] != b"200":
            opened.errback(HttpError(codes.RECEIVE_ERROR, f"proxy: {head[:80].decode(errors='replace')}"))
            self.transport.abortConnection()  # type: ignore[union-attr]
            return
        protocol = self._factory.buildProtocol(self.transport.getPeer())  # type: ignore[union-attr]
        self.transport.protocol = protocol  # type: ignore[union-attr]
        protocol.makeConnection(self.transport)
        if rest:
            protocol.dataReceived(rest)
        opened.callback(protocol)

    def connectionLost(self, reason: Any = None) -> None:
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.errback(reason)
