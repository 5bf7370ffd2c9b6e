# -*- test-case-name: tests.message.test_leaf -*-
"""leaf_pure: the inner loops in plain Python: the twin that is always there. See `leaf`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import accumulate
from typing import TYPE_CHECKING

from sipapp.errors import ParseError
from sipapp.ids import MAGIC_COOKIE
from sipapp.message.headers import SPELLINGS, header_key
from sipapp.message.plain import FORMS, ONCE, PLAIN_VIAS, has, parameter
from sipapp.message.plain import METHODS as METHODS
from sipapp.message.plain import address_parts as address_parts
from sipapp.message.plain import cseq_parts as cseq_parts
from sipapp.message.plain import mark_via as mark_via
from sipapp.message.plain import parameters as parameters
from sipapp.message.plain import start_line as start_line
from sipapp.message.plain import uri_parts as uri_parts
from sipapp.message.plain import via_parts as via_parts

if TYPE_CHECKING:
    from sipapp.message.leaf import Splice

ABSENT, ODD = -1, -2
"""What is said in place of the number of a header field."""

BROADCAST = b"255.255.255.255"
_BEFORE = frozenset((b"\r", b"\n", b""))  # what may come before a message
_SIP_PORTS = (5060, 5061)
_NUMBERS = range(1 << 20)  # of header fields, more than any message has
_AS_LONG = b":\r\n".join  # as the name, the colon, the rest and the line end are
_HEAD_END = re.compile(rb"\n\r?\n").search
_LINE = re.compile(rb"[^\n]*\n(?:[ \t][^\n]*\n)*").match


class Head:
    """The start line and the header fields of one message; fields are numbered from 0.

    Made by `scan`. `keys` holds each field's key, `start` is where the start line begins, `end` where the empty line
    is, `body` what follows it.

    `plain` where `read` has found all that every message needs there, once, and of the form that nearly everybody
    writes: Via, From, To, Call-ID, CSeq, and the Content-Length that it has. Where not, look closer: then `key` and the
    other properties that say what these hold are None or False.
    """

    __slots__ = ("_first", "_forms", "_pairs", "_starts", "body", "end", "keys", "line", "plain", "start")

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
        self._forms: dict[bytes, re.Match[bytes]] = {}  # those of a plain message
        self.plain = False
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

    def number(self, key: bytes) -> int:
        """The number in the first field of this key; ABSENT, or ODD where it is none of at most 9 digits."""
        text = self.get(key)
        if text is None:
            return ABSENT
        return int(text) if text.isdigit() and len(text) < 10 else ODD

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

    def overwrite(self, raw: bytes, key: bytes, value: bytes) -> bytes:
        """The value of the first field of this key is now this one, which is no longer: the message of which `raw` was
        the bytes."""
        number = self.first(key)
        _, start, end, _ = self.span(number)
        name, rest = self._pairs[number]
        value = value.rjust(end - start)
        assert number >= 0
        assert len(value) == end - start
        self._pairs[number] = [name, rest.replace(rest.strip(b" \t\r\n"), value, 1)]
        return raw[:start] + value + raw[end:]

    @property
    def fields_at(self) -> int:
        """Where the first field begins."""
        return self.offset(0) if self.keys else self.end

    def offset(self, number: int) -> int:
        """Where a field's name begins."""
        return (self._starts or self._located())[number]

    def _located(self) -> list[int]:
        sizes = map(len, map(_AS_LONG, self._pairs))
        starts = self._starts = [*accumulate(sizes, initial=self.start + len(self.line) + 2)]
        return starts

    def value_at(self, number: int) -> int:
        """Where a field's value begins."""
        name, rest = self._pairs[number]
        return self.offset(number) + len(name) + 1 + len(rest) - len(rest.lstrip(b" \t\r\n"))

    def span(self, number: int) -> tuple[int, int, int, int]:
        """(start, value start, value end, end) of a field."""
        starts = self._starts or self._located()
        start, end = starts[number], starts[number + 1]
        name, rest = self._pairs[number]
        value = start + len(name) + 1
        text = rest.lstrip(b" \t\r\n")
        value += len(rest) - len(text)
        return start, value, value + len(text.rstrip(b" \t\r\n")), end

    # -- of a plain message

    @property
    def branch(self) -> bytes | None:
        """The branch of the top Via."""
        return self._parameter(b"via", 4, b"branch")

    @property
    def key(self) -> tuple[bytes, bytes, int, bytes, int] | None:
        """What tells a request from others, all but its method: branch, host and port (0 for the usual ones) of the top
        Via, Call-ID, number in CSeq. None where the branch is older than RFC 3261."""
        branch = self.branch
        if branch is None or not branch.startswith(MAGIC_COOKIE):
            return None
        forms = self._forms
        _, host, digits, _ = forms[b"via"].group(1, 2, 3, 4)
        port = int(digits) if digits else 0
        return (
            branch,
            host,
            0 if port in _SIP_PORTS else port,
            forms[b"call-id"][0],
            int(forms[b"cseq"][1]),
        )

    @property
    def call_id(self) -> bytes | None:
        return self._forms[b"call-id"][0] if self.plain else None

    @property
    def method(self) -> bytes | None:
        """That in CSeq."""
        return self._forms[b"cseq"][2] if self.plain else None

    @property
    def from_tag(self) -> bytes | None:
        return self._parameter(b"from", 3, b"tag")

    @property
    def to_tag(self) -> bytes | None:
        return self._parameter(b"to", 3, b"tag")

    @property
    def symmetric(self) -> bool:
        """Responses go to where the request came from: the top Via has `rport`, and no `maddr`."""
        tail = self._forms[b"via"][4] if self.plain else None
        return tail is not None and has(tail, b"rport") and not has(tail, b"maddr")

    def _parameter(self, key: bytes, group: int, name: bytes) -> bytes | None:
        tail = self._forms[key][group] if self.plain else None
        return parameter(tail, name) if tail else None


