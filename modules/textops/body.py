# -*- test-case-name: tests.modules.test_textops_body -*-
"""body: the body as a whole: what type it is of, another one in its place."""

from __future__ import annotations

from sipapp.errors import ParseError
from sipapp.message import mime, sdp
from sipapp.module import BRANCH, FAILURE, ONREPLY, REQUEST, ConfigError, Context, Text, script_function
from sipapp.modules.textops.hexa import from_hex

SDP = b"application/sdp"


def wanted_type(text: bytes) -> bytes:
    """`type/subtype` as has_body() takes it; empty: any. Raises ConfigError."""
    if not text:
        return b""
    found = mime.media_type(text) if b"," not in text else None
    if found is None or (found.startswith(b"*/") and found != b"*/*"):
        raise ConfigError(f"no single type/subtype: {text.decode(errors='replace')!r}")
    return found


class Bodies:
    """has_body(), set_body(), filter_body(), is_audio_on_hold()."""

    @script_function(parse={"mime": wanted_type})
    def has_body(self, ctx: Context, mime: bytes = b"") -> bool:
        """There is a body, by the Content-Length; and it is of this type. Without a Content-Type it counts as
        application/sdp."""
        message = ctx.message
        try:
            if not message.content_length:
                return False
        except ParseError:
            return False
        return not mime or _type_of(message.content_type) == mime

    @script_function(routes=REQUEST | FAILURE | BRANCH | ONREPLY)
    def set_body(self, ctx: Context, txt: bytes, content_type: bytes) -> bool:
        """Put another body and its Content-Type in the place of what is there. False where one of them is empty."""
        if not txt or not content_type:
            return False
        ctx.draft.set_body(ctx.message, txt, content_type)
        return True

    @script_function()
    def set_body_hex(self, ctx: Context, htxt: bytes, content_type: bytes) -> bool:
        """The same with the body in hexadecimal digits."""
        body = from_hex(htxt)
        return body is not None and self.set_body(ctx, body, content_type)

    @script_function(late=True)
    def filter_body(self, ctx: Context, content_type: Text) -> bool:
        """Leave of a multipart/mixed body only its first part of this type; the Content-Type stays as it is."""
        message = ctx.message
        value = message.content_type or b""
        delimiter = mime.boundary(value)
        if mime.media_type(value) != b"multipart/mixed" or delimiter is None:
            return False
        body = message.body
        for part in mime.parts(body, delimiter):
            field = mime.part_field(body, part, b"content-type")
            if field is None or not is_type(field.value, content_type):
                continue
            # What stands between the Content-Type and the delimiter, but for the line ends at both.
            start = part.end - len(body[field.end : part.end].lstrip(b"\r\n"))
            end = max(start, part.end - len(_last_line_end(body, part.end)))
            ctx.draft.delete(message.body_at, message.body_at + start)
            ctx.draft.delete(message.body_at + end, len(message.raw))
            return True
        return False

    @script_function()
    def is_audio_on_hold(self, ctx: Context) -> int:
        """An audio stream of the SDP is on hold: 1 by its address 0.0.0.0 (RFC 2543), 2 by sendonly or inactive
        (RFC 3264); -1: none is."""
        try:
            found = sdp.of_message(ctx.message)
        except ParseError:
            return -1
        for session in found.sessions if found else ():
            for media in session.media:
                if media.kind == b"audio" and (hold := media.hold or session.hold):
                    return hold
        return -1


def is_type(value: bytes, wanted: bytes) -> bool:
    """Whether a Content-Type value is of the wanted type: with parameters where that has some, else without."""
    return value.lower() == wanted.lower() or mime.media_type(value) == wanted.lower()


def _type_of(value: bytes | None) -> bytes | None:
    """The type of a Content-Type; SDP where there is none, None where it is malformed or holds a wildcard."""
    if value is None:
        return SDP
    found = mime.media_type(value)
    return None if found is None or b"*" in found else found


def _last_line_end(body: bytes, end: int) -> bytes:
    """The line end before `end`."""
    return b"\r\n" if body[end - 2 : end] == b"\r\n" else b"\n" if body[end - 1 : end] == b"\n" else b""
