# -*- test-case-name: tests.modules.http_client.test_http_client -*-
"""http_client: HTTP requests from the script; whoever makes one waits for the answer, nobody else does.

What Kamailio's module of this name does with a blocked process is here a script that waits, as with every function
that takes its time: `async()` and `launch()` work too, a CANCEL closes the connection.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from sipapp.errors import HttpError
from sipapp.http import codes
from sipapp.http.client import HttpClient
from sipapp.http.fields import FORM, parse_fields, with_usual
from sipapp.http.url import shown
from sipapp.interfaces.http import PRIOR_KNOWLEDGE, HttpRequest, HttpResponse, IHttpClient
from sipapp.log import Logger
from sipapp.module import (
    BRANCH,
    FAILURE,
    ONREPLY,
    REQUEST,
    ConfigError,
    Context,
    IServer,
    PvRef,
    ScriptError,
    Text,
    Value,
    module,
    pseudo_variable,
    rpc_command,
    script_function,
    writable,
)
from sipapp.script.suspended import waited

from .connections import Connection, Settings
from .parameters import Parameters

log = Logger()

_ROUTES = REQUEST | ONREPLY | FAILURE | BRANCH
_MOST_REDIRECTS = 30  # as curl since 8.3
_FIELDS, _STORE = "http_client.fields", "http_client.store"  # in ctx.extra


@module("http_client", provides=[IHttpClient])
class HttpClientModule(Parameters):
    """HTTP by curl's rules and numbers."""

    def start(self, server: IServer) -> None:
        """Raises ConfigError: the file of connections, or a name for failover, is wrong."""
        self.server = server
        self._agent: bytes = server.config.user_agent_header
        self.connections = {one.name: one for one in [*self._from_file(), *self.httpcon]}
        for one in self.connections.values():
            if one.failover and one.failover not in self.connections:
                raise ConfigError(f'http_client: failover of "{one.name}": no such connection: {one.failover!r}')
        self.client = HttpClient(server, "httpclient", self.backend, self.engine)
        self._query = self._settings().complete(need_port=False)
        self._named_backends = {name for name, _ in self.backend}
        self._effective: dict[str, bytes] = {}
        count = server.statistics.counter
        self._connections = count("httpclient", "connections", "connections that are defined")
        self._connections.value = len(self.connections)
        self._good = count("httpclient", "connok", "requests that were answered with 200")
        self._bad = count("httpclient", "connfail", "all others")

    def stop(self) -> Deferred[None]:
        return self.client.close()

    def request(self, request: HttpRequest) -> Deferred[HttpResponse]:
        """IHttpClient."""
        return self.client.request(request)

    # -- a whole URL

    @script_function(routes=_ROUTES, timeout_code=codes.TIMED_OUT, parse={"result": writable})
    def http_client_query(self, ctx: Context, url: bytes, result: PvRef) -> Deferred[int]:
        """GET a URL and write the first line of the answer's body (all of it with `query_result` 0) to a variable.

        Returns the HTTP status, or curl's number for what went wrong, which is true as well: 6 no such host, 7 no
        connection, 28 too late, 35 and 60 TLS ($curlerror(n) tells). -1 for an empty URL; the variable is then left
        alone. It is empty after an error or a status of 500 and more.
        """
        return self._ask(ctx, b"", url, b"", b"", result)

    @script_function("http_client_query", routes=_ROUTES, timeout_code=codes.TIMED_OUT, parse={"result": writable})
    def query_post(self, ctx: Context, url: bytes, post_data: bytes, result: PvRef) -> Deferred[int]:
        """POST data to a URL, as a form unless it is empty, which makes it a GET; else as above."""
        return self._ask(ctx, b"", url, post_data, b"", result)

    @script_function("http_client_query", routes=_ROUTES, timeout_code=codes.TIMED_OUT, parse={"result": writable})
    def query_headers(self, ctx: Context, url: bytes, post_data: bytes, hdrs: bytes, result: PvRef) -> Deferred[int]:
        """The same with further header lines, separated by CRLF."""
        return self._ask(ctx, b"", url, post_data, hdrs, result)

    @script_function(routes=_ROUTES, timeout_code=codes.TIMED_OUT, parse={"result": writable})
    def http_client_get(self, ctx: Context, url: bytes, body: bytes, hdrs: bytes, result: PvRef) -> Deferred[int]:
        """GET a URL with a body and header lines; else as http_client_query()."""
        return self._ask(ctx, b"GET", url, body, hdrs, result)

    @script_function(routes=_ROUTES, timeout_code=codes.TIMED_OUT, parse={"result": writable})
    def http_client_request(
        self, ctx: Context, met: bytes, url: bytes, body: bytes, hdrs: bytes, result: PvRef
    ) -> Deferred[int]:
        """A request of any method, with a body and header lines; else as http_client_query()."""
        return self._ask(ctx, met, url, body, hdrs, result)

    @script_function(routes=_ROUTES, timeout_code=codes.TIMED_OUT, parse={"result": writable})
    def http_client_request_v2pk(
        self, ctx: Context, met: bytes, url: bytes, body: bytes, hdrs: bytes, result: PvRef
    ) -> Deferred[int]:
        """The same in HTTP/2 from the first byte on (prior knowledge); 1 where no engine can speak it."""
        return self._ask(ctx, met, url, body, hdrs, result, http2=True)

    def _ask(
        self, ctx: Context, method: bytes, url: bytes, body: bytes, hdrs: bytes, result: PvRef, http2: bool = False
    ) -> Deferred[int]:
        if not url:
            raise ScriptError("URL has no value")
        settings = self._query
        fields, unwanted = parse_fields(hdrs)
        content_type = FORM if body else None
        request = self._request(settings, method, url, body, fields, unwanted, content_type)
        request.fixed_method = bool(method)
        request.most = self.query_maxdatasize or request.most
        if http2:
            request.profile = request.profile._replace(http_version=PRIOR_KNOWLEDGE)
        asked = self.client.request(request)
        first_line = bool(self.query_result)
        return asked.addCallbacks(
            partial(self._answered, ctx, result, first_line), partial(self._failed, ctx, result, url)
        )

    def _request(
        self,
        settings: Settings,
        method: bytes,
        url: bytes,
        body: bytes,
        fields: list[tuple[bytes, bytes]],
        unwanted: set[bytes],
        content_type: bytes | None,
    ) -> HttpRequest:
        agent = settings.user_agent.encode() or self._agent
        return HttpRequest(
            method or (b"POST" if body else b"GET"),
            url,
            with_usual(fields, unwanted, (b"User-Agent", agent), (b"Content-Type", content_type)),
            body or None,
            self._seconds(settings.timeout),
            settings.profile,
            authentication=settings.authentication,
            redirects=_MOST_REDIRECTS if settings.redirect else 0,
        )

    def _seconds(self, timeout: float) -> float:
        return {0: 0.0, 1: float(timeout), 2: timeout / 1000}[self.timeout_mode]

    def _answered(self, ctx: Context, result: PvRef, first_line: bool, response: HttpResponse) -> int:
        status = response.status
        (self._good if status == 200 else self._bad).add()
        if ctx.extra.get(_STORE, self.response_headers):
            ctx.extra[_FIELDS] = response
        body = response.body if 200 <= status < 500 else b""
        if first_line:
            body = body.partition(b"\n")[0]
        assert result.set is not None
        result.set(ctx, body)
        return status or -1

    def _failed(self, ctx: Context, result: PvRef, url: bytes, failure: Failure) -> Any:
        """curl's number, with an empty result; what was cancelled is nobody's result, unless async() lets it go on."""
        error = failure.value
        assert result.set is not None
        if not isinstance(error, HttpError):
            if ctx.run is not None and ctx.run.interrupted:
                result.set(ctx, b"")
            return failure
        self._bad.add()
        log.warn("{error} (url: {url})", error=error.reason, url=shown(url), waited=waited(ctx))
        result.set(ctx, b"")
        return error.code

    # -- a connection

    @script_function(routes=_ROUTES, timeout_code=codes.TIMED_OUT, parse={"result": writable})
    async def http_connect(self, ctx: Context, connection: Text, url: bytes, result: PvRef) -> int:
        """GET a path of a connection that `httpcon` defines, and write the whole body to a variable.

        An empty path is that of the definition alone. Returns as http_client_query(); -1 where there is no such
        connection. No answer or a status of 500 and more: the connection's `failover` is asked, once.
        """
        return await self._connect(ctx, connection, url, b"", b"", result)

    @script_function("http_connect", routes=_ROUTES, timeout_code=codes.TIMED_OUT, parse={"result": writable})
    async def connect_post(
        self, ctx: Context, connection: Text, url: bytes, content_type: bytes, data: bytes, result: PvRef
    ) -> int:
        """POST data of a content type; empty data (`$null`) makes it a GET."""
        return await self._connect(ctx, connection, url, content_type, data, result)

    @script_function(routes=_ROUTES, timeout_code=codes.TIMED_OUT, parse={"result": writable})
    async def http_connect_raw(
        self, ctx: Context, connection: Text, url: bytes, content_type: bytes, data: Text, result: PvRef
    ) -> int:
        """The same; no variable in `data` is evaluated."""
        return await self._connect(ctx, connection, url, content_type, data, result)

    async def _connect(
        self, ctx: Context, name: bytes, path: bytes, content_type: bytes, data: bytes, result: PvRef
    ) -> int:
        assert result.set is not None
        wanted = name.decode("utf-8", "surrogateescape")
        first = self.connections.get(wanted)
        if first is None:
            result.set(ctx, b"")
            raise ScriptError(f"no connection {wanted!r}: define it with httpcon")
        connection: Connection | None = first
        code = -1
        for follower in (first.failover, ""):
            assert connection is not None
            code = await self._over(ctx, connection, path, content_type, data, result)
            if not follower or 100 <= code < 500:
                break
            log.error("{code}: trying failover to {name}", code=code, name=follower)
            connection = self.connections[follower]
        return code

    def _over(
        self, ctx: Context, connection: Connection, path: bytes, content_type: bytes, data: bytes, result: PvRef
    ) -> Deferred[int]:
        settings = connection.settings.complete()
        self._effective[connection.name] = b""
        kind = (content_type or b"text/plain") if data else None
        url = connection.url_of(path)
        request = self._request(settings, b"", url, data, [], set(), kind)
        request.user, request.password = connection.user, connection.password
        request.most = settings.maxdatasize or request.most
        if connection.name in self._named_backends:
            request.backend = connection.name
        asked = self.client.request(request)
        asked.addCallback(self._visited, connection.name)
        return asked.addCallbacks(partial(self._answered, ctx, result, False), partial(self._failed, ctx, result, url))

    def _visited(self, response: HttpResponse, name: str) -> HttpResponse:
        self._effective[name] = response.url
        return response

    @script_function(routes=_ROUTES, parse={"result": writable})
    def http_get_redirect(self, ctx: Context, connection: Text, result: PvRef) -> int:
        """Write the URL that the last request of a connection led to in the end to a variable."""
        assert result.set is not None
        name = connection.decode("utf-8", "surrogateescape")
        if name not in self.connections:
            result.set(ctx, b"")
            raise ScriptError(f"no connection {name!r}")
        result.set(ctx, self._effective.get(name, b""))
        return 1

    # -- the answer's header fields

    @script_function()
    def http_client_response_headers_set(self, ctx: Context, mode: int) -> int:
        """1: keep the header fields of the answers that follow in this run; 0: don't, and forget those there are."""
        ctx.extra[_STORE] = mode
        if not mode:
            ctx.extra.pop(_FIELDS, None)
        return 1

    @script_function()
    def http_client_response_headers_clear(self, ctx: Context, unused: bytes = b"") -> int:
        """Forget the header fields of the last answer."""
        ctx.extra.pop(_FIELDS, None)
        return 1

    @pseudo_variable("httprhdr")
    def pv_httprhdr(self, ctx: Context, inner: bytes) -> Value:
        """$httprhdr(Name): that header field of the last answer; null where it has none, or none were kept."""
        response: HttpResponse | None = ctx.extra.get(_FIELDS)
        return None if response is None else response.first(inner)

    @pseudo_variable("curlerror")
    def pv_curlerror(self, ctx: Context, inner: bytes) -> Value:
        """$curlerror(n): what a return code means in words; `n` may be a variable."""
        return codes.text_of(int(inner) if inner.lstrip(b"-").isdigit() else 0).encode()

    # -- RPC

    @rpc_command("httpclient.listcon")
    def rpc_listcon(self) -> list[dict[str, Any]]:
        """Every connection that is defined; passwords are not shown."""
        return [
            {
                "NAME": one.name,
                "SCHEMA": one.url.partition(b"://")[0].decode(),
                "URI": one.url.partition(b"://")[2].decode(errors="replace"),
                "USERNAME": (one.user or b"").decode(errors="replace"),
                "PASSWORD": "***" if one.password else "",
                "FAILOVER": one.failover,
                "TIMEOUT": one.settings.timeout,
            }
            for one in self.connections.values()
        ]

    @rpc_command("httpclient.backends")
    def rpc_backends(self) -> list[dict[str, Any]]:
        """Every server that was asked: calls in flight and queued, failures, the state of its circuit."""
        return [
            {
                "name": one.name,
                "in_flight": one.in_flight,
                "queued": one.queued,
                "calls": one.calls,
                "failures": one.failures,
                "timeouts": one.timeouts,
                "refused": one.refused,
                "circuit": one.state.name.lower(),
            }
            for one in self.client.backends.all()
        ]
