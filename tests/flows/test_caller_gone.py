"""Callers who are gone while a script waits for their sake."""

from __future__ import annotations

from typing import Any

from tests.flows.waiting import WaitingTestCase

REQUEST = """METHOD sip:bob@192.0.2.100 SIP/2.0
Via: SIP/2.0/TCP SENT-BY;branch=z9hG4bK-1
Max-Forwards: 70
From: <sip:dora@example.com>;tag=1
To: <sip:bob@example.com>
Call-ID: call-1
CSeq: 1 METHOD
Content-Length: 0

"""
WAIT = 'request_route { pause("9000"); xlog("on"); t_reply("404", "x"); }'
CANCELLED = 'event_route[async:cancelled] { xlog("cancelled"); }'


class ConnectionTests(WaitingTestCase):
    """dora has sent a request over TCP from 192.0.2.7, and her connection is closed while the script waits."""

    def lose(self, script: str = WAIT, sent_by: str = "10.0.0.1:5060", method: str = "INVITE") -> None:
        self.play(f"{script} {CANCELLED}")
        dora = self.sip.peer("tcp:192.0.2.7:4000")
        text = REQUEST.replace("METHOD", method).replace("SENT-BY", sent_by).replace("\n", "\r\n")
        self.rings(self.bob, 180, (3.0, 487))
        dora.send_raw(text.encode())
        self.sip.advance(1)
        (flow,) = {run.ctx.message.flow for run in self.sip.server.suspended}
        assert flow.connection is not None
        flow.connection.closed = True
        self.sip.server.transport.connection_lost(flow)
        self.sip.advance(0)

    @property
    def cancelled(self) -> int:
        pause: Any = self.sip.server.modules["pause"]
        return int(pause.cancelled)

    def test_who_is_behind_a_nat_cannot_be_reached_any_more(self) -> None:
        for method in ("INVITE", "OPTIONS"):
            self.lose(method=method)
            self.assertEqual((self.waiting, self.cancelled, self.said()), (0, 1, ["cancelled"]))
            self.sip.advance(60)
            self.assertEqual((self.said(), self.transactions), (["cancelled"], []))

    def test_who_listens_at_the_address_of_the_via_can(self) -> None:
        for sent_by in ("192.0.2.7:5060", "192.0.2.7", "phone.example.com"):
            self.lose(sent_by=sent_by)
            self.assertEqual((self.waiting, self.cancelled), (1, 0), sent_by)
            self.sip.advance(60)
            self.assertEqual(self.said(), ["on"])

    def test_branches_are_cancelled_too(self) -> None:
        self.lose('request_route { $du = "sip:192.0.2.2"; t_relay(); pause("9000"); xlog("never"); }')
        self.assertEqual([what for _, what in self.bob.received], ["INVITE", "CANCEL"])
        self.sip.advance(200)
        self.assertEqual((self.said(), self.transactions), (["cancelled"], []))

    def test_without_tm_the_script_just_ends(self) -> None:
        from sipapp.testing.harness import Harness
        from tests.modules.tm.scene import PAUSE

        sip = Harness(f'loadmodule "xlog"\nloadmodule "{PAUSE}"\nrequest_route {{ pause("9000"); xlog("never"); }}')
        self.addCleanup(sip.close)
        sip.peer("tcp:192.0.2.7:4000").send_raw(
            REQUEST.replace("METHOD", "OPTIONS").replace("SENT-BY", "10.0.0.1").replace("\n", "\r\n").encode()
        )
        sip.advance(1)
        (run,) = sip.server.suspended
        sip.server.transport.connection_lost(run.ctx.message.flow)
        sip.advance(20)
        self.assertEqual((len(sip.server.suspended), [line for line in sip.lines() if "never" in line]), (0, []))

    def test_the_end_of_the_callee_s_connection_is_no_reason(self) -> None:
        self.play(
            """request_route { $du = "sip:192.0.2.8:5060;transport=tcp"; t_on_reply("R"); t_relay(); }
            onreply_route[R] { pause("3000"); }"""
        )
        erin = self.sip.peer("tcp:192.0.2.8:5060")
        erin.answers = lambda request: [404]
        self.options(1)
        (run,) = self.sip.server.suspended
        self.sip.server.transport.connection_lost(run.ctx.message.flow)
        self.sip.advance(10)
        self.assertEqual(self.alice.received, [(3.0, 404)])
