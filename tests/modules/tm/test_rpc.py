from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred, TimeoutError

from sipapp.errors import LocalError, ParseError, ScriptError
from tests.modules.tm.scene import SceneTestCase

NOTHING = "request_route { exit; }"
RELAY = 'request_route { $du = "sip:192.0.2.2"; t_relay(); }'
HEADERS = "From: <sip:me@example.com>\r\nTo: <sip:bob@example.com>\r\nX-A: 1\r\n"


class UacTests(SceneTestCase):
    """Requests of our own."""

    def send(
        self, command: str, method: str = "OPTIONS", headers: str = HEADERS, body: str = "", *before: str
    ) -> list[Any]:
        """Call one of the commands; what came of it, once it has come."""
        came: list[Any] = []
        call = self.sip.server.registry.commands[command].call
        answer = call(*before, method, "sip:bob@example.com", "sip:192.0.2.2", ".", headers, body)
        if isinstance(answer, Deferred):
            answer.addBoth(came.append)
        self.sip.advance(0)
        return came

    def test_start_sends_it(self) -> None:
        self.play(NOTHING)
        self.bob.answers = lambda request: [404]
        self.assertEqual(self.send("tm.t_uac_start"), [])
        request: Any = self.last(self.bob)
        self.assertEqual(
            (request.method, request.uri, request.first(b"x-a")), (b"OPTIONS", b"sip:bob@example.com", b"1")
        )
        self.assertEqual(request.to.uri, b"sip:bob@example.com")

    def test_wait_answers_with_the_response(self) -> None:
        self.play(NOTHING)
        self.bob.answers = lambda request: [(1.0, 404, "X-B: 2")]
        came = self.send("tm.t_uac_wait")
        self.assertEqual(came, [])
        self.sip.advance(1)
        status, reason, target, next_hop, route, head = came[0]
        self.assertEqual((status, reason, target, next_hop, route), (404, "Status 404", "", "", ""))
        self.assertIn("X-B: 2\r\n", head)

    def test_a_2xx_tells_where_a_request_back_would_go(self) -> None:
        self.play(NOTHING)
        self.bob.answers = lambda request: [(0.0, 200, "Record-Route: <sip:192.0.2.3;lr>, <sip:192.0.2.4;lr>")]
        came = self.send("tm.t_uac_wait")
        self.assertEqual(
            came[0][2:5], ["sip:192.0.2.2:5060", "sip:192.0.2.4;lr", "Route: <sip:192.0.2.4;lr>, <sip:192.0.2.3;lr>"]
        )

    def test_silence_is_a_408(self) -> None:
        self.play(NOTHING, 'modparam("tm", "fr_timer", 2000)\n')
        came = self.send("tm.t_uac_wait")
        self.sip.advance(3)
        self.assertEqual(came, [[408, "Request Timeout", "", "", "", ""]])

    def test_block_answers_with_code_and_text(self) -> None:
        self.play(NOTHING)
        self.bob.answers = lambda request: [404]
        self.assertEqual(self.send("tm.t_uac_wait_block"), [{"code": 404, "text": "Status 404"}])

    def test_block_does_not_wait_for_ever(self) -> None:
        self.play(NOTHING)
        self.bob.answers = lambda request: [180]
        came = self.send("tm.t_uac_wait_block", "INVITE")
        self.sip.advance(81)
        came[0].trap(TimeoutError)

    def test_the_body_may_be_hexadecimal(self) -> None:
        for command in ("start", "wait", "wait_block", "start_noack", "wait_noack", "wait_block_noack"):
            self.play(NOTHING)
            self.send(f"tm.t_uac_{command}_hex", headers=HEADERS + "Content-Type: text/plain\r\n", body="68656c6c6f")
            self.assertEqual(self.last(self.bob).body, b"hello", command)

    def test_an_ack_is_sent_but_for_noack(self) -> None:
        for command, acks in (
            *(("start", 1), ("start_noack", 0), ("wait", 1), ("wait_noack", 0)),
            *(("wait_block", 1), ("wait_block_noack", 0)),
        ):
            self.play(NOTHING)
            self.rings(self.bob, 200)
            self.send(f"tm.t_uac_{command}", "INVITE")
            self.assertEqual([what for _, what in self.bob.received].count("ACK"), acks, command)

    def test_attributes_say_all_of_that(self) -> None:
        self.play(NOTHING)
        self.rings(self.bob, 200)
        came = self.send("tm.t_uac_attrs", "INVITE", HEADERS, "", "mode=block;cbflags=noack;fr_timeout=2000")
        self.assertEqual(came, [{"code": 200, "text": "Status 200"}])
        self.assertEqual([what for _, what in self.bob.received], ["INVITE"])
        self.play(NOTHING)
        came = self.send("tm.t_uac_attrs", "OPTIONS", HEADERS, "", "mode=wait;fr_timeout=2000")
        self.sip.advance(2)
        self.assertEqual(came[0][0], 408)
        self.play(NOTHING)
        with_body = HEADERS + "Content-Type: text/plain\r\n"
        self.assertEqual(self.send("tm.t_uac_attrs", "OPTIONS", with_body, "6869", "rpflags=1"), [])
        self.assertEqual(self.last(self.bob).body, b"hi")

    def test_call_id_cseq_and_our_address_may_be_written(self) -> None:
        self.play(NOTHING)
        self.send("tm.t_uac_start", headers=HEADERS + "Call-ID: mine\r\nCSeq: 7 OPTIONS\r\nContact: <sip:!!>\r\n")
        request: Any = self.last(self.bob)
        self.assertEqual((request.call_id, bytes(request.cseq)), (b"mine", b"7 OPTIONS"))
        self.assertEqual(request.first(b"contact"), b"<sip:192.0.2.100:5060>")

    def test_a_socket_may_be_named(self) -> None:
        self.play(NOTHING, listen=("udp:192.0.2.100:5060", "udp:192.0.2.100:5080"))
        call = self.sip.server.registry.commands["tm.t_uac_start"].call
        call("OPTIONS", "sip:bob@192.0.2.2", ".", "udp:192.0.2.100:5080", HEADERS)
        self.sip.advance(0)
        self.assertTrue(bytes(self.last(self.bob).vias[0]).startswith(b"SIP/2.0/UDP 192.0.2.100:5080;"))
        self.assertRaises(LocalError, call, "OPTIONS", "sip:bob@192.0.2.2", ".", "udp:192.0.2.9:1", HEADERS)

    def test_what_is_missing_or_wrong_is_said(self) -> None:
        self.play(NOTHING)
        for error, method, uri, hop, headers, body in (
            (LocalError, "", "sip:bob@h", ".", HEADERS, ""),
            (ParseError, "OPTIONS", "nonsense", ".", HEADERS, ""),
            (ParseError, "OPTIONS", "sip:bob@h", "nonsense", HEADERS, ""),
            (LocalError, "OPTIONS", "sip:bob@h", ".", "From: <sip:a@h>\r\n", ""),
            (LocalError, "OPTIONS", "sip:bob@h", ".", "To: <sip:a@h>\r\n", ""),
            (LocalError, "OPTIONS", "sip:bob@h", ".", HEADERS, "body"),
            (LocalError, "OPTIONS", "sip:bob@h", ".", HEADERS + "CSeq: 1 INVITE\r\n", ""),
            (ScriptError, "OPTIONS", "sip:bob@x.invalid", ".", HEADERS, ""),
        ):
            call = self.sip.server.registry.commands["tm.t_uac_start"].call
            self.assertRaises(error, call, method, uri, hop, ".", headers, body)

    def test_t_uac_send_sends_from_the_script(self) -> None:
        self.play(
            """request_route { t_uac_send("MESSAGE", "sip:bob@192.0.2.2", "", "", "From: <sip:me@h>\\r\\n"
            "To: <sip:b@h>\\r\\nContent-Type: text/plain\\r\\n", "hi $rU"); xlog("$rc");
            t_uac_send("MESSAGE", "sip:bob@192.0.2.2", "", "", "From: <sip:me@h>\\r\\n", ""); xlog("$rc"); }""".replace(
                '\\r\\n"\n            "To', "\\r\\nTo"
            )
        )
        self.options()
        self.assertEqual(self.said(), ["1", "-1"])
        self.assertEqual((self.last(self.bob).method, self.last(self.bob).body), (b"MESSAGE", b"hi bob"))


