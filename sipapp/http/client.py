# -*- test-case-name: tests.http.test_client -*-
"""client: a whole HTTP request: within the limits of its backend, redirected, authenticated, over in time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred, ensureDeferred, fail
from twisted.python.failure import Failure
from zope.interface import implementer

from sipapp.backend import BackendBusy, Backends, BackendTimeout, CircuitOpen, Limits
from sipapp.errors import HttpError
from sipapp.http import authentication, codes
from sipapp.http.engines import make_engine
from sipapp.http.url import Url
from sipapp.interfaces.http import HttpRequest, HttpResponse, IHttpClient, IHttpEngine

if TYPE_CHECKING:
    from sipapp.interfaces.server import IServer

_NOW_GET = (301, 302, 303)
"""A POST that these redirect becomes a GET, whatever they were meant for. RFC 9110 §15.4."""

_SAME = (307, 308)


def speaks_against(result: Any) -> bool:
    """A backend is in trouble: no answer, or one that says so."""
    return isinstance(result, Failure) or result.status >= 500


@implementer(IHttpClient)
class HttpClient:
    """What the HTTP modules share. limits: of their parameter `backend`; group: of their statistics."""

    def __init__(
        self, server: IServer, group: str, limits: Iterable[tuple[str, Limits]] = (), engine: str | None = None
    ) -> None:
        """Uses the IHttpEngine that somebody provides, else one of its own."""
        self._clock = server.clock
        self._engine = server.find(IHttpEngine) or make_engine(server, engine)
        self.backends = Backends(server.wheel, server.statistics, group, limits, speaks_against)

    def request(self, request: HttpRequest) -> Deferred[HttpResponse]:
        try:
            url = Url.parse(request.url)
        except HttpError:
            return fail()
        backend = self.backends.get(request.backend or url.host_and_port)
        began = self._clock.seconds()
        asked = backend.call(partial(self._begin, request, url), request.timeout)
        return asked.addCallbacks(self._ended, _as_curl, callbackArgs=(began,), errbackArgs=(request,))

    def _ended(self, response: HttpResponse, began: float) -> HttpResponse:
        response.times.total = self._clock.seconds() - began
        return response

    def _begin(self, request: HttpRequest, url: Url) -> Deferred[HttpResponse]:
        if request.user is None and url.user is not None:
            request = replace(request, user=url.user, password=url.password)
        if not request.redirects and request.user is None:
            return self._engine.send(request)
        return ensureDeferred(self._follow(request, url))

    async def _follow(self, request: HttpRequest, url: Url) -> HttpResponse:
        """As many exchanges as challenges and redirects want."""
        asked, left = request, request.redirects
        began = self._clock.seconds()
        redirected = 0.0
        while True:
            response = await self._authenticated(request, url)
            response.times.redirect = redirected
            location = response.first(b"location")
            if not request.redirects or location is None or response.status not in (*_NOW_GET, *_SAME):
                return response
            if not left:
                raise HttpError(codes.TOO_MANY_REDIRECTS, f"more than {request.redirects} redirects")
            left -= 1
            asked.connected = True
            redirected = self._clock.seconds() - began
            request, url = _redirected(request, url, location, response.status)

    async def _authenticated(self, request: HttpRequest, url: Url) -> HttpResponse:
        value = authentication.at_once(request)
        response: HttpResponse = await self._engine.send(_with(request, value) if value else request)
        if value is None:
            value = authentication.answer(request, response, url.target)
            if value is not None:
                response = await self._engine.send(_with(request, value))
        return response

    def close(self) -> Deferred[None]:
        """Close idle connections."""
        return self._engine.close()


def _with(request: HttpRequest, authorization: bytes) -> HttpRequest:
    return replace(request, fields=[*request.fields, (b"Authorization", authorization)])


def _redirected(request: HttpRequest, url: Url, location: bytes, status: int) -> tuple[HttpRequest, Url]:
    """The request that a redirection leads to. What proves who we are stays with the host that it was meant for."""
    target = Url.parse(url.joined(location))
    changed: dict[str, Any] = {"url": bytes(target)}
    if (target.scheme, target.host, target.port) != (url.scheme, url.host, url.port):
        secret = (b"authorization", b"cookie")
        changed["fields"] = [field for field in request.fields if field[0].lower() not in secret]
        changed["user"] = target.user
        changed["password"] = target.password
    if status in _NOW_GET and request.method == b"POST" and not request.fixed_method:
        changed["method"], changed["body"] = b"GET", None
        kept = changed.get("fields", request.fields)
        changed["fields"] = [field for field in kept if field[0].lower() != b"content-type"]
    return replace(request, **changed), target


def _as_curl(failure: Failure, request: HttpRequest) -> Failure:
    error = failure.value
    if isinstance(error, BackendTimeout):
        return Failure(HttpError(codes.TIMED_OUT, str(error), connecting=not request.connected))
    if isinstance(error, (CircuitOpen, BackendBusy)):
        return Failure(HttpError(codes.NO_CONNECTION, str(error), connecting=True))
    return failure
