# -*- test-case-name: tests.modules.test_sdpops_description -*-
"""description: the session descriptions of the message that a script runs on."""

from __future__ import annotations

from typing import cast

from sipapp.errors import ParseError
from sipapp.message import sdp
from sipapp.message.sdp import Media, Sdp
from sipapp.module import Context, ScriptError

_KEY = "sdpops"


def find(ctx: Context) -> Sdp | None:
    """The descriptions; None where there is no body. Raises ScriptError: a body without a readable one."""
    known = ctx.extra.get(_KEY)
    if known is not None and known[0] is ctx.message:
        return cast("Sdp | None", known[1])
    try:
        found = sdp.of_message(ctx.message)
    except ParseError as why:
        raise ScriptError(f"no SDP: {why.reason}") from None
    ctx.extra[_KEY] = (ctx.message, found)
    return found


def need(ctx: Context) -> Sdp:
    """The descriptions. Raises ScriptError: there are none."""
    found = find(ctx)
    if found is None:
        raise ScriptError("no SDP: the message has no body")
    return found


def streams(ctx: Context, kind: bytes = b"") -> list[Media]:
    """The media descriptions of a kind (`audio`, without case), or all; none where there is no body.

    Raises ScriptError: a body without a readable description.
    """
    found = find(ctx)
    if found is None:
        return []
    kind = kind.lower()
    return [media for media in found.media if not kind or media.kind.lower() == kind]