class TransactionCommandTests(SceneTestCase):
    def ringing(self) -> Any:
        self.play(RELAY)
        self.rings(self.bob, 180)
        self.invite(1, call_id="call")
        return self.transactions[0]

    def test_cancel_ends_what_rings(self) -> None:
        self.ringing()
        self.assertEqual(
            self.sip.rpc("tm.cancel", "call", "1"),
            {"remaining": 0, "text": "branches remaining (waiting for timeout)"},
        )
        self.sip.advance(0)
        self.assertEqual(self.bob.received[-1], (1.0, "CANCEL"))
        self.assertRaises(LocalError, self.sip.rpc, "tm.cancel", "call", "2")

    def test_reply_answers(self) -> None:
        t = self.ringing()
        self.sip.rpc("tm.reply", 404, "Not Here", f"{t.index}:{t.label}", "mytag", "X-A: 1", "body")
        self.sip.advance(0)
        answer: Any = self.last()
        self.assertEqual((answer.status, answer.reason, answer.to.tag), (404, b"Not Here", b"mytag"))
        self.assertEqual((answer.first(b"x-a"), answer.body), (b"1", b"body"))
        self.assertEqual(self.bob.received[-1], (1.0, "CANCEL"))
        self.assertRaises(LocalError, self.sip.rpc, "tm.reply", 404, "x", f"{t.index}:{t.label}", "", ".")

    def test_reply_callid_answers_too(self) -> None:
        self.ringing()
        self.sip.rpc("tm.reply_callid", 183, "Progress", "call", "1", "", ".")
        self.sip.rpc("tm.reply_callid", 404, "x", "call", "1", "", ".")
        self.sip.advance(0)
        self.assertEqual(self.alice.statuses, [100, 180, 183, 404])

    def test_a_response_may_be_sent_again(self) -> None:
        t = self.ringing()
        self.sip.rpc("tm.retransmit_reply", f"{t.index}:{t.label}")
        self.sip.rpc("tm.retransmit_reply_callid", "call", "1")
        self.sip.advance(0)
        self.assertEqual(self.alice.statuses, [100, 180, 180, 180])

    def test_an_unknown_transaction_is_an_error(self) -> None:
        self.ringing()
        for name in ("1", "x:y", "1:2", ""):
            self.assertRaises(LocalError, self.sip.rpc, "tm.retransmit_reply", name)

    def test_list_shows_them_all(self) -> None:
        t = self.ringing()
        shown = self.sip.rpc("tm.list")
        self.assertEqual(len(shown), 1)
        self.assertEqual(
            {
                key: shown[0][key]
                for key in ("tindex", "tlabel", "method", "callid", "cseq", "uas_request", "outgoings")
            },
            {
                "tindex": t.index,
                "tlabel": t.label,
                "method": "INVITE",
                "callid": "call",
                "cseq": "1",
                "uas_request": "yes",
                "outgoings": 1,
            },
        )
        self.assertEqual((shown[0]["lifetime"], shown[0]["from"]), (179, "<sip:alice@example.com>;tag=from-5060"))

    def test_stats_count(self) -> None:
        self.ringing()
        self.assertEqual(self.sip.rpc("tm.stats")["current"], 1)
        self.assertEqual(self.sip.rpc("tm.hash_stats")["crt_transactions"], 1)

    def test_clean_ends_what_has_outlived_itself(self) -> None:
        t = self.ringing()
        self.sip.rpc("tm.clean")
        self.assertEqual(self.transactions, [t])
        t.end_of_life = -100.0
        self.sip.rpc("tm.clean")
        self.assertEqual(self.transactions, [])
