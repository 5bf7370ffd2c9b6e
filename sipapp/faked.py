# -*- test-case-name: tests.core.test_received -*-
"""faked: the made-up request that a route runs on when there is no real one: events, tasks, timers, launch()."""

from __future__ import annotations

from sipapp.interfaces.transport import Flow, Socket
from sipapp.message.parse import parse
from sipapp.message.request import Request

# What Kamailio's faked request says of itself: scripts tell by it that there is no call.
_TEXT = (
    b"OPTIONS sip:you@kamailio.org SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP 127.0.0.1\r\n"
    b"From: <sip:you@kamailio.org>;tag=123\r\n"
    b"To: <sip:you@kamailio.org>\r\n"
    b"Call-ID: 123\r\n"
    b"CSeq: 1 OPTIONS\r\n"
    b"Content-Length: 0\r\n\r\n"
)


def faked_request(socket: Socket, now: float) -> Request:
    """A request from nobody, as if it had come in on `socket`. RFC 3261 §7 in form only."""
    request = parse(_TEXT)
    assert isinstance(request, Request)
    request.flow = Flow(socket, "127.0.0.1", 0)
    request.received_at = now
    return request
