# -*- test-case-name: tests.modules.siputils.test_checks -*-
"""checks: questions about the message."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

from sipapp.errors import ConfigError, ParseError
from sipapp.interfaces.server import IServer
from sipapp.message.headers import header_key
from sipapp.message.request import Request
from sipapp.message.response import Response
from sipapp.message.uri import Uri
from sipapp.module import LOCAL, REQUEST, Context, script_function
from sipapp.modules.siputils.uris import parse_uri, request_uri, same_aor, same_uri

AUTHORIZED = "authorized"
"""`ctx.extra[AUTHORIZED]` is (user, realm) once a module has found the credentials to be right."""

OPTION_TAGS = frozenset((b"path", b"gruu", b"timer", b"100rel", b"outbound", b"eventlist"))


def option_tag(text: bytes) -> bytes:
    """An option tag that is_supported() knows. Raises ConfigError."""
    if text.lower() not in OPTION_TAGS:
        known = ", ".join(sorted(tag.decode() for tag in OPTION_TAGS))
        raise ConfigError(f"unknown option tag {text.decode(errors='replace')!r}; there are {known}")
    return text.lower()


class Checks:
    """Functions that look and change nothing."""

    server: IServer

    @script_function()
    def is_request(self, ctx: Context) -> int:
        """True for a request."""
        return 1 if isinstance(ctx.message, Request) else -1

    @script_function()
    def is_reply(self, ctx: Context) -> int:
        """True for a response."""
        return 1 if isinstance(ctx.message, Response) else -1

    @script_function()
    def is_sip(self, ctx: Context) -> int:
        """True for a SIP message."""
        return 1 if ctx.message.version[:4].upper() == b"SIP/" else -1

    @script_function()
    def is_http(self, ctx: Context) -> int:
        """True for an HTTP message, which xhttp hands to the script."""
        return 1 if ctx.message.version[:5].upper() == b"HTTP/" else -1

    @script_function()
    def sip_parse_headers(self, ctx: Context) -> int:
        """True: the header fields have been found; they are before a script sees a message."""
        return 1

    @script_function()
    def has_totag(self, ctx: Context) -> int:
        """True when the To header field has a tag: the request is within a dialog."""
        return 1 if ctx.message.to_tag else -1

    @script_function(routes=REQUEST | LOCAL)
    def is_user(self, ctx: Context, username: bytes) -> int:
        """True when the request was authenticated as `username`; authenticate first."""
        authorized = ctx.extra.get(AUTHORIZED)
        return 1 if authorized is not None and authorized[0] == username else -1

    @script_function()
    def is_uri(self, ctx: Context, uri: bytes) -> int:
        """True when the text is a URI that Kamailio knows: sip, sips, tel, tels or urn."""
        try:
            return 1 if Uri.parse(uri).scheme in (b"sip", b"sips", b"tel", b"tels", b"urn") else -1
        except ParseError:
            return -1

    @script_function(parse={"option": option_tag})
    def is_supported(self, ctx: Context, option: bytes) -> int:
        """True when Supported lists this option tag: path, gruu, timer, 100rel, outbound or eventlist."""
        return 1 if any(tag.lower() == option for tag in ctx.message.tokens(b"supported")) else -1

    @script_function()
    def is_gruu(self, ctx: Context, uri: bytes | None = None) -> int:
        """1: the URI (the Request-URI without one) is a public GRUU, 2: a temporary one, -1: it is none. RFC 5627."""
        parameters = parse_uri(request_uri(ctx) if uri is None else uri).parameters
        if b"gr" not in parameters:
            return -1
        return 1 if parameters.get(b"gr") else 2

    @script_function()
    def cmp_uri(self, ctx: Context, str1: bytes, str2: bytes) -> int:
        """True when both URIs are the same by RFC 3261 §19.1.4, -1 when not; -2: one is no URI."""
        try:
            return 1 if same_uri(Uri.parse(str1), Uri.parse(str2)) else -1
        except ParseError:
            return -2

    @script_function()
    def cmp_aor(self, ctx: Context, str1: bytes, str2: bytes) -> int:
        """True when both URIs have the same user, host and port (5060 where missing); -2: one is no URI."""
        try:
            return 1 if same_aor(Uri.parse(str1), Uri.parse(str2)) else -1
        except ParseError:
            return -2

    @script_function()
    def cmp_hdr_name(self, ctx: Context, str1: bytes, str2: bytes) -> int:
        """True when both name the same header field, compact forms and letter case minded; -2: one is no name."""
        try:
            return 1 if header_key(str1) == header_key(str2) else -1
        except ParseError:
            return -2

    @script_function()
    def hdr_date_check(self, ctx: Context, tdiff: int) -> int:
        """True when the Date header field is at most `tdiff` seconds old. -1: it is missing or unreadable, -4: too
        old."""
        text = ctx.message.first(b"date")
        if text is None:
            return -1
        try:
            sent = parsedate_to_datetime(text.decode("latin-1")).timestamp()
        except ValueError:
            return -1
        return -4 if self.server.clock.seconds() > sent + tdiff else 1

    @script_function()
    def is_first_hop(self, ctx: Context, mode: int = 0) -> int:
        """True when no other proxy stands between the sender and us: a request with one Via, a response whose top
        Record-Route is ours or absent. mode 1: names of ours count in Record-Route, not addresses alone."""
        message = ctx.message
        if isinstance(message, Request):
            return 1 if len(message.vias) == 1 else -1
        routes = message.record_routes
        if not routes:
            return 1
        return 1 if self._is_our_route(ctx, routes[0].parsed_uri, mode) else -1

    def _is_our_route(self, ctx: Context, uri: Uri, mode: int) -> bool:
        host = uri.host_address
        if host is None or (mode == 0 and not _is_address(host)):
            return False
        transport = uri.transport
        proto = transport.decode("latin-1") if transport else None
        if not self.server.transport.is_myself(uri.host, uri.port or 0, proto):
            return False
        flow = ctx.message.flow
        looped = (
            host == flow.host.encode() and flow.port == (uri.port or 5060) and flow.socket.proto == (proto or "udp")
        )
        return mode != 0 or not looped


def _is_address(host: bytes) -> bool:
    return b":" in host or host.replace(b".", b"").isdigit()
