# -*- test-case-name: tests.message.test_sdp -*-
"""sdp: session descriptions in the body of a message: where things are, not what may be in them. RFC 8866.

All offsets (bytes) count from the start of the body.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from sipapp.errors import ParseError
from sipapp.message import mime

if TYPE_CHECKING:
    from sipapp.message.message import Message

HELD_BY_ADDRESS, HELD_BY_DIRECTION = 1, 2
"""Kamailio's numbers for how a stream is held: RFC 2543 §B.5, RFC 3264 §8.4."""

_DIRECTIONS = frozenset((b"sendrecv", b"sendonly", b"recvonly", b"inactive"))
_HOLDING = frozenset((b"sendonly", b"inactive"))
_NOWHERE = b"0.0.0.0"


class Line(NamedTuple):
    """One line: `m=audio 49170 RTP/AVP 0`."""

    start: int
    end: int  # behind its line end
    text: bytes  # without its line end

    @property
    def type(self) -> bytes:
        """The letter before the `=`; empty where there is none."""
        return self.text[:1] if self.text[1:2] == b"=" else b""

    @property
    def value(self) -> bytes:
        return self.text[2:]


def lines(body: bytes, start: int, end: int) -> Iterator[Line]:
    """The lines between two offsets; they end in LF, CRs before it do not belong to the text."""
    at = start
    while at < end:
        after = body.find(b"\n", at, end) + 1 or end
        yield Line(at, after, body[at:after].rstrip(b"\r\n"))
        at = after


class Connection(NamedTuple):
    """What a c= or o= line says of the network."""

    family: int  # 4, 6
    address: bytes


class Media:
    """One media description: its m= line and what follows. RFC 8866 §5.14."""

    __slots__ = ("connection", "direction", "end", "hold", "kind", "lines", "payloads", "port", "start", "transport")

    def __init__(self, described: list[Line], common: Connection | None) -> None:
        first = described[0]
        self.lines = described
        self.start = first.start
        self.end = described[-1].end
        pieces = first.value.split()
        if len(pieces) < 3:
            raise ParseError(f"malformed m= line {first.text[:60]!r}", first.start)
        self.kind, self.port, self.transport = pieces[:3]
        self.payloads = pieces[3:]
        given = _first(described, b"c")
        self.connection = connection(given) if given else None  # its own; the session's where it has none
        if self.connection is None and common is None:
            raise ParseError("neither the session nor the media description has a c= line", first.start)
        directions = [d for d in map(_direction, described) if d] if self.payloads else []
        self.direction = directions[-1] if directions else None
        self.hold = HELD_BY_DIRECTION if _HOLDING.intersection(directions) else 0
        address = (self.connection or common or _NONE).address
        if not self.hold and address == _NOWHERE and not self._negotiates_ice():
            self.hold = HELD_BY_ADDRESS

    @property
    def is_active(self) -> bool:
        """Media can flow, in one direction at least."""
        return _port_number(self.port) != 0 and self.direction != b"inactive"

    def attributes(self, name: bytes) -> Iterator[bytes]:
        """The values of its `a=name:value` lines."""
        prefix = b"a=" + name + b":"
        for line in self.lines:
            if line.text.startswith(prefix):
                yield line.text[len(prefix) :]

    def encodings(self) -> Iterator[tuple[bytes, bytes]]:
        """(payload type, encoding name) of each rtpmap attribute. RFC 8866 §6.6."""
        for value in self.attributes(b"rtpmap"):
            payload, _, encoding = value.strip().partition(b" ")
            yield payload, encoding.strip().partition(b"/")[0]

    def _negotiates_ice(self) -> bool:
        """0.0.0.0:9 is no hold but trickle ICE. RFC 8840 §4.1.1."""
        options = b" ".join(self.attributes(b"ice-options")).split()
        return self.port == b"9" and b"trickle" in options


