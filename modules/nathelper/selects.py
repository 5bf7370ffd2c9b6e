# -*- test-case-name: tests.modules.nathelper.test_selects -*-
"""selects: @nathelper.rewrite_contact[1]: a Contact with the address that the message came from in its URI.

.nameaddr.name, .nameaddr.uri, .nameaddr.params behind it are parts of that.
"""

from __future__ import annotations

from sipapp.errors import ParseError
from sipapp.message.uri import Uri
from sipapp.module import Context
from sipapp.modules.nathelper.addresses import bracketed
from sipapp.modules.nathelper.contact import contacts, host_port
from sipapp.script.select_parts import Reader, nameaddr_part
from sipapp.script.selects import Steps, offer


def rewrite_contact(steps: Steps) -> Reader | None:
    """What reads @nathelper with these steps behind it; None: there is no such one."""
    if len(steps) < 2 or steps[0] != b"rewrite_contact" or not isinstance(steps[1], int):
        return None
    number, rest = steps[1], steps[2:]

    def read(ctx: Context) -> bytes:
        return _rewritten(ctx, number)

    if not rest:
        return read
    return nameaddr_part(read, rest[1:]) if rest[0] == b"nameaddr" else None


def _rewritten(ctx: Context, number: int) -> bytes:
    """One Contact, counted from 1. Raises ParseError: there is no such one with a host."""
    message = ctx.message
    places = list(contacts(message))
    if not 0 < number <= len(places):
        raise ParseError(f"there is no Contact number {number}")
    place = places[number - 1]
    uri = Uri.parse(place.uri)
    if not uri.host:
        raise ParseError("a Contact without a host")
    flow = message.flow
    start, end = host_port(uri)
    host = bracketed(flow.host.encode())
    usual = flow.port == (5061 if flow.socket.proto == "tls" else 5060)
    address = host if usual else b"%b:%d" % (host, flow.port)
    raw = message.raw
    return raw[place.begin : place.start + start] + address + raw[place.start + end : place.after]


offer("nathelper", rewrite_contact)
