# -*- test-case-name: tests.modules.rr.test_routes -*-
"""routes: the Route header fields entry by entry, with their places in the message. RFC 3261 §20.34."""

from __future__ import annotations

from typing import NamedTuple

from sipapp.errors import ParseError
from sipapp.message.address import Address
from sipapp.message.draft import Draft
from sipapp.message.headers import split_spans
from sipapp.message.message import Message
from sipapp.message.uri import Uri


class Entry(NamedTuple):
    """One entry; offsets (bytes) of the name-addr with its parameters count from the start of the field's value."""

    uri: bytes
    field: int  # its number in the message
    start: int
    end: int


_new = tuple.__new__  # a tenth of what the class itself takes to make one


def read_routes(message: Message) -> list[Entry]:
    """Every Route entry in order. Raises ParseError: one is no name-addr."""
    head = message.head
    numbers = head.all(b"route")
    if len(numbers) == 1:
        value = head.value(numbers[0])
        # What nearly every request within a dialog has: <sip:192.0.2.1;lr;ftag=x>
        if value[:1] == b"<" and value.find(b">") == len(value) - 1 and value.find(b",") < 0:
            return [_new(Entry, (value[1:-1], numbers[0], 0, len(value)))]
    entries = []
    for number in numbers:
        value = head.value(number)
        for start, end in split_spans(value):
            text = value[start:end]
            if b"<" not in text:
                raise ParseError(f"a Route entry without <>: {text[:60]!r}", head.span(number)[1] + start)
            entries.append(Entry(Address.parse(text).uri, number, start, end))
    return entries


def remove_entries(message: Message, draft: Draft, entries: list[Entry], first: int, last: int) -> None:
    """Take the first entries and the last ones (numbers of both) out of the message; fields left empty go whole."""
    if not first and not last:
        return
    if len(entries) == 1:
        start, _, _, end = message.head.span(entries[0].field)
        draft.delete(start, end)
        return
    kept = range(first, len(entries) - last)
    for number in dict.fromkeys(entry.field for entry in entries):
        mine = [n for n, entry in enumerate(entries) if entry.field == number]
        stay = [n for n in mine if n in kept]
        if len(stay) == len(mine):
            continue
        start, value_start, value_end, end = message.head.span(number)
        if not stay:
            draft.delete(start, end)
            continue
        if stay[0] != mine[0]:
            draft.delete(value_start, value_start + entries[stay[0]].start)
        if stay[-1] != mine[-1]:
            draft.delete(value_start + entries[stay[-1]].end, value_end)


def next_hop(uri: Uri) -> bytes:
    """The URI to send to: its maddr parameter stands for the host. RFC 3261 §19.1.1."""
    maddr = uri.parameters.get(b"maddr")
    if not maddr:
        return uri.text
    return b"sip:%b" % maddr + (b":%d" % uri.port if uri.port else b"")