class Session:
    """One session description. RFC 8866 §5."""

    __slots__ = ("connection", "end", "hold", "lines", "media", "origin", "start", "version", "version_at")

    def __init__(self, body: bytes, start: int, end: int) -> None:
        described = list(lines(body, start, end))
        at = _index(described, b"v", 0)
        origin_at = _index(described, b"o", at)
        media_at = _index(described, b"m", origin_at)
        self.lines = described[at:media_at]
        self.start = described[at].start
        self.end = end
        origin = described[origin_at]
        pieces = origin.text.split(b" ")
        if len(origin.text) < 13 or len(pieces) < 4:
            raise ParseError(f"malformed o= line {origin.text[:60]!r}", origin.start)
        self.version = pieces[2]  # sess-version
        self.version_at = origin.start + len(pieces[0]) + len(pieces[1]) + 2
        self.origin = connection(origin)
        common = described[origin_at:media_at]
        given = _first(common, b"c")
        self.connection = connection(given) if given else None
        direction = next((d for d in map(_direction, common) if d), None)
        self.hold = HELD_BY_DIRECTION if direction in _HOLDING else 0
        starts = [n for n in range(media_at, len(described)) if described[n].type == b"m"]
        ends = [*starts[1:], len(described)]
        self.media = [Media(described[a:b], self.connection) for a, b in zip(starts, ends, strict=True)]


class Sdp:
    """The session descriptions of a body: one, but for a multipart body that has more.

    `start` and `end`: of the last of them, with everything that stands there.
    """

    __slots__ = ("end", "sessions", "start")

    def __init__(self, sessions: list[Session], start: int, end: int) -> None:
        self.sessions = sessions
        self.start = start
        self.end = end

    @property
    def media(self) -> list[Media]:
        """All media descriptions of all sessions."""
        return [media for session in self.sessions for media in session.media]


def parse(body: bytes, content_type: bytes) -> Sdp:
    """The session descriptions of a body: of an application/sdp or of the parts of a multipart/mixed one.

    Raises ParseError: another type, no description, a description that is malformed.
    """
    kind = mime.media_type(content_type)
    if kind == b"application/sdp":
        return Sdp([Session(body, 0, len(body))], 0, len(body))
    delimiter = mime.boundary(content_type) if kind == b"multipart/mixed" else None
    if delimiter is None:
        raise ParseError(f"a body of type {content_type[:60]!r} has no SDP")
    sessions = []
    start = end = 0
    for part in mime.parts(body, delimiter):
        field = mime.part_field(body, part, b"content-type")
        if field is not None and mime.media_type(field.value) == b"application/sdp":
            start, end = part.content, part.end
            sessions.append(Session(body, start, end))
    if not sessions:
        raise ParseError("no part of the body is SDP")
    return Sdp(sessions, start, end)


def of_message(message: Message) -> Sdp | None:
    """The session descriptions of a message; None where it has no body. Raises ParseError as `parse` does."""
    body = message.body
    return parse(body, message.content_type or b"") if body else None


def connection(line: Line) -> Connection:
    """Family and address from the end of a c= or o= line: `... IN IP4 192.0.2.1`. Raises ParseError."""
    _, found, rest = line.text.rpartition(b" IP")
    pieces = rest[1:].split()
    if not found or rest[:1] not in (b"4", b"6") or not pieces:
        raise ParseError(f"no address in {line.text[:60]!r}", line.start)
    return Connection(int(rest[:1]), pieces[0])


_NONE = Connection(0, b"")


def _index(described: list[Line], kind: bytes, start: int) -> int:
    """Where the next line of a type is. Raises ParseError: nowhere."""
    for number in range(start, len(described)):
        if described[number].type == kind:
            return number
    raise ParseError(f"no {kind.decode()}= line in the session description", described[start].start if described else 0)


def _first(described: list[Line], kind: bytes) -> Line | None:
    return next((line for line in described if line.type == kind), None)


def _direction(line: Line) -> bytes | None:
    """sendrecv, sendonly, ... of an a= line. RFC 8866 §6.7."""
    if line.type != b"a":
        return None
    found = line.value[:8].lower()
    return found if found in _DIRECTIONS else None


def _port_number(port: bytes) -> int:
    """`49170/2` -> 49170; 0 for what is no number."""
    digits = port.partition(b"/")[0]
    return int(digits) if digits.isdigit() else 0
