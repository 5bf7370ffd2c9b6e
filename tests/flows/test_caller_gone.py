"""Callers who are gone while a script waits for their sake."""

from __future__ import annotations

from typing import Any

from sipapp.testing.peer import Peer
from tests.flows.waiting import WaitingTestCase

CANCELLED = 'event_route[async:cancelled] { xlog("cancelled"); }'


class ConnectionTests(WaitingTestCase):
    """alice has called over TCP, and her connection is closed."""

    def call(self, script: str, sent_by: str = "10.0.0.1", method: str = "INVITE") -> Any:
        self.play(f"{script} {CANCELLED}", listen=("udp:192.0.2.100:5060", "tcp:192.0.2.100:5060"))
        self.dora = self.sip.peer("tcp:192.0.2.7:4000")
        data = Peer.send(self.dora, method) if sent_by == "192.0.2.7" else self._from_behind_a_nat(method, sent_by)
        assert data
        self.sip.advance(1)
        (flow,) = [run.ctx.message.flow for run in self.sip.server.suspended._runs if run.kept is not None]
        return flow

    def _from_behind_a_nat(self, method: str, sent_by: str) -> bytes:
        data = self.dora.send(method)
        self.sip.network.lose = lambda packet: packet.data == data
        changed = data.replace(b"Via: SIP/2.0/TCP 192.0.2.7:4000", b"Via: SIP/2.0/TCP " + sent_by.encode())
        self.sip.network.packets.clear()
        self.dora.send_raw(changed)
        return changed

    def close(self, flow: Any) -> None:
        flow.connection.closed = True
        self.sip.server.transport.connection_lost(flow)
        self.sip.advance(60)
