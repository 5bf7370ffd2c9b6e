# -*- test-case-name: tests.http.test_engine -*-
"""engine: HTTP/1.1 exchanges by treq, on connections that are kept for the next one. RFC 9110, RFC 9112."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred, DeferredList, fail, succeed
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.internet.protocol import Protocol
from twisted.python.failure import Failure
from zope.interface import implementer

from sipapp.errors import HttpError
from sipapp.http import codes

try:
    from treq.client import HTTPClient
    from twisted.web.client import Agent, HTTPConnectionPool, ProxyAgent, ResponseDone
    from twisted.web.http import PotentialDataLoss
    from twisted.web.http_headers import Headers
    from twisted.web.iweb import IAgentEndpointFactory, IBodyProducer

    from sipapp.http.connect import Destination, Trusts
    from sipapp.http.failures import http_error
except ImportError as why:
    raise ImportError("the packages of HTTP clients are missing: pip install 'sipapp[http]'") from why

from sipapp.backend.names import Lookup
from sipapp.http.url import Url
from sipapp.interfaces.http import PRIOR_KNOWLEDGE, HttpRequest, HttpResponse, IHttpEngine, Profile

KEPT = 64
"""Idle connections to one server that are kept."""

KEPT_FOR = 100
"""s: an idle connection is closed, as by curl soon after."""


@implementer(IBodyProducer)
class _Body:
    """What is sent: all of it at once."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.length = len(data)

    def startProducing(self, consumer: Any) -> Deferred[None]:
        consumer.write(self._data)
        return succeed(None)

    def pauseProducing(self) -> None:
        """It has been produced already."""

    resumeProducing = stopProducing = pauseProducing


class _Received(Protocol):
    """A body that comes in, up to as much as is wanted."""

    def __init__(self, most: int, truncate: bool) -> None:
        self._most = most
        self._truncate = truncate
        self._parts: list[bytes] = []
        self._size = 0
        self._over = False
        self.done: Deferred[bytes] = Deferred(lambda _: self._abort())

    def dataReceived(self, data: bytes) -> None:
        self._parts.append(data)
        self._size += len(data)
        if self._size > self._most and not self._over:
            self._abort()
            if self._truncate:
                self.done.callback(b"".join(self._parts)[: self._most])
            else:
                self.done.errback(HttpError(codes.WRITE_ERROR, f"more than {self._most} bytes"))

    def connectionLost(self, reason: Any = None) -> None:
        if self._over:
            return
        if reason.check(ResponseDone, PotentialDataLoss):
            self.done.callback(b"".join(self._parts))
        else:
            self.done.errback(reason)

    def _abort(self) -> None:
        """Not one byte more: a server that drips must not hold the connection."""
        self._over = True
        producer = getattr(self.transport, "_producer", None)
        abort = getattr(producer, "abortConnection", None) or getattr(self.transport, "loseConnection", None)
        if abort is not None:
            abort()


@implementer(IAgentEndpointFactory, IStreamClientEndpoint)
class _Agent:
    """Twisted's agent for one profile. `destination` is where the request goes that is being made."""

    def __init__(self, reactor: Any, profile: Profile) -> None:
        pool = HTTPConnectionPool(reactor, persistent=profile.keep)
        pool._factory.noisy = False  # two lines in the log for each connection
        pool.maxPersistentPerHost = KEPT
        pool.cachedConnectionTimeout = KEPT_FOR
        self.pool = pool
        self.direct = Agent.usingEndpointFactory(reactor, self, pool)
        self.proxied = ProxyAgent(self, reactor, pool)
        self.destination: Destination | None = None

    def endpointForURI(self, uri: Any) -> Destination:
        assert self.destination is not None
        return self.destination

    def connect(self, protocolFactory: Any) -> Deferred[Any]:
        """To the proxy: it is one endpoint for all, or no connection to it would be kept."""
        assert self.destination is not None
        return self.destination.connect(protocolFactory)


