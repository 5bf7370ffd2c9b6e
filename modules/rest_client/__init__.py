# -*- test-case-name: tests.modules.rest_client.test_rest_client -*-
"""rest_client: HTTP requests in OpenSIPS' spelling: `rest_get(url, $avp(body), $avp(type), $avp(code))`.

A call by itself waits as `async(rest_get(...), route)` does, and neither holds up anybody else.
"""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import quote_from_bytes, unquote_to_bytes

from twisted.internet.defer import CancelledError, Deferred
from twisted.python.failure import Failure

from sipapp.backend import Limits
from sipapp.errors import HttpError
from sipapp.http import codes
from sipapp.http.client import HttpClient
from sipapp.http.engines import parse_engine, speaks_http2
from sipapp.http.fields import parse_fields, with_usual
from sipapp.http.trusting import tls_domain
from sipapp.http.url import shown
from sipapp.interfaces.http import HTTP_VERSIONS, PRIOR_KNOWLEDGE, HttpRequest, HttpResponse, Profile
from sipapp.log import Logger
from sipapp.module import (
    ConfigError,
    Context,
    IServer,
    PvRef,
    ScriptError,
    modparam,
    module,
    script_function,
    transformation,
    writable,
)
from sipapp.script.suspended import waited

log = Logger()

REFUSED, CONNECT_TIMEOUT, TRANSFER_TIMEOUT, CONNECTING, ERROR = -1, -2, -3, -4, -10

_FIELDS, _DOMAIN = "rest_client.fields", "rest_client.domain"  # in ctx.extra
_PARSE = {"body_pv": writable, "ctype_pv": writable, "retcode_pv": writable}


