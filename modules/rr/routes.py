# -*- test-case-name: tests.modules.rr.test_routes -*-
"""routes: the Route header fields entry by entry, with their places in the message. RFC 3261 §20.34."""

from __future__ import annotations

from sipapp.errors import ParseError
from sipapp.message.address import Address
from sipapp.message.draft import Draft
from sipapp.message.headers import split_spans
from sipapp.message.leaf import routes
from sipapp.message.message import Message
from sipapp.message.uri import Uri

Entry = tuple[bytes, int, int, int]
"""The URI; the number of the header field; where in its value the entry begins and ends (bytes)."""


def read_routes(message: Message) -> list[Entry]:
    """Every Route entry in order. Raises ParseError: one is no name-addr."""
    entries = routes(message.head)
    return _read_any(message) if entries is None else entries


def _read_any(message: Message) -> list[Entry]:
    """The same where entries have display names, header parameters and the like."""
    head = message.head
    numbers = head.all(b"route")
    value = head.value(numbers[0])
    if len(numbers) == 1 and b"," not in value and value[:1] == b"<" and value.find(b">") == len(value) - 1:
        return [(value[1:-1], numbers[0], 0, len(value))]  # as it is: with white space around it, it is no URI
    entries = []
    for number in numbers:
        value = head.value(number)
        for start, end in split_spans(value):
            text = value[start:end]
            if b"<" not in text:
                raise ParseError(f"a Route entry without <>: {text[:60]!r}", head.span(number)[1] + start)
            entries.append((Address.parse(text).uri, number, start, end))
    return entries


def remove_entries(message: Message, draft: Draft, entries: list[Entry], first: int, last: int) -> None:
    """Take the first entries and the last ones (numbers of both) out of the message; fields left empty go whole."""
    if not first and not last:
        return
    if len(entries) == 1:
        start, _, _, end = message.head.span(entries[0][1])
        draft.delete(start, end)
        return
    until = len(entries) - last
    above = [number for _, number, _, _ in entries[:first]]
    below = [number for _, number, _, _ in entries[until:]]
    for number in dict.fromkeys(above + below):
        start, value_start, value_end, end = message.head.span(number)
        stay = [entry for entry in entries[first:until] if entry[1] == number]
        if not stay:
            draft.delete(start, end)
            continue
        if number in above:
            draft.delete(value_start, value_start + stay[0][2])
        if number in below:
            draft.delete(value_start + stay[-1][3], value_end)


def next_hop(uri: Uri) -> bytes:
    """The URI to send to: its maddr parameter stands for the host. RFC 3261 §19.1.1."""
    maddr = uri.parameters.get(b"maddr")
    if not maddr:
        return uri.text
    return b"sip:%b" % maddr + (b":%d" % uri.port if uri.port else b"")
