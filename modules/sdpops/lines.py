# -*- test-case-name: tests.modules.test_sdpops_lines -*-
"""lines: the SDP as text: whether there is one, its lines."""

from __future__ import annotations

from collections.abc import Iterable

from twisted.logger import Logger, LogLevel

from sipapp.interfaces import Setter
from sipapp.message import mime, sdp
from sipapp.message.sdp import Line
from sipapp.module import Context, PvRef, ScriptError, script_function
from sipapp.modules.sdpops.description import find, need, streams

log = Logger()

_LEVELS = (LogLevel.error, LogLevel.warn, LogLevel.info, LogLevel.info, LogLevel.debug)  # L_ERR (-1) to L_DBG (3)


class Lines:
    """sdp_content(), sdp_get(), sdp_get_line_startswith(), sdp_remove_line_by_prefix() and their like."""

    @script_function("sdp_content")
    def content(self, ctx: Context) -> bool:
        """sdp_content(): the body is SDP, or has a part that is, and it can be read."""
        try:
            return find(ctx) is not None
        except ScriptError:
            return False

    @script_function("sdp_content")
    def content_sloppy(self, ctx: Context, sloppy: bytes) -> bool:
        """sdp_content("1"): the same by the Content-Type alone; without one it is SDP."""
        message = ctx.message
        if not message.body:
            return False
        if message.content_type is None:
            return True
        kind = mime.media_type(message.content_type)
        if kind == b"multipart/mixed":
            return b"application/sdp" in message.body.lower()
        return kind == b"application/sdp"

    @script_function()
    def sdp_with_ice(self, ctx: Context) -> bool:
        """The body holds ICE candidates. RFC 8839 §5.1."""
        return b"a=candidate" in ctx.message.body

    @script_function()
    def sdp_get(self, ctx: Context, avpvar: PvRef) -> int:
        """Put the SDP into a variable. -2: the message has no body."""
        write = _writer(avpvar)
        found = find(ctx)
        if found is None:
            return -2
        write(ctx, ctx.message.body[found.start : found.end])
        return 1

    @script_function()
    def sdp_get_line_startswith(self, ctx: Context, avpvar: PvRef, string: bytes) -> int:
        """Put the first line that starts with a text, without its line end, into a variable. -1: there is none; -2:
        the message has no body."""
        write = _writer(avpvar)
        if not string:
            raise ScriptError("the line cannot start with nothing")
        found = find(ctx)
        if found is None:
            return -2
        for line in sdp.lines(ctx.message.body, found.start, found.end):
            if _starts(line, string):
                write(ctx, line.text)
                return 1
        return -1

    @script_function()
    def sdp_remove_line_by_prefix(self, ctx: Context, string: bytes, mtype: bytes = b"") -> bool:
        """Remove every line that starts with a text, of the streams of a kind (`audio`) or of the whole SDP. True
        even where there is none."""
        found = need(ctx)
        lines: Iterable[Line] = sdp.lines(ctx.message.body, found.start, found.end)
        if mtype:
            lines = [line for media in streams(ctx, mtype) for line in media.lines]
        at = ctx.message.body_at
        for line in lines:
            if _starts(line, string):
                ctx.draft.delete(at + line.start, at + line.end)
        return True

    @script_function()
    def sdp_print(self, ctx: Context, level: int) -> bool:
        """Log what was understood of the SDP, at a level from -5 (L_ALERT) to 3 (L_DBG)."""
        found = find(ctx)
        say = _LEVELS[min(max(level, -1), 3) + 1]
        if found is None:
            log.emit(say, "no sdp body")
            return True
        for number, session in enumerate(found.sessions):
            log.emit(
                say,
                "sdp session {number}: version {version}, origin {origin}, connection {connection}",
                number=number,
                version=session.version,
                origin=session.origin,
                connection=session.connection,
            )
            for media in session.media:
                log.emit(
                    say,
                    "sdp stream: {kind} {port} {transport} {payloads}, connection {connection}, {direction}",
                    kind=media.kind,
                    port=media.port,
                    transport=media.transport,
                    payloads=media.payloads,
                    connection=media.connection,
                    direction=media.direction,
                )
        return True


def _starts(line: Line, text: bytes) -> bool:
    return bool(line.type) and line.text.startswith(text) and text != b""


def _writer(variable: PvRef) -> Setter:
    if variable.set is None:
        raise ScriptError("the variable cannot be written")
    return variable.set
