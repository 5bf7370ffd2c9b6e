# -*- test-case-name: tests.modules.acc.test_record -*-
"""record: what every line and row says of a request."""

from __future__ import annotations

from typing import NamedTuple

from sipapp.errors import ParseError
from sipapp.message.request import Request
from sipapp.message.response import Response


class Outcome(NamedTuple):
    """What became of it, or what a script says of it. code: three digits, or nothing."""

    code: bytes
    reason: bytes


class Record(NamedTuple):
    """All texts; `time` in s since 1970."""

    method: bytes
    from_tag: bytes
    to_tag: bytes
    call_id: bytes
    code: bytes
    reason: bytes
    time: float


def record(message: Request | Response, outcome: Outcome, to_tag: bytes, time: float, upstream: bool) -> Record:
    """upstream: the message goes from the callee to the caller, and the tags are to be as in the other direction."""
    tags = from_tag(message), to_tag
    if upstream:
        tags = tags[::-1]
    return Record(message.method, *tags, message.call_id, *outcome, time)


def from_tag(message: Request | Response) -> bytes:
    """The tag of From, b"" where there is none."""
    from_ = message.from_
    return b"" if from_ is None else from_.tag or b""


def to_tag(message: Request | Response) -> bytes:
    """The tag of To, b"" where there is none to be read: a peer's response may have anything there."""
    try:
        return message.to_tag or b""
    except ParseError:
        return b""


def outcome(comment: bytes) -> Outcome:
    """What a script says: `404 Not here`, or a text without a number."""
    if comment[:3].isdigit() and len(comment) >= 3:
        return Outcome(comment[:3], comment[3:].lstrip())
    return Outcome(b"", comment)
