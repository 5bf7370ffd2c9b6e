# -*- test-case-name: tests.flows -*-
"""harness: a whole server on a virtual clock and a network of memory, for tests of scripts and modules.

    sip = Harness('loadmodule "sl" request_route { sl_send_reply(200, "OK"); }')
    alice = sip.peer("udp:192.0.2.1:5060")
    alice.send("OPTIONS")
    sip.advance(0)
    assert alice.received == [(0.0, 200)]

It is the server itself: only the clock and the network are not real.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from twisted.internet.defer import Deferred, ensureDeferred
from twisted.logger import ILogObserver, globalLogPublisher

from sipapp.assemble import assemble_text
from sipapp.ids import CountedIds
from sipapp.interfaces.threads import IThreads
from sipapp.interfaces.transport import Socket
from sipapp.server import Server
from sipapp.testing.clock import SteppingClock
from sipapp.testing.memory import MemoryNetwork, Packet
from sipapp.testing.peer import Peer
from sipapp.testing.threads import Threads


class Harness:
    """Runs `text` as app.cfg. provide: interface -> provider, in place of a module's. files: names to texts that the
    script may include. delay, lose, copies: see MemoryNetwork."""

    def __init__(
        self,
        text: str,
        *,
        listen: tuple[str, ...] = ("udp:192.0.2.100:5060", "tcp:192.0.2.100:5060"),
        provide: Mapping[Any, Any] | None = None,
        delay: float | Callable[[Packet], float] = 0.0,
        lose: Callable[[Packet], bool] | None = None,
        copies: Callable[[Packet], int] | None = None,
        clock: SteppingClock | None = None,
    ) -> None:
        self.clock = clock or SteppingClock()
        self.network = MemoryNetwork(self.clock, delay, lose, copies)
        self.log: list[dict[str, Any]] = []
        self._observer = cast(ILogObserver, self.log.append)
        globalLogPublisher.addObserver(self._observer)
        try:
            assembly = assemble_text(text, "app.cfg")
            assembly.config.store = ""  # tables that others use are none of a test's business
            self.server = Server(assembly, self.clock, ids=CountedIds())
            self.server.provide(IThreads, Threads(self.clock))
            for interface, provider in (provide or {}).items():
                self.server.provide(interface, provider)
            for address in listen:
                proto, host, port = address.split(":")
                self.network.sender(self.server.transport, Socket(proto, host, int(port)))
            self._settle(self.server.start(bind=False))
        except BaseException:
            globalLogPublisher.removeObserver(self._observer)
            raise
        proto, host, port = listen[0].split(":")
        self.address = (proto, host, int(port))

    def peer(self, address: str) -> Peer:
        """Somebody at `proto:host:port`, who sends to the server's socket of that protocol."""
        proto = address.split(":")[0]
        return Peer(self.network, self.clock, address, (proto, *self.address[1:]))

    def advance(self, seconds: float) -> None:
        """Let time pass, stopping at each moment at which something is due."""
        self.clock.advance(seconds)

    def rpc(self, command: str, *parameters: Any) -> Any:
        """What an RPC command answers."""
        return self._settle(self.server.registry.commands[command].call(*parameters))

    def lines(self) -> list[str]:
        """The log, formatted."""
        from twisted.logger import formatEvent

        return [formatEvent(event) for event in self.log]

    def close(self) -> None:
        """Stop the server; whatever it still holds is answered first."""
        self._settle(self.server.stop())
        globalLogPublisher.removeObserver(self._observer)

    def _settle(self, answer: Any) -> Any:
        """What a coroutine or Deferred comes to, which may need the clock to move, by nothing."""
        if hasattr(answer, "__await__") and not isinstance(answer, Deferred):
            answer = ensureDeferred(answer)
        if not isinstance(answer, Deferred):
            return answer
        found: list[Any] = []
        answer.addBoth(found.append)
        for _ in range(100):
            if found:
                break
            self.clock.advance(0)
        if not found:
            raise AssertionError("it never came to an end")
        if hasattr(found[0], "raiseException"):
            found[0].raiseException()
        return found[0]
