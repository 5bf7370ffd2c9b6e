# -*- test-case-name: tests.modules.nathelper.test_checks -*-
"""checks: what in a message tells that its sender sits behind a NAT."""

from __future__ import annotations

from sipapp.errors import ParseError
from sipapp.interfaces.script import Value
from sipapp.message import sdp
from sipapp.message.address import Address
from sipapp.message.request import Request
from sipapp.message.uri import Uri
from sipapp.module import (
    BRANCH,
    FAILURE,
    LOCAL,
    ONREPLY,
    REQUEST,
    Context,
    ScriptError,
    modparam,
    pseudo_variable,
    script_function,
)
from sipapp.modules.nathelper.addresses import is_private, is_source, packed
from sipapp.modules.nathelper.contact import first_contact

_WEBSOCKETS = ("ws", "wss")
_NULL = (b"0.0.0.0",)


class Checks:
    """nat_uac_test() and is_rfc1918()."""

    nat_addr_mode: int = modparam(default=1, doc="1: the addresses of 192.0.0.0/24 are private as well")

    def start_checks(self) -> None:
        self._tests = (
            (16, self._port_differs),
            (2, self._address_differs),
            (1, self._contact_is_private),
            (8, self._sdp_is_private),
            (4, self._via_is_private),
            (32, self._source_is_private),
            (64, self._by_websocket),
            (128, self._contact_port_differs),
            (256, self._sdp_differs),
            (512, self._goes_elsewhere),
        )

    @script_function(routes=REQUEST | ONREPLY | FAILURE | BRANCH | LOCAL)
    def nat_uac_test(self, ctx: Context, flags: int) -> int:
        """True when one of the tests holds; `flags` is the sum of those to make.

        1: Contact has a private address (RFC 1918, RFC 6598); 2: the message came from another address than the top
        Via has; 4: that Via has a private address; 8: the session description has one; 16: the message came from
        another port than the top Via has; 32: its source address is private; 64: it came over a WebSocket; 128: it
        came from another port than Contact has; 256: from another address than the c= line of the session has; 512:
        the next hop is another place than the Request-URI or the second Via names.
        """
        for flag, test in self._tests:
            if flags & flag and test(ctx):
                return 1
        return -1

    @script_function()
    def is_rfc1918(self, ip_address: bytes) -> int:
        """True when this is a private IPv4 address; -2 for an empty text."""
        if not ip_address:
            raise ScriptError("invalid address parameter", -2)
        return 1 if self._is_private(ip_address) else -1

    def _is_private(self, host: bytes) -> bool:
        return is_private(host, self.nat_addr_mode == 1)

    def _port_differs(self, ctx: Context) -> bool:
        via = ctx.message.via
        return via is not None and ctx.message.flow.port != (via.port or 5060)

    def _address_differs(self, ctx: Context) -> bool:
        via = ctx.message.via
        return via is not None and not is_source(via.host, ctx.message.flow)

    def _contact_is_private(self, ctx: Context) -> bool:
        contact = first_contact(ctx)
        return contact is not None and self._is_private(contact.uri.host or b"")

    def _sdp_is_private(self, ctx: Context) -> bool:
        for session in _sessions(ctx):
            for media in session.media:
                found = media.connection or session.connection
                if found is None or found.family != 4 or found.address in _NULL:
                    break
                if self._is_private(found.address):
                    return True
        return False

    def _via_is_private(self, ctx: Context) -> bool:
        via = ctx.message.via
        return via is not None and self._is_private(via.host)

    def _source_is_private(self, ctx: Context) -> bool:
        return self._is_private(ctx.message.flow.host.encode())

    def _by_websocket(self, ctx: Context) -> bool:
        return ctx.message.flow.socket.proto in _WEBSOCKETS

    def _contact_port_differs(self, ctx: Context) -> bool:
        contact = first_contact(ctx)
        return contact is not None and ctx.message.flow.port != (contact.uri.port or 5060)

    def _sdp_differs(self, ctx: Context) -> bool:
        for session in _sessions(ctx):
            address = packed(session.connection.address) if session.connection is not None else None
            if address is None:
                return False
            if address != packed(ctx.message.flow.host.encode()):
                return True
        return False

    def _goes_elsewhere(self, ctx: Context) -> bool:
        try:
            return _request_goes_elsewhere(ctx) if isinstance(ctx.message, Request) else _response_goes_elsewhere(ctx)
        except ParseError:
            return False

    @pseudo_variable("rr_count")
    def pv_rr_count(self, ctx: Context) -> Value:
        """$rr_count: how many Record-Route entries the message has; empty where one is malformed."""
        try:
            return len(_record_routes(ctx))
        except ParseError:
            return b""

    @pseudo_variable("rr_top_count")
    def pv_rr_top_count(self, ctx: Context) -> Value:
        """$rr_top_count: how many entries the proxy before us has put there: 2 where the top one has r2, else 1; 0
        without Record-Route."""
        try:
            entries = _record_routes(ctx)
            return (2 if b"r2" in entries[0].parsed_uri.parameters else 1) if entries else 0
        except ParseError:
            return b""


def _record_routes(ctx: Context) -> list[Address]:
    """Raises ParseError: one is malformed, or has no <>."""
    entries = ctx.message.record_routes
    for entry in entries:
        if b"<" not in entry.text:
            raise ParseError(f"a Record-Route entry without <>: {entry.text[:60]!r}")
    return entries


def _sessions(ctx: Context) -> list[sdp.Session]:
    """The session descriptions; none where the body has no right ones."""
    try:
        found = sdp.of_message(ctx.message)
    except ParseError:
        return []
    return [] if found is None else found.sessions


def _request_goes_elsewhere(ctx: Context) -> bool:
    """$du names another place than the Request-URI, or a WebSocket is where it goes."""
    message, draft = ctx.message, ctx.draft
    assert isinstance(message, Request)
    next_hop = Uri.parse(draft.next_hop) if draft.next_hop else None
    target = Uri.parse(draft.request_uri or message.uri)
    if (next_hop or target).transport == b"ws":
        return True
    return next_hop is not None and (_port(next_hop) != _port(target) or _differ(next_hop.host, target.host))


def _response_goes_elsewhere(ctx: Context) -> bool:
    """`received` and `rport` of the second Via name another place than itself, or it has come over a WebSocket."""
    vias = ctx.message.vias
    if len(vias) < 2:
        return False
    via = vias[1]
    if via.transport.lower() in (b"ws", b"wss"):
        return True
    if via.rport and via.rport != (via.port or (5061 if via.transport.lower() == b"tls" else 5060)):
        return True
    return via.received is not None and _differ(via.received, via.host)


def _port(uri: Uri) -> int:
    return uri.port or (5061 if uri.transport == b"tls" else 5060)


def _differ(one: bytes | None, two: bytes | None) -> bool:
    """Addresses by their value, names by their letters."""
    if not one or not two:
        return False
    first, second = packed(one), packed(two)
    return one != two if first is None and second is None else first != second
