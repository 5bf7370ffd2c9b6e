# -*- test-case-name: tests.modules.tm.test_dump -*-
"""dump: t_write_req() and t_write_unix(): a request as lines, for a program outside that acts on it by RPC."""

from __future__ import annotations

import errno
import os
import socket
from typing import NamedTuple

from sipapp.errors import ConfigError, ParseError
from sipapp.log import Logger
from sipapp.message.headers import header_key
from sipapp.message.request import Request
from sipapp.message.uri import Uri
from sipapp.module import FAILURE, REQUEST, Context, ScriptError, Text, script_function
from sipapp.modules.tm.serial import Serial
from sipapp.script.avp import avp_key

log = Logger()

VERSION = b"0.3"
_NOTHING = b"."


class Element(NamedTuple):
    """One line that an append adds: `title=avp[x]`, `title=hdr[x]`, `msg[body]`."""

    title: bytes
    kind: str
    name: bytes


class Append(NamedTuple):
    """modparam tw_append."""

    elements: list[Element]
    body: bool


def parse_append(given: str) -> tuple[str, Append]:
    """`name:title=avp[x];hdr[y];msg[body]`. Raises ConfigError."""
    name, colon, rest = given.partition(":")
    elements = []
    body = False
    for part in filter(None, (p.strip() for p in rest.split(";"))):
        title, equals, spec = part.rpartition("=")
        kind, bracket, inner = spec.partition("[")
        kind = kind.strip().lower()
        if kind not in ("avp", "hdr", "msg") or not bracket or not inner.endswith("]"):
            raise ConfigError(f'modparam("tm", "tw_append"): {part!r} is not avp[...], hdr[...] or msg[body]')
        inner = inner[:-1].strip()
        if kind == "msg":
            if inner != "body":
                raise ConfigError(f'modparam("tm", "tw_append"): a message has a body, no {inner!r}')
            body = True
            continue
        elements.append(Element((title.strip() if equals else inner).encode(), kind, inner.encode()))
    if not colon or not name.strip() or not (elements or body):
        raise ConfigError(f'modparam("tm", "tw_append"): {given!r} is not name:element;element')
    return name.strip(), Append(elements, body)


class Dumps(Serial):
    """Requests for programs outside."""

    appends: dict[str, Append]

    @script_function(routes=REQUEST | FAILURE)
    def t_write_req(self, ctx: Context, path: Text, action: Text) -> int:
        """Write the request to a FIFO: 20 lines, `action` ("name", or "name/append") in the second. False where nobody
        reads there."""
        data = self._lines(ctx, action)
        try:
            fifo = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as why:
            raise ScriptError(f"{path.decode(errors='replace')}: {why.strerror}") from None
        try:
            os.write(fifo, data)
        except OSError as why:
            raise ScriptError(f"{path.decode(errors='replace')}: {why.strerror}") from None
        finally:
            os.close(fifo)
        return 1

    @script_function(routes=REQUEST | FAILURE)
    def t_write_unix(self, ctx: Context, path: Text, action: Text) -> int:
        """The same as one datagram to a UNIX socket."""
        data = self._lines(ctx, action)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as way:
            way.setblocking(False)
            try:
                way.sendto(data, path)
            except OSError as why:
                reason = "nobody takes it" if why.errno == errno.EAGAIN else why.strerror
                raise ScriptError(f"{path.decode(errors='replace')}: {reason}") from None
        return 1

    def _lines(self, ctx: Context, action: bytes) -> bytes:
        request = ctx.message
        t = ctx.transaction
        name, _, wanted = action.partition(b"/")
        append = self.appends.get(wanted.decode(errors="replace")) if wanted else None
        if wanted and append is None:
            raise ScriptError(f"no tw_append named {wanted.decode(errors='replace')!r}")
        if not isinstance(request, Request):
            raise ScriptError("only requests are written")
        if t is None:
            raise ScriptError("there is no transaction: t_newtran() first")
        try:
            uri = Uri.parse(ctx.draft.request_uri or request.uri)
            from_, to, cseq = request.from_, request.to, request.cseq
            target, routes, next_hop = _dialog(request)
        except ParseError as why:
            raise ScriptError(str(why)) from None
        assert from_ is not None
        assert to is not None
        assert cseq is not None
        own = request.flow.socket
        body = request.body if request.method in (b"INVITE", b"INFO") or (append and append.body) else _NOTHING
        lines = [
            VERSION,
            b"sip_request." + name,
            *(request.method, uri.user or b"", uri.host or b""),
            *(own.host_bytes, _NOTHING if own.port == 5060 else b"%d" % own.port),
            *(request.uri, target or _NOTHING),
            *(request.first(b"from") or b"", request.first(b"to") or b"", request.call_id),
            *(from_.tag or b"", to.tag or b"", b"%d" % cseq.number),
            b"%d:%d" % (t.index, t.label),
            *(routes or _NOTHING, next_hop or _NOTHING),
            b"P-MsgFlags: %x\n" % ctx.draft.flags + self._appended(ctx, append) + b".",
            body,
        ]
        return b"".join(line + b"\n" for line in lines)

    def _appended(self, ctx: Context, append: Append | None) -> bytes:
        found = []
        for title, kind, name in append.elements if append is not None else ():
            if kind == "hdr":
                value = ctx.message.first(header_key(name))
            else:
                stack = ctx.avps.get(avp_key(name))
                newest = stack[-1] if stack else None
                value = b"%d" % newest if isinstance(newest, int) else newest
            if value is not None:
                found.append(b"%b: %b\n" % (title, value))
        return b"".join(found)


def _dialog(request: Request) -> tuple[bytes, bytes, bytes]:
    """What a request back would need: its target, its Route, its first hop. RFC 3261 §12.1.1."""
    contacts = request.contacts
    target = contacts[0].uri if contacts else b""
    recorded = [address.uri for address in request.record_routes]
    if not recorded:
        return target, b"", b""
    if b"lr" in Uri.parse(recorded[0]).parameters:
        return target, b",".join(b"<%b>" % uri for uri in recorded), recorded[0]
    return recorded[0], b",".join(b"<%b>" % uri for uri in [*recorded[1:], target]), b""
