# -*- test-case-name: tests.modules.test_textops_multipart -*-
"""multipart: the parts of a body. RFC 2046 §5.1, RFC 5621.

Whatever is added or removed, the message goes out with its delimiters right: plain between parts, closing at the end.
"""

from __future__ import annotations

from sipapp.message import mime
from sipapp.module import BRANCH, FAILURE, ONREPLY, REQUEST, Context, PvRef, ScriptError, script_function, writable
from sipapp.modules.textops.body import is_type
from sipapp.modules.textops.hexa import from_hex

DELIMITER = b"unique-boundary-1"

_ROUTES = REQUEST | FAILURE | BRANCH


class Multipart:
    """set_body_multipart(), append_body_part*(), remove_body_part(), get_body_part*()."""

    @script_function("set_body_multipart", routes=_ROUTES)
    def multipart_0(self, ctx: Context) -> bool:
        """set_body_multipart(): make the body, of whatever type, the only part of a multipart/mixed one. True where
        it is multipart/mixed already, false where there is none."""
        return _make(ctx)

    @script_function("set_body_multipart", routes=_ROUTES)
    def multipart_1(self, ctx: Context, boundary: bytes) -> bool:
        """set_body_multipart(boundary): the same with a boundary; without one it is unique-boundary-1."""
        return _make(ctx, boundary=boundary)

    @script_function("set_body_multipart", routes=_ROUTES)
    def multipart_2(self, ctx: Context, txt: bytes, content_type: bytes, boundary: bytes = b"") -> bool:
        """set_body_multipart(text, content_type[, boundary]): put a multipart/mixed body with this one part in the
        place of what is there."""
        return _make(ctx, txt, content_type, boundary)

    @script_function(routes=_ROUTES)
    def append_body_part(self, ctx: Context, txt: bytes, content_type: bytes, content_disposition: bytes = b"") -> bool:
        """Add a part to a multipart body. False where it is none, or text or type are empty."""
        message = ctx.message
        delimiter = mime.boundary(message.content_type or b"")
        if not txt or not content_type or not message.body or delimiter is None:
            return False
        ctx.draft.insert(len(message.raw), _part(txt, content_type, content_disposition, delimiter))
        ctx.draft.boundary = delimiter
        return True

    @script_function(routes=_ROUTES)
    def append_body_part_hex(
        self, ctx: Context, txt: bytes, content_type: bytes, content_disposition: bytes = b""
    ) -> bool:
        """The same with the part in hexadecimal digits."""
        text = from_hex(txt)
        return text is not None and self.append_body_part(ctx, text, content_type, content_disposition)

    @script_function(routes=_ROUTES)
    def remove_body_part(self, ctx: Context, content_type: bytes) -> bool:
        """Remove the first part of this type from a multipart body."""
        found = _find(ctx, content_type)
        if found is None:
            return False
        part, field, delimiter = found
        at = ctx.message.body_at
        ctx.draft.delete(at + field.start, at + part.after)
        ctx.draft.boundary = delimiter
        return True

    @script_function(routes=_ROUTES | ONREPLY, parse={"opv": writable})
    def get_body_part(self, ctx: Context, content_type: bytes, opv: PvRef) -> bool:
        """Put the first part of this type, from behind its Content-Type on, into a variable; the whole body where it
        is not multipart."""
        return self._get(ctx, content_type, opv, raw=False)

    @script_function(routes=_ROUTES | ONREPLY, parse={"opv": writable})
    def get_body_part_raw(self, ctx: Context, content_type: bytes, opv: PvRef) -> bool:
        """The same from its Content-Type on, with the delimiter behind it."""
        return self._get(ctx, content_type, opv, raw=True)

    def _get(self, ctx: Context, content_type: bytes, opv: PvRef, raw: bool) -> bool:
        assert opv.set is not None
        body = ctx.message.body
        if not body:
            return False
        if mime.boundary(ctx.message.content_type or b"") is None:
            opv.set(ctx, body)
            return True
        found = _find(ctx, content_type)
        if found is None:
            return False
        part, field, _ = found
        opv.set(ctx, body[field.start : part.after] if raw else body[field.end : part.end])
        return True


def _find(ctx: Context, content_type: bytes) -> tuple[mime.Part, mime.PartField, bytes] | None:
    """The first part of a type, its Content-Type and the delimiter."""
    body = ctx.message.body
    delimiter = mime.boundary(ctx.message.content_type or b"")
    if delimiter is None:
        return None
    for part in mime.parts(body, delimiter):
        field = mime.part_field(body, part, b"content-type")
        if field is not None and is_type(field.value, content_type):
            return part, field, delimiter
    return None


def _part(text: bytes, content_type: bytes, disposition: bytes, delimiter: bytes) -> bytes:
    """A part as it stands behind a delimiter, with the delimiter that ends it."""
    end = b"" if text.endswith(b"\r\n\r\n") else b"\r\n"
    more = b"Content-Disposition: %b\r\n" % disposition if disposition else b""
    return b"Content-Type: %b\r\n%b\r\n%b%b--%b\r\n" % (content_type, more, text, end, delimiter)


def _make(ctx: Context, text: bytes = b"", content_type: bytes = b"", boundary: bytes = b"") -> bool:
    message = ctx.message
    value = message.content_type
    already = value is not None and mime.media_type(value) == b"multipart/mixed"
    if already and not text:
        return True
    delimiter = boundary or DELIMITER
    if delimiter.startswith(b"-"):
        raise ScriptError("a boundary cannot start with '-'")
    if not text:
        text = message.body
        content_type = value or content_type
    if not text:
        return False
    body = b"--%b\r\n%b" % (delimiter, _part(text, content_type or b"text/plain", b"", delimiter))
    draft = ctx.draft
    draft.set_body(message, body, b'multipart/mixed;boundary="%b"' % delimiter)
    draft.boundary = delimiter
    if not already:
        draft.append_field(message, b"Mime-Version: 1.0\r\n")
    return True
