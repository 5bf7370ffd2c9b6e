# -*- test-case-name: tests.modules.test_sdpops_iterate -*-
"""iterate: walks over the lines of a session description and edits around them."""

from __future__ import annotations

from sipapp.message import sdp
from sipapp.module import Context, pseudo_variable, script_function
from sipapp.module.cursor import SpanCursors, iterator_name
from sipapp.modules.sdpops.description import need

_lines: SpanCursors[sdp.Line] = SpanCursors("sdpops.lines")


class Iterating:
    """sdp_iterator_*() and $sdpitval."""

    @script_function()
    def sdp_iterator_start(self, ctx: Context, iname: bytes) -> bool:
        """Start a named iterator before the first line of the SDP."""
        found, at = need(ctx), ctx.message.body_at
        lines = sdp.lines(ctx.message.body, found.start, found.end)
        _lines.start(ctx, iname, [line._replace(start=at + line.start, end=at + line.end) for line in lines])
        return True

    @script_function()
    def sdp_iterator_next(self, ctx: Context, iname: bytes) -> bool:
        """Go to the next line; false behind the last."""
        return _lines.next(ctx, iname)

    @script_function()
    def sdp_iterator_end(self, ctx: Context, iname: bytes) -> bool:
        """Close an iterator; false where there is none of this name."""
        return _lines.drop(ctx, iname)

    @script_function()
    def sdp_iterator_rm(self, ctx: Context, iname: bytes) -> bool:
        """Remove the line that the iterator is on."""
        return _lines.delete(ctx, iname)

    @script_function()
    def sdp_iterator_append(self, ctx: Context, iname: bytes, text: bytes) -> bool:
        """Write a text, its line end included, behind the line that the iterator is on."""
        return _lines.append(ctx, iname, text)

    @script_function()
    def sdp_iterator_insert(self, ctx: Context, iname: bytes, text: bytes) -> bool:
        """Write a text, its line end included, before the line that the iterator is on."""
        return _lines.insert(ctx, iname, text)

    @pseudo_variable("sdpitval", parse=iterator_name)
    def pv_sdpitval(self, ctx: Context, inner: bytes) -> bytes | None:
        """$sdpitval(name): the line that the iterator is on, its line end included; null where it is on none."""
        line = _lines.current(ctx, inner)
        return None if line is None else ctx.message.raw[line.start : line.end]
