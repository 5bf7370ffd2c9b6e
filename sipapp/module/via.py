# -*- test-case-name: tests.module.test_via -*-
"""via: what a script may add to the Via of a request that it relays, for whoever writes that line."""

from __future__ import annotations

from sipapp.interfaces.transport import Socket
from sipapp.message.draft import Draft, Outbound
from sipapp.message.parse import parse
from sipapp.script.avp import XavpList, xavps
from sipapp.script.runtime import Context

SERVER_ID, PARAMETERS, FIELDS, REPLY_PARAMETERS = 1, 2, 4, 8
"""via_add_srvid(), via_add_xavp_params(), via_use_xavp_fields(), via_reply_add_xavp_params()."""

_WANTED = "via.wanted"
FLAGS = "via.flags"
"""The key in `ctx.extra` of the flags that our Via carries, as bits."""


def want(ctx: Context, what: int, on: bool) -> None:
    """Switch one of the additions on or off for this message."""
    wanted = ctx.extra.get(_WANTED, 0)
    ctx.extra[_WANTED] = wanted | what if on else wanted & ~what


def flags_of_via(ctx: Context) -> int:
    """The flags that our Via carries, as bits."""
    flags: int = ctx.extra.get(FLAGS, 0)
    return flags


def set_via_flags(ctx: Context, flags: int) -> None:
    ctx.extra[FLAGS] = flags


def via_line(ctx: Context, socket: Socket, branch: bytes, tail: bytes = b"") -> bytes:
    """The whole Via line of a request that leaves by `socket`; `tail` are further parameters (`;rport;i=1f`).

    What set_advertised_address(), set_advertised_port(), add_local_rport() and corex's functions asked for is in it.
    """
    extra, draft = ctx.extra, ctx.draft
    if draft.local_rport:
        tail = b";rport" + tail
    if _WANTED not in extra and FLAGS not in extra and draft.advertised_host is None and not draft.advertised_port:
        return b"".join((b"Via: ", socket.via, branch, tail, b"\r\n"))
    fields: dict[bytes, bytes] = {}
    if extra.get(_WANTED, 0) & FIELDS:
        fields = _fields(xavps(ctx), ctx.server.config.xavp_via_fields)
    transport = fields.get(b"proto", socket.proto.encode()).upper()
    sent_by = _sent_by(draft, socket, fields)
    return b"Via: SIP/2.0/%b %b;branch=%b%b%b\r\n" % (transport, sent_by, branch, tail, _parameters(ctx))


def _sent_by(draft: Draft, socket: Socket, fields: dict[bytes, bytes]) -> bytes:
    host, port = socket.sent_by, b""
    if host[-1:] != b"]" and b":" in host:
        host, _, port = host.rpartition(b":")
    host = fields.get(b"address") or draft.advertised_host or host
    port = fields.get(b"port") or (b"%d" % draft.advertised_port if draft.advertised_port else port)
    return host + b":" + port if port else host


def _parameters(ctx: Context) -> bytes:
    wanted, flags = ctx.extra.get(_WANTED, 0), ctx.extra.get(FLAGS, 0)
    config = ctx.server.config
    text = b";srvid=%d" % config.server_id if wanted & SERVER_ID and config.server_id else b""
    if wanted & PARAMETERS:
        text += _serialized(xavps(ctx), config.xavp_via_params)
    return text + b";kvf=%x" % flags if flags else text


class ReplyParameters:
    """What goes behind the Via that a response leaves with on top; read when it goes out."""

    __slots__ = ("_name", "_values")

    def __init__(self, ctx: Context) -> None:
        self._values = xavps(ctx)
        self._name = ctx.server.config.xavp_via_reply_params

    def __call__(self, outbound: Outbound | None = None) -> bytes:
        return _serialized(self._values, self._name)


def add_reply_parameters(ctx: Context, response: bytes) -> bytes:
    """The response of our own making with these parameters on its top Via, where the script wants them."""
    if not ctx.extra.get(_WANTED, 0) & REPLY_PARAMETERS:
        return response
    via = parse(response).via
    if via is None:
        return response
    at = via.span[1]
    return response[:at] + ReplyParameters(ctx)() + response[at:]


def _fields(values: XavpList, name: bytes | str | None) -> dict[bytes, bytes]:
    """The fields of the newest $xavp(name) that are texts or numbers."""
    if not name:
        return {}
    fields: dict[bytes, bytes] = {}
    for field in values.fields(name.encode() if isinstance(name, str) else name) or ():
        if isinstance(field.value, (bytes, int)):
            fields.setdefault(field.name, field.value if isinstance(field.value, bytes) else b"%d" % field.value)
    return fields


def _serialized(values: XavpList, name: bytes | str | None) -> bytes:
    return b"".join(b";%b=%b" % pair if pair[1] else b";" + pair[0] for pair in _fields(values, name).items())
