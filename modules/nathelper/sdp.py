# -*- test-case-name: tests.modules.nathelper.test_sdp -*-
"""sdp: session descriptions that name the address that the message came from, not the private one of its sender."""

from __future__ import annotations

from sipapp.message import mime
from sipapp.message.message import Message
from sipapp.message.sdp import lines
from sipapp.module import BRANCH, FAILURE, LOCAL, ONREPLY, REQUEST, Context, ScriptError, modparam, script_function

ADD_DIRECTION, FIX_MEDIA, ADD_NO_PROXY, FIX_ORIGIN = 1, 2, 4, 8
"""The flags of fix_nated_sdp()."""


class Sdp:
    """fix_nated_sdp()."""

    nortpproxy_str: bytes = modparam(default=b"a=nortpproxy:yes", doc="the line that flag 4 adds; none when empty")
    append_sdp_oldmediaip: int = modparam(default=1, doc="0: do not note replaced addresses in a=oldmediaip lines")

    @script_function(routes=REQUEST | ONREPLY | FAILURE | BRANCH | LOCAL)
    def fix_nated_sdp(self, ctx: Context, flags: int, ip_address: bytes = b"") -> int:
        """Change the session description; `flags` is the sum of what to do, 2 is answered when no address was changed.

        1: add a=direction:active to each media description; 2: write the source address of the message, or
        `ip_address`, into the c= lines; 4: add a=nortpproxy:yes; 8: write it into the o= line.
        """
        start, end = _description(ctx.message)
        body_at, draft = ctx.message.body_at, ctx.draft
        if flags & ADD_DIRECTION:
            for at in _ends_of_media(ctx.message.body, start, end):
                draft.insert(body_at + at, b"\r\na=direction:active")
        if flags & ADD_NO_PROXY and (text := self.nortpproxy_str.rstrip(b"\r\n")):
            draft.insert(body_at + end, b"\r\n" + text)
        changed = 0
        if flags & (FIX_MEDIA | FIX_ORIGIN):
            address = ip_address or ctx.message.flow.host.encode()
            changed += self._replace(ctx, start, end, b"a=rtcp", address)
            if flags & FIX_MEDIA:
                changed += self._replace(ctx, start, end, b"c=", address)
            if flags & FIX_ORIGIN:
                changed += self._replace(ctx, start, end, b"o=", address)
        return 1 if changed else 2

    def _replace(self, ctx: Context, start: int, end: int, prefix: bytes, new: bytes) -> int:
        """Another address in all lines that begin like this; how many. Raises ScriptError: one has none."""
        body_at, draft = ctx.message.body_at, ctx.draft
        changed = 0
        families = set()
        for line in lines(ctx.message.body, start, end):
            if not line.text.startswith(prefix):
                continue
            found = _address(line.text, len(prefix))
            if found is None:
                if prefix == b"a=rtcp":  # a=rtcp-mux, or a port alone. RFC 3605
                    continue
                raise ScriptError(f"no `IP[4|6]' in `{prefix.decode()}' field")
            family, at, old = found
            families.add(family)
            if len(families) > 1:
                raise ScriptError(f"mismatching address families in '{prefix.decode()}' SDP")
            if old == new or _is_null(family, old):
                continue
            if self.append_sdp_oldmediaip:
                mark = b"a=oldmediaip:" if family == b"IP4" else b"a=oldmediaip6:"
                draft.insert(body_at + end, b"\r\n" + mark + old)
            at += body_at + line.start
            draft.replace(at, at + len(old), new)
            changed += 1
        return changed


def _description(message: Message) -> tuple[int, int]:
    """Where in the body the session description is, without the line ends at its end. Raises ScriptError: there is
    none."""
    body = message.body
    if not body:
        raise ScriptError("cannot extract body from msg!")
    start, end = 0, len(body)
    kind = message.content_type
    if kind is not None and (media_type := mime.media_type(kind)) != b"application/sdp":
        boundary = mime.boundary(kind) if media_type == b"multipart/mixed" else None
        if boundary is None:
            raise ScriptError("content type mismatching")
        start, end = _part(body, boundary)
    end -= len(body[start:end]) - len(body[start:end].rstrip(b"\r\n"))
    if start == end:
        raise ScriptError("empty body")
    return start, end


def _part(body: bytes, boundary: bytes) -> tuple[int, int]:
    """The first part of a multipart body that is a session description."""
    for part in mime.parts(body, boundary):
        field = mime.part_field(body, part, b"content-type")
        if field is not None and mime.media_type(field.value) == b"application/sdp":
            return part.content, part.end
    raise ScriptError("empty multipart content")


def _ends_of_media(body: bytes, start: int, end: int) -> list[int]:
    """Where each media description ends: before the line end that the next one follows."""
    ends = []
    at = body.find(b"\r\nm=", start, end)
    while at >= 0:
        at = body.find(b"\r\nm=", at + 4, end)
        ends.append(end if at < 0 else at)
    return ends


def _address(text: bytes, start: int) -> tuple[bytes, int, bytes] | None:
    """(`IP4` or `IP6`, where it starts in the line, the address); None where there is none."""
    at = start
    family = b""
    for token in text[start:].replace(b"\t", b" ").split(b" "):
        if token and family:
            return family, at, token
        if token in (b"IP4", b"IP6"):
            family = token
        at += len(token) + 1
    return None


def _is_null(family: bytes, address: bytes) -> bool:
    return not address.strip(b"0:") if family == b"IP6" else address == b"0.0.0.0"
