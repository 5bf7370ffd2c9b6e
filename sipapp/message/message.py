# -*- test-case-name: tests.message.test_message -*-
"""message: what requests and responses have in common: the bytes, the header fields, the typed values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sipapp.errors import ParseError
from sipapp.message.address import Address, parse_addresses
from sipapp.message.cseq import CSeq
from sipapp.message.headers import Field, split_values, split_vias
from sipapp.message.leaf import read
from sipapp.message.resting import resting
from sipapp.message.via import Via, marks, parse_vias

if TYPE_CHECKING:
    from sipapp.message.leaf import Head, Splice

_UNREAD: Any = object()
"""Not looked at yet; None is a header field that is absent."""


class Message:
    """A SIP message: bytes and offsets. Never changes; values are parsed when asked for, and kept.

    `key` is a header field's long name in lower case. Typed properties raise ParseError where the header field is
    malformed and answer None where it is absent.
    """

    __slots__ = (
        "_body",
        "_call_id",
        "_cseq",
        "_from",
        "_parsed_uri",
        "_to",
        "_via",
        "_vias",
        "body_at",
        "flow",
        "force_rport",
        "head",
        "number",
        "plain",
        "raw",
        "received_at",
        "version",
        "way_back",
    )

    def _begin(
        self, raw: bytes, head: Head, version: bytes, flow: Any = None, received_at: float = 0.0, number: int = 0
    ) -> None:
        self.raw = raw
        self.head = head
        self.body_at = head.body
        self.plain = head.plain  # every value in it is as nearly everybody writes it: it can be parsed
        self.flow = flow  # where it came from
        self.received_at = received_at  # s of the server's clock
        self.number = number  # counts messages: $mi
        self.version = version
        self.force_rport = False  # answer to the source port even where the top Via has no rport: force_rport()
        self.way_back: tuple[bool, Any] | None = None  # force_rport, and the flow by which responses go then
        self._body: bytes | None = None
        self._via: Via | None = None
        self._vias: list[Via] | None = None
        self._parsed_uri: Any = None  # of a request; here, that one function forgets all
        self._call_id: Any = _UNREAD
        self._cseq: Any = _UNREAD
        self._from: Any = _UNREAD
        self._to: Any = _UNREAD

    def forget(self) -> None:
        """Keep the bytes alone: what has been read in them is read again if somebody asks. For those that wait."""
        try:
            del self.head
        except AttributeError:
            return  # nobody has asked since
        self.way_back = self._body = self._via = self._vias = None
        self._cseq = self._from = self._to = _UNREAD
        self._parsed_uri = None
        self.__class__ = resting(type(self))

    def remember(self) -> None:
        self.head = read(self.raw)[1]

    # -- header fields ----------------------------------------------------------------------------------------------

    @property
    def head_end(self) -> int:
        """Offset of the empty line."""
        return self.head.end

    @property
    def fields(self) -> list[Field]:
        """Every header field in order."""
        return [self._field(number) for number in range(len(self.head.keys))]

    def _field(self, number: int) -> Field:
        head = self.head
        return Field(head.name(number), head.keys[number], *head.span(number))

    def field(self, key: bytes) -> Field | None:
        """The first header field of this key."""
        number = self.head.first(key)
        return None if number < 0 else self._field(number)

    def all_fields(self, key: bytes) -> list[Field]:
        """All header fields of this key."""
        return [self._field(number) for number in self.head.all(key)]

    def first(self, key: bytes) -> bytes | None:
        """The value of the first header field of this key, unsplit, folds kept; None where there is none."""
        return self.head.get(key)

    def values(self, key: bytes) -> list[bytes]:
        """The values of all header fields of this key, unsplit."""
        head = self.head
        if head.first(key) < 0:
            return []
        return [head.value(number) for number in head.all(key)]

    def tokens(self, key: bytes) -> list[bytes]:
        """The single values of all comma-separated header fields of this key: Require, Supported, Allow, ..."""
        return [token for value in self.values(key) for token in split_values(value)]

    # -- typed values -----------------------------------------------------------------------------------------------

    @property
    def call_id(self) -> bytes:
        """The Call-ID; b"" where it is absent."""
        value = self._call_id
        if value is _UNREAD:
            value = self._call_id = self.head.get(b"call-id") or b""
        return value  # type: ignore[no-any-return]

    @property
    def cseq(self) -> CSeq | None:
        value = self._cseq
        if value is _UNREAD:
            text = self.head.get(b"cseq")
            value = self._cseq = None if text is None else CSeq.parse(text)
        return value  # type: ignore[no-any-return]

    @property
    def from_(self) -> Address | None:
        value = self._from
        if value is _UNREAD:
            text = self.head.get(b"from")
            value = self._from = None if text is None else Address.parse(text)
        return value  # type: ignore[no-any-return]

    @property
    def to(self) -> Address | None:
        value = self._to
        if value is _UNREAD:
            text = self.head.get(b"to")
            value = self._to = None if text is None else Address.parse(text)
        return value  # type: ignore[no-any-return]

    @property
    def from_tag(self) -> bytes | None:
        """The tag of From; None where there is no such thing. Raises ParseError: malformed."""
        if self.plain:
            return self.head.from_tag
        from_ = self.from_
        return None if from_ is None else from_.tag

    @property
    def to_tag(self) -> bytes | None:
        """The tag of To; None where there is no such thing. Raises ParseError: malformed."""
        if self.plain:
            return self.head.to_tag
        to = self.to
        return None if to is None else to.tag

    @property
    def max_forwards(self) -> int | None:
        return self._integer(b"max-forwards")

    @property
    def content_length(self) -> int | None:
        return self._integer(b"content-length")

    def _integer(self, key: bytes) -> int | None:
        number = self.head.number(key)
        if number >= 0:
            return number
        text = self.head.get(key)
        if text is None:
            return None
        if not text.isdigit() or len(text) > 18:
            raise ParseError(f"malformed {key.decode()} {text[:40]!r}")
        return int(text)

    @property
    def content_type(self) -> bytes | None:
        """The Content-Type with its parameters."""
        return self.first(b"content-type")

    @property
    def via(self) -> Via | None:
        """The top Via value."""
        if self._via is not None:
            return self._via
        number = self.head.first(b"via")
        if number < 0:
            return None
        value = self.head.value(number)
        at = self.head.value_at(number)
        if value.find(b",") >= 0:  # `in` tries a number first, and costs ten times as much
            # Those below may be malformed: this one says where to answer.
            start, end = _first_span(value)
            value = value[start:end]
            at += start
        self._via = Via.parse(value, at)
        return self._via

    @property
    def vias(self) -> list[Via]:
        """All Via values."""
        vias = self._vias
        if vias is None:
            vias = []
            for number in self.head.all(b"via"):
                vias += parse_vias(self.head.value(number), self.head.value_at(number))
            self._vias = vias
        return vias

    @property
    def routes(self) -> list[Address]:
        """The Route values."""
        return self.addresses(b"route")

    @property
    def record_routes(self) -> list[Address]:
        """The Record-Route values."""
        return self.addresses(b"record-route")

    @property
    def contacts(self) -> list[Address]:
        """The Contact values; the URI of `Contact: *` is b"*"."""
        return self.addresses(b"contact")

    def addresses(self, key: bytes) -> list[Address]:
        """The values of all header fields of this key as addresses. Raises ParseError: one is malformed."""
        return [address for value in self.values(key) for address in parse_addresses(value)]

    def via_marks(self, response: bool = False) -> list[Splice]:
        """The edits that write `received` and `rport` into the top Via; see `via.marks`. None without a flow."""
        via = self.via
        flow = self.flow
        if flow is None or via is None:
            return []
        return marks(via, flow.host, flow.port, self.force_rport, response)

    def overwrite(self, key: bytes, value: bytes) -> None:
        """Write a new value, no longer than the old one, over that of the first header field of this key.

        The one change that a message takes: Max-Forwards is counted down where it stands, as Kamailio does, so that
        the script and every branch see it.
        """
        self.raw = self.head.overwrite(self.raw, key, value)

    def count_down(self, key: bytes, most: int) -> bool:
        """The same with a number that is one less, and no more than `most`; false where there is none at a glance."""
        raw = self.head.count_down(self.raw, key, most)
        if raw is None:
            return False
        self.raw = raw
        return True

    # -- body -------------------------------------------------------------------------------------------------------

    @property
    def body(self) -> bytes:
        body = self._body
        if body is None:
            body = self._body = self.raw[self.body_at :]
        return body

    def __bytes__(self) -> bytes:
        return self.raw


def _first_span(value: bytes) -> tuple[int, int]:
    """Where the first of several Via values is."""
    comma = value.index(b",")
    first = value[:comma].rstrip()
    if first and b'"' not in first:
        return 0, len(first)
    return next(iter(split_vias(value)), (0, 0))
