# -*- test-case-name: tests.modules.pv.test_request -*-
"""request: variables of the first line: method, Request-URI, status; and of the next hop."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING

from sipapp.errors import ParseError
from sipapp.log import Logger
from sipapp.module import Context, Value, pseudo_variable
from sipapp.modules.pv import uris
from sipapp.script import rewrite
from sipapp.script.values import TextWithNumber, text

log = Logger()

if TYPE_CHECKING:
    from sipapp.message.uri import Uri

METHODS = {
    name: TextWithNumber(name, 1 << place)
    for place, name in enumerate(
        b"INVITE CANCEL ACK BYE INFO REGISTER SUBSCRIBE NOTIFY MESSAGE OPTIONS PRACK UPDATE REFER PUBLISH "
        b"KDMQ GET POST PUT DELETE".split()
    )
}
"""The methods that Kamailio has a number for."""
OTHER_METHOD = 1 << 19
_UDP = TextWithNumber(b"UDP", 1)


class RequestVariables:
    """The first line, and where the request goes."""

    # -- method and status ------------------------------------------------------------------------------------------

    @pseudo_variable("rm")
    def pv_rm(self, ctx: Context) -> Value:
        """$rm: the method; of a reply the one in its CSeq."""
        return method(ctx)

    @pseudo_variable("rmid", integer=True)
    def pv_rmid(self, ctx: Context) -> int | None:
        """$rmid: the method's number: INVITE 1, CANCEL 2, ACK 4, BYE 8, ... 524288 for one without a number."""
        found = method(ctx)
        return None if found is None else found.number

    @pseudo_variable("rv")
    def pv_rv(self, ctx: Context) -> bytes:
        """$rv: the SIP version of the first line."""
        return ctx.message.version

    @pseudo_variable("rs", integer=True)
    def pv_rs(self, ctx: Context) -> int | None:
        """$rs: the status of a reply; null for a request."""
        return getattr(ctx.message, "status", None)

    @pseudo_variable("rsi", integer=True)
    def pv_rsi(self, ctx: Context) -> int:
        """$rsi: the status of a reply; 0 for a request."""
        return getattr(ctx.message, "status", 0)

    @pseudo_variable("rr")
    def pv_rr(self, ctx: Context) -> bytes | None:
        """$rr: the reason phrase of a reply; null for a request."""
        return getattr(ctx.message, "reason", None)

    @pseudo_variable("mt", integer=True)
    def pv_mt(self, ctx: Context) -> int:
        """$mt: 1 for a request, 2 for a reply."""
        return 1 if hasattr(ctx.message, "uri") else 2

    @pseudo_variable("mts")
    def pv_mts(self, ctx: Context) -> bytes:
        """$mts: `rq` for a request, `rp` for a reply."""
        return b"rq" if hasattr(ctx.message, "uri") else b"rp"

    # -- the Request-URI --------------------------------------------------------------------------------------------

    @pseudo_variable("ru", "ruri")
    def pv_ru(self, ctx: Context) -> bytes | None:
        """$ru: the Request-URI with the script's changes; null where it is no URI. Written, it is replaced."""
        uri = request_uri(ctx)
        return None if uri is None else uri.text

    @pv_ru.setter
    def set_ru(self, ctx: Context, value: Value) -> None:
        if value is not None and _is_text("ru", value):
            ctx.draft.request_uri = text(value)

    @pseudo_variable("rU", "ruri.user")
    def pv_rU(self, ctx: Context) -> bytes | None:
        """$rU: the user of the Request-URI. $null takes it away."""
        new = ctx.draft.request_uri
        try:
            uri = ctx.message.parsed_uri if new is None else uris.parse_uri(new)  # type: ignore[union-attr]
            found = uri.user  # type: ignore[union-attr]  # those of unknown schemes have none
        except (ParseError, AttributeError):
            return None
        return uris.user(uri) if found and uris.SEMICOLON in found else found or None  # type: ignore[arg-type]

    @pv_rU.setter
    def set_rU(self, ctx: Context, value: Value) -> None:
        if _is_text("rU", value):
            _rewrite(ctx, rewrite.set_user, text(value))

    @pseudo_variable("rd", "ruri.domain")
    def pv_rd(self, ctx: Context) -> bytes | None:
        """$rd: the host of the Request-URI."""
        return _host(request_uri(ctx))

    @pv_rd.setter
    def set_rd(self, ctx: Context, value: Value) -> None:
        if value is not None and _is_text("rd", value):
            _rewrite(ctx, rewrite.set_host, text(value))

    @pseudo_variable("rp")
    def pv_rp(self, ctx: Context) -> Value:
        """$rp: the port of the Request-URI; 5060, or 5061 with transport=tls, where there is none. $null takes it
        away."""
        return port(request_uri(ctx))

    @pv_rp.setter
    def set_rp(self, ctx: Context, value: Value) -> None:
        _rewrite(ctx, rewrite.set_port, text(value))

    @pseudo_variable("rP")
    def pv_rP(self, ctx: Context) -> Value:
        """$rP: the transport parameter of the Request-URI; UDP where there is none."""
        return transport(request_uri(ctx))

    @pseudo_variable("rz")
    def pv_rz(self, ctx: Context) -> Value:
        """$rz: the scheme of the Request-URI; tel for a SIP URI with user=phone."""
        uri = request_uri(ctx)
        if uri is None:
            return None
        scheme = b"tel" if uris.is_phone(uri) else uri.scheme
        return TextWithNumber(scheme, uris.SCHEMES[scheme])

    @pseudo_variable("rul", integer=True)
    def pv_rul(self, ctx: Context) -> int | None:
        """$rul: the length of the Request-URI."""
        new = ctx.draft.request_uri
        if new is not None:
            return len(new)
        return len(ctx.message.uri) if hasattr(ctx.message, "uri") else None

    @pseudo_variable("rUl", integer=True)
    def pv_rUl(self, ctx: Context) -> int | None:
        """$rUl: the length of the Request-URI's user."""
        return _user_length(request_uri(ctx))

    # -- the Request-URI as received --------------------------------------------------------------------------------

    @pseudo_variable("ou", "ouri")
    def pv_ou(self, ctx: Context) -> bytes | None:
        """$ou: the Request-URI as received."""
        uri = received_uri(ctx)
        return None if uri is None else uri.text

    @pseudo_variable("oU")
    def pv_oU(self, ctx: Context) -> bytes | None:
        """$oU: its user."""
        uri = received_uri(ctx)
        return None if uri is None else uris.user(uri)

    @pseudo_variable("od")
    def pv_od(self, ctx: Context) -> bytes | None:
        """$od: its host."""
        return _host(received_uri(ctx))

    @pseudo_variable("op")
    def pv_op(self, ctx: Context) -> Value:
        """$op: its port; 5060 or 5061 where there is none."""
        return port(received_uri(ctx))

    @pseudo_variable("oP")
    def pv_oP(self, ctx: Context) -> Value:
        """$oP: its transport; UDP where there is none."""
        return transport(received_uri(ctx))

    @pseudo_variable("oUl", integer=True)
    def pv_oUl(self, ctx: Context) -> int | None:
        """$oUl: the length of its user."""
        return _user_length(received_uri(ctx))

    # -- the next hop -----------------------------------------------------------------------------------------------

    @pseudo_variable("du", "duri")
    def pv_du(self, ctx: Context) -> bytes | None:
        """$du: the URI to send to in place of the Request-URI; null where there is none. $null takes it away."""
        return ctx.draft.next_hop

    @pv_du.setter
    def set_du(self, ctx: Context, value: Value) -> None:
        if value != b"" and _is_text("du", value):
            ctx.draft.next_hop = None if value is None else text(value)

    @pseudo_variable("dd")
    def pv_dd(self, ctx: Context) -> bytes | None:
        """$dd: the host of $du."""
        return _host(_next_hop(ctx))

    @pseudo_variable("dp")
    def pv_dp(self, ctx: Context) -> Value:
        """$dp: the port of $du; 5060 or 5061 where there is none."""
        return port(_next_hop(ctx))

    @pseudo_variable("dP")
    def pv_dP(self, ctx: Context) -> Value:
        """$dP: the transport of $du; UDP where there is none."""
        return transport(_next_hop(ctx))

    @pseudo_variable("nh", keys=["u", "U", "d", "p", "P", "i"])
    def pv_nh(self, ctx: Context, inner: bytes) -> Value:
        """$nh(u): where the message goes: $du, else the Request-URI; of a reply by its second Via. $nh(U) user,
        $nh(d) host, $nh(p) port, $nh(P) transport, $nh(i) 4 or 6 for an address, else 0."""
        if not hasattr(ctx.message, "uri"):
            return _reply_hop(ctx, inner)
        draft = ctx.draft
        target: bytes = draft.next_hop or draft.request_uri or ctx.message.uri
        if inner == b"u":
            return target
        uri = uris.parse_uri(target)
        if uri is None:
            return None
        if inner == b"U":
            return uris.user(uri)
        if inner == b"d":
            return uri.host or None
        if inner == b"p":
            return _port_text(5060 if uri.port is None else uri.port)
        return transport(uri) if inner == b"P" else _version(uri.host_address)


