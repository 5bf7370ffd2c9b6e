"""What whole calls cost, without the network: bytes in, bytes out, everything between as in service.

python -m pytest bench/bench_call.py --benchmark-columns=min,median
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from twisted.internet.defer import ensureDeferred
from zope.interface import implementer

from sipapp.assemble import assemble_text
from sipapp.interfaces.http import IHttpEngine
from sipapp.interfaces.transport import Failed, Flow, ISender, Socket
from sipapp.log import follow
from sipapp.server import Server
from sipapp.testing.clock import SteppingClock

OPTIONS_SL = """
debug=0
loadmodule "sl" loadmodule "textops"
request_route {
    if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
    sl_send_reply("405", "Method Not Allowed");
}
"""

RELAY = """
debug=0
loadmodule "tm" loadmodule "sl" loadmodule "rr" loadmodule "pv" loadmodule "maxfwd" loadmodule "textops"
loadmodule "siputils"
request_route {
    if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
    if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
    if (has_totag()) {
        if (loose_route()) {
            if (!t_relay()) { sl_reply_error(); }
            exit;
        }
        if (is_method("ACK")) { if (t_check_trans()) { t_relay(); } exit; }
        sl_send_reply("404", "Not Here");
        exit;
    }
    if (is_method("CANCEL")) { if (t_check_trans()) { t_relay(); } exit; }
    t_check_trans();
    if (!is_method("INVITE")) { sl_send_reply("405", "Method Not Allowed"); exit; }
    record_route();
    if (!t_relay()) { sl_reply_error(); }
}
"""

SLEEP = """
debug=0
loadmodule "tm" loadmodule "sl" loadmodule "pv" loadmodule "textops" loadmodule "async"
modparam("async", "ms_timer", 10)
request_route {
    if (is_method("ACK")) { t_check_trans(); exit; }
    if (!t_newtran()) { exit; }
    async_ms_route("RESUME", "100");
}
route[RESUME] { t_reply("404", "Not Found"); }
"""

SDP = (
    "v=0\r\no=bench 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 16384 RTP/AVP 8 0 101\r\n"
    "a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
)


NEWLINE = "\r\n"

USERS = 10_000


@implementer(ISender)
class Kept:
    """Keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def send(self, data: bytes, flow: Flow, failed: Failed | None = None, flags: int = 0) -> None:
        self.sent.append(data)

    def flow_to(self, host: str, port: int) -> None:
        return None

    def close(self) -> None:
        """Nothing is open."""


class Bench:
    """A server without a network."""

    def __init__(self, script: str, engine: Any = None) -> None:
        """engine: what makes HTTP requests."""
        self.clock = SteppingClock()
        self.server = Server(assemble_text(script), self.clock)
        self.socket = Socket("udp", "192.0.2.100", 5060)
        self.sender = Kept()
        if engine is not None:
            self.server.provide(IHttpEngine, engine)
        self.server.transport.add_socket(self.socket, self.sender)
        ensureDeferred(self.server.start(bind=False))
        follow(self.server.config)
        self.caller = Flow(self.socket, "192.0.2.1", 5060)
        self.callee = Flow(self.socket, "192.0.2.2", 5060)
        self.number = count(1)

    def receive(self, data: bytes, flow: Flow) -> list[bytes]:
        """What goes out because of it."""
        sent = self.sender.sent = []
        self.server.transport.receive(data, flow)
        return sent


