# -*- test-case-name: tests.modules.test_sdpops_codecs -*-
"""codecs: payload types and encoding names: which there are, which shall stay. RFC 8866 §6.6, RFC 3551 §6."""

from __future__ import annotations

import re

from sipapp.message.sdp import Media, Sdp
from sipapp.module import Context, ScriptError, script_function
from sipapp.modules.sdpops.description import need

STATIC: dict[bytes, tuple[bytes, ...]] = {
    b"pcmu": (b"0",),
    b"gsm": (b"3",),
    b"g723": (b"4",),
    b"dvi4": (b"5", b"6", b"16", b"17"),
    b"lpc": (b"7",),
    b"pcma": (b"8",),
    b"g722": (b"9",),
    b"l16": (b"10", b"11"),
    b"qcelp": (b"12",),
    b"cn": (b"13",),
    b"mpa": (b"14",),
    b"g728": (b"15",),
    b"g729": (b"18",),
}
"""Payload types of audio encodings that need no rtpmap. RFC 3551 §6, table 4."""

NONE, ALL_FOUND, SOME_FOUND = -1, 1, 2
"""What sdp_with_codecs_by_*() answer; ALL_FOUND: every stream has all of them."""

_words = re.compile(rb"\S+").finditer
_OF_PAYLOAD = re.compile(rb"a=(?:rtpmap|fmtp|rtcp-fb):(\S+) ", re.IGNORECASE).match


class Codecs:
    """sdp_*_codecs_by_id() and sdp_*_codecs_by_name()."""

    @script_function()
    def sdp_remove_codecs_by_id(self, ctx: Context, list: bytes, mtype: bytes = b"") -> bool:
        """Remove payload types (`0,8`) with their rtpmap, fmtp and rtcp-fb attributes from the streams of a kind
        (`audio`), or from all. True even where there was nothing to remove."""
        return _remove(ctx, need(ctx), _tokens(list), mtype)

    @script_function()
    def sdp_remove_codecs_by_name(self, ctx: Context, list: bytes, mtype: bytes = b"") -> bool:
        """The same by encoding names (`PCMU,telephone-event`). False where the SDP knows none of them."""
        found = need(ctx)
        ids = _by_names(found, list)
        return bool(ids) and _remove(ctx, found, ids, mtype)

    @script_function()
    def sdp_keep_codecs_by_id(self, ctx: Context, list: bytes, mtype: bytes = b"") -> bool:
        """Remove all payload types but these, as sdp_remove_codecs_by_id() does."""
        return _keep(ctx, need(ctx), list.split(b","), mtype)

    @script_function()
    def sdp_keep_codecs_by_name(self, ctx: Context, list: bytes, mtype: bytes = b"") -> bool:
        """The same by encoding names. False, and nothing removed, where the SDP knows none of them."""
        found = need(ctx)
        ids = _by_names(found, list)
        return bool(ids) and _keep(ctx, found, ids, mtype)

    @script_function()
    def sdp_with_codecs_by_id(self, ctx: Context, list: bytes) -> int:
        """The streams have all of these payload types (1), some of them (2), or none (-1). -2: no SDP."""
        try:
            found = need(ctx)
        except ScriptError as why:
            raise ScriptError(str(why), code=-2) from None
        return _with(found, _tokens(list))

    @script_function()
    def sdp_with_codecs_by_name(self, ctx: Context, list: bytes) -> int:
        """The same by encoding names; -1 as well where there is no SDP."""
        found = need(ctx)
        ids = _by_names(found, list)
        return _with(found, ids) if ids else NONE


def _tokens(text: bytes) -> list[bytes]:
    """`0, 8` -> [b"0", b"8"]; an empty element ends the list."""
    found = []
    for token in text.split(b","):
        if not token.strip():
            break
        found.append(token.lstrip())
    return found


def _by_names(found: Sdp, names: bytes) -> list[bytes]:
    """The payload types of encoding names: the static ones, else those that an rtpmap gives the name to."""
    ids: list[bytes] = []
    for name in _tokens(names):
        static = STATIC.get(name.lower())
        ids += static or [
            payload
            for media in found.media
            for payload, encoding in media.encodings()
            if encoding.lower() == name.lower() and payload in media.payloads
        ]
    return ids


def _of_kind(found: Sdp, kind: bytes) -> list[Media]:
    return [media for media in found.media if not kind or media.kind.lower() == kind.lower()]


def _remove(ctx: Context, found: Sdp, ids: list[bytes], kind: bytes) -> bool:
    for media in _of_kind(found, kind):
        _strip(ctx, media, frozenset(ids))
    return True


def _keep(ctx: Context, found: Sdp, ids: list[bytes], kind: bytes) -> bool:
    for media in _of_kind(found, kind):
        _strip(ctx, media, frozenset(media.payloads).difference(ids))
    return True


def _strip(ctx: Context, media: Media, unwanted: frozenset[bytes]) -> None:
    """Remove payload types, each with the blank before it, and the attributes that describe them."""
    at, draft = ctx.message.body_at, ctx.draft
    first = media.lines[0]
    payloads = list(_words(first.text))[3:]
    for word in payloads:
        if word[0] in unwanted:
            draft.delete(at + first.start + word.start() - 1, at + first.start + word.end())
    for line in media.lines:
        attribute = _OF_PAYLOAD(line.text)
        if attribute is not None and attribute[1] in unwanted:
            draft.delete(at + line.start, at + line.end)


def _with(found: Sdp, ids: list[bytes]) -> int:
    have = [payload in media.payloads for media in found.media for payload in ids]
    return NONE if not any(have) else ALL_FOUND if all(have) else SOME_FOUND
