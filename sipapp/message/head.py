# -*- test-case-name: tests.message.test_leaf -*-
"""head: the start line and the header fields of one message, in plain Python. Part of `leaf_pure`."""

from __future__ import annotations

import re
from itertools import accumulate

from sipapp.ids import MAGIC_COOKIE
from sipapp.message.plain import has, parameter

ABSENT, ODD = -1, -2
"""What is said in place of the number of a header field."""

_SIP_PORTS = (5060, 5061)
_NUMBERS = range(1 << 20)  # of header fields, more than any message has
_WRITTEN = [b"%d" % number for number in range(256)]  # a fifth of what writing one takes
_AS_LONG = b":\r\n".join  # as the name, the colon, the rest and the line end are


def key_of(method: bytes, number: int, port: int, host: bytes, call_id: bytes, branch: bytes) -> bytes:
    """What tells a request from others: its method, the number in CSeq, port and host of the top Via, Call-ID, branch.

    One text, since many are kept and each is looked up again and again. A port that need not be written counts as none.
    """
    return b"%b %d %d %b %b %b" % (method, number, 0 if port in _SIP_PORTS else port, host, call_id, branch)


class Head:
    """The start line and the header fields of one message; fields are numbered from 0.

    Made by `scan`. `keys` holds each field's key, `start` is where the start line begins, `end` where the empty line
    is, `body` what follows it.

    `plain` where `read` has found all that every message needs there, once, and of the form that nearly everybody
    writes: Via, From, To, Call-ID, CSeq, and the Content-Length that it has. Where not, look closer: then `key` and the
    properties that say what these hold are None or False.
    """

    __slots__ = (
        "_branch",
        "_first",
        "_forms",
        "_pairs",
        "_starts",
        "body",
        "end",
        "keys",
        "line",
        "plain",
        "raw",
        "start",
    )

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
        self._branch: bytes | None = None  # of a plain message, once it has been asked for
        self.plain = False
        self.raw = b""  # the bytes of the message, where `read` has made this
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
        assert number >= 0
        name, rest = self._pairs[number]
        old = rest.strip(b" \t\r\n")
        assert len(value) <= len(old)
        new = rest.replace(old, value.rjust(len(old)), 1)
        at = raw.index(b"\n%b:%b" % (name, rest)) + len(name) + 2  # cheaper than to know where all of them are
        self._pairs[number] = [name, new]
        self.raw = raw[:at] + new + raw[at + len(rest) :]
        return self.raw

    def count_down(self, raw: bytes, key: bytes, most: int) -> bytes | None:
        """The same with a number that is one less than it was, and no more than `most` (0 to 255); None: it is none of
        1 to 65535 in at most 9 digits."""
        left = self.number(key)
        if not 0 < left < 65536:
            return None
        return self.overwrite(raw, key, _WRITTEN[left - 1 if left <= most else most])

    @property
    def fields_at(self) -> int:
        """Where the first field begins."""
        return self.offset(0) if self.keys else self.end

    def offset(self, number: int) -> int:
        """Where a field's name begins."""
        if not number and self._starts is None:
            return self.start + len(self.line) + 2
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
        branch = self._branch
        if branch is None:
            branch = self._branch = self._parameter(b"via", 4, b"branch")
        return branch

    def key(self, method: bytes) -> bytes | None:
        """`key_of` a request of this method. None where the branch is older than RFC 3261."""
        branch = self.branch
        if branch is None or not branch.startswith(MAGIC_COOKIE):
            return None
        forms = self._forms
        _, host, digits, _ = forms[b"via"].group(1, 2, 3, 4)
        number = int(forms[b"cseq"][1])
        return key_of(method, number, int(digits) if digits else 0, host, forms[b"call-id"][0], branch)

    @property
    def call(self) -> tuple[bytes, int] | None:
        """Call-ID and the number in CSeq."""
        return (self._forms[b"call-id"][0], int(self._forms[b"cseq"][1])) if self.plain else None

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
