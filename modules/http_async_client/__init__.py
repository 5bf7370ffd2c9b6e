# -*- test-case-name: tests.modules.http_async_client.test_http_async_client -*-
"""http_async_client: HTTP requests whose answer a route of its own deals with.

Beside http_client, whose functions just wait, this is Kamailio's older spelling: `http_async_query(url, "ANSWER")` goes
on in route[ANSWER], with all that the script had, or runs it beside the call where there is no transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from os import getpid
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from sipapp.backend import Limits
from sipapp.errors import HttpError
from sipapp.http import codes
from sipapp.http.authentication import methods
from sipapp.http.client import HttpClient
from sipapp.http.engines import parse_engine
from sipapp.http.url import shown
from sipapp.interfaces.http import HttpResponse
from sipapp.log import Logger
from sipapp.module import (
    ALL,
    Context,
    IServer,
    RouteName,
    ScriptError,
    ScriptJump,
    Value,
    modparam,
    module,
    pseudo_variable,
    script_function,
)

from .options import KEYS, Options, key_of
from .result import TIMES, Result

log = Logger()

_MOST_REDIRECTS = 30
_OPTIONS, _RESULT = "http_async_client.options", "http_async_client.result"  # in ctx.extra


@module("http_async_client")
class HttpAsyncClient:
    """Kamailio's module of this name."""

    workers: int = modparam(default=1, doc="processes that ask in Kamailio; without effect here")
    connection_timeout: int = modparam(default=500, minimum=0, unit="ms", doc="for a whole request; 0: none")
    hash_size: int = modparam(default=2048, doc="of a table in Kamailio; without effect here")
    tls_version: int = modparam(
        default=0, minimum=0, maximum=7, doc="lowest version of TLS: 4 for 1.0, 5 for 1.1, 6 for 1.2, 7 for 1.3, 0: 1.2"
    )
    tls_verify_host: int = modparam(default=1, doc="0: a server's certificate may be for another host")
    tls_verify_peer: int = modparam(default=1, doc="0: a server's certificate may be from anybody")
    curl_verbose: int = modparam(default=0, doc="1: each request and what became of it is logged as debug")
    curl_follow_redirect: int = modparam(default=0, doc="1: follow redirects, 30 at most")
    tls_client_cert: str | None = modparam(default=None, doc="PEM file of our certificate, for servers that want one")
    tls_client_key: str | None = modparam(default=None, doc="PEM file of its key")
    tls_ca_path: str | None = modparam(default=None, doc="folder of the CAs that are trusted; the system's without it")
    memory_manager: str = modparam(default="shm", doc="of curl in Kamailio; without effect here")
    authmethod: int = modparam(
        default=3,
        doc="how to prove who we are: 1 Basic, 2 Digest, 3 what the server wants of both; neither GSS-Negotiate (4) "
        "nor NTLM (8) is taken",
    )
    tcp_keepalive: int = modparam(default=0, doc="1: TCP looks whether idle connections are still there")
    tcp_ka_idle: int = modparam(default=0, unit="s", doc="after so long; 0: as the system does")
    tcp_ka_interval: int = modparam(default=0, unit="s", doc="so often; 0: as the system does")
    engine: str | None = modparam(
        default=None,
        parse=parse_engine,
        doc="what makes the requests: curl (`pip install 'sipapp[curl]'`, faster) or treq; the first that is installed",
    )
    backend: list[tuple[str, Limits]] = modparam(
        default=[],
        parse=Limits.parse,
        doc="limits of a server, HOST:PORT, or of all others, *; as http_client's parameter of this name",
    )

    def start(self, server: IServer) -> None:
        """Raises ConfigError: no method of `authmethod` is known."""
        self.server = server
        self._agent: bytes = server.config.user_agent_header
        self.client = HttpClient(server, "http_async_client", self.backend, self.engine)
        self.defaults = Options(
            timeout=self.connection_timeout,
            tls_client_cert=self.tls_client_cert,
            tls_client_key=self.tls_client_key,
            tls_ca_path=self.tls_ca_path,
            tls_verify_peer=bool(self.tls_verify_peer),
            tls_verify_host=bool(self.tls_verify_host),
            tls_version=self.tls_version,
            authmethod=methods(self.authmethod),
            keepalive=bool(self.tcp_keepalive),
            ka_idle=self.tcp_ka_idle,
            ka_interval=self.tcp_ka_interval,
            follow_redirect=bool(self.curl_follow_redirect),
        )
        self._count = 0
        self._beside: set[Deferred[Any]] = set()
        count = server.statistics.counter
        group = "http_async_client"
        self._requests = count(group, "requests", "requests made", resettable=False)
        self._replies = count(group, "replies", "answers, of any status", resettable=False)
        self._errors = count(group, "errors", "requests without an answer", resettable=False)
        self._timeouts = count(group, "timeouts", "requests that were not answered in time", resettable=False)

    def stop(self) -> Deferred[None]:
        for asked in list(self._beside):
            asked.cancel()
        return self.client.close()

    # -- requests

    @script_function(asynchronous=False)
    async def http_async_query(self, ctx: Context, url: bytes, route_name: RouteName) -> int:
        """Ask a URL, with what $http_req(...) says, and go on in route[`route_name`] with the answer.

        With a transaction the script waits for it; nothing after this call runs. Without one (t_newtran() makes one),
        or with $http_req(suspend) = 0, it returns 1 and goes on, and the route runs beside the call, on a made-up
        request. -1 where there is no such route. Any answer, or none: $http_ok, $http_rs, $http_err tell.
        """
        route = self._route(route_name)
        options = self._taken(ctx)
        number = self._next_number(ctx, None)
        if ctx.transaction is None or not options.suspend:
            self._ask_beside(url, options, route, Result(number))
            return 1
        result = Result(number)
        await self._ask(url, options, result)
        ctx.extra[_RESULT] = result
        ctx.rc = 0
        raise ScriptJump(route)

    @script_function()
    def http_async_send(self, ctx: Context, url: bytes, route_name: RouteName) -> int:
        """Ask a URL beside the call: returns 1 at once; the route runs with the answer, on a made-up request."""
        self._ask_beside(url, self._taken(ctx), self._route(route_name), Result(self._next_number(ctx, None)))
        return 1

    @script_function()
    def http_async_send_xdata(self, ctx: Context, url: bytes, route_name: RouteName, xdata: bytes) -> int:
        """The same; the route finds `xdata` as $http_xdata."""
        number = self._next_number(ctx, xdata)
        self._ask_beside(url, self._taken(ctx), self._route(route_name), Result(number, xdata))
        return 1

    def _route(self, name: str) -> Any:
        route = self.server.script.routes.get(name)
        if route is None:
            raise ScriptError(f"route block not found: {name}")
        return route

    def _taken(self, ctx: Context) -> Options:
        """What was said of this request; of the next one, nothing is."""
        options: Options | None = ctx.extra.pop(_OPTIONS, None)
        return options or self.defaults

    def _next_number(self, ctx: Context, data: bytes | None) -> bytes:
        self._count += 1
        number = b"%d-%d" % (getpid(), self._count)
        ctx.extra[_RESULT] = Result(number, data)
        return number

    def _ask(self, url: bytes, options: Options, result: Result) -> Deferred[None]:
        """Fires when `result` is complete; fails only where it is cancelled."""
        self._requests.add()
        asked = self.client.request(options.request(url, self._agent, _MOST_REDIRECTS))

        def answered(response: Any) -> None:
            self._replies.add()
            result.response = response

        def failed(failure: Failure) -> Failure | None:
            error = failure.value
            if not isinstance(error, HttpError):
                return failure
            (self._timeouts if error.code == codes.TIMED_OUT else self._errors).add()
            result.error = error
            return None

        done: Deferred[None] = asked.addCallbacks(answered, failed)
        return done.addCallback(self._noted, url, result) if self.curl_verbose else done

    def _noted(self, _: None, url: bytes, result: Result) -> None:
        outcome = result.error or (result.response and result.response.status)
        log.debug("{url}: {outcome}", url=shown(url), outcome=str(outcome))

    def _ask_beside(self, url: bytes, options: Options, route: Any, result: Result) -> None:
        asked = self._ask(url, options, result)
        self._beside.add(asked)

        def run(_: None) -> None:
            beside = self.server.background()
            beside.extra[_RESULT] = result
            self.server.execute(route, beside)

        def over(what: Any) -> None:
            self._beside.discard(asked)

        asked.addCallback(run).addBoth(over)

    # -- $http_req(...)

    @pseudo_variable("http_req", keys=KEYS, parse=key_of)
    def pv_http_req(self, ctx: Context, inner: str) -> Value:
        """$http_req(key): what the next request of this run is like; can only be written.

        Keys: `hdr` (each adds a header line), `body`, `method`, `timeout` (ms), `suspend`, `tls_client_cert`,
        `tls_client_key`, `tls_ca_path`, `tls_verify_peer`, `tls_verify_host`, `authmethod`, `username`, `password`,
        `keepalive`, `ka-idle`, `ka-interval`, `follow_redirect`, `http_version` (curl's numbers: 2 HTTP/1.1, 4 HTTP/2
        where a server offers it in TLS, 5 HTTP/2 from the first byte on). Null takes one back to the parameter's
        value, `$http_req(all) = $null` all of them.
        """
        return None

    @pv_http_req.setter
    def set_http_req(self, ctx: Context, inner: str, value: Value) -> None:
        if inner == "all":
            if value is None:
                ctx.extra.pop(_OPTIONS, None)
            return
        options: Options | None = ctx.extra.get(_OPTIONS)
        if options is None:
            options = ctx.extra[_OPTIONS] = replace(self.defaults, hdr=[])
        options.assign(inner, value, self.defaults)

    # -- the answer

    @pseudo_variable("http_ok")
    def pv_http_ok(self, ctx: Context) -> Value:
        """$http_ok: 1 where an answer came, of whatever status; else 0."""
        return _of(ctx, lambda result: int(result.response is not None))

    @pseudo_variable("http_err")
    def pv_http_err(self, ctx: Context) -> Value:
        """$http_err: why none came, TIMEOUT where it took too long; else null."""
        return _of(ctx, lambda result: result.error_text)

    @pseudo_variable("http_rs")
    def pv_http_rs(self, ctx: Context) -> Value:
        """$http_rs: the status of the answer."""
        return _answer(ctx, lambda response: response.status)

    @pseudo_variable("http_rr")
    def pv_http_rr(self, ctx: Context) -> Value:
        """$http_rr: its reason phrase."""
        return _answer(ctx, lambda response: response.reason)

    @pseudo_variable("http_rb")
    def pv_http_rb(self, ctx: Context) -> Value:
        """$http_rb: its body."""
        return _answer(ctx, lambda response: response.body)

    @pseudo_variable("http_bs")
    def pv_http_bs(self, ctx: Context) -> Value:
        """$http_bs: the length of its body."""
        return _answer(ctx, lambda response: len(response.body))

    @pseudo_variable("http_mb")
    def pv_http_mb(self, ctx: Context) -> Value:
        """$http_mb: the whole of it."""
        return _of(ctx, lambda result: result.message)

    @pseudo_variable("http_ml")
    def pv_http_ml(self, ctx: Context) -> Value:
        """$http_ml: the length of all of it."""
        return _of(ctx, lambda result: None if result.message is None else len(result.message))

    @pseudo_variable("http_hdr")
    def pv_http_hdr(self, ctx: Context, inner: bytes, index: Any) -> Value:
        """$http_hdr(Name): a header field of it; $(http_hdr(Name)[1]) the second of that name, [-1] the last, [*] all,
        separated by commas."""
        if index is ALL:
            return _of(ctx, lambda result: result.headers(inner))
        return _of(ctx, lambda result: result.header(inner, index))

    @pseudo_variable("http_time", keys=TIMES)
    def pv_http_time(self, ctx: Context, inner: bytes) -> Value:
        """$http_time(phase): the time (µs) from the start to the end of `lookup`, `connect`, `appconnect` (TLS),
        `pretransfer`, `starttransfer` (the answer begins), `redirect`, `total`; 0 for what did not take place."""
        return _of(ctx, lambda result: result.microseconds(inner.decode()))

    @pseudo_variable("http_req_id")
    def pv_http_req_id(self, ctx: Context) -> Value:
        """$http_req_id: the name of the request, the same after the call and in its route."""
        return _of(ctx, lambda result: result.number)

    @pseudo_variable("http_xdata")
    def pv_http_xdata(self, ctx: Context) -> Value:
        """$http_xdata: what http_async_send_xdata() was given."""
        return _of(ctx, lambda result: result.data)


def _of(ctx: Context, read: Callable[[Result], Value]) -> Value:
    """Null in a run that has asked nothing."""
    result: Result | None = ctx.extra.get(_RESULT)
    return None if result is None else read(result)


def _answer(ctx: Context, read: Callable[[HttpResponse], Value]) -> Value:
    """Null where no answer came, too."""
    return _of(ctx, lambda result: None if result.response is None else read(result.response))
