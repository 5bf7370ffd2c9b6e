# -*- test-case-name: tests.message.test_leaf -*-
"""head: the start line and the header fields of one message, in plain Python. Part of `leaf_pure`."""

from __future__ import annotations

from itertools import accumulate

from sipapp.ids import MAGIC_COOKIE
from sipapp.message.forms import SIP_PORTS
from sipapp.message.line import LINES, LOWER, Line, read_line
from sipapp.message.shape import Shape

ABSENT, ODD = -1, -2
"""What is said in place of the number of a header field."""

_COOKIE = len(MAGIC_COOKIE)
_NEAR = 15  # so far it is cheaper to add sizes up than to know where all fields begin


def key_of(method: bytes, number: int, port: int, host: bytes, call_id: bytes, branch: bytes) -> bytes:
    """What tells a request from others: its method, the number in CSeq, port and host of the top Via, Call-ID, branch.

    One text, since many are kept and each is looked up again and again. A port that need not be written counts as none.
    """
    return b"%b %d %d %b %b %b" % (method, number, 0 if port in SIP_PORTS else port, host, call_id, branch)


class Head:
    """The start line and the header fields of one message; fields are numbered from 0.

    Made by `read`. `keys` holds each field's key, `fields_at` is where the first one begins, `end` where the empty line
    is, `body` what follows it.

    `plain` where `read` has found all that every message needs there, once, and of the form that nearly everybody
    writes: Via, From, To, Call-ID, CSeq, and the Content-Length that it has. Where not, look closer: then `key` and the
    attributes that say what these hold are None or False.
    """

    __slots__ = (
        "_fields",
        "_shape",
        "_starts",
        "body",
        "branch",
        "crlf",
        "fields_at",
        "method",
        "plain",
        "raw",
        "symmetric",
        "to_tag",
    )

    _fields: list[Line]
    _shape: Shape
    _starts: list[int] | None  # known where lines end otherwise than in CRLF; else found on demand
    body: int
    crlf: bool  # each line ends so, and is one
    fields_at: int
    plain: bool
    raw: bytes  # of the message

    # of a plain message: what is asked so often that it costs less to note than to look up
    branch: bytes | None  # of the top Via
    method: bytes | None  # that in CSeq
    symmetric: bool  # responses go to where the request came from: the top Via has `rport`, and no `maddr`
    to_tag: bytes | None

    @property
    def line(self) -> bytes:
        """The start line, without its line end."""
        return self.raw[: self.fields_at - 1].removesuffix(b"\r")

    @property
    def keys(self) -> list[bytes]:
        return self._shape.keys

    @property
    def end(self) -> int:
        return self.body - 2 if self._starts is None else self._starts[-1]

    def first(self, key: bytes) -> int:
        """The number of the first field of this key; -1 where there is none."""
        return self._shape.first.get(key, -1)

    def get(self, key: bytes) -> bytes | None:
        """The value of the first field of this key without outer white space; None where there is none."""
        number = self._shape.first.get(key)
        return None if number is None else self._fields[number].value

    def number(self, key: bytes) -> int:
        """The number in the first field of this key; ABSENT, or ODD where it is none of at most 9 digits."""
        number = self._shape.first.get(key)
        if number is None:
            return ABSENT
        text = self._fields[number].value
        return int(text) if text.isdigit() and len(text) < 10 else ODD

    def has_repeats(self) -> bool:
        """Whether any key stands more than once."""
        shape = self._shape
        return len(shape.first) != len(shape.keys)

    def all(self, key: bytes) -> list[int]:
        """The numbers of all fields of this key."""
        return [number for number, other in enumerate(self.keys) if other == key]

    def name(self, number: int) -> bytes:
        """A field's name as received."""
        return self._fields[number].text.partition(b":")[0].rstrip(b" \t")

    def value(self, number: int) -> bytes:
        """A field's value without outer white space; folds are kept."""
        return self._fields[number].value

    def line_of(self, number: int) -> bytes:
        """A field as received, its line end included."""
        text = self._fields[number].text
        starts = self._starts
        if starts is not None and starts[number + 1] - starts[number] == len(text) + 1:
            return text + b"\n"
        return text + b"\r\n"

    def overwrite(self, raw: bytes, key: bytes, value: bytes) -> bytes:
        """The value of the first field of this key is now this one, which is no longer: the message of which `raw` was
        the bytes."""
        number = self.first(key)
        assert number >= 0
        old = self._fields[number]
        text, new = old.text, old.written_over(value)
        # Others may have the same line: it is not changed, this message gets another one.
        self._fields[number] = LINES[new] if new.find(b"\n") < 0 else read_line(new, key, new.partition(b":")[2])
        at = self.offset(number)
        self.raw = raw[:at] + new + raw[at + len(text) :]
        return self.raw

    def count_down(self, raw: bytes, key: bytes, most: int) -> bytes | None:
        """The same with a number that is one less than it was, and no more than `most` (0 to 255); None: it is none of
        1 to 65535 in at most 9 digits."""
        number = self._shape.first.get(key)
        if number is None:
            return None
        if not self.crlf:
            left = self.number(key)
            return self.overwrite(raw, key, b"%d" % min(left - 1, most)) if 0 < left < 65536 else None
        lower = LOWER[self._fields[number].text]
        if lower is None:
            return None
        before, after, line, left = lower
        if left > most:
            return self.overwrite(raw, key, b"%d" % most)
        self._fields[number] = line
        self.raw = raw = raw.replace(before, after, 1)  # no line before it is the same: it is the first of its key
        return raw

    def offset(self, number: int) -> int:
        """Where a field's name begins."""
        at = self.fields_at
        if number:
            if self._starts is not None:
                return self._starts[number]
            if number > _NEAR:
                return self._located()[number]
            for field in self._fields[:number]:
                at += len(field.text) + 2
        return at

    def _located(self) -> list[int]:
        sizes = [len(field.text) + 2 for field in self._fields]
        starts = self._starts = [*accumulate(sizes, initial=self.fields_at)]
        return starts

    def value_at(self, number: int) -> int:
        """Where a field's value begins."""
        return self.offset(number) + self._fields[number].at

    def bounds(self, number: int) -> tuple[int, int]:
        """(start, end) of a field."""
        start = self.offset(number)
        starts = self._starts
        return start, start + len(self._fields[number].text) + 2 if starts is None else starts[number + 1]

    def span(self, number: int) -> tuple[int, int, int, int]:
        """(start, value start, value end, end) of a field."""
        start, end = self.bounds(number)
        field = self._fields[number]
        value = start + field.at
        return start, value, value + len(field.value), end

    # -- of a plain message

    def key(self, method: bytes) -> bytes | None:
        """`key_of` a request of this method. None where the branch is older than RFC 3261."""
        branch = self.branch
        if branch is None or branch[:_COOKIE] != MAGIC_COOKIE:
            return None
        fields, shape = self._fields, self._shape
        form = fields[shape.via].found[1]
        return b" ".join((method, fields[shape.cseq].found[2], form[0], fields[shape.call_id].found[0], branch))

    @property
    def call(self) -> tuple[bytes, int] | None:
        """Call-ID and the number in CSeq."""
        if not self.plain:
            return None
        fields, shape = self._fields, self._shape
        return fields[shape.call_id].found[0], fields[shape.cseq].found[0]

    @property
    def call_id(self) -> bytes | None:
        return self._fields[self._shape.call_id].found[0] if self.plain else None

    @property
    def from_tag(self) -> bytes | None:
        return self._fields[self._shape.from_].found[0] if self.plain else None
