# -*- test-case-name: tests.message.test_leaf -*-
"""plain: what nearly everybody writes: values that need not be parsed to know that they can be. Part of `leaf_pure`."""

from __future__ import annotations

import re

from sipapp.message import grammar
from sipapp.message.byheart import Memory

METHODS = frozenset(
    b"ACK BYE CANCEL INFO INVITE KDMQ MESSAGE NOTIFY OPTIONS PRACK PUBLISH REFER REGISTER SUBSCRIBE UPDATE".split()
)
"""The methods that are met every day."""

KNOWN = 1024  # answers kept of each function that knows them by heart: all messages of a call ask it the same

# What nearly everybody writes. Each is a part of what its parser takes, so that what matches need not be parsed to know
# that it can be.
# No text is a port in two ways: with several Via values in a line, each that is doubles the ways to try in vain.
_PORT = rb"[0-9]{1,4}|[0-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"
_VIA = (
    rb"""SIP/2\.0/(UDP|TCP|TLS|SCTP|WSS?|TLS-SCTP|udp|tcp|tls|sctp|wss?|tls-sctp) (%b)(?::(%b))?(?:;([^\s",]*))?"""
    % (grammar.HOST_NAME, _PORT)
)
PLAIN_VIA = re.compile(_VIA).fullmatch
PLAIN_VIAS = re.compile(rb"%b(?:[ \t]*,[ \t]*%b)*" % (_VIA, _VIA)).fullmatch
PLAIN_ADDRESS = re.compile(rb"""("[^"\\\r\n]*" ?|[A-Za-z0-9 ]*)<([^<>\s"]+)>(?:;([^\s",<>]*))?""").fullmatch
PLAIN_URI = re.compile(
    rb"(sips?):(?:([A-Za-z0-9_.+\-]+)@)?(%b)(?::(%b))?(?:;([^?@<>\s]*))?" % (grammar.HOST_NAME, _PORT)
).fullmatch
_LONE_ENTRY = re.compile(
    rb"""<sips?:(%b)(?::(%b))?((?:;(?!(?:[rR]2|[gG][rR])[=;>])[^;?@<>\s",]*)*)>""" % (grammar.HOST_NAME, _PORT)
).fullmatch
NEXT_ROUTE = re.compile(rb"""<([^<>\s",]+)>(?:[ \t]*(,)[ \t]*|\Z)""").match
_PLAIN_CSEQ = re.compile(rb"([0-9]{1,9}) ([A-Z]+)").fullmatch
_SEMICOLON = ord(";")
_STATUSES = {b"%d" % status: status for status in range(100, 700)}
BROADCAST = b"255.255.255.255"


def without(unwanted: bytes) -> bytes:
    """A table that changes these: to `translate` by it and to compare takes a third of what it takes to search."""
    return bytes(ord("!") - (code == ord("!")) if code in unwanted else code for code in range(256))


_USER = without(bytes(code for code in range(256) if not re.match(rb"[A-Za-z0-9_.+\-]", bytes([code]))))
_LAST_VALUE = without(b'?@<>\r\n\t\f\v ",;')


def via_parts(value: bytes) -> tuple[bytes, bytes, int | None, bytes, bytes | None] | None:
    """Transport, host, port, what follows the first `;` and the branch of a Via value that is as nearly everybody
    writes it; None where it is not."""
    match = PLAIN_VIA(value)
    if match is None:
        return None
    transport, host, digits, tail = match.groups(b"")
    return transport, host, int(digits) if digits else None, tail, parameter(tail, b"branch")


def parameter(tail: bytes, name: bytes) -> bytes | None:
    """The value of the first parameter of this name (lower case); None where it is absent or has none."""
    at = tail.lower().find(name)
    if at < 0:
        return None
    end = at + len(name)
    if tail[end : end + 1] == b"=" and (at == 0 or tail[at - 1] == _SEMICOLON):
        return tail[end + 1 :].partition(b";")[0]
    for piece in tail.split(b";"):
        found, equals, value = piece.partition(b"=")
        if found.lower() == name:
            return value if equals else None
    return None


def has(tail: bytes, name: bytes) -> bool:
    """Whether there is a parameter of this name (lower case)."""
    lower = tail.lower()
    return lower.find(name) >= 0 and name in [piece.partition(b"=")[0] for piece in lower.split(b";")]


def mark_via(
    text: bytes, port: int, source: bytes, differs: bool, forced: bool, response: bool
) -> tuple[int, bytes] | None:
    """What of a plain Via value has to be written anew, and how: the offset of its parameters, and all of these with
    `rport` (of the `port`) and `received` (of the `source`); None: nothing. See `via.marks`."""
    sent_by, *pieces = text.split(b";")
    marked = mark_pieces(pieces, port, source, differs, forced, response)
    return None if marked is None else (len(sent_by), marked)


