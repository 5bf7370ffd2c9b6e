# -*- test-case-name: tests.message.test_validate -*-
"""validate: what parses but is wrong, and the status owed. RFC 3261 §8.1.1, §8.2, §16.3.

`check` is for every message before anything else looks at it; `check_forwarding` for a request that a proxy is about
to send on. What neither needs is not looked at: a proxy shall not refuse what it does not understand (§16.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipapp.errors import ParseError, ValidationError
from sipapp.message.plain import BROADCAST
from sipapp.message.request import Request
from sipapp.message.uri import Uri

if TYPE_CHECKING:
    from collections.abc import Collection

    from sipapp.message.address import Address
    from sipapp.message.message import Message

_ONCE = {
    b"from": "From",
    b"to": "To",
    b"call-id": "Call-ID",
    b"cseq": "CSeq",
    b"max-forwards": "Max-Forwards",
    b"content-length": "Content-Length",
}
_SCHEMES = frozenset((b"sip", b"sips", b"tel", b"tels", b"urn"))


def check(message: Message) -> None:
    """What no element can handle: mandatory fields absent, doubled or malformed, a wrong version or length.

    Raises ValidationError: a reason phrase and the status to answer; 0 where there is nobody or no way to answer (a
    response, an ACK, a top Via that cannot be read).
    """
    if message.plain:
        return
    try:
        _check(message)
    except ValidationError as why:
        raise ValidationError(why.reason, _owed(message, why.status)) from None


def _check(message: Message) -> None:
    read = "Via"
    head = message.head
    try:
        via = message.via
        if via is None:
            raise ValidationError("Missing Via")
        if message.version != b"SIP/2.0" and message.version.upper() != b"SIP/2.0":
            raise ValidationError("Version Not Supported", 505)
        if not via.is_plain:
            via.parameters  # noqa: B018 - read for what it raises
        if head.has_repeats():
            _check_once(message)
        if b"," in head.value(head.first(b"via")):
            message.vias  # noqa: B018
        read = "From"
        _check_address(message.from_, read)
        read = "To"
        _check_address(message.to, read)
        read = "CSeq"
        if message.cseq is None:
            raise ValidationError("Missing CSeq")
        call_id = message.call_id
        if len(call_id.split()) != 1:
            raise ValidationError("Bad Call-ID" if call_id else "Missing Call-ID")
        read = "Content-Length"
        length = message.content_length
    except ParseError:
        raise ValidationError(f"Bad {read}") from None
    if length is not None and length != len(message.raw) - message.body_at:
        raise ValidationError("Content-Length mis-match")
    if not isinstance(message, Request):
        _check_response(message)


def _check_once(message: Message) -> None:
    keys = message.head.keys
    for key, name in _ONCE.items():
        if keys.count(key) > 1:
            raise ValidationError(f"Multiple {name}")
    message.vias  # noqa: B018


def _check_address(address: Address | None, name: str) -> None:
    if address is None:
        raise ValidationError(f"Missing {name}")
    address.tag  # noqa: B018 - takes the parameters apart


def _check_response(message: Message) -> None:
    # A Via that would have the response sent to everybody. RFC 4475 §3.3.10.
    if BROADCAST in message.raw and any(BROADCAST in (via.host, via.received) for via in message.vias):
        raise ValidationError("Broadcast Via")


def _owed(message: Message, status: int) -> int:
    if not isinstance(message, Request) or message.method == b"ACK":
        return 0
    try:
        return status if message.via is not None else 0
    except ParseError:
        return 0


def check_forwarding(request: Request, uri: bytes | None = None, supported: Collection[bytes] = ()) -> None:
    """What a proxy refuses to send on. `uri` is the Request-URI that it is to get, None for the one received;
    `supported` are the option tags (lower case) that Proxy-Require may name.

    Raises ValidationError: 400 for a Request-URI that is none or has header fields, or a CSeq of another method;
    416 for a scheme that we cannot route; 420, with an Unsupported field in `fields`, for Proxy-Require.
    RFC 3261 §16.3.
    """
    received = uri is None or uri == request.uri
    try:
        parsed = request.parsed_uri if received else Uri.parse(uri or b"")
    except ParseError:
        raise ValidationError("Bad Request URI") from None
    if parsed.scheme not in _SCHEMES:
        raise ValidationError("Unsupported URI Scheme", 416)
    # Only as received: what the script put there is its own affair. RFC 3261 §19.1.1, RFC 4475 §3.1.2.11.
    if received and parsed.headers is not None:
        raise ValidationError("Headers in Request URI")
    method = request.head.method
    if method is None:
        cseq = request.cseq
        method = cseq.method if cseq is not None else None
    if method != request.method:
        raise ValidationError("CSeq method does not match request method")
    # In a CANCEL it does not count: §8.2.2.3.
    if request.head.first(b"proxy-require") >= 0 and request.method != b"CANCEL":
        _check_required(request, supported)


def _check_required(request: Request, supported: Collection[bytes]) -> None:
    unknown = [tag for tag in request.tokens(b"proxy-require") if tag.lower() not in supported]
    if unknown:
        raise ValidationError("Bad Extension", 420, [b"Unsupported: %b\r\n" % b", ".join(unknown)])