def request(method: str, number: int, cseq: int = 1, routes: str = "", uri: str = "") -> bytes:
    """As SIPp sends it; each call to another user, so its start line and To have not been there before. With `routes`
    (lines) it is of the dialog."""
    body = SDP if method == "INVITE" else ""
    user = f"user{number % USERS:06d}"
    return (
        f"{method} {uri or f'sip:{user}@192.0.2.2:5060'} SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bK-{number}-{cseq}-{method}\r\n{routes}"
        f"From: <sip:bench@192.0.2.1:5060>;tag=1t{number}\r\n"
        f"To: <sip:{user}@192.0.2.2:5060>{f';tag=2u{number}' if routes else ''}\r\n"
        f"Call-ID: {number}-bench@192.0.2.1\r\nCSeq: {cseq} {method}\r\n"
        f"{'' if routes else 'Contact: <sip:bench@192.0.2.1:5060>' + NEWLINE}Max-Forwards: 70\r\nUser-Agent: bench\r\n"
        + ("Content-Type: application/sdp\r\n" if body else "")
        + f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def response(relayed: bytes, number: int, status: int, reason: str) -> bytes:
    """As SIPp answers, which writes all Vias in one line."""
    lines = relayed.partition(b"\r\n\r\n")[0].split(b"\r\n")
    vias = b", ".join([line[5:] for line in lines if line.startswith(b"Via: ")])
    kept = [line for line in lines if line.partition(b":")[0] in (b"Record-Route", b"From", b"Call-ID", b"CSeq")]
    (to,) = (line for line in lines if line.startswith(b"To: "))
    body = SDP.encode() if status == 200 and b"INVITE" in relayed[:8] else b""
    return b"\r\n".join(
        [
            b"SIP/2.0 %d %b" % (status, reason.encode()),
            b"Via: " + vias,
            *kept,
            to if b";tag=" in to else b"%b;tag=2u%d" % (to, number),
            b"Contact: <sip:192.0.2.2:5060>",
            b"Content-Length: %d" % len(body),
            b"",
            body,
        ]
    )


def options(bench: Bench) -> Callable[[], None]:
    def call() -> None:
        sent = bench.receive(request("OPTIONS", next(bench.number)), bench.caller)
        assert sent[0].startswith(b"SIP/2.0 200"), sent

    return call


def relayed_call(bench: Bench) -> Callable[[], None]:
    """INVITE 100 180 200 ACK BYE 200: 6 messages in, 7 out."""

    def call() -> None:
        number = next(bench.number)
        invite = bench.receive(request("INVITE", number), bench.caller)[-1]
        bench.receive(response(invite, number, 180, "Ringing"), bench.callee)
        bench.receive(response(invite, number, 200, "OK"), bench.callee)
        route = next(line for line in invite.split(b"\r\n") if line.startswith(b"Record-Route:"))[14:].decode()
        routes, uri = f"Route: {route}\r\n", "sip:192.0.2.2:5060"
        bench.receive(request("ACK", number, 1, routes, uri), bench.caller)
        bye = bench.receive(request("BYE", number, 2, routes, uri), bench.caller)[-1]
        sent = bench.receive(response(bye, number, 200, "OK"), bench.callee)
        assert len(sent) == 1, sent
        if not number % 500:
            bench.clock.advance(40)

    return call


def ack(number: int, answer: bytes) -> bytes:
    """Of an INVITE's answer that is no 2xx; as SIPp's, it has Via and To of the answer."""
    answered = {line.partition(":")[0]: line for line in answer.decode().split(NEWLINE)}
    answered = {name: answered[name] for name in ("Via", "To")}
    lines = request("ACK", number).decode().split(NEWLINE)
    return NEWLINE.join([answered.get(line.partition(":")[0], line) for line in lines]).encode()


def suspended_call(bench: Bench) -> Callable[[], None]:
    def call() -> None:
        number = next(bench.number)
        bench.receive(request("INVITE", number), bench.caller)
        bench.sender.sent = []
        bench.clock.advance(0.11)
        sent = [data for data in bench.sender.sent if data.startswith(b"SIP/2.0 404")]
        assert sent, bench.sender.sent
        bench.receive(ack(number, sent[0]), bench.caller)
        if not number % 500:
            bench.clock.advance(40)

    return call


KINDS: dict[str, tuple[str, Callable[[Bench], Callable[[], None]]]] = {
    "options_sl": (OPTIONS_SL, options),
    "invite_relay": (RELAY, relayed_call),
    "async_sleep": (SLEEP, suspended_call),
}


@pytest.mark.parametrize(("script", "make"), KINDS.values(), ids=KINDS)
def test_call(benchmark: Any, script: str, make: Callable[[Bench], Callable[[], None]]) -> None:
    benchmark(make(Bench(script)))
