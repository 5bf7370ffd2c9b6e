# -*- test-case-name: tests.message.test_headers -*-
"""headers: names of header fields, and where one stands in a message."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from sipapp.errors import ParseError
from sipapp.message import grammar

# RFC 3261 §7.3.3 and the IANA registry of compact forms.
COMPACT_FORMS = {
    b"a": b"accept-contact",
    b"b": b"referred-by",
    b"c": b"content-type",
    b"d": b"request-disposition",
    b"e": b"content-encoding",
    b"f": b"from",
    b"i": b"call-id",
    b"j": b"reject-contact",
    b"k": b"supported",
    b"l": b"content-length",
    b"m": b"contact",
    b"n": b"identity-info",
    b"o": b"event",
    b"r": b"refer-to",
    b"s": b"subject",
    b"t": b"to",
    b"u": b"allow-events",
    b"v": b"via",
    b"x": b"session-expires",
    b"y": b"identity",
}

_COMMON = (
    b"Accept Accept-Contact Accept-Encoding Accept-Language Alert-Info Allow Allow-Events Authorization "
    b"Call-ID Call-Info Contact Content-Disposition Content-Encoding Content-Language Content-Length "
    b"Content-Type CSeq Date Diversion Error-Info Event Expires From History-Info Identity In-Reply-To "
    b"Max-Forwards MIME-Version Min-Expires Min-SE Organization P-Access-Network-Info P-Asserted-Identity "
    b"P-Called-Party-ID P-Preferred-Identity P-Visited-Network-ID Path Priority Privacy Proxy-Authenticate "
    b"Proxy-Authorization Proxy-Require RAck Reason Record-Route Refer-To Referred-By Reject-Contact "
    b"Remote-Party-ID Replaces Reply-To Request-Disposition Require Retry-After Route RSeq Server "
    b"Service-Route Session-Expires SIP-ETag SIP-If-Match Subject Subscription-State Supported Timestamp "
    b"To Unsupported User-Agent Via Warning WWW-Authenticate"
).split()

_TOKEN = re.compile(grammar.TOKEN).fullmatch
_SPELLINGS_LIMIT = 4096  # a sender of random names must not fill the memory


class Field(NamedTuple):
    """One header field; the offsets (bytes) count from the start of the message.

    The value's span is without outer white space; `end` is past the line's CRLF.
    """

    name: bytes  # as received
    key: bytes  # lower case, compact forms resolved
    start: int
    value_start: int
    value_end: int
    end: int


def is_token(text: bytes) -> bool:
    """Whether `text` is a token. RFC 3261 §25.1."""
    return _TOKEN(text) is not None


def _key(name: bytes) -> bytes:
    lower = name.rstrip(b" \t").lower()
    return COMPACT_FORMS.get(lower, lower)


SPELLINGS: dict[bytes, bytes] = {}
"""Exact spelling -> key, for the names met so far; read by the leaf, written here only."""
for _name in _COMMON:
    SPELLINGS.update({_name: _key(_name), _name.lower(): _key(_name), _name.upper(): _key(_name)})
for _name in COMPACT_FORMS:
    SPELLINGS.update({_name: _key(_name), _name.upper(): _key(_name)})


def header_key(name: bytes) -> bytes:
    """The name by which a header field is known here: lower case, long. `b"v"`, `b"VIA"` -> `b"via"`.

    Raises ParseError: not a token. RFC 3261 §7.3.1, §7.3.3.
    """
    key = SPELLINGS.get(name)
    if key is None:
        if not is_token(name.rstrip(b" \t")):
            raise ParseError(f"header field name {name[:40]!r} is no token")
        key = _key(name)
        if len(SPELLINGS) < _SPELLINGS_LIMIT:
            SPELLINGS[name] = SPELLINGS.get(key, key)
    return key


def unfold(value: bytes) -> bytes:
    """The value with each fold made one space. RFC 3261 §7.3.1."""
    if b"\n" not in value:
        return value
    return b" ".join([piece.strip(b" \t\r") for piece in value.split(b"\n")])


def split_values(value: bytes) -> list[bytes]:
    """The values of a comma-separated header field, without outer white space, empty ones left out.

    A comma within quotes or <> separates nothing. RFC 3261 §7.3.1.
    """
    if b"," not in value:
        value = value.strip()
        return [value] if value else []
    return [value[start:end] for start, end in split_spans(value)]


# A quote or < that never ends goes to the end: parsing that value then fails.
_PIECE = re.compile(rb"%b|<[^>]*+>?|," % grammar.OPEN_QUOTED_STRING, re.DOTALL).finditer
_PIECE_OF_VIA = re.compile(rb"%b|," % grammar.OPEN_QUOTED_STRING, re.DOTALL).finditer


def split_vias(value: bytes) -> list[tuple[int, int]]:
    """The same as `split_spans` for Via, in which < and > enclose nothing."""
    return split_spans(value, _PIECE_OF_VIA)


def split_spans(value: bytes, pieces: Callable[[bytes], Iterator[re.Match[bytes]]] = _PIECE) -> list[tuple[int, int]]:
    """Where the values of a comma-separated header field are: (start, end) each, as `split_values` gives them."""
    if b"," not in value:
        span = _trim(value, 0, len(value))
        return [span] if span[0] < span[1] else []
    spans = []
    start = 0
    for piece in pieces(value):
        if piece.group() == b",":
            spans.append((start, piece.start()))
            start = piece.end()
    spans.append((start, len(value)))
    return [trimmed for span in spans if (trimmed := _trim(value, *span))[0] < trimmed[1]]


def _trim(value: bytes, start: int, end: int) -> tuple[int, int]:
    text = value[start:end]
    return end - len(text.lstrip()), start + len(text.rstrip())
