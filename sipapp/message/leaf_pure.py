# -*- test-case-name: tests.message.test_leaf -*-
"""leaf_pure: the inner loops in plain Python: the twin that is always there. See `leaf`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from zlib import crc32

from sipapp.errors import ParseError
from sipapp.message.byheart import LONGEST, ByHeart, Memory
from sipapp.message.head import ABSENT as ABSENT
from sipapp.message.head import ODD as ODD
from sipapp.message.head import Head as Head
from sipapp.message.head import key_of as key_of
from sipapp.message.headers import header_key
from sipapp.message.line import LINES, START_LINES, Line, read_line
from sipapp.message.marks import MARKS
from sipapp.message.plain import METHODS as METHODS
from sipapp.message.plain import NEXT_ROUTE, lone_entry
from sipapp.message.plain import address_parts as address_parts
from sipapp.message.plain import cseq_parts as cseq_parts
from sipapp.message.plain import mark_via as mark_via
from sipapp.message.plain import parameters as parameters
from sipapp.message.plain import place as place
from sipapp.message.plain import start_line as start_line
from sipapp.message.plain import uri_parts as uri_parts
from sipapp.message.plain import via_parts as via_parts
from sipapp.message.shape import SHAPES

if TYPE_CHECKING:
    from sipapp.message.leaf import Splice

_HEAD_END = re.compile(rb"\n\r?\n").search
_LINE = re.compile(rb"[^\n]*\n(?:[ \t][^\n]*\n)*").match
_by_start = itemgetter(0)
_known = LINES.__getitem__


def read(data: bytes) -> tuple[bytes, Head, int, bool, bytes | int | None, bytes | None]:
    """One message: its bytes, without what comes before and after it; its head; where its body begins; whether it is
    plain; method and Request-URI or status and reason, None where the start line is not as nearly everybody writes it.
    Raises ParseError: no empty line, a line that is no header field.
    """
    raw = data.lstrip(b"\r\n")
    if not raw:
        raise ParseError("no message", len(data))
    text, ended, _ = raw.partition(b"\r\n\r\n")  # cheaper than to find and to cut
    line = (lines := text.split(b"\r\n")).pop(0)
    head = Head()  # without an `__init__`, which would cost as much again
    try:
        if not ended:
            raise ParseError("no empty line")
        first, second = START_LINES[line]
        head._fields = fields = [*map(_known, lines)]
        head._starts, head.crlf = None, True
        head.fields_at = len(line) + 2
        head.body = body = len(text) + 4
    except ParseError:
        first, second, fields, body = _read_any(raw, head)
    parts = []
    for field in fields:  # a comprehension costs as much as ten of these before it begins
        parts.append(field.part)
    head._shape = shape = SHAPES[tuple(parts)]
    plain = shape.plain and first is not None
    if shape.length >= 0:
        length = fields[shape.length].found
        if length is not None and len(raw) != body + length[0]:
            raw = raw[: body + length[0]]
            plain = plain and len(raw) == body + length[0]
    head.raw, head.plain = raw, plain
    if plain:
        head.branch, form = fields[shape.via].found
        head.symmetric = form[2]
        head.method, head.to_tag = fields[shape.cseq].found[1], fields[shape.to].found[0]
    else:
        head.branch = head.method = head.to_tag = None
        head.symmetric = False
    return raw, head, body, plain, first, second


def _read_any(data: bytes, head: Head) -> tuple[Any, Any, list[Line], int]:
    """The same for folded lines and lines that end in LF alone, up to the shape: what its start line says, its fields,
    where its body begins."""
    found = _HEAD_END(data)
    if found is None:
        raise ParseError("no empty line after the header fields", len(data))
    head.body = body = found.end()
    end = found.start() + 1
    head.fields_at = at = data.index(b"\n") + 1
    first, second = start_line(data[: at - 1].removesuffix(b"\r")) or (None, None)
    head._fields = fields = []
    head._starts = starts = []
    head.crlf = False
    while at < end:
        match = _LINE(data, at, end)
        assert match is not None
        text = match.group()[:-1].removesuffix(b"\r")
        name, colon, rest = text.partition(b":")
        if not colon:
            raise ParseError(f"{text[:40]!r} is no header field", at)
        try:
            fields.append(read_line(text, header_key(name), rest))
        except ParseError as why:
            raise ParseError(why.reason, at) from None
        starts.append(at)
        at = match.end()
    starts.append(end)
    return first, second, fields, body


def passable(head: Head, method: bytes, uri: bytes) -> bool:
    """Whether it can be seen at a glance that a proxy may send a request of this method on to this URI: the URI is as
    nearly everybody writes it, the CSeq is of this method, and nothing is required of us. See `validate`."""
    shape = head._shape
    return head.method == method and b"proxy-require" not in shape.first and uri_parts(uri) is not None


def lone_route(head: Head, uri: bytes) -> tuple[bytes, int, bytes, int, int, bytes, int] | None:
    """Of a request within a dialog that has one Route entry, `<sip:192.0.2.1;lr>` alone: its host, its port, its
    parameters, where the header field starts and ends; then host and port of this URI, its target. 5060 is the port
    that is not written. None where there is more to see: several entries, a user, r2, gr, an unusual URI.
    """
    shape, fields = head._shape, head._fields
    number = shape.lone_route
    if number < 0 or not head.to_tag or not head.crlf:
        return None
    field = fields[number]
    entry = lone_entry(field.found[0] if field.found else field.value)
    target = uri_parts(uri)
    if entry is None or target is None:
        return None
    start = head.offset(number)
    entry_host, entry_port, tail = entry
    return entry_host, entry_port, tail, start, start + len(field.text) + 2, target[2], target[3] or 5060


def routes(head: Head) -> list[tuple[bytes, int, int, int]] | None:
    """The Route entries: the URI, the number of the header field, where in its value the entry begins and ends. None
    where one is not as nearly everybody writes it: the URI in <>, and nothing else.
    """
    entries = []
    for number in head.all(b"route"):
        value = head.value(number)
        at = 0
        while True:
            entry = NEXT_ROUTE(value, at)
            if entry is None:
                return None
            uri, comma = entry.groups()
            entries.append((uri, number, at, entry.end(1) + 1))
            if not comma:
                break
            at = entry.end()
    return entries


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
            return b"".join(_pieces_overlapping(raw, at, end, list(edits)))
        parts.append(data)
        done = stop
    if done < end:
        parts.append(raw[done:end])
    return b"".join(parts)


def _pieces_overlapping(raw: bytes, at: int, end: int, edits: list[Splice]) -> list[bytes]:
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
    return parts


def _within(start: int, stop: int, span: tuple[int, int]) -> bool:
    if start == stop:
        return span[0] < start < span[1]
    return span[0] <= start and stop <= span[1]


# -- whole messages out of plain ones: None leaves it to whoever asks, who can do the same with any message; so it is
# where the top Via holds several values, or an edit is of it, the start line or the body


def relay(
    head: Head,
    method: bytes,
    uri: bytes,
    version: bytes,
    via: bytes,
    edits: Iterable[tuple[int, int, Any]],
    host: str,
    port: int,
    forced: bool,
    outbound: Any,
) -> bytes | None:
    """A request as it goes on: its start line, `via` (a line) on top, what was there marked (see `via.marks`), and
    these edits, in any order; what makes bytes of `outbound` is asked for them."""
    if not head.plain:
        return None
    number = head._shape.via
    top = head._fields[number]
    marked = _marked(top, host, port, forced, False)
    if marked is None:
        return None
    at = head.offset(number) if number else head.fields_at
    made: list[Any] = [*edits, (at, stop := at + len(top.text), via + marked)]
    if len(made) > 2:
        made.sort(key=_by_start)
    elif made[0][0] > at:  # a sort of two costs five times as much
        made.reverse()
    raw, body, done = head.raw, head.body, head.fields_at
    parts = [method, b" ", uri, b" ", version, b"\r\n"]
    for start, end, data in made:
        if start < done or start == stop:  # within the Via, or where its marks may come first or not
            return None
        if start > done:
            parts.append(raw[done:start])
        parts.append(data if data.__class__ is bytes else data(outbound))
        done = end
    if start >= body or done > body:
        return None
    parts.append(raw[done:])
    return b"".join(parts)


def unwrap(head: Head) -> bytes | None:
    """A response without its top Via value. In a plain Via each comma separates two."""
    if not (head.plain and head.crlf):
        return None
    number = head._shape.via
    top = head._fields[number]
    raw, text = head.raw, top.text
    start = head.offset(number) if number else head.fields_at
    end = start + len(text) + 2
    if top.found[1][3] is None:
        _, comma, others = text.partition(b",")
        if comma:
            start += top.at
            end -= len(others.lstrip(b" \t")) + 2
    return raw[:start] + raw[end:]


def answer(
    head: Head,
    status: int,
    reason: bytes,
    to_tag: bytes | None,
    host: str,
    port: int,
    forced: bool,
    fields: bytes,
    server: bytes | None,
    body: bytes,
) -> bytes | None:
    """The response to a request: what has to be copied, the top Via marked, a To without a tag given this one; then
    these `fields`, the text of Server, and the body."""
    if not (head.plain and head.crlf):
        return None
    shape, lines = head._shape, head._fields
    marked = _marked(lines[shape.via], host, port, forced, True)
    if marked is None:
        return None
    numbers, via_at, to_at = shape.copied_with_route if 180 <= status < 300 else shape.copied
    texts = [_STATUS_LINES[status, reason]]
    for number in numbers:  # a comprehension costs as much as ten of these before it begins
        texts.append(lines[number].text)
    texts[via_at] = marked
    if to_tag is not None and head.to_tag is None:
        text = texts[to_at]
        bare = text if text[-1] > 32 else text.rstrip()
        texts[to_at] = bare + b";tag=" + to_tag + text[len(bare) :]
    texts.append(fields + ending(server, body))
    return b"\r\n".join(texts)


class _StatusLines(ByHeart[tuple[int, bytes], bytes]):
    __slots__ = ()

    def __missing__(self, key: tuple[int, bytes]) -> bytes:
        line = b"SIP/2.0 %d %b" % key
        if len(line) <= LONGEST:
            self.learn(key, line)
        return line


_STATUS_LINES = _StatusLines(64)


def ending(server: bytes | None, body: bytes) -> bytes:
    """How a response ends."""
    if server is None:
        return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    if not body:
        return _WITHOUT_BODY[server]
    return b"Server: %b\r\nContent-Length: %d\r\n\r\n%b" % (server, len(body), body)


_WITHOUT_BODY = Memory(lambda server: b"Server: %b\r\nContent-Length: 0\r\n\r\n" % server, 16)


def tag(head: Head, prefix: bytes, seed: int) -> bytes | None:
    """`prefix` and a checksum of what tells a request, and its ACK, from others; None where the top Via has no branch,
    or the message is not plain."""
    branch = head.branch
    if branch is None:
        return None
    call_id = head._fields[head._shape.call_id].found[0]
    return prefix + b"%08x" % crc32(call_id, crc32(branch, seed))


def _marked(top: Line, host: str, port: int, forced: bool, response: bool) -> bytes | None:
    """The top Via field, without its line end, that says where it came from; None where it has several values."""
    branch, (_, sent_by, _, before, after) = top.found
    if before is not None:
        before, after = MARKS[before, after, host, port, forced, response]
        return before + branch + after  # type: ignore[no-any-return]
    value = top.value
    if value.find(b",") >= 0:
        return None
    source, at = host.encode(), top.at
    marked = mark_via(value, port, source, sent_by != source, forced, response)
    if marked is None:
        return top.text
    return top.text[: at + marked[0]] + marked[1] + top.text[at + len(value) :]
