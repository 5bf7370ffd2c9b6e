"""scene: alice calls bob by a script with uac in it."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.request import Request
from sipapp.message.response import Response
from sipapp.testing.harness import Harness
from sipapp.testing.peer import Peer

HEAD = "".join(f'loadmodule "{name}"\n' for name in ("sl", "pv", "textops", "tm", "rr", "uac"))
BOB = '$du = "sip:192.0.2.2:5060";'


class SceneCase(SynchronousTestCase):
    """alice is at 192.0.2.1, bob at 192.0.2.2, the server at 192.0.2.100."""

    sip: Harness
    alice: Peer
    bob: Peer

    def play(self, text: str, **facts: Any) -> None:
        self.sip = Harness(HEAD + text, **facts)
        self.addCleanup(self.sip.close)
        self.alice = self.sip.peer("udp:192.0.2.1:5060")
        self.bob = self.sip.peer("udp:192.0.2.2:5060")

    def call(self, body: str, method: str = "INVITE", modparams: str = "", routes: str = "", **facts: Any) -> None:
        """request_route has this body and relays to bob."""
        self.play(f"{modparams}\n{routes}\nrequest_route {{ {body} {BOB} t_relay(); exit; }}")
        self.bob.answers = lambda request: [200]
        self.alice.send(method, **facts)
        self.sip.advance(0)

    def requests(self, peer: Peer | None = None) -> list[Any]:
        """What bob was asked."""
        return [message for message in (peer or self.bob).messages if isinstance(message, Request)]

    def responses(self) -> list[Any]:
        """What alice was answered."""
        return [message for message in self.alice.messages if isinstance(message, Response)]

    def logged(self, text: str) -> bool:
        return any(text in line for line in self.sip.lines())
