"""subjects: messages with something wrong, and what a check says of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sipapp.message.parse import parse
from sipapp.modules.sanity.checks import Subject
from sipapp.modules.sanity.insane import Insane

LINES = {
    "Via": "SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKa",
    "From": "<sip:alice@example.com>;tag=f",
    "To": "<sip:bob@example.com>",
    "Call-ID": "call@example.com",
    "CSeq": "1 OPTIONS",
}


def subject(start: str = "OPTIONS sip:bob@example.com SIP/2.0", *more: str, **lines: Any) -> Subject:
    """A message; lines: header fields in place of the usual, None for no such; more: further lines. `uris`: as in
    Subject."""
    uris = lines.pop("uris", 7)
    fields = {name.replace("_", "-").lower(): value for name, value in lines.items()}
    text = [start]
    for name, value in LINES.items():
        value = fields.pop(name.lower(), value)
        if value is not None:
            text.append(f"{name}: {value}")
    text += [f"{name}: {value}" for name, value in fields.items()]
    message = parse("\r\n".join([*text, *more, "", ""]).encode())
    return Subject(message, getattr(message, "uri", b""), uris, frozenset({b"known"}))


def verdict(check: Callable[[Subject], None], given: Subject) -> tuple[int, str] | None:
    """What a check finds: (status, reason), the reason only where it is sent; None: nothing is wrong."""
    try:
        check(given)
    except Insane as found:
        return (found.status, found.reason if found.status else "")
    return None
