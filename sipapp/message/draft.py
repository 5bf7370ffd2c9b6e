# -*- test-case-name: tests.message.test_draft -*-
"""draft: what the script has done to a message so far, and where it shall go."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from sipapp.errors import ParseError
from sipapp.message.headers import split_vias
from sipapp.message.leaf import Splice, read, relay, splice, unwrap
from sipapp.message.mime import close
from sipapp.message.request import Request
from sipapp.message.response import Response
from sipapp.message.resting import resting

if TYPE_CHECKING:
    from sipapp.message.headers import Field
    from sipapp.message.message import Message


class Outbound:
    """What is known of the way out when a message is rendered: what depends on it (Record-Route) is written then."""

    __slots__ = ("receive_socket", "send_socket")

    def __init__(self, send_socket: Any = None, receive_socket: Any = None) -> None:
        self.send_socket = send_socket
        self.receive_socket = receive_socket


Data = bytes | Callable[[Outbound], bytes]
"""What an edit writes: bytes, or what makes them once the socket is known."""


class Edit(NamedTuple):
    """One splice over the message's bytes: `data` in place of what is from `start` to `end`."""

    start: int
    end: int
    data: Data


class Branch:
    """One more target of a request: what append_branch() adds."""

    __slots__ = (
        "flags",
        "instance",
        "next_hop",
        "path",
        "q",
        "reg_id",
        "ruid",
        "send_socket",
        "uri",
        "user_agent",
    )

    def __init__(self, uri: bytes, next_hop: bytes | None = None, path: bytes | None = None, q: int = -1) -> None:
        self.uri = uri
        self.next_hop = next_hop
        self.path = path
        self.q = q  # 0 to 1000; -1 for none
        self.flags = 0
        self.send_socket: Any = None
        self.instance: bytes | None = None
        self.reg_id = 0
        self.ruid: bytes | None = None
        self.user_agent: bytes | None = None

    def copy(self) -> Branch:
        other = Branch(self.uri, self.next_hop, self.path, self.q)
        other.flags = self.flags
        other.send_socket = self.send_socket
        other.instance = self.instance
        other.reg_id = self.reg_id
        other.ruid = self.ruid
        other.user_agent = self.user_agent
        return other


_new = tuple.__new__  # a tenth of what the class itself takes to make one
_by_start = itemgetter(0)
_NOWHERE = Outbound()
_LINE = b"start line\r\n"
_LISTS = ("edits", "targets", "reply_fields")


