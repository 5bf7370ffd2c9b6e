# -*- test-case-name: tests.modules.rr.test_routes -*-
"""routes: the Route header fields entry by entry, with their places in the message. RFC 3261 §20.34."""

from __future__ import annotations

from typing import NamedTuple

from sipapp.errors import ParseError
from sipapp.message.address import Address
from sipapp.message.draft import Draft
from sipapp.message.headers import Field, split_spans
from sipapp.message.message import Message
from sipapp.message.uri import Uri


class Entry(NamedTuple):
    """One entry; its offsets (bytes) in the message are those of the name-addr with its parameters."""

    uri: bytes
    start: int
    end: int
    field: Field


def read_routes(message: Message) -> list[Entry]:
    """Every Route entry in order. Raises ParseError: one is no name-addr."""
    head = message.head
    if head.first(b"route") < 0:
        return []
    entries = []
    raw = message.raw
    for field in message.all_fields(b"route"):
        value = raw[field.value_start : field.value_end]
        for start, end in split_spans(value):
            text = value[start:end]
            if b"<" not in text:
                raise ParseError(f"a Route entry without <>: {text[:60]!r}", field.value_start + start)
            entries.append(Entry(Address.parse(text).uri, field.value_start + start, field.value_start + end, field))
    return entries


def remove_entries(draft: Draft, entries: list[Entry], first: int, last: int) -> None:
    """Take the first entries and the last ones (numbers of both) out of the message; fields left empty go whole."""
    kept = range(first, len(entries) - last)
    for field in dict.fromkeys(entry.field for entry in entries):
        mine = [n for n, entry in enumerate(entries) if entry.field is field]
        stay = [n for n in mine if n in kept]
        if not stay:
            draft.remove_field(field)
            continue
        if stay[0] != mine[0]:
            draft.delete(field.value_start, entries[stay[0]].start)
        if stay[-1] != mine[-1]:
            draft.delete(entries[stay[-1]].end, field.value_end)


def next_hop(uri: Uri) -> bytes:
    """The URI to send to: its maddr parameter stands for the host. RFC 3261 §19.1.1."""
    maddr = uri.parameters.get(b"maddr")
    if not maddr:
        return uri.text
    return b"sip:%b" % maddr + (b":%d" % uri.port if uri.port else b"")
