"""Requests of our own."""

from __future__ import annotations

from sipapp.errors import ConfigError
from tests.modules.uac.scene import SceneCase

TO_BOB = '$uac_req(method) = "MESSAGE"; $uac_req(ruri) = "sip:bob@192.0.2.2:5060";'


class UacReqTests(SceneCase):
    def sent(self, body: str, routes: str = "", statuses: tuple[object, ...] = (200,)) -> None:
        self.play(f'{routes}\nrequest_route {{ {body} sl_send_reply(200, "$rc"); }}')
        coming = iter(statuses)
        self.bob.answers = lambda request: [answer] if (answer := next(coming, None)) else []  # type: ignore[list-item]
        self.alice.send("OPTIONS")
        self.sip.advance(0)

    def test_everything_can_be_said(self) -> None:
        self.sent(
            TO_BOB + '$uac_req(furi) = "sip:me@a.example"; $uac_req(turi) = "sip:you@b.example";'
            '$uac_req(hdrs) = "X-A: b\\r\\n"; $uac_req(body) = "hello"; $uac_req(callid) = "cid";'
            '$uac_req(ftag) = "f1"; $uac_req(ttag) = "t1"; $uac_req(cseqno) = 7;'
            '$uac_req(ouri) = "sip:192.0.2.2:5060"; $uac_req(sock) = "udp:192.0.2.100:5060"; uac_req_send();'
        )
        request = self.requests()[0]
        self.assertEqual((request.method, request.uri, request.body), (b"MESSAGE", b"sip:bob@192.0.2.2:5060", b"hello"))
        self.assertEqual(bytes(request.from_), b"<sip:me@a.example>;tag=f1")
        self.assertEqual(bytes(request.to), b"<sip:you@b.example>;tag=t1")
        self.assertEqual((request.call_id, request.cseq.number, request.first(b"x-a")), (b"cid", 7, b"b"))
        self.assertEqual(self.responses()[-1].reason, b"1")

    def test_from_and_to_are_the_request_uri_where_unset(self) -> None:
        self.sent(TO_BOB + "uac_req_send();")
        request = self.requests()[0]
        self.assertEqual((request.from_.uri, request.to.uri), (request.uri, request.uri))

    def test_method_and_uri_must_be_there(self) -> None:
        self.sent('$uac_req(method) = "OPTIONS"; uac_req_send();')
        self.assertEqual((self.requests(), self.responses()[-1].reason), ([], b"-1"))

    def test_null_clears_one_field_or_all(self) -> None:
        shown = 'append_to_reply("X-A: $uac_req(method) $uac_req(ruri) $uac_req(evroute)\\r\\n");'
        self.sent(TO_BOB + f"$uac_req(ruri) = $null; {shown} $uac_req(all) = $null; {shown}")
        self.assertEqual(self.responses()[-1].values(b"x-a"), [b"MESSAGE <null> 0", b"<null> <null> 0"])

    def test_a_challenge_is_answered_within_the_call(self) -> None:
        challenge = (0.0, 401, 'WWW-Authenticate: Digest realm="r", nonce="n"')
        self.sent(
            TO_BOB + '$uac_req(auser) = "u"; $uac_req(apasswd) = "p"; uac_req_send();', "", (challenge, challenge)
        )
        first, second = self.requests()
        self.assertEqual((second.call_id, second.cseq.number), (first.call_id, first.cseq.number + 1))
        self.assertEqual(second.from_.tag, first.from_.tag)
        self.assertTrue(second.first(b"authorization").startswith(b'Digest username="u", realm="r"'))

    def test_a_challenge_that_cannot_be_answered_is_logged(self) -> None:
        self.sent(TO_BOB + '$uac_req(auser) = "u"; $uac_req(apasswd) = "p"; uac_req_send();', "", (401,))
        self.assertEqual(len(self.requests()), 1)
        self.assertTrue(self.logged("no challenge in this 401"))

    REPLY = """event_route[uac:reply] {
        $shv(seen) = $shv(seen) + $_s($uac_req(evcode) $uac_req(evtype) $uac_req(evparam) $rs;); }"""

    def seen(self) -> str:
        self.alice.send("INFO")
        self.sip.advance(0)
        return str(self.responses()[-1].first(b"x-seen").decode())

    def played(self, evroute: int, statuses: tuple[object, ...]) -> str:
        body = f"""
            if (is_method("INFO")) {{ append_to_reply("X-Seen: $shv(seen)\\r\\n"); sl_send_reply(200, "OK"); exit; }}
            {TO_BOB} $uac_req(evroute) = {evroute}; $uac_req(evparam) = "p"; uac_req_send();"""
        self.sent(body, 'modparam("pv", "shvset", "seen=s:-")' + self.REPLY, statuses)
        self.sip.advance(40)
        return self.seen()

    def test_an_event_route_sees_the_answer(self) -> None:
        self.assertEqual(self.played(1, (404,)), "-404 1 p 404;")

    def test_or_only_refusals(self) -> None:
        self.assertEqual(self.played(2, (404,)), "-404 1 p 404;")
        self.assertEqual(self.played(2, (200,)), "-")

    def test_or_that_none_came(self) -> None:
        self.assertEqual(self.played(1, ((100.0, 200),)).split()[:2], ["-408", "2"])

    def test_a_socket_that_is_not_ours_is_refused(self) -> None:
        modparam = 'modparam("uac", "default_socket", "udp:192.0.2.55:5060")'
        self.assertRaises(ConfigError, self.play, modparam + " request_route { exit; }")
        self.sent(TO_BOB + '$uac_req(sock) = "udp:192.0.2.55:5060"; uac_req_send();')
        self.assertEqual((self.requests(), self.responses()[-1].reason), ([], b"-1"))
