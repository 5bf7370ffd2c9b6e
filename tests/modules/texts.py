"""texts: messages with bodies, and what they look like once a script's changes are made."""

from __future__ import annotations

from typing import Any

from sipapp.interfaces.transport import Flow
from sipapp.message.parse import parse
from sipapp.module import Context, RouteType
from tests.modules.stage import UDP, context

HEAD = (
    b"Via: SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKa\r\n"
    b"From: <sip:alice@example.com>;tag=from1\r\n"
    b"To: <sip:bob@example.com>\r\n"
    b"Call-ID: call@example.com\r\n"
)

SDP = (
    b"v=0\r\n"
    b"o=alice 28 29 IN IP4 192.0.2.101\r\n"
    b"s=-\r\n"
    b"c=IN IP4 192.0.2.101\r\n"
    b"t=0 0\r\n"
    b"m=audio 49172 RTP/AVP 0 8 101\r\n"
    b"a=rtpmap:0 PCMU/8000\r\n"
    b"a=rtpmap:8 PCMA/8000\r\n"
    b"a=rtpmap:101 telephone-event/8000\r\n"
    b"a=fmtp:101 0-15\r\n"
    b"m=video 51372 RTP/SAVP 31\r\n"
    b"c=IN IP6 2001:db8::1\r\n"
    b"b=AS:256\r\n"
    b"a=rtpmap:31 H261/90000\r\n"
    b"a=sendonly\r\n"
)


def request(
    more: bytes = b"",
    body: bytes = b"",
    content_type: bytes | None = None,
    method: bytes = b"MESSAGE",
    length: int | None = -1,
) -> Any:
    """A request; `more` are further header lines. length: of Content-Length, None for no such header field."""
    lines = [method, b" sip:bob@example.com SIP/2.0\r\n", HEAD, b"CSeq: 1 ", method, b"\r\n", more]
    if content_type is not None:
        lines += (b"Content-Type: ", content_type, b"\r\n")
    if length is not None:
        lines.append(b"Content-Length: %d\r\n" % (len(body) if length < 0 else length))
    message = parse(b"".join((*lines, b"\r\n", body)))
    message.flow = Flow(UDP, "192.0.2.9", 5070)
    return message


def made(factory: Any) -> Any:
    """A new module whose functions take whatever a test gives them: bytes for Text, a str for RouteName."""
    return factory()


def running(*args: Any, route_type: RouteType = RouteType.REQUEST, **kwargs: Any) -> Any:
    """A run on such a request."""
    return context(request(*args, **kwargs), route_type=route_type)


def with_sdp(body: bytes = SDP) -> Any:
    """A run on an INVITE with a session description."""
    return running(body=body, content_type=b"application/sdp", method=b"INVITE")


def wire(ctx: Context) -> bytes:
    """The message with the changes that the script has made."""
    return ctx.draft.render(ctx.message)


def added(ctx: Context) -> list[bytes]:
    """The header lines that follow CSeq, with the changes made."""
    head = wire(ctx).partition(b"\r\n\r\n")[0]
    return head.partition(b"\r\nCSeq: ")[2].split(b"\r\n")[1:]


def body(ctx: Context) -> bytes:
    """The body with the changes made."""
    return wire(ctx).partition(b"\r\n\r\n")[2]
