"""phones: a server with registrar and usrloc, and a phone that registers with it."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.request import Request
from sipapp.message.response import Response
from sipapp.testing.harness import Harness
from sipapp.testing.peer import Peer

MODULES = ("tm", "kex", "corex", "sl", "pv", "textops", "siputils", "xlog", "usrloc", "registrar")

SAVE = 'if (is_method("REGISTER")) { save("location"); xlog("$rc\\n"); exit; }\n'
TARGETS = (
    'xlog("$rc $ru $du $fs $bf $ruid $location_ua\\n"); $var(i) = 0;'
    'while ($var(i) < $branch(count)) { xlog("$(branch(uri)[$var(i)]) $(branch(dst_uri)[$var(i)]) '
    '$(branch(path)[$var(i)]) $(branch(q)[$var(i)]) $(branch(flags)[$var(i)]) $(branch(instance)[$var(i)])\\n"); '
    "$var(i) = $var(i) + 1; }"
)


class PhoneCase(SynchronousTestCase):
    """`serve()` starts a server that saves registrations and runs `body` for any other request."""

    sip: Harness
    phone: Peer

    def serve(self, body: str = "", head: str = "", routes: str = "", save: str = SAVE, **options: Any) -> Harness:
        loads = "".join(f'loadmodule "{name}"\n' for name in MODULES)
        self.sip = Harness(f"{loads}{head}\nrequest_route {{\n{save}{body}\n}}\n{routes}", **options)
        self.addCleanup(self.sip.close)
        self.phone = self.sip.peer("udp:192.0.2.1:5060")
        self.count = 0
        return self.sip

    def tell(self, method: str, user: str, *lines: str, call_id: str = "one", cseq: int = 0, to: str = "") -> None:
        """Send a request for a user of example.com, with these header lines."""
        self.count += 1
        head = [
            f"{method} sip:{user}@example.com SIP/2.0",
            f"Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK{self.count}",
            f"From: <sip:{user}@example.com>;tag=f",
            f"To: {to or f'<sip:{user}@example.com>'}",
            f"Call-ID: {call_id}",
            f"CSeq: {cseq or self.count} {method}",
        ]
        self.phone.send_raw("\r\n".join([*head, *lines, "Content-Length: 0", "", ""]).encode())
        self.sip.advance(0)

    def register(self, *contacts: str, user: str = "bob", lines: tuple[str, ...] = (), **facts: Any) -> Response:
        """The answer to a REGISTER with these Contact header fields."""
        self.tell("REGISTER", user, *(f"Contact: {contact}" for contact in contacts), *lines, **facts)
        answer = self.phone.messages[-1]
        assert isinstance(answer, Response)
        return answer

    def listed(self, answer: Response) -> list[str]:
        """The Contact values of an answer."""
        return [token.decode() for token in answer.tokens(b"contact")]

    def look(self, user: str = "bob", method: str = "MESSAGE", *lines: str) -> list[str]:
        """What the script writes about a request to a user."""
        before = len(self.said())
        self.tell(method, user, *lines)
        return self.said()[before:]

    def said(self) -> list[str]:
        """All that it has written with xlog()."""
        return [line.removeprefix("<script>: ").rstrip() for line in self.sip.lines() if line.startswith("<script>: ")]

    def status(self, answer: Response) -> tuple[int, str]:
        """Status, and P-Registrar-Error."""
        return answer.status, (answer.first(b"p-registrar-error") or b"").decode()

    def module(self, name: str) -> Any:
        return self.sip.server.modules[name]

    def statistic(self, group: str, name: str) -> Any:
        return self.sip.server.statistics.find(name, group).value  # type: ignore[union-attr]


def requests(peer: Peer) -> list[Request]:
    """Those that somebody got."""
    return [message for message in peer.messages if isinstance(message, Request)]
