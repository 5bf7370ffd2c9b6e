"""runner: a script runs, and does what its comments say. docs/testing.md is the manual of these comments."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from typing import Any, NamedTuple

from twisted.python.failure import Failure

from sipapp.cli.examples import code
from sipapp.cli.rpc import typed
from sipapp.interfaces.http import HttpResponse, IHttpEngine
from sipapp.interfaces.rpc import IRpc
from sipapp.message.headers import header_key, unfold
from sipapp.message.request import Request
from sipapp.message.response import Response
from sipapp.testing.harness import Harness
from sipapp.testing.http import FakeHttp
from sipapp.testing.peer import Peer

CALLER = "udp:192.0.2.1:5060"
LONGEST = 10.0  # s of virtual time after the last thing asked
_DIRECTIVE = re.compile(r"(<-|->|=>|log:|rpc |peer |http |wait |again$|cancel$) *(.*)").fullmatch
_TIMED = re.compile(r"(.*?) \(([\d.]+) s\)").fullmatch


class Directive(NamedTuple):
    """One comment that says something, and the lines that belong to it: header fields, and `| ` before a body's."""

    kind: str
    text: str
    more: list[str]


def directives(text: str) -> Iterator[Directive]:
    """Those of a script, in its order."""
    found: Directive | None = None
    for line in text.splitlines():
        comment = line[len(code(line)) :] if not line.strip().startswith("# rpc ") else line.strip()
        body = comment.removeprefix("#")
        matched = _DIRECTIVE(body.strip())
        if comment and matched:
            if found:
                yield found
            found = Directive(matched[1].strip(), matched[2].strip(), [])
        elif found and comment and line.lstrip().startswith("#    "):
            found.more.append(body.strip())
        elif found:
            yield found
            found = None
    if found:
        yield found


