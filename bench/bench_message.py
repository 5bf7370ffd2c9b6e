"""bench_message: what the message layer costs: parse, typed access, checks, a relay, a response.

    python -m pytest bench/bench_message.py --benchmark-columns=min,median

Each figure is for one typical INVITE of 750 bytes (or the response to one).
"""

from __future__ import annotations

from typing import Any

import pytest

from sipapp.interfaces.transport import Flow, Socket
from sipapp.message.build import cancel, response
from sipapp.message.draft import Draft, Outbound
from sipapp.message.framing import StreamFramer
from sipapp.message.parse import parse
from sipapp.message.request import Request
from sipapp.message.response import Response
from sipapp.message.validate import check

SDP = (
    b"v=0\r\no=alice 2890844526 2890844527 IN IP4 192.0.2.101\r\ns=-\r\nc=IN IP4 192.0.2.101\r\nt=0 0\r\n"
    b"m=audio 49172 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
    b"a=rtpmap:101 telephone-event/8000\r\n"
)
INVITE = (
    b"INVITE sip:bob@198.51.100.7:5060;transport=udp SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP 192.0.2.101:5060;rport;branch=z9hG4bK-524287-1---4e6f2d3c1b0a\r\n"
    b"Max-Forwards: 70\r\n"
    b"Contact: <sip:alice@192.0.2.101:5060;transport=udp>\r\n"
    b'To: "Bob" <sip:bob@biloxi.example.com>\r\n'
    b'From: "Alice" <sip:alice@atlanta.example.com>;tag=9fxced76sl\r\n'
    b"Call-ID: 3848276298220188511@atlanta.example.com\r\n"
    b"CSeq: 1 INVITE\r\n"
    b"Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, INFO\r\n"
    b"Content-Type: application/sdp\r\n"
    b"Supported: replaces, 100rel\r\n"
    b"User-Agent: Example Phone 1.2.3\r\n"
    b"Content-Length: %d\r\n\r\n" % len(SDP)
) + SDP
SOCKET = Socket("udp", "192.0.2.2", 5060)
OUTBOUND = Outbound(SOCKET, SOCKET)
VIA = b"Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1234.0\r\n"


def invite() -> Request:
    message = parse(INVITE)
    assert isinstance(message, Request)
    message.flow = Flow(SOCKET, "192.0.2.101", 5060)
    return message


def typed() -> tuple[Any, ...]:
    """What a relay reads of each request."""
    message: Any = parse(INVITE)
    via = message.via
    sender, to = message.from_.tag, message.to.tag
    return via.branch, via.host, via.port, sender, to, message.call_id, message.cseq, message.max_forwards


def edited(message: Request) -> Draft:
    """What a script that relays does: Max-Forwards, Record-Route, one header field more."""
    draft = Draft()
    field = message.field(b"max-forwards")
    assert field is not None
    draft.replace(field.value_start, field.value_end, b"69")
    draft.prepend_field(message, lambda outbound: b"Record-Route: <sip:192.0.2.2;lr>\r\n")
    draft.append_field(message, b"X-Gateway: 7\r\n")
    return draft


def checked() -> None:
    check(parse(INVITE))


def test_parse(benchmark: Any) -> None:
    assert benchmark(parse, INVITE).raw == INVITE


def test_parse_and_read_seven_values(benchmark: Any) -> None:
    assert benchmark(typed)[1] == b"192.0.2.101"


def test_parse_and_check(benchmark: Any) -> None:
    benchmark(checked)


def test_edit(benchmark: Any) -> None:
    assert len(benchmark(edited, invite()).edits) == 3


def test_render_request(benchmark: Any) -> None:
    message = invite()
    draft = edited(message)
    assert VIA in benchmark(draft.render_request, message, message.uri, VIA, OUTBOUND)


def test_render_response(benchmark: Any) -> None:
    message = parse(response(invite(), 180, b"Ringing", b"tag"))
    assert isinstance(message, Response)
    assert b"Via" not in benchmark(Draft().render_response, message)


def test_fork(benchmark: Any) -> None:
    benchmark(edited(invite()).fork)


@pytest.mark.parametrize("status", [100, 404])
def test_response(benchmark: Any, status: int) -> None:
    assert benchmark(response, invite(), status, b"Reason", b"tag", server=b"sipapp").startswith(b"SIP/2.0 ")


def test_cancel(benchmark: Any) -> None:
    assert benchmark(cancel, INVITE).startswith(b"CANCEL ")


def test_framing(benchmark: Any) -> None:
    framer = StreamFramer()
    assert benchmark(framer.feed, INVITE) == [INVITE]
