# -*- test-case-name: tests.message.test_build -*-
"""build: messages of our own: the response to a request, the ACK and CANCEL that go with one, new requests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sipapp.errors import ParseError
from sipapp.message.leaf import answer, splice
from sipapp.message.leaf_pure import ending
from sipapp.message.parse import parse
from sipapp.message.request import Request
from sipapp.message.shape import copied_into

if TYPE_CHECKING:
    from sipapp.message.response import Response


def response(
    request: Request,
    status: int,
    reason: bytes,
    to_tag: bytes | None = None,
    fields: Iterable[bytes] = (),
    body: bytes = b"",
    content_type: bytes | None = None,
    server: bytes | None = None,
) -> bytes:
    """A response to `request`. RFC 3261 §8.2.6.

    Via, From, To, Call-ID, CSeq and, from 180 to 299, Record-Route as received and in the order received; the top
    Via with `received` and `rport`. `to_tag` is added to a To without tag. `fields` are whole lines, CRLF included;
    `server` is the text of the Server field.
    """
    more = b"".join(fields) if fields else b""
    if content_type is not None:
        more = b"%bContent-Type: %b\r\n" % (more, content_type)
    head, flow = request.head, request.flow
    if flow is not None:
        forced = request.force_rport
        made = answer(head, status, reason, to_tag, flow.host, flow.port, forced, more, server, body)
        if made is not None:
            return made
    line = b"SIP/2.0 %d %b\r\n" % (status, reason)
    return b"".join((line, *_copied(request, copied_into(status), to_tag), more, ending(server, body)))


def _copied(request: Request, copied: frozenset[bytes], to_tag: bytes | None) -> list[bytes]:
    """These header fields, line by line."""
    head = request.head
    parts: list[bytes] = []
    top = True
    for number, key in enumerate(head.keys):
        if key in copied:
            line = head.line_of(number)
            if key == b"via" and top:
                top = False
                edits = request.via_marks(response=True)
                if edits:
                    start = head.offset(number)
                    line = splice(request.raw, start, start + len(line), edits)
            elif key == b"to" and to_tag is not None:
                line = _tagged(request, line, to_tag)
            parts.append(line)
    return parts


def _tagged(request: Request, line: bytes, tag: bytes) -> bytes:
    try:
        if request.to_tag is not None:
            return line
    except ParseError:  # the answer says so: it copies what it was sent
        return line
    text = line.rstrip()
    return b"%b;tag=%b%b" % (text, tag, line[len(text) :])


def cancel(sent: bytes, fields: Iterable[bytes] = ()) -> bytes:
    """The CANCEL of an INVITE that went out as `sent`; `fields` are further whole lines (Reason). RFC 3261 §9.1."""
    return _hop_by_hop(sent, b"CANCEL", None, fields)


def ack(sent: bytes, answer: Response, fields: Iterable[bytes] = ()) -> bytes:
    """The ACK to a non-2xx final response to an INVITE that went out as `sent`. RFC 3261 §17.1.1.3."""
    return _hop_by_hop(sent, b"ACK", answer, fields)


def _hop_by_hop(sent: bytes, method: bytes, answer: Response | None, fields: Iterable[bytes]) -> bytes:
    invite = parse(sent)
    assert isinstance(invite, Request)
    head = invite.head
    via = invite.via
    cseq = invite.cseq
    assert via is not None
    assert cseq is not None
    parts = [b"%b %b SIP/2.0\r\nVia: %b\r\n" % (method, invite.uri, bytes(via))]
    for number, key in enumerate(head.keys):
        if key in (b"from", b"call-id", b"route") or (key == b"to" and answer is None):
            parts.append(head.line_of(number))
        elif key == b"to" and answer is not None:
            to = answer.head.first(b"to")
            parts.append(answer.head.line_of(to) if to >= 0 else head.line_of(number))
        elif key == b"cseq":
            parts.append(b"CSeq: %d %b\r\n" % (cseq.number, method))
    parts.append(b"Max-Forwards: 70\r\n")
    parts += fields
    parts.append(b"Content-Length: 0\r\n\r\n")
    return b"".join(parts)


def request(
    method: bytes,
    uri: bytes,
    via: bytes,
    from_: bytes,
    to: bytes,
    call_id: bytes,
    cseq: int,
    routes: Iterable[bytes] = (),
    fields: Iterable[bytes] = (),
    body: bytes = b"",
    user_agent: bytes | None = None,
) -> bytes:
    """A request of our own, its header fields in Kamailio's order. RFC 3261 §8.1.1.

    `via` and `fields` (Contact, Content-Type, ...) are whole lines, CRLF included; `from_`, `to` and `routes` are
    values, the tag included; `user_agent` is the text of the User-Agent field.
    """
    parts = [
        b"%b %b SIP/2.0\r\n%bTo: %b\r\nFrom: %b\r\n" % (method, uri, via, to, from_),
        b"CSeq: %d %b\r\nCall-ID: %b\r\n" % (cseq, method, call_id),
    ]
    parts += [b"Route: %b\r\n" % route for route in routes]
    parts.append(b"Max-Forwards: 70\r\nContent-Length: %d\r\n" % len(body))
    if user_agent is not None:
        parts.append(b"User-Agent: %b\r\n" % user_agent)
    parts += fields
    parts += (b"\r\n", body)
    return b"".join(parts)
