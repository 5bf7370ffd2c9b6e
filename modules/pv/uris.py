# -*- test-case-name: tests.modules.pv.test_uris -*-
"""uris: URIs as Kamailio takes them apart, for variables and transformations."""

from __future__ import annotations

from functools import lru_cache

from sipapp.errors import ParseError
from sipapp.message.uri import Uri

SEMICOLON = 59
"""An int is looked for in bytes ten times as fast as bytes are."""
PROTOCOLS = {b"udp": 1, b"tcp": 2, b"tls": 3, b"sctp": 4, b"ws": 5, b"wss": 6}
"""Kamailio's numbers of the transports; 0 is none."""
PROTOCOL_NAMES = {number: name for name, number in PROTOCOLS.items()}
SCHEMES = {b"sip": 1, b"sips": 2, b"tel": 3, b"tels": 4, b"urn": 5}
"""Kamailio's numbers of the schemes it knows."""


@lru_cache(maxsize=4096)
def parse_uri(text: bytes) -> Uri | None:
    """The URI; None where it is malformed or of a scheme that Kamailio does not know."""
    try:
        uri = Uri.parse(text)
    except ParseError:
        return None
    return uri if uri.scheme in SCHEMES else None


def user(uri: Uri) -> bytes | None:
    """The user; None for an empty one. With `;user=phone` it ends at its first `;`: the rest is the number's own."""
    found = uri.user
    if found and SEMICOLON in found and is_phone(uri):
        return found.partition(b";")[0]
    return found or None


def is_phone(uri: Uri) -> bool:
    """A SIP URI that is a telephone number. RFC 3261 §19.1.1."""
    try:
        return uri.is_sip and uri.parameters.get(b"user") == b"phone"
    except ParseError:
        return False


def parameter(uri: Uri, name: bytes) -> bytes | None:
    """The value of a URI parameter; None where it is absent or has none."""
    try:
        return uri.parameters.get(name)
    except ParseError:
        return None


def protocol(uri: Uri) -> int:
    """The number of the transport parameter's value; 0 where there is none or an unknown one."""
    return PROTOCOLS.get((parameter(uri, b"transport") or b"").lower(), 0)