@module("rest_client")
class RestClient:
    """OpenSIPS' module of this name."""

    connection_timeout: int = modparam(default=20, minimum=0, unit="s", doc="for the connection")
    connect_poll_interval: int = modparam(default=20, unit="ms", doc="of a loop in OpenSIPS; without effect here")
    max_async_transfers: int = modparam(default=100, minimum=1, doc="requests to a server at a time; others wait")
    max_transfer_size: int = modparam(default=10240, minimum=1, unit="KB", doc="longest answer; a longer one is -10")
    curl_timeout: int = modparam(default=20, minimum=0, unit="s", doc="for a whole request")
    ssl_capath: str | None = modparam(default=None, doc="folder of the CAs that are trusted; the system's without it")
    ssl_verifypeer: int = modparam(default=1, doc="0: a server's certificate may be from anybody")
    ssl_verifyhost: int = modparam(default=1, doc="0: a server's certificate may be for another host")
    curl_http_version: int = modparam(
        default=0, minimum=0, maximum=PRIOR_KNOWLEDGE, doc=f"curl's number of a version. {HTTP_VERSIONS}"
    )
    enable_expect_100: int = modparam(default=0, doc="of curl; without effect here: no request asks before it sends")
    no_concurrent_connects: int = modparam(
        default=0, doc="1: while a connection to a server is being made, others that need one get -4"
    )
    curl_conn_lifetime: int = modparam(default=0, doc="of curl; without effect here: idle connections last 100 s")
    client_tls: list[tuple[str, dict[str, str]]] = modparam(
        default=[],
        parse=tls_domain,
        doc="NAME=>certificate=FILE;key=FILE;ca=FILE: what rest_init_client_tls(NAME) makes the next request use",
    )
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
        """Raises ConfigError: HTTP/2 alone is wanted, and the engine has none."""
        if self.curl_http_version == PRIOR_KNOWLEDGE and not speaks_http2(self.engine):
            raise ConfigError("curl_http_version 5, HTTP/2, needs the engine curl: pip install 'sipapp[curl]'")
        self._agent: bytes = server.config.user_agent_header
        others = ("*", Limits(in_flight=self.max_async_transfers))
        self.client = HttpClient(server, "rest_client", [others, *self.backend], self.engine)
        self.domains = dict(self.client_tls)
        self.profile = Profile(
            verify_peer=bool(self.ssl_verifypeer),
            verify_host=bool(self.ssl_verifyhost),
            ca_path=self.ssl_capath,
            http_version=self.curl_http_version,
            connect_timeout=float(self.connection_timeout),
        )
        self._connecting: dict[bytes, HttpRequest] = {}  # by the start of the URL, with no_concurrent_connects

    def stop(self) -> Deferred[None]:
        return self.client.close()

    # -- requests

    @script_function(timeout_code=TRANSFER_TIMEOUT, parse=_PARSE)
    def rest_get(
        self, ctx: Context, url: bytes, body_pv: PvRef, ctype_pv: PvRef | None = None, retcode_pv: PvRef | None = None
    ) -> Deferred[int]:
        """GET a URL; the body, its content type and the HTTP status go to variables.

        Returns 1 for an answer of any status; -1: the connection was refused; -2: it took longer than
        `connection_timeout`; -3: the answer took longer than `curl_timeout`, or than async() lets it; -4: see
        `no_concurrent_connects`; -10: anything else. The status is 0 then.
        """
        return self._ask(ctx, b"GET", url, None, b"", (body_pv, ctype_pv, retcode_pv))

    @script_function(timeout_code=TRANSFER_TIMEOUT, parse=_PARSE)
    def rest_post(self, ctx: Context, url: bytes, send_body: bytes, body_pv: PvRef) -> Deferred[int]:
        """POST a body to a URL; else as rest_get()."""
        return self._ask(ctx, b"POST", url, send_body, b"", (body_pv, None, None))

    @script_function("rest_post", timeout_code=TRANSFER_TIMEOUT, parse=_PARSE)
    def post_typed(
        self,
        ctx: Context,
        url: bytes,
        send_body: bytes,
        send_ctype: bytes = b"",
        body_pv: PvRef | None = None,
        ctype_pv: PvRef | None = None,
        retcode_pv: PvRef | None = None,
    ) -> Deferred[int]:
        """The same; `send_ctype` is the content type of what is sent."""
        return self._ask(ctx, b"POST", url, send_body, send_ctype, (body_pv, ctype_pv, retcode_pv))

    @script_function(timeout_code=TRANSFER_TIMEOUT, parse=_PARSE)
    def rest_put(self, ctx: Context, url: bytes, send_body: bytes, body_pv: PvRef) -> Deferred[int]:
        """PUT a body to a URL; else as rest_get()."""
        return self._ask(ctx, b"PUT", url, send_body, b"", (body_pv, None, None))

    @script_function("rest_put", timeout_code=TRANSFER_TIMEOUT, parse=_PARSE)
    def put_typed(
        self,
        ctx: Context,
        url: bytes,
        send_body: bytes,
        send_ctype: bytes = b"",
        body_pv: PvRef | None = None,
        ctype_pv: PvRef | None = None,
        retcode_pv: PvRef | None = None,
    ) -> Deferred[int]:
        """The same; `send_ctype` is the content type of what is sent."""
        return self._ask(ctx, b"PUT", url, send_body, send_ctype, (body_pv, ctype_pv, retcode_pv))

    @script_function()
    def rest_append_hf(self, ctx: Context, txt: bytes) -> int:
        """Send a header line with the next request; each call adds one."""
        ctx.extra.setdefault(_FIELDS, []).append(txt)
        return 1

    @script_function()
    def rest_init_client_tls(self, ctx: Context, tls_client_domain: bytes) -> int:
        """Use the certificates of a domain, that `client_tls` defines, for the next request. -1: it is not defined."""
        name = tls_client_domain.decode("utf-8", "surrogateescape")
        if name not in self.domains:
            raise ScriptError(f"no TLS client domain {name!r}: define it with client_tls")
        ctx.extra[_DOMAIN] = self.domains[name]
        return 1

    # -- how

    def _ask(
        self,
        ctx: Context,
        method: bytes,
        url: bytes,
        body: bytes | None,
        content_type: bytes,
        results: tuple[PvRef | None, PvRef | None, PvRef | None],
    ) -> Deferred[int]:
        fields, unwanted = parse_fields(b"\r\n".join(ctx.extra.pop(_FIELDS, ())))
        usual = ((b"User-Agent", self._agent), (b"Content-Type", content_type or None))
        request = HttpRequest(
            method,
            url,
            with_usual(fields, unwanted, *usual),
            body,
            float(self.curl_timeout),
            self._profile(ctx.extra.pop(_DOMAIN, None)),
            most=self.max_transfer_size << 10,
            truncate=False,
        )
        if self.no_concurrent_connects:
            self._reserve(request)
        asked = self.client.request(request)
        return asked.addCallbacks(partial(_answered, ctx, results), partial(_failed, ctx, results, url))

    def _profile(self, domain: dict[str, str] | None) -> Profile:
        if domain is None:
            return self.profile
        return self.profile._replace(**domain)  # type: ignore[arg-type]

    def _reserve(self, request: HttpRequest) -> None:
        """Raises ScriptError: somebody else is connecting to this server."""
        server = b"/".join(request.url.split(b"/", 3)[:3])
        other = self._connecting.get(server)
        if other is not None and not other.connected:
            raise ScriptError(f"another request is connecting to {server.decode(errors='replace')}", CONNECTING)
        self._connecting[server] = request

    # -- transformations

    @transformation("rest.escape")
    def escape(self, value: bytes) -> bytes:
        """{rest.escape}: percent-encoded for a URL: all but letters, digits and `-._~`."""
        return quote_from_bytes(value, safe="").encode()

    @transformation("rest.unescape")
    def unescape(self, value: bytes) -> bytes:
        """{rest.unescape}: the text that was percent-encoded."""
        return unquote_to_bytes(value)


def _write(ctx: Context, results: tuple[PvRef | None, ...], *values: Any) -> None:
    for result, value in zip(results, values, strict=True):
        if result is not None and value is not None:
            assert result.set is not None
            result.set(ctx, value)


def _answered(ctx: Context, results: tuple[PvRef | None, ...], response: HttpResponse) -> int:
    _write(ctx, results, response.body, response.first(b"content-type") or b"", response.status)
    return 1


def _failed(ctx: Context, results: tuple[PvRef | None, ...], url: bytes, failure: Failure) -> Any:
    error = failure.value
    if isinstance(error, CancelledError) and ctx.run is not None and ctx.run.interrupted:
        _write(ctx, results, b"", b"", 0)  # the time limit of async(); its code comes from there
        return failure
    if not isinstance(error, HttpError):
        return failure
    log.error("{error} (url: {url})", error=error.reason, url=shown(url), waited=waited(ctx))
    if error.code == codes.TIMED_OUT and not error.connecting:
        _write(ctx, results, b"", b"", 0)
        return TRANSFER_TIMEOUT
    _write(ctx, results, None, None, 0)
    if error.code == codes.TIMED_OUT:
        return CONNECT_TIMEOUT
    return REFUSED if error.code == codes.NO_CONNECTION else ERROR
