# -*- test-case-name: tests.modules.sanity.test_checks -*-
"""checks: what a message is looked at for. Each takes a Subject and raises Insane.

Those of the start line are for requests; a response passes them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from sipapp.errors import ParseError
from sipapp.message.address import Address
from sipapp.message.message import Message
from sipapp.message.request import Request
from sipapp.message.uri import Uri
from sipapp.modules.sanity.insane import Insane, silent

_T = TypeVar("_T")

_quoted = re.compile(rb'"(?:[^"\\]|\\.)*"').sub
_tag = re.compile(rb";\s*tag\s*(?=[=;]|$)", re.IGNORECASE).findall

_SCHEMES = frozenset((b"sip", b"sips", b"tel", b"tels", b"urn"))
_ONCE = (b"from", b"to", b"call-id", b"cseq")
_HIGHEST = 2**32
_COOKIE = b"z9hG4bK"


class Subject(NamedTuple):
    """What is checked, and what for."""

    message: Message
    request_uri: bytes  # as it is now; b"" of a response
    uris: int = 7  # which URIs: 1 Request-URI, 2 From, 4 To, 8 Contact
    supported: frozenset[bytes] = frozenset()  # what a Proxy-Require may name


def uri_of(text: bytes) -> Uri:
    """A URI that SIP can do something with. Raises ParseError."""
    uri = Uri.parse(text)
    if uri.scheme not in _SCHEMES:
        raise ParseError("unsupported scheme")
    return uri


def ruri_sip_version(subject: Subject) -> None:
    """1: the request is SIP/2.0."""
    if isinstance(subject.message, Request) and subject.message.version.partition(b"/")[2] != b"2.0":
        raise Insane(505, "Version Not Supported (R-URI)")


def ruri_scheme(subject: Subject) -> None:
    """2: the Request-URI has a scheme that we know, and can be read."""
    if isinstance(subject.message, Request):
        _checked(lambda: uri_of(subject.request_uri), "Bad Request URI")


def required_headers(subject: Subject) -> None:
    """4: From, To, Call-ID, CSeq are there, once each, and a Via."""
    keys = subject.message.head.keys
    for key in (*_ONCE, b"via"):
        if key not in keys:
            raise silent(f"no {key.decode()}")
    for key in _ONCE:
        if keys.count(key) > 1:
            raise silent(f"duplicated {key.decode()}")


def via_sip_version(subject: Subject) -> None:
    """8: the top Via is SIP/2.0. No other can be read, so nothing is left to be checked."""


def via_protocol(subject: Subject) -> None:
    """16: the top Via names the transport that the message came over. As in Kamailio, nothing is checked."""


def cseq_method(subject: Subject) -> None:
    """32: the method of the CSeq is that of the request."""
    cseq = _read(lambda: subject.message.cseq)
    if cseq is None:
        raise silent("no CSeq")
    if isinstance(subject.message, Request) and cseq.method != subject.message.method:
        raise Insane(400, "CSeq method does not match request method")


def cseq_value(subject: Subject) -> None:
    """64: the number of the CSeq fits 32 bits."""
    digits = (subject.message.first(b"cseq") or b"").partition(b" ")[0]
    if not digits.isdigit():
        raise silent("no CSeq")
    if not _fits(digits):
        raise Insane(400, "CSeq number is illegal")


def content_length(subject: Subject) -> None:
    """128: the Content-Length is the length of the body."""
    length = _checked(lambda: subject.message.content_length, "Content-Length Failure")
    if length is not None and length != len(subject.message.raw) - subject.message.body_at:
        raise Insane(400, "Content-Length mis-match")


def expires_value(subject: Subject) -> None:
    """256: the Expires is a number of 32 bits."""
    value = subject.message.first(b"expires")
    if value is None:
        return
    words = value.split()
    if not words:
        raise Insane(400, "Bad Expires Header")
    # Up to ten bytes are read to the first blank; what is longer is no number at all.
    number = words[0] if len(value.strip()) <= 10 else value.strip()
    if not _fits(number):
        raise Insane(400, "Expires value is illegal")


def proxy_require(subject: Subject) -> None:
    """512: every extension of the Proxy-Require is one that the parameter `proxy_require` names."""
    value = subject.message.first(b"proxy-require")
    if value is None:
        return
    wanted = [token.strip() for token in value.split(b",")]
    if wanted == [b""]:
        raise Insane(400, "Bad Proxy Require Header")
    for token in wanted:
        if token not in subject.supported:
            raise Insane(420, "Bad Proxy Require Extension", (b"Unsupported: %b\r\n" % token,))


def uris(subject: Subject) -> None:
    """1024: the URIs that are asked for can be read: of the start line, of From, To and the first Contact."""
    if subject.uris & 1:
        ruri_scheme(subject)
    if subject.uris & 2:
        _party(subject.message, b"from", lambda: subject.message.from_, "Invalid From Header")
    if subject.uris & 4:
        _party(subject.message, b"to", lambda: subject.message.to, "Invalid To Header")
    if subject.uris & 8:
        _contact(subject.message)


def _contact(message: Message) -> None:
    contacts = _checked(lambda: message.contacts, "Bad Contact Header")
    if contacts and contacts[0].uri != b"*":
        _checked(lambda: uri_of(contacts[0].uri), "Bad Contact URI")


def duplicated_tags(subject: Subject) -> None:
    """4096: From and To have one tag at most."""
    for name, read in (("From", lambda: subject.message.from_), ("To", lambda: subject.message.to)):
        if _read(lambda read=read: _tags(read())) > 1:  # type: ignore[misc]
            raise Insane(400, f"Many {name} Tag Params")


def via1_header(subject: Subject) -> None:
    """16384: the top Via can be read, and has a host."""
    via = _read(lambda: subject.message.via)
    if via is None or not via.host:
        raise silent("no Via")


def rfc3261_compliance(subject: Subject) -> None:
    """32768: the top Via's branch begins with z9hG4bK; every Record-Route and Route URI has an lr parameter."""
    _read(lambda: _comply(subject.message))


def _comply(message: Message) -> None:
    if message.via is None or not (message.via.branch or b"").startswith(_COOKIE):
        raise silent("the Via branch has no magic cookie")
    for address in message.record_routes + message.routes:
        if b"lr" not in uri_of(address.uri).parameters:
            raise silent("a route without lr")


def _tags(address: Address | None) -> int:
    if address is None:
        raise silent("no From or To")
    # Parameters keep one of each name.
    return len(_tag(_quoted(b"", bytes(address).rpartition(b">")[2])))


def _fits(digits: bytes) -> bool:
    """A number of 32 bits, of ten digits at most."""
    return digits.isdigit() and len(digits) <= 10 and int(digits) <= _HIGHEST


def _party(message: Message, key: bytes, read: Callable[[], Address | None], reason: str) -> None:
    if message.first(key) is None:
        raise silent(f"no {key.decode()}")

    def uri() -> Uri:
        address = read()
        assert address is not None
        return uri_of(address.uri)

    _checked(uri, reason)


def _checked(read: Callable[[], _T], reason: str) -> _T:
    """What can be read; else 400 with this reason."""
    try:
        return read()
    except ParseError:
        raise Insane(400, reason) from None


def _read(read: Callable[[], _T]) -> _T:
    """What can be read; else there is no answer."""
    try:
        return read()
    except ParseError as why:
        raise silent(str(why)) from None
