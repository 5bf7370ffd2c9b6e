# -*- test-case-name: tests.message.test_parse -*-
"""parse: one datagram, or one message cut from a stream, to a Request or Response. RFC 3261 §7."""

from __future__ import annotations

import re
from typing import Any

from sipapp.errors import ParseError
from sipapp.message.alike import maker
from sipapp.message.grammar import SIP_VERSION
from sipapp.message.headers import is_token
from sipapp.message.leaf import Head, read
from sipapp.message.request import Request
from sipapp.message.response import Response

_HEAD = read(b"OPTIONS sip:example.com SIP/2.0\r\n\r\n")[1]
_FILLED = "raw", "head", "body_at", "plain", "flow", "received_at", "number"
_new_request = maker(Request, b"", _HEAD, b"", b"", b"SIP/2.0", filled=("method", "uri", *_FILLED))
_new_response = maker(Response, b"", _HEAD, b"SIP/2.0", 0, b"", filled=("status", "reason", *_FILLED))
_VERSION = re.compile(SIP_VERSION, re.IGNORECASE).fullmatch
# Status-Line = SIP-Version SP Status-Code SP Reason-Phrase; some leave the last SP out
_STATUS_LINE = re.compile(rb"(%b) ([1-6][0-9]{2})(?: (.*))?" % SIP_VERSION, re.IGNORECASE | re.DOTALL).fullmatch


def parse(data: bytes, flow: Any = None, received_at: float = 0.0, number: int = 0) -> Request | Response:
    """The message that a datagram holds; what follows its body is cut off. RFC 3261 §18.3. Where it came from, when (s
    of the server's clock), and which one it is, it is told.

    Raises ParseError: no SIP message.
    """
    raw, head, body_at, plain, first, second = read(data)
    if first is None:
        message = _any_start_line(raw, head, head.line)
        message.flow, message.received_at, message.number = flow, received_at, number
        return message
    if first.__class__ is int:
        return _new_response(first, second, raw, head, body_at, plain, flow, received_at, number)
    return _new_request(first, second, raw, head, body_at, plain, flow, received_at, number)


def _any_start_line(raw: bytes, head: Head, line: bytes) -> Request | Response:
    if line[:4].upper() == b"SIP/":
        match = _STATUS_LINE(line)
        if match is None:
            raise ParseError(f"malformed status line {line[:60]!r}")
        version, status, reason = match.groups()
        return Response(raw, head, version, int(status), reason or b"")
    # Surplus white space around the Request-URI is taken and not passed on (RFC 4475 §3.1.2.9, §3.1.2.10); within
    # it (§3.1.2.8) it is for `validate.check` to refuse.
    pieces = line.split(None, 1)
    if len(pieces) == 2 and line.startswith(pieces[0]) and is_token(pieces[0]):
        rest = pieces[1].rstrip().rsplit(None, 1)
        if len(rest) == 2 and _VERSION(rest[1]):
            return Request(raw, head, pieces[0], rest[0].rstrip(), rest[1])
    raise ParseError(f"malformed request line {line[:60]!r}")