def read(data: bytes) -> tuple[bytes, Head, bytes | int | None, bytes | None]:
    """One message: its bytes, without what comes before and after it; its head; method and Request-URI or status and
    reason, None where the start line is not as nearly everybody writes it.

    Raises ParseError: no empty line, a line that is no header field.
    """
    raw = data
    if data[:1] in _BEFORE:
        raw = data.lstrip(b"\r\n")
        if not raw:
            raise ParseError("no message")
    head = scan(raw)
    length = head.number(b"content-length")
    if length >= 0:
        raw = raw[: head.body + length]
    first, second = start_line(head.line) or (None, None)
    head.plain = first is not None and _judge(head, length, len(raw))
    return raw, head, first, second


def _judge(head: Head, length: int, size: int) -> bool:
    """Whether a message of this size, and this Content-Length, is plain."""
    if length == ODD or (length >= 0 and length != size - head.body) or head.number(b"max-forwards") == ODD:
        return False
    numbers = head._first or head._index()
    pairs, forms = head._pairs, head._forms
    for key, form in FORMS:
        number = numbers.get(key)
        if number is None:
            return False
        found = form(pairs[number][1].strip(b" \t\r\n"))
        if found is None:
            return False
        forms[key] = found
    return _has_no_doubles(head) and forms[b"via"][0].find(BROADCAST) < 0


def _has_no_doubles(head: Head) -> bool:
    """No field twice that may not be; further Via fields are plain too."""
    keys = head.keys
    if len(head._first or head._index()) == len(keys):
        return True
    for key in ONCE:
        if keys.count(key) > 1:
            return False
    if keys.count(b"via") > 1:
        for number in head.all(b"via")[1:]:
            value = head.value(number)
            if PLAIN_VIAS(value) is None or value.find(BROADCAST) >= 0:
                return False
    return True


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


# -- whole messages out of plain ones: None leaves it to whoever asks, as this twin always does


def relay(head: Head, line: bytes, via: bytes, edits: list[Splice], host: str, port: int, forced: bool) -> bytes | None:
    """A request as it goes on: `line` for its start line, `via` (a line, too) on top, what was there marked (see
    `via.marks`), and these edits, in any order."""
    return None


def unwrap(head: Head) -> bytes | None:
    """A response without its top Via value."""
    return None


def answer(
    head: Head, line: bytes, recorded: bool, to_tag: bytes | None, host: str, port: int, forced: bool, rest: bytes
) -> bytes | None:
    """The response to a request: `line`, what has to be copied (with `recorded`, Record-Route too), the top Via marked
    and a To without a tag given this one, then the `rest`."""
    return None