class Draft:
    """The changes to one message, apart from the message: a branch or a failure route has its own over the same bytes.

    Edits are made in the order of their offsets; those at one offset in the order of the calls.
    """

    __slots__ = (
        "advertised_host",
        "advertised_port",
        "boundary",
        "branch_flags",
        "consumed",
        "edits",
        "fallback_proto",
        "flags",
        "forward_flags",
        "local_rport",
        "location",
        "next_hop",
        "path",
        "reason",
        "reply_body",
        "reply_fields",
        "reply_flags",
        "request_uri",
        "send_socket",
        "targets",
        "xflags",
    )

    def __init__(self) -> None:
        self.edits: list[Edit] = []
        self.request_uri: bytes | None = None  # None: as received
        self.next_hop: bytes | None = None  # $du: overrides the Request-URI as next hop
        self.path: bytes | None = None
        self.send_socket: Any = None  # $fs
        self.advertised_host: bytes | None = None
        self.advertised_port: int | None = None
        self.location: Branch | None = None  # what lookup() knows of the Request-URI: q, ruid, instance, user agent
        self.local_rport = False  # our own Via asks for rport: add_local_rport()
        self.fallback_proto: str | None = None  # for what is longer than udp_mtu: udp_mtu_try_proto()
        self.forward_flags = 0  # for ITransportLayer.send(): NO_CONNECT, CLOSE
        self.reply_flags = 0  # for ITransportLayer.send_response(), forward_response()
        self.targets: list[Branch] = []
        self.flags = 0
        self.xflags = 0
        self.branch_flags = 0
        self.reply_fields: list[bytes] = []  # append_to_reply: whole lines
        self.reply_body: tuple[bytes, bytes] | None = None  # (content type, body)
        self.reason: bytes | None = None  # of a response; None: as received
        self.boundary: bytes | None = None  # of a multipart body, whose delimiters are set right when it goes out
        self.consumed: tuple[bytes | None, bytes | None] | None = None  # see consume_uri()

    def forget(self) -> None:
        """Keep no empty lists. For those that wait: nobody may hold on to one of them."""
        empty = [name for name in _LISTS if not getattr(self, name)]
        for name in empty:
            delattr(self, name)
        if empty:
            self.__class__ = resting(Draft)

    def remember(self) -> None:
        for name in _LISTS:
            if not hasattr(self, name):
                setattr(self, name, [])

    def fork(self) -> Draft:
        """A draft that starts from this one and changes by itself."""
        other = Draft()
        other.edits = self.edits[:]
        other.request_uri = self.request_uri
        other.next_hop = self.next_hop
        other.path = self.path
        other.send_socket = self.send_socket
        other.advertised_host = self.advertised_host
        other.advertised_port = self.advertised_port
        other.local_rport = self.local_rport
        other.location = self.location
        other.fallback_proto = self.fallback_proto
        other.forward_flags = self.forward_flags
        other.reply_flags = self.reply_flags
        if self.targets:
            other.targets = [target.copy() for target in self.targets]
        other.flags = self.flags
        other.xflags = self.xflags
        other.branch_flags = self.branch_flags
        if self.reply_fields:
            other.reply_fields = self.reply_fields[:]
        other.reply_body = self.reply_body
        other.reason = self.reason
        other.boundary = self.boundary
        other.consumed = self.consumed
        return other

    # -- the target set

    def consume_uri(self) -> None:
        """The Request-URI is no target any more: it has been relayed to, or given up. Setting it or $du again, to the
        same text even, makes it one."""
        if self.request_uri is not None:
            self.request_uri = b"%b" % self.request_uri  # an object of its own, to know it by
        if self.next_hop is not None:
            self.next_hop = b"%b" % self.next_hop
        self.consumed = (self.request_uri, self.next_hop)

    @property
    def uri_is_target(self) -> bool:
        """The Request-URI is to be relayed to."""
        consumed = self.consumed
        if consumed is None or self.request_uri is not consumed[0]:
            return True
        return self.next_hop is not None and self.next_hop is not consumed[1]

    # -- edits ------------------------------------------------------------------------------------------------------

    def insert(self, at: int, data: Data, first: bool = False) -> None:
        """Write `data` before the byte at `at`: after what was inserted there already, or `first` of it."""
        if first:
            self.edits.insert(0, _new(Edit, (at, at, data)))
        else:
            self.edits.append(_new(Edit, (at, at, data)))

    def delete(self, start: int, end: int) -> None:
        """Leave out the bytes from `start` to `end`."""
        self.edits.append(_new(Edit, (start, end, b"")))

    def replace(self, start: int, end: int, data: Data) -> None:
        """Write `data` in place of the bytes from `start` to `end`."""
        self.edits.append(Edit(start, end, data))

    def append_field(self, message: Message, line: Data) -> None:
        """Add a header field (its whole line, CRLF included) after the last one."""
        self.insert(message.head.end, line)

    def prepend_field(self, message: Message, line: Data) -> None:
        """Add a header field (its whole line, CRLF included) before the first one, after what was put there already."""
        self.insert(message.head.fields_at, line)

    def remove_field(self, field: Field) -> None:
        """Leave out a header field."""
        self.delete(field.start, field.end)

    def is_removed(self, field: Field) -> bool:
        """Whether some edit takes all of a header field away."""
        return _is_removed(field, self.edits)

    def set_body(self, message: Message, body: bytes, content_type: bytes | None = None) -> None:
        """A new body; earlier edits of the body count no more. Content-Length follows when the message is rendered.

        `content_type` None leaves that header field as it is; one that says the same already stays where it is.
        """
        self.boundary = None
        self.edits = [edit for edit in self.edits if edit.start < message.body_at]
        self.replace(message.body_at, len(message.raw), body)
        if content_type is None:
            return
        fields = message.all_fields(b"content-type")
        spans = [(field.start, field.end) for field in fields]
        self.edits = [edit for edit in self.edits if edit[:2] not in spans and not isinstance(edit, _ContentType)]
        if len(fields) == 1 and message.content_type == content_type:
            return
        for field in fields:
            self.remove_field(field)
        self.edits.append(_ContentType(message.head.end, message.head.end, b"Content-Type: %b\r\n" % content_type))

    # -- rendering --------------------------------------------------------------------------------------------------

    def render_request(self, message: Request, uri: bytes, via: bytes, outbound: Outbound) -> bytes:
        """The request as it goes out: `uri` as Request-URI, `via` (a whole line, CRLF included) on top.

        The Via below says where the request came from; the start line is written anew, without surplus white space.
        """
        head, flow, socket = message.head, message.flow, outbound.send_socket
        if message.plain and flow is not None and not (socket is not None and socket.reliable):
            method, version, forced = message.method, message.version, message.force_rport
            made = relay(head, method, uri, version, via, self.edits, flow.host, flow.port, forced, outbound)
            if made is not None:
                return made
        edits = self._bound(outbound)
        number = head.first(b"via")
        at = head.offset(number) if number >= 0 else head.fields_at
        edits.append((at, at, via))
        edits += message.via_marks()
        return b"%b %b %b\r\n" % (message.method, uri, message.version) + self._spliced(message, edits, outbound)

    def render_response(self, message: Response, outbound: Outbound = _NOWHERE) -> bytes:
        """The response as it goes on, without the top Via value. RFC 3261 §16.7 step 3."""
        head = message.head
        if not self.edits and self.reason is None and outbound.send_socket is None:
            made = unwrap(head)
            if made is not None:
                return made
        edits = self._bound(outbound)
        number = head.first(b"via")
        if number >= 0:
            start, value_start, _, end = head.span(number)
            value = head.value(number)
            if value.find(b",") >= 0:
                values = split_vias(value)
                if len(values) > 1:
                    start, end = value_start + values[0][0], value_start + values[1][0]
            edits.append((start, end, b""))
        return self._start_line(message) + self._spliced(message, edits, outbound)

    def render(self, message: Request | Response, outbound: Outbound = _NOWHERE) -> bytes:
        """The message with all edits and the new Request-URI, nothing else: msg_apply_changes()."""
        return self._start_line(message) + self._spliced(message, self._bound(outbound), outbound)

    def _start_line(self, message: Message) -> bytes:
        """As received, but for a new Request-URI or reason."""
        if self.request_uri is not None and isinstance(message, Request):
            return b"%b %b %b\r\n" % (message.method, self.request_uri, message.version)
        if self.reason is not None and isinstance(message, Response):
            return b"%b %d %b\r\n" % (message.version, message.status, self.reason)
        return message.raw[: message.head.fields_at]

    def _bound(self, outbound: Outbound) -> list[Splice]:
        edits: list[Any] = self.edits[:]
        for number, edit in enumerate(edits):
            data = edit[2]
            if data.__class__ is not bytes:
                edits[number] = (edit[0], edit[1], data(outbound))
        return edits

    def _spliced(self, message: Message, edits: list[Splice], outbound: Outbound) -> bytes:
        """From the first header field on; edits of the start line are not made here: it is written anew."""
        raw = message.raw
        at = message.head.fields_at
        body_at = message.body_at
        if len(edits) > 1:
            edits.sort(key=_by_start)
        if edits and edits[0][0] < at:
            edits = [edit for edit in edits if edit[0] >= at]
        if edits and (edits[-1][0] >= body_at or edits[-1][1] > body_at):
            # What an edit of the header fields takes of the body is gone; what it writes stays with them.
            taken = [(body_at, end, b"") for start, end, _ in edits if start < body_at < end]
            body = splice(raw, body_at, len(raw), taken + [edit for edit in edits if edit[0] >= body_at])
            if self.boundary is not None:
                body = close(body, self.boundary)
            return _head(message, [edit for edit in edits if edit[0] < body_at], len(body)) + body
        if outbound.send_socket is not None and outbound.send_socket.reliable:
            field = message.field(b"content-length")
            if field is None or _is_removed(field, edits):
                return _head(message, edits, len(raw) - body_at) + raw[body_at:]
        return splice(raw, at, len(raw), edits)