def _is_text(name: str, value: Value) -> bool:
    """A number is refused in these places, as Kamailio does: nothing changes."""
    if isinstance(value, int):
        log.error("${name} takes a text, got the number {value}", name=name, value=value)
        return False
    return True


def method(ctx: Context) -> TextWithNumber | None:
    """The method with its number; None for a reply without a CSeq that can be read."""
    try:
        name = ctx.message.method
    except ParseError:
        return None
    known = METHODS.get(name)
    if known is None:
        return TextWithNumber(name, OTHER_METHOD) if name else None
    return known


def request_uri(ctx: Context) -> Uri | None:
    """The Request-URI with the script's changes; None for a reply, and where it is no URI."""
    new = ctx.draft.request_uri
    return received_uri(ctx) if new is None else uris.parse_uri(new)


def received_uri(ctx: Context) -> Uri | None:
    """The Request-URI as received."""
    try:
        uri: Uri = ctx.message.parsed_uri  # type: ignore[union-attr]
    except (ParseError, AttributeError):  # a response has none
        return None
    return uri if uri.scheme in uris.SCHEMES else None


def port(uri: Uri | None) -> Value:
    """The port, the usual one where there is none."""
    if uri is None:
        return None
    if uri.port is not None:
        return _port_text(uri.port)
    return _port_text(5061 if uris.protocol(uri) == 3 else 5060)


