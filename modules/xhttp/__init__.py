# -*- test-case-name: tests.modules.xhttp.test_xhttp -*-
"""xhttp: HTTP requests on the SIP ports: event_route[xhttp:request], $hu, xhttp_reply(). RFC 9112 as far as scripts
need it: a body has a Content-Length."""

from __future__ import annotations

import re
from re import Pattern

from zope.interface import implementer

from sipapp.interfaces.foreign import IForeignMessages, IHttpReplies
from sipapp.interfaces.route import EVENT
from sipapp.interfaces.script import Value
from sipapp.interfaces.transport import CLOSE, Flow
from sipapp.log import Logger
from sipapp.message.draft import Draft
from sipapp.message.leaf import read
from sipapp.message.request import Request
from sipapp.module import (
    ConfigError,
    Context,
    IServer,
    RouteType,
    ScriptError,
    compile_regex,
    modparam,
    module,
    pseudo_variable,
    script_function,
    transformation,
)
from sipapp.script.run import execute

log = Logger()

_START = re.compile(rb"([A-Z]+) (\S+) (HTTP/1\.[01])\r?\n").match
ANSWERED = "xhttp.answered"
"""`ctx.extra[ANSWERED]`: the request of this run has had its answer."""


@implementer(IForeignMessages, IHttpReplies)
@module("xhttp", provides=[IHttpReplies])
class Xhttp:
    """Kamailio's module of this name."""

    event_routes = {"xhttp:request": "An HTTP request has come in; it has to answer by xhttp_reply() or its like."}

    url_match: Pattern[bytes] | None = modparam(
        default=None, parse=lambda text: compile_regex(text.encode()), doc="only URLs that it finds itself in are taken"
    )
    url_skip: Pattern[bytes] | None = modparam(
        default=None, parse=lambda text: compile_regex(text.encode()), doc="URLs that it finds itself in are not taken"
    )
    event_callback: str | None = modparam(
        default=None, doc="for scripts in other languages; ours have event_route[xhttp:request]"
    )

    def start(self, server: IServer) -> None:
        """Raises ConfigError: there is no route for the requests."""
        self.server = server
        self.route = server.event_route("xhttp:request")
        if self.route is None:
            raise ConfigError('loadmodule "xhttp": event_route[xhttp:request] is missing')

    # -- requests

    def foreign_received(self, data: bytes, flow: Flow) -> bool:
        match = _START(data)
        if match is None or not flow.reliable:
            return False
        method, url, version = match.groups()
        if self.url_skip is not None and self.url_skip.search(url):
            return False
        if self.url_match is not None and not self.url_match.search(url):
            return False
        ctx = Context(self.server, self._request(data, match.end(), flow, (method, url, version)), Draft(), EVENT)
        if ctx.message.first(b"transfer-encoding") is not None:
            return self.reply(ctx, 501, b"Not Implemented", b"text/plain", b"a body needs a Content-Length\n")
        assert self.route is not None
        execute(self.route, ctx, self._over)
        return True

    def _request(self, data: bytes, head_at: int, flow: Flow, start: tuple[bytes, bytes, bytes]) -> Request:
        """As if it were SIP: with the Via that it would have, so that scripts can ask for its source."""
        method, url, version = start
        raw = b"%b %b %b\r\nVia: SIP/2.0/%b %b:%d\r\n%b" % (
            method, url, version, flow.socket.proto.upper().encode(), flow.host.encode(), flow.port, data[head_at:],
        )  # fmt: skip
        request = Request(raw, read(raw)[1], method, url, version)
        request.flow = flow
        request.received_at = self.server.clock.seconds()
        return request

    def _over(self, ctx: Context, code: int) -> None:
        if ANSWERED not in ctx.extra:
            log.warn("no answer to {method} {url} from {flow}", **_facts(ctx))
            self.reply(ctx, 500, b"Internal Server Error", b"text/plain", b"no answer\n")

    # -- answers

    def is_http(self, ctx: Context) -> bool:
        return ctx.message.version.startswith(b"HTTP/")

    def reply(self, ctx: Context, status: int, reason: bytes, content_type: bytes, body: bytes) -> bool:
        if not self.is_http(ctx) or ANSWERED in ctx.extra:
            return False
        ctx.extra[ANSWERED] = True
        message = ctx.message
        wish = (message.first(b"connection") or b"").lower()
        close = wish == b"close" or (message.version == b"HTTP/1.0" and wish != b"keep-alive")
        lines = [b"HTTP/1.1 %d %b\r\n" % (status, reason), *ctx.draft.reply_fields]
        if content_type and body:
            lines.append(b"Content-Type: %b\r\n" % content_type)
        lines.append(b"Content-Length: %d\r\n" % len(body))
        if close:
            lines.append(b"Connection: close\r\n")
        self.server.transport.send(b"".join([*lines, b"\r\n", body]), message.flow, None, CLOSE if close else 0)
        return True

    @script_function(routes=RouteType.REQUEST | RouteType.EVENT)
    def xhttp_reply(self, ctx: Context, code: int, reason: bytes, content_type: bytes, body: bytes) -> int:
        """Answer the HTTP request. False where it has been answered already, or is no HTTP.

        What append_to_reply() has added goes along. An empty reason is not allowed; an empty body is none.
        """
        if not 100 <= code <= 700:
            raise ScriptError(f"no HTTP status: {code}")
        if not reason:
            raise ScriptError("an answer needs a reason")
        return 1 if self.reply(ctx, code, reason, content_type, body) else -1

    # -- variables

    @pseudo_variable("hu")
    def pv_hu(self, ctx: Context) -> bytes | None:
        """$hu: the URL of the HTTP request, as in its first line: `/path?query`."""
        message = ctx.message
        return message.uri if isinstance(message, Request) else None

    @transformation("url.path")
    def tr_path(self, value: Value) -> Value:
        """{url.path}: what is before the `?`."""
        return _text(value).partition(b"?")[0]

    @transformation("url.querystring")
    def tr_querystring(self, value: Value) -> Value:
        """{url.querystring}: what is behind the `?`."""
        return _text(value).partition(b"?")[2]


def _text(value: Value) -> bytes:
    return b"%d" % value if isinstance(value, int) else value or b""


def _facts(ctx: Context) -> dict[str, object]:
    request = ctx.message
    assert isinstance(request, Request)
    return {"method": request.method.decode(), "url": request.uri.decode("ascii", "replace"), "flow": request.flow}
