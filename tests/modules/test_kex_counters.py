"""Messages by method and status."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.parse import parse
from sipapp.modules.kex import Kex
from sipapp.testing.harness import Harness
from tests.modules.stage import Server, context, request, response
from tests.modules.texts import made


class CountersTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.server = Server()
        self.module = made(Kex)
        self.module.start(self.server)

    def counted(self) -> dict[str, int]:
        return {one.name: int(one.value) for one in self.server.statistics.all("core") if one.value}

    def test_requests_by_method(self) -> None:
        for method in ("INVITE", "invite", "BYE", "WEIRD"):
            self.assertTrue(self.module.before_script(context(request(method))))
        self.assertEqual(self.counted(), {"rcv_requests_invite": 2, "rcv_requests_bye": 1, "unsupported_methods": 1})

    def test_responses_by_status_and_method(self) -> None:
        for status in ("180 Ringing", "200 OK", "404 Not Found", "500 X"):
            self.module.before_script(context(response(status)))
        self.assertEqual(
            self.counted(),
            {
                "rcv_replies_1xx": 1,
                "rcv_replies_18x": 1,
                "rcv_replies_2xx": 1,
                "rcv_replies_4xx": 1,
                "rcv_replies_404": 1,
                "rcv_replies_5xx": 1,
                "rcv_replies_1xx_invite": 1,
                "rcv_replies_2xx_invite": 1,
                "rcv_replies_4xx_invite": 1,
                "rcv_replies_5xx_invite": 1,
            },
        )

    def test_a_request_uri_that_cannot_be_read(self) -> None:
        raw = request("INVITE").raw.replace(b"sip:bob@example.com SIP", b"sip:bob@[ SIP")
        self.assertTrue(self.module.before_script(context(parse(raw))))
        self.assertEqual(self.counted(), {"rcv_requests_invite": 1, "bad_URIs_rcvd": 1})


class ServedTests(SynchronousTestCase):
    def test_what_a_server_takes_is_counted(self) -> None:
        sip = Harness('loadmodule "tm" loadmodule "kex" request_route { t_relay(); }')
        self.addCleanup(sip.close)
        alice, bob = sip.peer("udp:192.0.2.1:5060"), sip.peer("udp:192.0.2.2:5060")
        alice.send("OPTIONS", "sip:192.0.2.2")
        sip.advance(0)
        bob.reply(bob.messages[0], 404)  # type: ignore[arg-type]
        sip.advance(0)
        names = ("rcv_requests_options", "rcv_replies_4xx", "rcv_replies_404", "rcv_replies_4xx_options")
        self.assertEqual([sip.server.statistics.counter("core", name).value for name in names], [1, 1, 1, 1])
        self.assertEqual(alice.statuses, [404])
