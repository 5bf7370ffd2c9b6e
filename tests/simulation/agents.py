"""agents: callers and callees that do what RFC 3261 says, over a network that loses, doubles and disorders."""

from __future__ import annotations

from random import Random
from typing import Any

from sipapp.message import build
from sipapp.message.parse import parse
from sipapp.message.request import Request
from sipapp.message.response import Response
from sipapp.testing.memory import Address, MemoryNetwork

T1, T2 = 0.5, 4.0  # s
GIVES_UP = 64 * T1


class Resend:
    """Sends again and again, at doubling intervals, until it is stopped or has gone on for 64 T1."""

    def __init__(self, clock: Any, send: Any, longest: float, gave_up: Any = None) -> None:
        self._clock = clock
        self._send = send
        self._longest = longest
        self._gave_up = gave_up
        self._end = clock.seconds() + GIVES_UP
        self._interval = T1
        self.call: Any = None
        send()
        self._wait()

    def _wait(self) -> None:
        self.call = self._clock.callLater(self._interval, self._again)

    def _again(self) -> None:
        self.call = None
        if self._clock.seconds() >= self._end:
            if self._gave_up is not None:
                self._gave_up()
            return
        self._send()
        self._interval = min(self._interval * 2, self._longest)
        self._wait()

    def stop(self) -> None:
        if self.call is not None:
            self.call.cancel()
            self.call = None


class Agent:
    """Somebody at an address."""

    def __init__(self, network: MemoryNetwork, clock: Any, chance: Random, address: str) -> None:
        proto, host, port = address.split(":")
        self.address: Address = (proto, host, int(port))
        self.network = network
        self.clock = clock
        self.chance = chance
        network.attach(self.address, self._arrived)

    def _arrived(self, data: bytes, source: Address) -> None:
        message = parse(data)
        if isinstance(message, Request):
            self.requested(message, source)
        else:
            assert isinstance(message, Response)
            self.responded(message)

    def requested(self, request: Request, source: Address) -> None:
        """A request has come."""

    def responded(self, response: Response) -> None:
        """A response has come."""

    def send(self, target: Address, data: bytes) -> None:
        self.network.send(self.address, target, data)


class Call:
    """One request of a caller, INVITE or other; what came of it is in `finals` and `outcome`."""

    def __init__(self, caller: Caller, data: bytes, cancel_after: float | None) -> None:
        self.caller = caller
        self.data = data
        request = parse(data)
        assert isinstance(request, Request)
        self.request = request
        self.is_invite = request.method == b"INVITE"
        self.cancel_after = cancel_after  # s after the first provisional response
        self.finals: list[int] = []
        self.proceeding = False
        self.cancelled = False
        self.timed_out = False  # nothing came at all
        self.resend = Resend(caller.clock, self._send, 1e9 if self.is_invite else T2, self._gave_up)
        self.cancelling: Resend | None = None

    def _send(self) -> None:
        self.caller.send(self.caller.server, self.data)

    def _gave_up(self) -> None:
        self.timed_out = True

    def responded(self, response: Response) -> None:
        status = response.status
        if response.method == b"CANCEL":
            if status >= 200 and self.cancelling is not None:
                self.cancelling.stop()
            return
        if status < 200:
            if self.is_invite:
                self.resend.stop()
            if not self.proceeding and self.cancel_after is not None:
                self.caller.clock.callLater(self.cancel_after, self._cancel)
            self.proceeding = True
            return
        self.resend.stop()
        self.finals.append(status)
        if self.is_invite:
            self._acknowledge(response)

    def _acknowledge(self, response: Response) -> None:
        data = build.ack(self.data, response)
        if response.status >= 300:
            self.caller.send(self.caller.server, data)
            return
        # The ACK to a 2xx is a request of its own, straight to the callee. RFC 3261 §13.2.2.4.
        contact = response.contacts[0].parsed_uri
        data = data.replace(b";branch=", b";branch=z9hG4bK-ack", 1)
        self.caller.send(("udp", (contact.host or b"").decode(), contact.port or 5060), data)

    def _cancel(self) -> None:
        if self.finals:
            return
        self.cancelled = True
        data = build.cancel(self.data)
        self.cancelling = Resend(self.caller.clock, lambda: self.caller.send(self.caller.server, data), T2)