def _is_removed(field: Field, edits: Iterable[tuple[int, int, Any]]) -> bool:
    return any(start <= field.start and end >= field.end for start, end, _ in edits)


def _head(message: Message, edits: list[Splice], length: int) -> bytes:
    """The header fields and the empty line, with `edits` and one right Content-Length."""
    head = message.head
    field = message.field(b"content-length")
    if field is None:
        edits.append((head.end, head.end, b"Content-Length: %d\r\n" % length))
    elif not any(start < field.end and field.start < end for start, end, _ in edits):
        edits.append((field.value_start, field.value_end, b"%d" % length))
        edits.sort(key=_by_start)
    else:
        text = splice(message.raw, head.fields_at, message.body_at, edits)
        return _with_length(text, length)
    return splice(message.raw, head.fields_at, message.body_at, edits)


def _with_length(text: bytes, length: int) -> bytes:
    """Header fields whose Content-Length the script has changed itself: made right where it is, or added."""
    try:
        head = read(_LINE + text)[1]
    except ParseError:
        return text  # they are beyond repair
    numbers = head.all(b"content-length")
    line = b"Content-Length: %d\r\n" % length
    edits: list[Splice] = []
    for number in numbers:
        start, _, _, end = head.span(number)
        edits.append((start, end, line))
        line = b""
    if not numbers:
        edits.append((head.end, head.end, line))
    return splice(_LINE + text, len(_LINE), len(_LINE) + len(text), edits)


class _ContentType(Edit):
    """The Content-Type of set_body(): a later one takes its place."""
