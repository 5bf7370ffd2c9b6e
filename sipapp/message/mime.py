# -*- test-case-name: tests.message.test_mime -*-
"""mime: what a body is, and the parts of a multipart one. RFC 2045 §5.1, RFC 2046 §5.1, RFC 5621."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

_TOKEN = rb"[A-Za-z0-9\-.!%*_+`'~#$&^|{}]+"
_MEDIA_TYPE = re.compile(rb"[ \t]*(%b)[ \t]*/[ \t]*(%b)[ \t]*(?:;.*)?" % (_TOKEN, _TOKEN), re.DOTALL).fullmatch
_BOUNDARY = re.compile(
    rb""";[ \t\r\n]*boundary[ \t]*=[ \t]*(?:"([^"]*)"|'([^']*)'|([^;\s]*))""", re.IGNORECASE | re.DOTALL
).search
_AFTER_DELIMITER = (b"\r", b"\n", b"-", b" ", b"\t", b"")
_FOLD = re.compile(rb"\r?\n[ \t]")


def media_type(value: bytes) -> bytes | None:
    """A Content-Type's `type/subtype`, lower case, without parameters; None where it is malformed."""
    found = _MEDIA_TYPE(value)
    return b"%b/%b" % (found[1].lower(), found[2].lower()) if found else None


def boundary(content_type: bytes) -> bytes | None:
    """The boundary parameter of a Content-Type; None where it has none. RFC 2046 §5.1.1."""
    found = _BOUNDARY(content_type)
    return (found[1] or found[2] or found[3] or None) if found else None


class Part(NamedTuple):
    """One part of a multipart body; offsets (bytes) count from the start of the body."""

    start: int  # its first header field
    content: int  # behind its empty line
    end: int  # where the line of the next delimiter starts
    after: int  # behind that line


def parts(body: bytes, delimiter: bytes) -> Iterator[Part]:
    """Every part that a delimiter ends; `delimiter` is the boundary without its hyphens."""
    lines = delimiter_lines(body, delimiter)
    for (_, start), (end, after) in pairwise(lines):
        yield Part(start, _content(body, start, end), end, after)


def delimiter_lines(body: bytes, delimiter: bytes) -> list[tuple[int, int]]:
    """Where each line that is a delimiter starts, and where the next line does."""
    mark = b"--" + delimiter
    found, at = [], body.find(mark)
    while at >= 0:
        end = body.find(b"\n", at) + 1 or len(body)
        if (at == 0 or body[at - 1] == 10) and body[at + len(mark) : at + len(mark) + 1] in _AFTER_DELIMITER:
            found.append((at, end))
        at = body.find(mark, end)
    return found


def _content(body: bytes, start: int, end: int) -> int:
    """Behind the empty line that ends the header fields of a part; its end where it has no such line."""
    at = start
    while at < end:
        line_end = body.find(b"\n", at, end) + 1 or end
        if not body[at:line_end].strip(b"\r\n"):
            return line_end
        at = line_end
    return end


class PartField(NamedTuple):
    """A header field of a part; offsets count from the start of the body."""

    start: int
    value: bytes  # unfolded
    end: int


def part_field(body: bytes, part: Part, name: bytes) -> PartField | None:
    """The first header field of that name, lower case (`b"content-type"`), of a part."""
    at = part.start
    while at < part.content:
        end = body.find(b"\n", at, part.content) + 1 or part.content
        while body[end : end + 1] in (b" ", b"\t") and end < part.content:
            end = body.find(b"\n", end, part.content) + 1 or part.content
        label, colon, value = body[at:end].partition(b":")
        if colon and label.strip(b" \t").lower() == name:
            return PartField(at, _FOLD.sub(b" ", value).strip(), end)
        at = end
    return None


def close(body: bytes, delimiter: bytes) -> bytes:
    """The body with each delimiter but the last in its plain form and the last one in its closing form.

    What stands outside of them is dropped. A body with fewer than two delimiters is no multipart one: unchanged.
    """
    lines = delimiter_lines(body, delimiter)
    if len(lines) < 2:
        return body
    plain = b"--%b\r\n" % delimiter
    out: list[bytes] = []
    for (_, start), (end, _) in pairwise(lines):
        out += (plain, body[start:end])
    out.append(b"--%b--\r\n" % delimiter)
    return b"".join(out)