class Caller(Agent):
    """Makes calls."""

    def __init__(self, network: MemoryNetwork, clock: Any, chance: Random, address: str, server: Address) -> None:
        super().__init__(network, clock, chance, address)
        self.server = server
        self.calls: dict[bytes, Call] = {}

    def call(self, method: str, number: int, fields: dict[str, str], cancel_after: float | None) -> None:
        _, host, port = self.address
        branch = f"z9hG4bK-{port}-{number}"
        lines = [
            f"{method} sip:bob@{self.server[1]}:{self.server[2]} SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{port};branch={branch}",
            "Max-Forwards: 70",
            f"From: <sip:alice@example.com>;tag=from-{number}",
            "To: <sip:bob@example.com>",
            f"Call-ID: call-{number}",
            f"CSeq: {number} {method}",
            f"Contact: <sip:alice@{host}:{port}>",
            *(f"{name}: {value}" for name, value in fields.items()),
            "Content-Length: 0\r\n\r\n",
        ]
        self.calls[branch.encode()] = Call(self, "\r\n".join(lines).encode(), cancel_after)

    def responded(self, response: Response) -> None:
        via = response.via
        call = self.calls.get((via.branch or b"") if via is not None else b"")
        if call is not None:
            call.responded(response)


class Answering:
    """One request at a callee: what it has answered, and will."""

    def __init__(self, callee: Callee, request: Request, source: Address) -> None:
        self.callee = callee
        self.request = request
        self.source = source
        self.status = 0
        self.last = b""
        self.resend: Resend | None = None
        self.acknowledged = False
        self._plan()

    def _plan(self) -> None:
        chance, later = self.callee.chance, self.callee.clock.callLater
        if chance.random() < 0.1:
            return  # nobody is there
        after = 0.0
        if self.request.method == b"INVITE":
            for status in chance.choice(((), (180,), (100, 180), (183, 180))):
                after += chance.uniform(0.0, 1.0)
                later(after, self.answer, status)
            if chance.random() < 0.15:
                return  # it rings for ever
        final = chance.choice((200, 200, 200, 404, 486, 503, 603, 302))
        later(after + chance.choice((0.0, chance.uniform(0.0, 4.0))), self.answer, final)

    def answer(self, status: int) -> None:
        if self.status >= 200:
            return
        self.status = status
        host, port = self.callee.address[1:]
        contact = b"Contact: <sip:callee@%b:%d>\r\n" % (host.encode(), port)
        tag = b"to-%d" % port
        fields = [contact, *(b"Record-Route: %b\r\n" % value for value in self.request.values(b"record-route"))]
        self.last = build.response(self.request, status, b"Status", tag, fields)
        if status < 200 or self.request.method != b"INVITE":
            self.again()
        else:
            self.resend = Resend(self.callee.clock, self.again, T2)

    def again(self) -> None:
        if self.last:
            self.callee.send(self.source, self.last)

    def stop(self) -> None:
        """It was acknowledged."""
        self.acknowledged = True
        if self.resend is not None:
            self.resend.stop()


class Callee(Agent):
    """Answers calls as chance has it, and every CANCEL."""

    def __init__(self, network: MemoryNetwork, clock: Any, chance: Random, address: str) -> None:
        super().__init__(network, clock, chance, address)
        self.answering: dict[bytes, Answering] = {}

    def requested(self, request: Request, source: Address) -> None:
        via = request.via
        branch = (via.branch or b"") if via is not None else b""
        known = self.answering.get(branch)
        if request.method == b"ACK":
            for one in [known] if known else self.answering.values():
                if one is not None and one.request.call_id == request.call_id:
                    one.stop()
        elif request.method == b"CANCEL":
            self.send(source, build.response(request, 200 if known else 481, b"Cancelling", b"to-cancel"))
            if known is not None:
                known.answer(487)
        elif known is None:
            self.answering[branch] = Answering(self, request, source)
        else:
            known.again()