class Run:
    """A script, what it was asked, and what came of it."""

    def __init__(self, text: str) -> None:
        self.told = list(directives(text))
        self.sip = Harness(text, provide={IHttpEngine: FakeHttp(self.http_answer())})
        try:
            self.peers: dict[str, Peer] = {CALLER: self.sip.peer(CALLER)}
            self.caller = self.peers[CALLER]
            self.count = 0
            self.answers: list[tuple[str, Any]] = []  # of RPC commands: what was wanted, what came
            if not any(step.kind == "<-" for step in self.told) and "request_route" in text:
                here = sum(step.kind == "peer" for step in self.told)
                self.told.sort(key=lambda step: step.kind != "peer")
                self.told.insert(here, Directive("<-", "OPTIONS sip:bob@example.com", []))
            for step in self.told:
                self.take(step)
            self.sip.advance(LONGEST)
        finally:
            self.sip.close()
        self.caller.clock.advance(0)

    def take(self, step: Directive) -> None:
        """Do what a directive asks for, if it asks."""
        match step.kind:
            case "<-":
                self.caller.send_raw(self.request(step))
                self.sip.advance(0)
            case "wait":
                self.sip.advance(float(step.text.removesuffix(" s")))
            case "again":
                self.caller.again()
            case "cancel":
                self.caller.cancel()
            case "peer":
                address, _, statuses = step.text.partition(": ")
                wanted = [int(status) for status in statuses.split(", ")]
                self.peers[address] = self.callee(address, wanted)
            case "rpc":
                call, _, wanted_answer = step.text.partition(" => ")
                name, *given = shlex.split(call.replace(r"\r\n", "\r\n"))
                waiting = self.sip.server.get(IRpc).call(name, [typed(one) for one in given])
                while not waiting.called and self.sip.clock.seconds() < LONGEST:
                    self.sip.advance(0.01)
                self.answers.append((wanted_answer, getattr(waiting, "result", None)))
                waiting.addErrback(lambda _: None)

    def http_answer(self) -> HttpResponse:
        """What each HTTP request gets: `# http STATUS BODY`."""
        for step in self.told:
            if step.kind == "http":
                status, _, body = step.text.partition(" ")
                return HttpResponse(int(status), b"OK", [], body.encode(), b"")
        return HttpResponse(404, b"Not Found", [], b"", b"")

    def callee(self, address: str, statuses: list[int]) -> Peer:
        """Somebody who answers each request with these; a CANCEL as RFC 3261 §9.2 has it."""
        peer = self.sip.peer(address if address.startswith("tcp:") else f"udp:{address}")

        def answers(request: Request) -> list[int]:
            if request.method != b"CANCEL":
                return statuses if [*self.new(peer)][-1][1] is request else []
            invites = [message for message in peer.messages if isinstance(message, Request)]
            for invite in invites[:1] if request is [*self.new(peer)][-1][1] else []:
                peer.clock.callLater(0, peer.reply, invite, 487)
            return [200]

        peer.answers = answers
        return peer

    def new(self, peer: Peer) -> Iterator[tuple[float, Request]]:
        """(time, request) of what a peer got, retransmissions left out."""
        seen = set()
        for (at, _), message in zip(peer.received, peer.messages, strict=True):
            if not isinstance(message, Request):
                continue
            key = (message.via and message.via.branch, message.method, message.uri)
            if key not in seen:
                seen.add(key)
                yield at, message

    def request(self, step: Directive) -> bytes:
        """The request that `# <- METHOD URI` stands for: what it does not say is as the manual has it."""
        self.count += 1
        method, uri = step.text.split()
        fields = {
            "Via": f"SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-{self.count}",
            "Max-Forwards": "70",
            "From": '"Alice" <sip:alice@example.com>;tag=a1',
            "To": "<sip:bob@example.com>",
            "Call-ID": f"call-{self.count}",
            "CSeq": f"{self.count} {method}",
            "Contact": "<sip:alice@192.0.2.1:5060>",
            "User-Agent": "phone",
        }
        further = []
        for line in step.more:
            name, colon, value = line.partition(": ")
            if line.startswith("|"):
                continue
            if name in fields:
                fields[name] = value
            elif colon:
                further.append(line)
            fields = {known: text for known, text in fields.items() if known != line.rstrip(":")}
        body = "".join(f"{line[2:]}\r\n" for line in step.more if line.startswith("|"))
        lines = [f"{name}: {value}" for name, value in fields.items()] + further
        return "\r\n".join(
            [f"{method} {uri} SIP/2.0", *lines, f"Content-Length: {len(body)}", "", body],
        ).encode()

    # -- what came of it

    def mistakes(self) -> list[str]:
        """What is not as the comments say; empty: nothing."""
        return [*self._responses(), *self._requests(), *self._log(), *self._rpc()]

    def _wanted(self, kind: str) -> list[Directive]:
        return [step for step in self.told if step.kind == kind]

    def _responses(self) -> Iterator[str]:
        wanted = self._wanted("->")
        hidden = () if any(step.text.startswith("100 ") for step in wanted) else (100,)
        came = [
            (at, message)
            for (at, _), message in zip(self.caller.received, self.caller.messages, strict=True)
            if isinstance(message, Response) and message.status not in hidden
        ]
        shown = [f"{message.status} {message.reason.decode()} ({at:g} s)" for at, message in came]
        if wanted and len(wanted) != len(came):
            yield f"wants {[step.text for step in wanted]}, got {shown}"
            return
        for step, (at, message), text in zip(wanted, came, shown, strict=False):
            timed = _TIMED(step.text)
            line = timed[1] if timed else step.text
            if not alike(line, f"{message.status} {message.reason.decode()}") or (timed and float(timed[2]) != at):
                yield f"wants {step.text!r}, got {text!r}"
            yield from _content(step, message)

    def _requests(self) -> Iterator[str]:
        wanted = self._wanted("=>")
        with_ack = any(step.text.startswith("ACK ") for step in wanted)
        came = [
            (at, message)
            for peer in self.peers.values()
            for at, message in self.new(peer)
            if with_ack or message.method != b"ACK"
        ]
        sent = [packet.data for packet in self.sip.network.packets]
        came.sort(key=lambda pair: sent.index(pair[1].raw))
        shown = [f"{message.method.decode()} {message.uri.decode()}" for _, message in came]
        if wanted and len(wanted) != len(came):
            yield f"wants {[step.text for step in wanted]}, got {shown}"
            return
        for step, (_, message), text in zip(wanted, came, shown, strict=False):
            if not alike(step.text, text):
                yield f"wants {step.text!r}, got {text!r}"
            yield from _content(step, message)

    def _log(self) -> Iterator[str]:
        lines = [line.removeprefix("<script>: ") for line in self.sip.lines()]
        yield from (f"fails: {line}" for event, line in zip(self.sip.log, lines, strict=True) if "log_failure" in event)
        rest = iter(lines)
        for step in self._wanted("log:"):
            if not any(alike(step.text, line.strip()) for line in rest):
                yield f"wants the line {step.text!r} in {lines}"
                return

    def _rpc(self) -> Iterator[str]:
        for wanted, came in self.answers:
            failed = isinstance(came, Failure)
            text = f"error {came.getErrorMessage()}" if failed else json.dumps(came, default=_plain)
            if failed is not wanted.startswith("error ") or (wanted and not alike(wanted, text)):
                yield f"wants {wanted!r}, got {text!r}"


def alike(wanted: str, text: str) -> bool:
    """`...` stands for anything."""
    return re.fullmatch(re.escape(wanted).replace(r"\.\.\.", ".*"), text, re.DOTALL) is not None


def _plain(value: object) -> object:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _content(step: Directive, message: Request | Response) -> Iterator[str]:
    """The header fields and lines of the body that a message is to have; `!Name` for what it is not to have."""
    for line in step.more:
        name, _, value = line.partition(": ")
        if line.startswith("|"):
            found = line[2:] in message.body.decode().split("\r\n")
        elif line.startswith("!"):
            found = not message.values(header_key(line[1:].encode()))
        else:
            found = any(alike(value, unfold(one).decode()) for one in message.values(header_key(name.encode())))
        if not found:
            yield f"wants {line!r} in {message.raw.decode()!r}"


def mistakes(text: str) -> list[str]:
    """What is wrong with a script that runs."""
    return Run(text).mistakes()
