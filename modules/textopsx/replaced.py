# -*- test-case-name: tests.modules.test_textopsx_replaced -*-
"""replaced: another message in the place of the one that a script runs on."""

from __future__ import annotations

from sipapp.errors import PeerError
from sipapp.message.draft import Draft
from sipapp.message.parse import parse
from sipapp.message.request import Request
from sipapp.message.response import Response
from sipapp.module import Context, ScriptError


def message_like(message: Request | Response, data: bytes) -> Request | Response:
    """New bytes as a message that came the same way.

    Raises ScriptError: no message, not of the same sort, or without From, To, Call-ID or CSeq.
    """
    try:
        made = parse(data)
        if isinstance(made, Request) is not isinstance(message, Request):
            raise ScriptError("a request cannot become a response, nor a response a request")
        if made.from_ is None or made.to is None or not made.call_id or made.cseq is None:
            raise ScriptError("the new message lacks From, To, Call-ID or CSeq")
    except PeerError as why:
        raise ScriptError(f"the new message is none: {why}") from None
    made.flow = message.flow
    made.received_at = message.received_at
    made.number = message.number
    made.force_rport = message.force_rport
    return made


def replace_message(ctx: Context, data: bytes) -> None:
    """Go on with other bytes; the draft stays. Raises ScriptError as `message_like` does."""
    ctx.message = message_like(ctx.message, data)


def fresh_draft(draft: Draft) -> Draft:
    """What is left of a draft once its changes are in the message: targets, next hop, sockets and flags."""
    other = draft.fork()
    other.edits = []
    other.request_uri = None
    other.reply_fields = []
    other.reply_body = None
    other.reason = None
    other.boundary = None
    return other
