# -*- test-case-name: tests.modules.nathelper.test_contact -*-
"""contact: the first Contact of a message, as received or as these functions have rewritten it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from sipapp.errors import ParseError
from sipapp.message.address import Address
from sipapp.message.headers import split_spans
from sipapp.message.message import Message
from sipapp.message.uri import Uri
from sipapp.module import Context

_REWRITTEN = "nathelper.contact"
_port = re.compile(rb":[0-9]+").match


class Place(NamedTuple):
    """One Contact; offsets (bytes) count from the start of the message."""

    uri: bytes
    begin: int  # of the Contact
    start: int  # of its URI
    end: int
    after: int  # behind its parameters
    bracketed: bool  # <> are around the URI


def contacts(message: Message) -> Iterator[Place]:
    """Every Contact but `*`, the last of a header field first, as in Kamailio. Raises ParseError: one is malformed."""
    raw = message.raw
    for field in message.all_fields(b"contact"):
        value = raw[field.value_start : field.value_end]
        if value == b"*":
            continue
        for start, end in reversed(split_spans(value)):
            address = Address.parse(value[start:end])
            if b":" not in address.uri:
                raise ParseError(f"a Contact without a URI: {value[:60]!r}", field.value_start + start)
            at = field.value_start + value.index(address.uri, start + len(address.display))
            begin, after = field.value_start + start, field.value_start + end
            yield Place(address.uri, begin, at, at + len(address.uri), after, raw[at - 1 : at] == b"<")


class Contact:
    """The first Contact and its URI, which has a host."""

    __slots__ = ("place", "rewritten", "uri")

    def __init__(self, place: Place, uri: Uri, rewritten: bool) -> None:
        self.place = place
        self.uri = uri
        self.rewritten = rewritten

    @property
    def host_port(self) -> tuple[int, int]:
        """Where host and port are in the text of the URI."""
        return host_port(self.uri)


def first_contact(ctx: Context) -> Contact | None:
    """The first Contact; None where there is none that has a host."""
    message = ctx.message
    if message.head.first(b"contact") < 0:
        return None
    try:
        place = next(contacts(message), None)
        if place is None:
            return None
        other, uri = ctx.extra.get(_REWRITTEN, (None, b""))
        rewritten = other is message
        parsed = Uri.parse(uri if rewritten else place.uri)
        parsed.parameters  # noqa: B018  (raises where they are malformed)
    except ParseError:
        return None
    return Contact(place, parsed, rewritten) if parsed.host else None


def rewrite(ctx: Context, contact: Contact, uri: bytes, brackets: bool = False) -> None:
    """Another URI for the first Contact; the later functions see it."""
    ctx.draft.replace(contact.place.start, contact.place.end, b"<%b>" % uri if brackets else uri)
    ctx.extra[_REWRITTEN] = (ctx.message, uri)


def host_port(uri: Uri) -> tuple[int, int]:
    """Where host and port of a SIP URI are in its text."""
    start = len(uri.scheme) + 1
    if uri.user is not None:
        start += len(uri.user) + 1 + (0 if uri.password is None else len(uri.password) + 1)
    end = start + len(uri.host or b"")
    port = _port(uri.text, end)
    return start, port.end() if port else end
