# -*- test-case-name: tests.message.test_line -*-
"""line: a line of a message's head, and what is known of it by heart. Part of `leaf_pure`.

Most lines have been there before: From and Call-ID in all messages of a call, Max-Forwards, CSeq, User-Agent in those
of others.
"""

from __future__ import annotations

from typing import Any

from sipapp.errors import ParseError
from sipapp.message.byheart import LONGEST, ByHeart, Memory
from sipapp.message.forms import FRONT_ENDS, READERS, SECRET, branch_of, front_known, tag_of
from sipapp.message.headers import SPELLINGS, header_key
from sipapp.message.plain import start_line

MOST = 8192
"""How many lines are kept: 0.4 kilobytes each, so 3.5 MB, and 8 MB where somebody means harm. A relayed call brings
about five that no other has."""

# a method of what is imported is made an object at each call
_reader_of = READERS.get
_key_spelt = SPELLINGS.get

_WHITE = b" \t\r\n"


class Line:
    """One header field. Many messages have the same one: it never changes.

    `part` is what it is for the shape of its message: its key, and a colon before it where the value should be of the
    form that nearly everybody writes, and is not. `found` is what such a value holds: see `forms.READERS`. For other
    fields it is the value alone where that is one word, or None. What few ask for is looked for when they do.
    """

    __slots__ = ("found", "part", "text")

    found: Any  # a tuple, or None
    part: bytes
    text: bytes  # without its line end

    @property
    def value(self) -> bytes:
        """Without outer white space."""
        return self.text.partition(b":")[2].strip(_WHITE)

    @property
    def at(self) -> int:
        """Where the value begins."""
        return len(self.text) - len(self.text.partition(b":")[2].lstrip(_WHITE))

    def written_over(self, value: bytes) -> bytes:
        """The text with this value, which is no longer than its own."""
        at, size = self.at, len(self.value)
        assert len(value) <= size
        return self.text[:at] + value.rjust(size) + self.text[at + size :]


def read_line(text: bytes, key: bytes, rest: bytes, white: bytes = _WHITE) -> Line:
    """The header field of this text, which has this key, and `rest` after its colon."""
    line = Line()  # without an `__init__`, which would cost as much again
    line.text = text
    read = _reader_of(key)
    if read is None:
        line.found = None
        line.part = key
    else:
        line.found = found = read(rest.strip(white))
        line.part = key if found is not None else b":" + key
    return line


class Lines(ByHeart[bytes, Line]):
    """The header fields met last. Raises ParseError: what is none, or no whole line.

    A Via of the usual form is not kept: what is before its branch is known by heart anyway, and of those that one call
    brings, each is met once or twice.
    """

    __slots__ = ()

    def __missing__(self, text: bytes) -> Line:
        front, _, word = text.partition(FRONT_ENDS[text[0]] if text else b":")
        if not word or (known := front_known(front)) is None:
            return self._any(text)
        key, table, form = known
        found: Any = None
        if table is None:
            found = tag_of(word)
        elif word.translate(table) is word:  # it is the same object where nothing changes
            found = (word,) if form is None else (word, form)
        elif form is not None:
            found = branch_of(word, form)
        if found is None:
            return self._any(text)
        line = Line()
        line.text = text
        line.part = key
        line.found = found
        if form is None and len(text) <= LONGEST:
            self.learn(text, line)
        return line

    def _any(self, text: bytes) -> Line:
        """Of any form."""
        name, colon, rest = text.partition(b":")
        if not colon:
            raise ParseError("no header field")
        line = read_line(text, _key_spelt(name) or header_key(name), rest, b" \t\r")
        if line.found is None and text.partition(b"\n")[1]:  # there is none in what is plain
            raise ParseError("no line")
        if len(text) <= LONGEST and line.part not in SECRET:
            self.learn(text, line)
        return line


def _counted_down(text: bytes) -> tuple[bytes, bytes, Line, int] | None:
    """The line with both its line ends, the same with a number that is one less, that one itself, the number; None
    where its value is none of 1 to 65535 in at most 9 digits."""
    old = LINES[text]
    value = old.value
    if not value.isdigit() or len(value) > 9 or not 0 < (number := int(value)) < 65536:
        return None
    new = old.written_over(b"%d" % (number - 1))
    return b"\r\n%b\r\n" % text, b"\r\n%b\r\n" % new, LINES[new], number - 1


Opening = tuple[bytes, bytes] | tuple[int, bytes] | tuple[None, None]
"""Method and Request-URI, or status and reason; None where a start line is not as nearly everybody writes it."""


class StartLines(ByHeart[bytes, Opening]):
    """What the start lines met last say. Raises ParseError: what is no whole line.

    Those that name a user are not kept: there are as many as there are calls.
    """

    __slots__ = ()

    def __missing__(self, line: bytes) -> Opening:
        if line.find(b"\n") >= 0:
            raise ParseError("no line")
        opening: Any = start_line(line)
        if opening is None:
            return None, None
        if len(line) <= LONGEST and line.find(b"@") < 0:
            self.learn(line, opening)
        return opening  # type: ignore[no-any-return]


LINES = Lines(MOST)
LOWER = Memory(_counted_down, 256)
START_LINES = StartLines(MOST // 8)
