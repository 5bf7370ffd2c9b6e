# -*- test-case-name: tests.module.test_reply -*-
"""reply: the response that a script makes of its request, with all that the script and the configuration add to it."""

from __future__ import annotations

from os import getpid
from typing import Any, NamedTuple
from urllib.parse import quote_from_bytes

from sipapp.errors import ValidationError
from sipapp.message import build
from sipapp.message.draft import Draft
from sipapp.message.leaf import answer, passable
from sipapp.message.request import Request
from sipapp.message.validate import check_forwarding
from sipapp.module.via import add_reply_parameters
from sipapp.script.runtime import Context

WITH_FLAGS, WITH_PATH = 1, 2
"""What `rich_redirect` may add to the Contact of a 3xx: the branch flags, the path as Route header of the URI."""

ERROR = "error"
"""The key in `ctx.extra` of the last internal error, Kamailio's negative number, for sl_reply_error()."""

REFUSAL = "refusal"
"""The key in `ctx.extra` of the ValidationError for which the request was not sent on: what the peer is told of it."""

FLAGS = "iflags"
"""The key in `ctx.extra` of Kamailio's internal flags of the message, as bits; msg_iflag_set() sets them."""

NO_REPLY = 1 << 23
"""The one that forbids to answer: somebody has, or nobody may."""


def compose(ctx: Context, status: int, reason: bytes, to_tag: bytes | None, rich_redirect: int = 0) -> bytes:
    """The bytes of a response to `ctx.message`. RFC 3261 §8.2.6, for 3xx §8.3 with the target set in Contact.

    `to_tag` is for a To without one, from 180 on. append_to_reply()'s lines and the reply body of the draft go into it.
    """
    request: Any = ctx.message
    draft = ctx.draft
    config = ctx.server.config
    server = config.server_header if config.server_signature else None
    fields = draft.reply_fields
    if 300 <= status < 400:
        contact = redirection(draft, rich_redirect)
        if contact:
            fields = [*fields, contact]
    if config.sip_warning:
        fields = [*fields, warning(request, draft)]
    more = b"".join(fields) if fields else b""
    body = b""
    if draft.reply_body is not None:
        content_type, body = draft.reply_body
        if content_type:
            more = b"%bContent-Type: %b\r\n" % (more, content_type)
    if status < 180:
        to_tag = None
    head, flow, forced = request.head, request.flow, request.force_rport
    data = flow and answer(head, status, reason, to_tag, flow.host, flow.port, forced, more, server, body)
    if data is None:  # not as nearly everybody writes it
        data = build.response(request, status, reason, to_tag, (more,), body, None, server)
    return add_reply_parameters(ctx, data) if "via.wanted" in ctx.extra else data


def redirection(draft: Draft, rich: int = 0) -> bytes:
    """The Contact line of a redirection: the Request-URI where it was changed, and all further branches."""
    contacts = []
    if draft.request_uri is not None:
        contacts.append(_contact(draft.request_uri, -1, draft.path, draft.branch_flags, rich))
    contacts += [_contact(target.uri, target.q, target.path, target.flags, rich) for target in draft.targets]
    return b"Contact: %b\r\n" % b", ".join(contacts) if contacts else b""


def _contact(uri: bytes, q: int, path: bytes | None, flags: int, rich: int) -> bytes:
    if rich & WITH_PATH and path:
        uri += b"?Route=" + quote_from_bytes(path, safe="-_.!~*'()[]/:&+$").encode()
    text = b"<%b>" % uri
    if q >= 0:
        text += b";q=" + q_value(q)
    if rich & WITH_FLAGS:
        text += b";flags=%d" % flags
    return text


def q_value(thousandths: int) -> bytes:
    """500 -> b"0.5", 1000 -> b"1". RFC 3261 §20.10."""
    return b"%g" % (thousandths / 1000)


def warning(request: Request, draft: Draft) -> bytes:
    """Kamailio's Warning line, which tells whoever sees a trace where the answer came from. RFC 3261 §20.43."""
    flow = request.flow
    return (
        b'Warning: 392 %b:%d "Noisy feedback tells:  pid=%d req_src_ip=%b req_src_port=%d in_uri=%b out_uri=%b '
        b'via_cnt==%d"\r\n'
    ) % (
        *(flow.socket.host_bytes, flow.socket.port, getpid(), flow.host.encode(), flow.port),
        *(request.uri, draft.request_uri or request.uri, len(request.vias)),
    )


class ErrorText(NamedTuple):
    """How an internal error is told to the peer."""

    status: int
    text: str


_SORRY = ErrorText(500, "I'm terribly sorry, server error occurred")
_ERRORS = {
    -477: ErrorText(477, "Unfortunately error on sending to next hop occurred"),
    -478: ErrorText(478, "Unresolvable destination"),
    -400: ErrorText(400, "Bad Request"),
    -479: ErrorText(479, "Regretfully, we were not able to process the URI"),
    -9: ErrorText(400, "Transaction tuple incomplete"),
    -13: ErrorText(400, "Bad To"),
    -11: ErrorText(500, "Error in external logic"),
    -15: ErrorText(400, "Invalid character in q parameter"),
    -16: ErrorText(400, "Empty q parameter"),
    -17: ErrorText(400, "Q parameter too big"),
    -18: ErrorText(400, "Decimal part missing in q"),
    -12: ErrorText(500, "Forking capacity exceeded"),
    -487: ErrorText(487, "Transaction canceled"),
    -2: ErrorText(500, "No error"),
    0: ErrorText(500, "No error"),
}


def error_reply(number: int, signature: str) -> tuple[int, bytes]:
    """The status and reason that sl_reply_error() ("SL") and t_reply_error() ("TM") send for an internal error."""
    status, text = _ERRORS.get(number, _SORRY)
    return status, f"{text} ({-number}/{signature})".encode()


def refused(ctx: Context) -> int:
    """0 where a proxy may send the request of a run on as it is; else the error number of why not, -1 for what is no
    request. RFC 3261 §16.3.

    Each function that relays asks this first, and fails with the number; the peer is told by last_error().
    """
    request = ctx.message
    if not isinstance(request, Request):
        return -1
    uri = ctx.draft.request_uri
    if passable(request.head, request.method, request.uri if uri is None else uri):
        return 0
    try:
        check_forwarding(request, uri)
    except ValidationError as why:
        ctx.extra[REFUSAL] = why
        ctx.extra[ERROR] = -why.status
        return -why.status
    return 0


def last_error(ctx: Context, signature: str, number: int = -1) -> tuple[int, bytes, list[bytes]]:
    """The status, the reason and further header lines that tell the peer of the last internal error of a run, or of
    error `number` where it has none."""
    number = ctx.extra.get(ERROR, number)
    why: ValidationError | None = ctx.extra.get(REFUSAL)
    if why is not None and why.status == -number:
        return why.status, f"{why.reason} ({why.status}/{signature})".encode(), why.fields
    return *error_reply(number, signature), []


_REASONS = {408: b"Request Timeout", 503: b"Service Unavailable"}


def owed(error: object) -> tuple[int, bytes, list[bytes]]:
    """The status, reason and further header lines that a request gets whose script was ended by this exception.

    What was a mistake of ours the peer need not know in detail.
    """
    status = getattr(error, "status", 0) or 500
    fields = list(getattr(error, "fields", ()))
    if status == 503:
        fields.append(b"Retry-After: 10\r\n")
    reason = getattr(error, "reason", None)
    if status == 500 or not isinstance(reason, str):
        return status, _REASONS.get(status, b"Server Internal Error"), fields
    return status, reason.encode("utf-8", "replace"), fields
