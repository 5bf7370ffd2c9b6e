# -*- test-case-name: tests.modules.test_sdpops_media -*-
"""media: the media descriptions as wholes: their kind and their transport. RFC 8866 §5.14."""

from __future__ import annotations

from sipapp.message.sdp import Media
from sipapp.module import Context, PvRef, ScriptError, script_function
from sipapp.modules.sdpops.description import find, streams


class MediaStreams:
    """sdp_with_media(), sdp_remove_media(), sdp_transport() and their like; names compare without case."""

    @script_function()
    def sdp_with_media(self, ctx: Context, type: bytes) -> bool:
        """There is a stream of this kind: audio, video, ..."""
        return any(media.kind.lower() == type.lower() for media in streams(ctx))

    @script_function()
    def sdp_with_active_media(self, ctx: Context, type: bytes) -> bool:
        """There is a stream of this kind whose port is not 0 and which is not inactive."""
        return any(media.kind.lower() == type.lower() and media.is_active for media in streams(ctx))

    @script_function()
    def sdp_remove_media(self, ctx: Context, type: bytes) -> bool:
        """Remove the streams of this kind; false where there is none."""
        return _remove(ctx, [media for media in streams(ctx) if media.kind.lower() == type.lower()])

    @script_function()
    def sdp_with_transport(self, ctx: Context, type: bytes) -> bool:
        """There is a stream of this transport: RTP/AVP, RTP/SAVPF, ..."""
        return any(media.transport.lower() == type.lower() for media in streams(ctx))

    @script_function()
    def sdp_with_transport_like(self, ctx: Context, type: bytes) -> bool:
        """There is a stream whose transport holds this text, with case."""
        return any(type in media.transport for media in streams(ctx))

    @script_function()
    def sdp_remove_transport(self, ctx: Context, type: bytes) -> bool:
        """Remove the streams of this transport; false where there is none."""
        return _remove(ctx, [media for media in streams(ctx) if media.transport.lower() == type.lower()])

    @script_function()
    def sdp_transport(self, ctx: Context, pv: PvRef) -> int:
        """Put the transport that all streams have in common into a variable. -2: they differ. 1, and the variable
        as it was, where there is no stream."""
        if pv.set is None:
            raise ScriptError("the variable cannot be written")
        transports = [media.transport for media in streams(ctx)]
        if len({transport.lower() for transport in transports}) > 1:
            return -2
        if transports:
            pv.set(ctx, transports[0])
        return 1

    @script_function()
    def sdp_get_address_family(self, ctx: Context) -> int:
        """4 or 6, by the session's c= line; -1: it has none, or there is no SDP."""
        found = find(ctx)
        connection = found.sessions[-1].connection if found else None
        return connection.family if connection else -1


def _remove(ctx: Context, unwanted: list[Media]) -> bool:
    at = ctx.message.body_at
    for media in unwanted:
        ctx.draft.delete(at + media.start, at + media.end)
    return bool(unwanted)
