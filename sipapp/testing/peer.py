# -*- test-case-name: tests.flows -*-
"""peer: somebody at the other end of the memory network: sends requests, keeps what comes, answers if told to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sipapp.message.parse import parse
from sipapp.message.request import Request
from sipapp.message.response import Response
from sipapp.testing.memory import Address, MemoryNetwork

Answer = tuple[float, int, str] | tuple[float, int] | int
"""What `answers` gives a request: a status, (delay in s, status) or (delay, status, further header lines)."""


class Peer:
    """A user agent without an opinion of its own.

    `received` has what matters of every message that came: (time in s, status) of a response, (time, method) of a
    request. `messages` has the messages. ACKs to failures are sent by itself; `answers(request)` says what to answer.
    """

    def __init__(self, network: MemoryNetwork, clock: Any, address: str, server: Address) -> None:
        proto, host, port = address.split(":")
        self.address: Address = (proto, host, int(port))
        self.network = network
        self.clock = clock
        self.server = server
        self.answers: Callable[[Request], Iterable[Answer]] | None = None
        self.messages: list[Request | Response] = []
        self.received: list[tuple[float, Any]] = []
        self._sent: dict[tuple[bytes, bytes], bytes] = {}  # (branch, method) -> request
        self._count = 0
        network.attach(self.address, self._deliver)

    # -- sending

    def send(
        self, method: str, uri: str | None = None, headers: Iterable[str] = (), body: str = "", **facts: Any
    ) -> bytes:
        """Send a request and answer its bytes. facts: branch, call_id, cseq, from_tag, to_tag, user."""
        self._count += 1
        proto, host, port = self.address
        number = facts.get("cseq", self._count)
        branch = facts.get("branch", f"z9hG4bK-{host}-{port}-{self._count}")
        to_tag = f";tag={facts['to_tag']}" if "to_tag" in facts else ""
        uri = uri or f"sip:{facts.get('user', 'bob')}@{self.server[1]}:{self.server[2]}"
        lines = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/{proto.upper()} {host}:{port};branch={branch}",
            "Max-Forwards: 70",
            f"From: <sip:alice@example.com>;tag={facts.get('from_tag', f'from-{port}')}",
            f"To: <sip:bob@example.com>{to_tag}",
            f"Call-ID: {facts.get('call_id', f'{host}-{port}-{self._count}')}",
            f"CSeq: {number} {facts.get('cseq_method', method)}",
            f"Contact: <sip:alice@{host}:{port}>",
            *headers,
            f"Content-Length: {len(body)}",
            "",
            body,
        ]
        data = "\r\n".join(lines).encode()
        self.send_raw(data)
        return data

    def send_raw(self, data: bytes, to: Address | None = None) -> None:
        """Send bytes as they are."""
        message = parse(data)
        if isinstance(message, Request) and message.via is not None:
            self._sent[message.via.branch or b"", message.method] = data
        self.network.send(self.address, to or self.server, data)

    def again(self) -> None:
        """Send the last request once more."""
        self.network.send(self.address, self.server, list(self._sent.values())[-1])

    def cancel(self) -> bytes:
        """CANCEL the last INVITE. RFC 3261 §9.1."""
        invite = next(data for (_, method), data in reversed(self._sent.items()) if method == b"INVITE")
        head = invite.partition(b"\r\n\r\n")[0].split(b"\r\n")
        keep = [
            line for line in head[1:] if line.split(b":")[0] in (b"Via", b"Max-Forwards", b"From", b"To", b"Call-ID")
        ]
        request = parse(invite)
        assert isinstance(request, Request)
        assert request.cseq is not None
        data = b"\r\n".join(
            [
                b"CANCEL %b SIP/2.0" % request.uri,
                *keep,
                b"CSeq: %d CANCEL" % request.cseq.number,
                b"Content-Length: 0\r\n\r\n",
            ]
        )
        self.send_raw(data)
        return data

    # -- receiving

    @property
    def statuses(self) -> list[int]:
        """The statuses of all responses that came, in order."""
        return [what for _, what in self.received if isinstance(what, int)]

    def _deliver(self, data: bytes, source: Address) -> None:
        message = parse(data)
        self.messages.append(message)
        now = round(self.clock.seconds(), 3)
        if isinstance(message, Response):
            self.received.append((now, message.status))
            if message.status >= 300 and message.method == b"INVITE":
                self._acknowledge(message)
            return
        self.received.append((now, message.method.decode()))
        if self.answers is not None and message.method != b"ACK":
            for answer in self.answers(message):
                self._answer(message, answer, source)

    def _acknowledge(self, response: Response) -> None:
        """RFC 3261 §17.1.1.3."""
        via = response.via
        invite = self._sent.get(((via.branch if via else None) or b"", b"INVITE"))
        if invite is None or response.cseq is None:
            return
        request = parse(invite)
        assert isinstance(request, Request)
        data = b"\r\n".join(
            [
                b"ACK %b SIP/2.0" % request.uri,
                b"Via: %b" % (request.first(b"via") or b""),
                b"Max-Forwards: 70",
                b"From: %b" % (request.first(b"from") or b""),
                b"To: %b" % (response.first(b"to") or b""),
                b"Call-ID: %b" % request.call_id,
                b"CSeq: %d ACK" % response.cseq.number,
                b"Content-Length: 0\r\n\r\n",
            ]
        )
        self.network.send(self.address, self.server, data)

    def _answer(self, request: Request, answer: Answer, source: Address) -> None:
        delay, status, *more = answer if isinstance(answer, tuple) else (0.0, answer)
        further = "".join(f"{line}\r\n" for line in more)
        self.clock.callLater(delay, self.reply, request, status, further.encode(), source)

    def reply(self, request: Request, status: int, further: bytes = b"", to: Address | None = None) -> None:
        """Answer a request that came. `further` are whole lines."""
        copied = b"".join(
            b"%b: %b\r\n" % (field.name, request.raw[field.value_start : field.value_end])
            for field in request.fields
            if field.key in (b"via", b"from", b"call-id", b"cseq", b"record-route")
        )
        tag = b"" if request.to is None or request.to.tag else b";tag=peer-%d" % self.address[2]
        text = b"SIP/2.0 %d Status %d\r\n%bTo: %b%b\r\nContact: <sip:%b:%d>\r\n%bContent-Length: 0\r\n\r\n" % (
            status,
            status,
            copied,
            request.first(b"to") or b"",
            tag if status > 100 else b"",
            self.address[1].encode(),
            self.address[2],
            further,
        )
        self.network.send(self.address, to or self.server, text)