def transport(uri: Uri | None) -> Value:
    """The transport as written, UDP where there is none."""
    if uri is None:
        return None
    found = uris.parameter(uri, b"transport")
    return _UDP if found is None else TextWithNumber(found, uris.PROTOCOLS.get(found.lower(), 0))


@lru_cache(maxsize=4096)
def _port_text(number: int) -> TextWithNumber:
    return TextWithNumber(b"%d" % number, number)


def _host(uri: Uri | None) -> bytes | None:
    return None if uri is None else uri.host or None


def _user_length(uri: Uri | None) -> int | None:
    return None if uri is None else len(uris.user(uri) or b"")


def _rewrite(ctx: Context, change: Callable[[bytes, bytes], bytes], value: bytes) -> None:
    """Change the Request-URI; one that is no URI stays as it is."""
    uri = ctx.draft.request_uri
    if uri is None:
        uri = getattr(ctx.message, "uri", None)
    if uri is None:
        return
    try:
        ctx.draft.request_uri = change(uri, value)
    except ParseError:
        return


def _next_hop(ctx: Context) -> Uri | None:
    found = ctx.draft.next_hop
    return None if found is None else uris.parse_uri(found)


def _version(host: bytes | None) -> int:
    try:
        return ip_address((host or b"").decode()).version
    except ValueError:
        return 0


def _reply_hop(ctx: Context, part: bytes) -> Value:
    """By the second Via: what the reply's own next hop is. RFC 3261 §18.2.2."""
    try:
        via = ctx.message.vias[1]
        host = via.parameters.get(b"received") or via.host
    except (ParseError, IndexError):
        return None
    name = via.transport.lower()
    if part == b"U":
        return None
    if part == b"d":
        return host
    usual = 5061 if name in (b"tls", b"wss") else 5060
    where = via.rport or via.port or usual
    if part == b"p":
        return where
    if part == b"P":
        return TextWithNumber(name, uris.PROTOCOLS.get(name, 0))
    if part == b"i":
        return _version(host.strip(b"[]"))
    return b"sip:%b:%d;transport=%b" % (host, where, name)
