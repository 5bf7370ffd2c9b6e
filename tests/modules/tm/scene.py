"""scene: a server with tm, and the people around it: alice calls, bob, carol and dave are called."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.response import Response
from sipapp.testing.harness import Harness
from sipapp.testing.peer import Peer

MODULES = (
    *("tm", "tmx", "sl", "pv", "textops", "textopsx", "xlog", "async", "rr", "maxfwd", "siputils", "corex", "kex"),
)

PAUSE = str(Path(__file__).with_name("pause.py"))

FORK = """
    $ru = "sip:bob@192.0.2.2:5060";
    append_branch("sip:carol@192.0.2.3:5060");
"""


class SceneTestCase(SynchronousTestCase):
    """`play()` starts a server; the peers are attributes."""

    sip: Harness
    alice: Peer
    bob: Peer
    carol: Peer
    dave: Peer

    def play(self, script: str, head: str = "", modules: tuple[str, ...] = (), **options: Any) -> Harness:
        """Run this script. head: parameters of the core, and modparams."""
        loads = "".join(f'loadmodule "{name}"\n' for name in (*MODULES, PAUSE, *modules))
        self.sip = Harness(f"{loads}{head}\n{script}", **options)
        self.addCleanup(self.sip.close)
        self.alice, self.bob, self.carol, self.dave = (self.sip.peer(f"udp:192.0.2.{n}:5060") for n in range(1, 5))
        return self.sip

    @property
    def tm(self) -> Any:
        return self.sip.server.modules["tm"]

    @property
    def transactions(self) -> list[Any]:
        """Those that are known to scripts and RPC."""
        return list(self.tm.table)

    def rings(self, peer: Peer, *answers: Any) -> None:
        """The peer answers the first INVITE so, and nothing when it comes again; anything else with 200."""
        left = [answers]

        def answer(request: Any) -> Any:
            return (left.pop() if left else ()) if request.method == b"INVITE" else [200]

        peer.answers = answer

    def invite(self, seconds: float = 0.0, **facts: Any) -> list[tuple[float, Any]]:
        """alice sends an INVITE, time passes; what she has received."""
        self.alice.send("INVITE", **facts)
        self.sip.advance(seconds)
        return self.alice.received

    def options(self, seconds: float = 0.0, **facts: Any) -> list[tuple[float, Any]]:
        """The same with an OPTIONS."""
        self.alice.send("OPTIONS", **facts)
        self.sip.advance(seconds)
        return self.alice.received

    def last(self, peer: Peer | None = None) -> Any:
        """The last message that somebody got; alice if nobody is named."""
        return (peer or self.alice).messages[-1]

    def reasons(self) -> list[bytes]:
        """The reason phrases of the responses that alice got."""
        return [message.reason for message in self.alice.messages if isinstance(message, Response)]

    def said(self) -> list[str]:
        """What the script has written with xlog("...")."""
        return [line.removeprefix("<script>: ").rstrip() for line in self.sip.lines() if line.startswith("<script>: ")]
