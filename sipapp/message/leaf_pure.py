# -*- test-case-name: tests.message.test_leaf -*-
"""leaf_pure: the inner loops in plain Python: the twin that is always there. See `leaf`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sipapp.errors import ParseError
from sipapp.message import grammar
from sipapp.message.headers import SPELLINGS, header_key

if TYPE_CHECKING:
    from sipapp.message.leaf import Splice

METHODS = frozenset(
    b"ACK BYE CANCEL INFO INVITE KDMQ MESSAGE NOTIFY OPTIONS PRACK PUBLISH REFER REGISTER SUBSCRIBE UPDATE".split()
)
"""The methods that are met every day."""

_NUMBERS = range(1 << 20)  # of header fields, more than any message has
_HEAD_END = re.compile(rb"\n\r?\n").search
_LINE = re.compile(rb"[^\n]*\n(?:[ \t][^\n]*\n)*").match

# What nearly everybody writes. Each is a part of what its parser takes, so that what matches need not be parsed to know
# that it can be.
_PORT = rb"[0-5]?[0-9]{1,4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"
_VIA = (
    rb"""SIP/2\.0/(UDP|TCP|TLS|SCTP|WSS?|TLS-SCTP|udp|tcp|tls|sctp|wss?|tls-sctp) (%b)(?::(%b))?(?:;([^\s",]*))?"""
    % (grammar.HOST_NAME, _PORT)
)
_PLAIN_VIA = re.compile(_VIA).fullmatch
_PLAIN_VIAS = re.compile(rb"%b(?:[ \t]*,[ \t]*%b)*" % (_VIA, _VIA)).fullmatch
_PLAIN_ADDRESS = re.compile(rb"""("[^"\\\r\n]*" ?|[A-Za-z0-9 ]*)<([^<>\s"]+)>(?:;([^\s",<>]*))?""").fullmatch
_PLAIN_URI = re.compile(
    rb"(sips?):(?:([A-Za-z0-9_.+\-]+)@)?(%b)(?::(%b))?(?:;([^?@<>\s]*))?" % (grammar.HOST_NAME, _PORT)
).fullmatch
_PLAIN_CSEQ = re.compile(rb"([0-9]{1,9}) ([A-Z]+)").fullmatch
_STATUSES = {b"%d" % status: status for status in range(100, 700)}
_PLAIN_CALL_ID = re.compile(rb"\S+").fullmatch


class Head:
    """The start line and the header fields of one message; fields are numbered from 0.

    Made by `scan`. `keys` holds each field's key, `start` is where the start line begins, `end` where the empty line
    is, `body` what follows it.
    """

    __slots__ = ("_first", "_pairs", "_starts", "body", "end", "keys", "line", "start")

    def __init__(
        self,
        line: bytes,
        keys: list[bytes],
        pairs: list[list[bytes]],
        starts: list[int] | None,
        start: int,
        end: int,
        body: int,
    ) -> None:
        self.line = line
        self.keys = keys
        self._pairs = pairs  # [name as received, the rest of its line with outer white space]
        self._starts = starts  # known where lines end otherwise than in CRLF; else found on demand
        self._first: dict[bytes, int] | None = None
        self.start = start
        self.end = end
        self.body = body

    def first(self, key: bytes) -> int:
        """The number of the first field of this key; -1 where there is none."""
        return (self._first or self._index()).get(key, -1)

    def get(self, key: bytes) -> bytes | None:
        """The value of the first field of this key without outer white space; None where there is none."""
        number = (self._first or self._index()).get(key)
        return None if number is None else self._pairs[number][1].strip(b" \t\r\n")

    def length(self) -> int:
        """The number in the first Content-Length; -1 where there is none of at most 9 digits."""
        text = self.get(b"content-length")
        return int(text) if text is not None and text.isdigit() and len(text) < 10 else -1

    def has_repeats(self) -> bool:
        """Whether any key stands more than once."""
        return len(self._first or self._index()) != len(self.keys)

    def _index(self) -> dict[bytes, int]:
        first = dict(zip(self.keys, _NUMBERS, strict=False))
        if len(first) != len(self.keys):
            count = len(self.keys)
            first = dict(zip(self.keys[::-1], range(count - 1, -1, -1), strict=True))
        self._first = first
        return first

    def all(self, key: bytes) -> list[int]:
        """The numbers of all fields of this key."""
        return [number for number, other in enumerate(self.keys) if other == key]

    def name(self, number: int) -> bytes:
        """A field's name as received."""
        return self._pairs[number][0].rstrip(b" \t")

    def value(self, number: int) -> bytes:
        """A field's value without outer white space; folds are kept."""
        return self._pairs[number][1].strip(b" \t\r\n")

    def line_of(self, number: int) -> bytes:
        """A field as received, its line end included."""
        name, rest = self._pairs[number]
        starts = self._starts
        if starts is not None and starts[number + 1] - starts[number] == len(name) + len(rest) + 2:
            return b"%b:%b\n" % (name, rest)
        return b"%b:%b\r\n" % (name, rest)

    def overwrite(self, raw: bytes, number: int, value: bytes) -> bytes:
        """A field's value is now this one, of the same length: the message of which `raw` was the bytes."""
        _, start, end, _ = self.span(number)
        name, rest = self._pairs[number]
        self._pairs[number] = [name, rest.replace(rest.strip(b" \t\r\n"), value, 1)]
        return raw[:start] + value + raw[end:]

    @property
    def fields_at(self) -> int:
        """Where the first field begins."""
        return self.offset(0) if self.keys else self.end

    def offset(self, number: int) -> int:
        """Where a field's name begins."""
        if self._starts is not None:
            return self._starts[number]
        at = self.start + len(self.line) + 2
        for name, rest in self._pairs[:number]:
            at += len(name) + len(rest) + 3
        return at

    def value_at(self, number: int) -> int:
        """Where a field's value begins."""
        name, rest = self._pairs[number]
        return self.offset(number) + len(name) + 1 + len(rest) - len(rest.lstrip(b" \t\r\n"))

    def span(self, number: int) -> tuple[int, int, int, int]:
        """(start, value start, value end, end) of a field."""
        start = self.offset(number)
        name, rest = self._pairs[number]
        value = start + len(name) + 1
        text = rest.lstrip(b" \t\r\n")
        end = value + len(rest) + 2 if self._starts is None else self._starts[number + 1]
        value += len(rest) - len(text)
        return start, value, value + len(text.rstrip(b" \t\r\n")), end


def scan(data: bytes, start: int = 0) -> Head:
    """Find the start line (at `start`) and the header fields.

    Raises ParseError: no empty line, a line that is no header field.
    """
    end = data.find(b"\r\n\r\n", start)
    if end >= 0:
        lines = data[start:end].split(b"\r\n")
        line = lines.pop(0)
        if data.count(b"\n", start, end) == len(lines):
            try:
                pairs = [line.split(b":", 1) for line in lines]
                keys = [SPELLINGS[name] for name, _ in pairs]
                return Head(line, keys, pairs, None, start, end + 2, end + 4)
            except (KeyError, ValueError):
                pass
    return _scan_any(data, start)


def _scan_any(data: bytes, start: int) -> Head:
    """The same for names never met before, folded lines and lines that end in LF alone."""
    found = _HEAD_END(data, start)
    if found is None:
        raise ParseError("no empty line after the header fields", len(data))
    end = found.start() + 1
    at = data.index(b"\n", start) + 1
    line = data[start : at - 1].removesuffix(b"\r")
    keys: list[bytes] = []
    pairs: list[list[bytes]] = []
    starts: list[int] = []
    while at < end:
        match = _LINE(data, at, end)
        assert match is not None
        pair = match.group()[:-1].removesuffix(b"\r").split(b":", 1)
        if len(pair) != 2:
            raise ParseError(f"{pair[0][:40]!r} is no header field", at)
        try:
            keys.append(header_key(pair[0]))
        except ParseError as why:
            raise ParseError(why.reason, at) from None
        pairs.append(pair)
        starts.append(at)
        at = match.end()
    starts.append(end)
    return Head(line, keys, pairs, starts, start, end, found.end())


def splice(raw: bytes, at: int, end: int, edits: Iterable[Splice]) -> bytes:
    """What `raw` is from `at` to `end` with `edits` made, which are sorted by their start.

    What is deleted stays deleted: an edit of what is within a deleted span is void, one at its edge is made. Of two
    that overlap otherwise, the second replaces what the first has left.
    """
    parts = []
    done = at
    for start, stop, data in edits:
        if start > done:
            parts.append(raw[done:start])
        elif start < done:
            return _splice_overlapping(raw, at, end, list(edits))
        parts.append(data)
        done = stop
    if done < end:
        parts.append(raw[done:end])
    return b"".join(parts)


def _splice_overlapping(raw: bytes, at: int, end: int, edits: list[Splice]) -> bytes:
    gone = [(start, stop) for start, stop, data in edits if stop > start and not data]
    parts = []
    for start, stop, data in edits:
        if start > at:
            parts.append(raw[at:start])
            at = start
        if not any(_within(start, stop, span) for span in gone):
            parts.append(data)
        if stop > at:
            at = stop
    if at < end:
        parts.append(raw[at:end])
    return b"".join(parts)


def _within(start: int, stop: int, span: tuple[int, int]) -> bool:
    if start == stop:
        return span[0] < start < span[1]
    return span[0] <= start and stop <= span[1]


def plain(raw: bytes, head: Head) -> bool:
    """Whether all that every message needs is there, once, and of the form that nearly everybody writes: Via, From,
    To, Call-ID, CSeq, and the Content-Length that it has. No means: look closer."""
    seen: set[bytes] = set()
    for number, key in enumerate(head.keys):
        form = _PLAIN.get(key)
        if form is None:
            continue
        if form(head.value(number)) is None or (key in seen and key != b"via"):
            return False
        seen.add(key)
    if not seen >= _NEEDED:
        return False
    length = head.get(b"content-length")
    return length is None or int(length) == len(raw) - head.body


_PLAIN = {
    b"via": _PLAIN_VIAS,
    b"from": _PLAIN_ADDRESS,
    b"to": _PLAIN_ADDRESS,
    b"call-id": _PLAIN_CALL_ID,
    b"cseq": _PLAIN_CSEQ,
    b"content-length": re.compile(rb"[0-9]{1,9}").fullmatch,
    b"max-forwards": re.compile(rb"[0-9]{1,9}").fullmatch,
}
_NEEDED = {b"via", b"from", b"to", b"call-id", b"cseq"}


def via_parts(value: bytes) -> tuple[bytes, bytes, int | None, bytes, bytes | None] | None:
    """Transport, host, port, what follows the first `;` and the branch of a Via value that is as nearly everybody
    writes it; None where it is not."""
    match = _PLAIN_VIA(value)
    if match is None:
        return None
    transport, host, digits, tail = match.groups(b"")
    return transport, host, int(digits) if digits else None, tail, _parameter(tail, b"branch")


def _parameter(tail: bytes, name: bytes) -> bytes | None:
    """The value of the first parameter of this name (lower case); None where it is absent or has none."""
    if tail.startswith(name) and tail[len(name) : len(name) + 1] == b"=":
        return tail[len(name) + 1 :].partition(b";")[0]
    for piece in tail.split(b";"):
        found, equals, value = piece.partition(b"=")
        if found == name or found.lower() == name:
            return value if equals else None
    return None


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


def uri_parts(value: bytes) -> tuple[bytes, bytes | None, bytes, int | None, bytes] | None:
    """Scheme, user, host, port and parameters of a SIP URI that is as nearly everybody writes it; None where it is
    not."""
    match = _PLAIN_URI(value)
    if match is None:
        return None
    scheme, user, host, digits, tail = match.groups()
    return scheme, user, host, int(digits) if digits else None, tail or b""


def address_parts(value: bytes) -> tuple[bytes, bytes, bytes, bytes | None] | None:
    """Display name, URI, parameters and tag of an address that is as nearly everybody writes it; None where it is
    not."""
    match = _PLAIN_ADDRESS(value)
    if match is None:
        return None
    display, uri, tail = match.groups(b"")
    return display.strip(b" "), uri, tail, _parameter(tail, b"tag") if tail else None


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
    pieces = line.split(b" ")
    if len(pieces) < 3:
        return None
    if pieces[0] == b"SIP/2.0":
        status = _STATUSES.get(pieces[1])
        return None if status is None else (status, line[12:])
    if len(pieces) == 3 and pieces[0] in METHODS and pieces[2] == b"SIP/2.0" and pieces[1]:
        return pieces[0], pieces[1]
    return None
