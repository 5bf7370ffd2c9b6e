# -*- test-case-name: tests.modules.rr.test_record -*-
"""record: the Record-Route line as an edit of the request, written when the socket that it leaves by is known.

A request that comes in by one socket and leaves by another gets two lines, marked r2=on, so that the other side's
requests find the way through both. RFC 3261 §16.6 step 4, RFC 5658.
"""

from __future__ import annotations

from sipapp.interfaces.transport import Socket
from sipapp.message.draft import Draft, Edit, Outbound

TRANSPORTS = {proto: b";transport=" + proto.encode() for proto in ("tcp", "tls", "ws", "sctp")} | {
    "udp": b"",
    "wss": b";transport=ws",
}


class RecordRoute:
    """The line, or the two lines, of record_route()."""

    __slots__ = ("advertised", "double", "head", "parameters", "received_by", "socket_name", "tail")

    def __init__(self, received_by: Socket, head: bytes, tail: bytes, parameters: bytes, double: int) -> None:
        self.received_by = received_by
        self.head = head  # `Record-Route: <sip:` and the user part
        self.tail = tail  # `;lr` and what follows it
        self.parameters = parameters  # add_rr_param()
        self.double = double  # 1: two lines where the request changes sockets, 2: always, 0: never
        self.advertised: bytes | None = None  # what set_advertised_address() said, for the outer line
        self.socket_name = False  # sockname_mode

    def with_parameter(self, parameter: bytes) -> RecordRoute:
        """The same with one more parameter: the line of other branches stays as it is."""
        other = type(self)(self.received_by, self.head, self.tail, self.parameters + parameter, self.double)
        other.advertised, other.socket_name = self.advertised, self.socket_name
        return other

    def __call__(self, outbound: Outbound) -> bytes:
        inner = self.received_by
        outer = outbound.send_socket or inner
        double = self.double
        if double == 2 or (double and outer is not inner and self.differ(inner, outer)):
            return self.line(outer, self.advertised, b";r2=on") + self.line(inner, None, b";r2=on")
        return self.line(inner, None, b"")

    def differ(self, inner: Socket, outer: Socket) -> bool:
        return inner.proto != outer.proto or inner.address != outer.address

    def line(self, socket: Socket, advertised: bytes | None, mark: bytes) -> bytes:
        name = b";sn=" + socket.name.encode() if self.socket_name and socket.name else b""
        place = advertised or socket.sent_by
        protocol = TRANSPORTS[socket.proto]
        return b"".join((self.head, place, protocol, name, mark, self.tail, self.parameters, b">\r\n"))


class AdvertisedRecordRoute(RecordRoute):
    """The lines of record_route_advertised_address(): one address for both sides, doubled where the transport changes.

    # Differs: Kamailio marks a single line with r2=on where only the port changes, and eats the next hop's Route then.
    """

    __slots__ = ()

    def differ(self, inner: Socket, outer: Socket) -> bool:
        return inner.proto != outer.proto

    def line(self, socket: Socket, advertised: bytes | None, mark: bytes) -> bytes:
        transport = b";transport=" + socket.proto.encode() if mark else b""
        return b"%b%b%b%b%b>\r\n" % (self.head, transport, mark, self.tail, self.parameters)


class PresetRecordRoute(RecordRoute):
    """The line of record_route_preset(): the address as given."""

    __slots__ = ()

    def __call__(self, outbound: Outbound) -> bytes:
        return b"%b%b%b>\r\n" % (self.head, self.tail, self.parameters)


def is_recorded(draft: Draft) -> bool:
    """Whether the request has a Record-Route of ours already."""
    return bool(draft.edits) and any(isinstance(edit.data, RecordRoute) for edit in draft.edits)


def add_to_recorded(draft: Draft, parameter: bytes) -> None:
    """One more parameter in the lines that are there."""
    draft.edits = [
        edit._replace(data=edit.data.with_parameter(parameter)) if isinstance(edit.data, RecordRoute) else edit
        for edit in draft.edits
    ]


def remove_recorded(draft: Draft) -> None:
    """Take our lines away again."""

    def kept(edit: Edit) -> bool:
        return not isinstance(edit.data, RecordRoute)

    draft.edits = list(filter(kept, draft.edits))
