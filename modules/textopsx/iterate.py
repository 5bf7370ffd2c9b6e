# -*- test-case-name: tests.modules.test_textopsx_iterate -*-
"""iterate: walks over header fields or the lines of the body and edits around them."""

from __future__ import annotations

from typing import NamedTuple

from sipapp.message.headers import Field
from sipapp.module import Context, pseudo_variable, script_function
from sipapp.module.cursor import SpanCursors, iterator_name


class BodyLine(NamedTuple):
    """A line of the body, its line end included; offsets (bytes) count from the start of the message."""

    start: int
    end: int


_fields: SpanCursors[Field] = SpanCursors("textopsx.fields")
_lines: SpanCursors[BodyLine] = SpanCursors("textopsx.lines")


class Iterating:
    """hf_iterator_*(), bl_iterator_*(), $hfitname, $hfitbody, $blitval."""

    # -- header fields

    @script_function()
    def hf_iterator_start(self, ctx: Context, iname: bytes) -> bool:
        """Start a named iterator before the first header field."""
        _fields.start(ctx, iname, ctx.message.fields)
        return True

    @script_function()
    def hf_iterator_next(self, ctx: Context, iname: bytes) -> bool:
        """Go to the next header field; false behind the last."""
        return _fields.next(ctx, iname)

    @script_function()
    def hf_iterator_prev(self, ctx: Context, iname: bytes) -> bool:
        """Go to the previous header field; false before the first, and once the end was passed."""
        return _fields.prev(ctx, iname)

    @script_function()
    def hf_iterator_end(self, ctx: Context, iname: bytes) -> bool:
        """Close an iterator; false where there is none of this name."""
        return _fields.reset(ctx, iname)

    @script_function()
    def hf_iterator_rm(self, ctx: Context, iname: bytes) -> bool:
        """Remove the header field that the iterator is on."""
        return _fields.delete(ctx, iname)

    @script_function()
    def hf_iterator_append(self, ctx: Context, iname: bytes, htext: bytes) -> bool:
        """Add a header field, its line end included, behind the one that the iterator is on."""
        return _fields.append(ctx, iname, htext)

    @script_function()
    def hf_iterator_insert(self, ctx: Context, iname: bytes, htext: bytes) -> bool:
        """Add a header field, its line end included, before the one that the iterator is on."""
        return _fields.insert(ctx, iname, htext)

    @pseudo_variable("hfitname", parse=iterator_name)
    def pv_hfitname(self, ctx: Context, inner: bytes) -> bytes | None:
        """$hfitname(iterator): the name of the header field that the iterator is on; null where it is on none."""
        field = _fields.current(ctx, inner)
        return None if field is None else field.name

    @pseudo_variable("hfitbody", parse=iterator_name)
    def pv_hfitbody(self, ctx: Context, inner: bytes) -> bytes | None:
        """$hfitbody(iterator): the value of the header field that the iterator is on; null where it is on none."""
        field = _fields.current(ctx, inner)
        return None if field is None else ctx.message.raw[field.value_start : field.value_end]

    # -- lines of the body

    @script_function()
    def bl_iterator_start(self, ctx: Context, iname: bytes) -> bool:
        """Start a named iterator before the first line of the body."""
        _lines.start(ctx, iname, _body_lines(ctx))
        return True

    @script_function()
    def bl_iterator_next(self, ctx: Context, iname: bytes) -> bool:
        """Go to the next line; false behind the last."""
        return _lines.next(ctx, iname)

    @script_function()
    def bl_iterator_end(self, ctx: Context, iname: bytes) -> bool:
        """Close an iterator; false where there is none of this name."""
        return _lines.drop(ctx, iname)

    @script_function()
    def bl_iterator_rm(self, ctx: Context, iname: bytes) -> bool:
        """Remove the line that the iterator is on."""
        return _lines.delete(ctx, iname)

    @script_function()
    def bl_iterator_append(self, ctx: Context, iname: bytes, text: bytes) -> bool:
        """Write a text, its line end included, behind the line that the iterator is on."""
        return _lines.append(ctx, iname, text)

    @script_function()
    def bl_iterator_insert(self, ctx: Context, iname: bytes, text: bytes) -> bool:
        """Write a text, its line end included, before the line that the iterator is on."""
        return _lines.insert(ctx, iname, text)

    @pseudo_variable("blitval", parse=iterator_name)
    def pv_blitval(self, ctx: Context, inner: bytes) -> bytes | None:
        """$blitval(iterator): the line that the iterator is on, its line end included; null where it is on none."""
        line = _lines.current(ctx, inner)
        return None if line is None else ctx.message.raw[line.start : line.end]


def _body_lines(ctx: Context) -> list[BodyLine]:
    raw, at = ctx.message.raw, ctx.message.body_at
    found = []
    while at < len(raw):
        end = raw.find(b"\n", at) + 1 or len(raw)
        found.append(BodyLine(at, end))
        at = end
    return found