def mark_pieces(
    pieces: list[bytes], port: int, source: bytes, differs: bool, forced: bool, response: bool
) -> bytes | None:
    """The same for parameters that have been taken apart already."""
    names = [piece.partition(b"=")[0].strip().lower() for piece in pieces]
    asked = b"rport" in names
    new = []
    if asked:
        pieces[names.index(b"rport")] = b"rport=%d" % port
    elif forced:
        new.append(b"rport=%d" % port)
    if asked or differs:
        new.append(b"received=" + source)
        if b"received" in names:
            pieces = [piece for name, piece in zip(names, pieces, strict=True) if name != b"received"]
    elif not new:
        return None
    return b";" + b";".join(pieces + new if response else new + pieces)


UriParts = tuple[bytes, bytes | None, bytes, int | None, bytes]
"""Scheme, user, host, port, parameters."""


def _uri_parts(value: bytes) -> UriParts | None:
    match = PLAIN_URI(value)
    if match is None:
        return None
    scheme, user, host, digits, tail = match.groups()
    return scheme, user, host, int(digits) if digits else None, tail or b""


def _place(uri: bytes) -> bytes | None:
    match = PLAIN_URI(uri)
    if match is None or match[1] != b"sip" or match[5] is not None:
        return None
    return uri[match.start(3) :]


# Of URIs without a user: those with one are as many as there are calls.
_parts_known = Memory(_uri_parts, KNOWN).__getitem__
_place_known = Memory(_place, KNOWN).__getitem__


def uri_parts(value: bytes) -> UriParts | None:
    """Scheme, user, host, port and parameters of a SIP URI that is as nearly everybody writes it; None where it is
    not."""
    front, at, rest = value.rpartition(b"@")
    if not at:
        return _parts_known(value)
    scheme, _, user = front.partition(b":")
    if not user or user.translate(_USER) is not user:  # it is the same object where nothing changes
        return None
    known = _parts_known(scheme + b":" + rest)
    return None if known is None else (known[0], user, known[2], known[3], known[4])


def place(uri: bytes) -> bytes | None:
    """Host and port, as they are written, of a sip: URI that is as nearly everybody writes it and has no parameters;
    None of any other."""
    front, at, rest = uri.rpartition(b"@")
    if not at:
        return _place_known(uri)
    scheme, _, user = front.partition(b":")
    if not user or user.translate(_USER) is not user:
        return None
    return _place_known(scheme + b":" + rest)


def _any_lone_entry(value: bytes) -> tuple[bytes, int, bytes] | None:
    """See lone_entry."""
    match = _LONE_ENTRY(value)
    if match is None:
        return None
    host, digits, tail = match.groups()
    return host, int(digits or 0) or 5060, tail[1:]


_lone_front = Memory(lambda front: _any_lone_entry(front + b"=>"), KNOWN).__getitem__


def lone_entry(value: bytes) -> tuple[bytes, int, bytes] | None:
    """Host, port (5060 where it is not written) and parameters of a Route value, `<sip:192.0.2.1;lr>`; None where there
    is more to see: several entries, a user, r2, gr."""
    front, _, rest = value.rpartition(b"=")
    text, end, more = rest.partition(b">")
    if not end or more or text.translate(_LAST_VALUE) != text:
        return _any_lone_entry(value)
    known = _lone_front(front)  # the value of the last parameter, `ftag`, changes nothing
    if known is None:
        return None
    host, port, tail = known
    return host, port, tail + text


def address_parts(value: bytes) -> tuple[bytes, bytes, bytes, bytes | None] | None:
    """Display name, URI, parameters and tag of an address that is as nearly everybody writes it; None where it is
    not."""
    match = PLAIN_ADDRESS(value)
    if match is None:
        return None
    display, uri, tail = match.groups(b"")
    return display.strip(b" "), uri, tail, parameter(tail, b"tag") if tail else None


def parameters(value: bytes) -> dict[bytes, bytes | None] | None:
    """Name (lower case) -> value of the parameters that `;` separates; None where there is more than that to see:
    quotes, white space."""
    if value.translate(None, b' \t\r\n,<>"') != value:
        return None
    items: dict[bytes, bytes | None] = {}
    for piece in value.split(b";"):
        name, equals, text = piece.partition(b"=")
        if name:
            items.setdefault(name.lower(), text if equals else None)
    return items


def cseq_parts(value: bytes) -> tuple[int, bytes] | None:
    """Number and method of a CSeq that is as nearly everybody writes it; None where it is not."""
    match = _PLAIN_CSEQ(value)
    if match is None:
        return None
    digits, method = match.groups()
    return int(digits), method


def start_line(line: bytes) -> tuple[bytes | int, bytes] | None:
    """Method and Request-URI, or status and reason, of a start line that is as nearly everybody writes it; None where
    it is not."""
    method, _, rest = line.partition(b" ")
    if method in METHODS:
        uri, _, version = rest.partition(b" ")
        return (method, uri) if uri and version == b"SIP/2.0" else None
    if method == b"SIP/2.0":
        digits, space, reason = rest.partition(b" ")
        status = _STATUSES.get(digits)
        return (status, reason) if status is not None and space else None
    return None
