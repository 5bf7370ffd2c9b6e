# -*- test-case-name: tests.modules.uac.test_parties -*-
"""parties: where name and URI stand in From and To, to write others there."""

from __future__ import annotations

from typing import NamedTuple

from sipapp.errors import ParseError
from sipapp.message.address import Address
from sipapp.message.message import Message
from sipapp.module import Context, ScriptError


class Party(NamedTuple):
    """One From or To; offsets (bytes) into the message. `display` is the name, quotes included."""

    start: int
    display: bytes
    uri: bytes
    uri_at: int
    end: int  # of the URI, `>` included

    @property
    def in_brackets(self) -> bool:
        return self.end > self.uri_at + len(self.uri)

    def text(self, message: Message) -> bytes:
        """Name and URI, without the parameters of the field."""
        return message.raw[self.start : self.end]


def party(message: Message, key: bytes) -> Party:
    """From or To. Raises ScriptError: there is none, or a malformed one."""
    field = message.field(key)
    if field is None:
        raise ScriptError(f"no {key.decode()}")
    value = message.raw[field.value_start : field.value_end]
    try:
        address = Address.parse(value)
    except ParseError as why:
        raise ScriptError(str(why)) from None
    name_end = value.find(address.display) + len(address.display)
    at = value.index(address.uri, name_end)
    end = at + len(address.uri)
    if value[name_end:at].rstrip().endswith(b"<"):
        end = value.index(b">", end) + 1
    start = field.value_start
    return Party(start, address.display, address.uri, start + at, start + end)


def write(ctx: Context, found: Party, display: bytes | None, uri: bytes | None) -> None:
    """Another name (empty: none; None: as it is) and another URI (None: as it is)."""
    draft = ctx.draft
    if display is not None and found.display:
        draft.replace(found.start, found.start + len(found.display), display)
    elif display:
        bracket = found.uri_at if not found.in_brackets else ctx.message.raw.rindex(b"<", found.start, found.uri_at)
        draft.insert(bracket, display + (b" " if found.in_brackets else b" <"))
    if uri:
        draft.replace(found.uri_at, found.uri_at + len(found.uri), uri)
    if display and not found.in_brackets:
        draft.insert(found.end, b">")