@implementer(IHttpEngine)
class TreqEngine:
    """Connections are shared by all requests of one profile."""

    def __init__(self, reactor: Any, lookup: Lookup) -> None:
        self._reactor = reactor
        self._lookup = lookup
        self._agents: dict[Profile, _Agent] = {}
        self._trusts = Trusts()

    def send(self, request: HttpRequest) -> Deferred[HttpResponse]:
        if request.profile.http_version == PRIOR_KNOWLEDGE:
            return fail(HttpError(codes.UNSUPPORTED_PROTOCOL, "HTTP/2 needs the engine of pip install 'sipapp[curl]'"))
        return self._exchange(request, Url.parse(request.url), again=False)

    def _exchange(self, request: HttpRequest, url: Url, again: bool) -> Deferred[HttpResponse]:
        profile = request.profile
        agent = self._agents.get(profile)
        if agent is None:
            agent = self._agents[profile] = _Agent(self._reactor, profile)
        to = Destination(
            self._reactor,
            self._lookup,
            url.host.decode("ascii"),
            url.port,
            url.scheme == b"https",
            request,
            self._trusts,
        )
        agent.destination = to
        request.connected = True  # until it turns out that a new connection is needed
        # A client of its own for each: what treq keeps in one are cookies, which nobody asked for.
        client: Any = HTTPClient(agent.proxied if profile.proxy and url.scheme == b"http" else agent.direct)
        asked: Deferred[Any] = client.request(
            request.method.decode("latin-1"),
            bytes(url).decode("ascii"),
            headers=_headers(request),
            data=None if request.body is None else _Body(request.body),
            allow_redirects=False,
            unbuffered=True,
            reactor=self._reactor,
        )
        asked.addErrback(_failed, False)
        if not again:
            asked.addErrback(self._stale, request, url, to)
        return asked.addCallback(self._answered, request, url, to)

    def _stale(self, failure: Failure, request: HttpRequest, url: Url, to: Destination) -> Any:
        """A kept connection that the server closes at the very moment of its next use is not its fault: once more."""
        error = failure.value
        if not to.used and isinstance(error, HttpError) and error.code in (codes.NO_ANSWER, codes.RECEIVE_ERROR):
            return self._exchange(request, url, again=True)
        return failure

    def _answered(self, response: Any, request: HttpRequest, url: Url, to: Destination) -> Any:
        """Its body; an answer to a second try comes whole."""
        if isinstance(response, HttpResponse):
            return response
        times = to.times
        times.starttransfer = self._reactor.seconds() - to.began
        times.pretransfer = times.appconnect or times.connect
        answer = HttpResponse(
            response.code,
            response.phrase,
            [(name, value) for name, values in response.headers.getAllRawHeaders() for value in values],
            b"",
            bytes(url),
            b"%b/%d.%d" % response.version,
            times,
        )
        received = _Received(request.most, request.truncate)
        response.deliverBody(received)
        received.done.addErrback(_failed, True)
        return received.done.addCallback(self._complete, answer, to)

    def _complete(self, body: bytes, answer: HttpResponse, to: Destination) -> HttpResponse:
        answer.body = body
        answer.times.total = self._reactor.seconds() - to.began
        return answer

    def close(self) -> Deferred[None]:
        closing = [agent.pool.closeCachedConnections() for agent in self._agents.values()]
        return DeferredList(closing, consumeErrors=True).addCallback(lambda _: None)


_FRAMING = frozenset((b"content-length", b"transfer-encoding", b"connection"))
"""What only the connection itself may say."""


def _headers(request: HttpRequest) -> Headers:
    headers = Headers()
    for name, value in request.fields:
        if name.lower() not in _FRAMING:
            headers.addRawHeader(name, value)
    if not headers.hasHeader(b"accept"):
        headers.addRawHeader(b"Accept", b"*/*")
    return headers


def _failed(failure: Failure, answering: bool) -> Failure:
    return failure if failure.check(HttpError) else Failure(http_error(failure, answering))
