"""http: examples that ask HTTP servers, run over the in-memory network."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.http import IHttpEngine
from sipapp.message.request import Request
from sipapp.testing.harness import Harness
from sipapp.testing.http import FakeHttp
from tests.served import TOP


class ExampleCase(SynchronousTestCase):
    """Runs etc/examples/NAME/NAME.cfg; `answer` is what HTTP servers answer."""

    example = ""

    def serve(self, answer: Any) -> None:
        path = TOP / "etc" / "examples" / self.example / f"{self.example}.cfg"
        self.http = FakeHttp(answer)
        text = path.read_text(encoding="utf-8").replace("listen=", "#")
        self.sip = Harness(text, provide={IHttpEngine: self.http})
        self.addCleanup(self.sip.close)
        self.alice = self.sip.peer("udp:192.0.2.1:5060")
        self.bob = self.sip.peer("udp:192.0.2.2:5060")
        self.bob.answers = lambda request: [(0, 200)]

    def call(self, uri: str = "sip:bob@192.0.2.2", **facts: Any) -> list[int]:
        """What the caller hears at once."""
        self.alice.send("INVITE", uri, **facts)
        self.sip.advance(0)
        return self.heard()

    def heard(self) -> list[int]:
        return [status for status in self.alice.statuses if status != 100]

    def reached(self) -> list[str]:
        """The Request-URIs of the calls that reached the other end."""
        return [one.uri.decode() for one in self.bob.messages if isinstance(one, Request) and one.method == b"INVITE"]

    def urls(self) -> list[str]:
        """What was asked, in order."""
        return [f"{one.method.decode()} {one.url.decode()}" for one in self.http.requests]

    def logged(self, text: str) -> bool:
        return any(text in line for line in self.sip.lines())
