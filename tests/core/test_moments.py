"""sipapp.core.moments: the event routes of the core at its own moments."""

from __future__ import annotations

from sipapp.errors import ConfigError, ParseError
from sipapp.interfaces.transport import Flow
from tests.modules.talk import TalkCase

ONE = "event_route[core:worker-one-init]"
PRE = "event_route[core:pre-routing]"
BROKEN = "event_route[core:receive-parse-error]"


class StartTests(TalkCase):
    modules = "htable cfgutils"
    head = 'modparam("htable", "htable", "a=>size=4;")'

    def test_the_first_worker_fills_tables_before_anybody_calls(self) -> None:
        routes = "event_route[htable:mod-init] { $sht(a=>k) = 1; } %s { $sht(a=>k) = $sht(a=>k) + 1; }"
        self.serve('say("$sht(a=>k)");', routes=routes % ONE)
        self.assertEqual(self.ask(), ["2"])

    def test_the_server_waits_for_it(self) -> None:
        self.serve("", routes=ONE + " { if ($sht(a=>k)) sleep(1); $sht(a=>k) = 1; }")
        starting = self.module("core").started()
        self.assertNoResult(starting)
        self.sip.advance(1)
        self.assertIsNone(self.successResultOf(starting))

    def test_drop_keeps_the_server_from_starting(self) -> None:
        with self.assertRaises(ConfigError) as caught:
            self.serve("", routes=ONE + " { drop; }")
        self.assertIn(f"{ONE} ended with drop", str(caught.exception))


class RoutingTests(TalkCase):
    modules = "siputils cfgutils"

    def test_requests_pass_it_before_they_are_routed(self) -> None:
        self.serve('say("$var(x) $rU");', routes=PRE + ' { $var(x) = $rm; $rU = "changed"; }')
        self.assertEqual(self.ask(), ["OPTIONS changed"])

    def test_what_it_drops_is_not_routed(self) -> None:
        sip = self.serve('say("here");', routes=PRE + ' { if ($si == "192.0.2.1") drop; }')
        self.assertEqual(self.ask(), [])
        dropped = sip.server.statistics.find("drop_requests", "core")
        assert dropped is not None
        self.assertEqual(dropped.value, 1)

    def test_it_may_answer_what_it_drops(self) -> None:
        self.serve("", routes=PRE + ' { sl_send_reply("403", "No"); drop; }')
        self.ask()
        self.assertEqual(self.alice.statuses, [403])

    def test_responses_pass_it_too(self) -> None:
        routes = PRE + ' { if (is_reply() && $rs == 486) drop; xerr("$rs\\n"); } reply_route { xerr("routed $rs\\n"); }'
        self.modules += " xlog"
        sip = self.serve("", routes=routes)
        for status in (486, 404):
            self.alice.send_raw((RESPONSE % status).encode())
            sip.advance(0)
        self.assertFalse(self.logged("routed 486"))
        self.assertTrue(self.logged("routed 404"))

    def test_what_is_no_message_is_shown_to_a_route_of_its_own(self) -> None:
        self.modules += " xlog"
        sip = self.serve("", routes=BROKEN + ' { xerr("$si $sp [$mb] [$rcv(buf)]\\n"); }')
        flow = Flow(sip.server.transport.sockets[0], "192.0.2.9", 5070)
        sip.server.router.parse_failed(b"nonsense", flow, ParseError("no message"))
        self.assertTrue(self.logged("192.0.2.9 5070 [nonsense] [nonsense]"))

    def test_it_cannot_wait(self) -> None:
        for route in (PRE, BROKEN):
            with self.assertRaises(ConfigError) as caught:
                self.serve("", routes=route + ' { usleep("10"); }')
            self.assertIn("cannot wait", str(caught.exception))


RESPONSE = (
    "SIP/2.0 %d X\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK-a\r\nFrom: <sip:a@example.com>;tag=1\r\n"
    "To: <sip:b@example.com>;tag=2\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
)
