"""etc/examples/shaper: requests that wait as long as a leaky bucket says."""

from __future__ import annotations

from sipapp.interfaces.http import IHttpEngine
from sipapp.testing.harness import Harness
from sipapp.testing.http import FakeHttp
from tests.examples.http import ExampleCase

AS_KAMAILIO_HAS_IT = """
loadmodule "tm" loadmodule "tmx" loadmodule "sl" loadmodule "pv" loadmodule "async" loadmodule "http_client"
async_workers=2
modparam("async", "ms_timer", 10)
modparam("http_client", "httpcon", "leakybucket=>http://192.0.2.80/bucket")
request_route { route(REQUESTSHAPER); }
route[REQUESTSHAPER] {
    $var(res) = http_connect("leakybucket", "/add?key=$fd", $null, $null,"$avp(delay)");
    $var(d) = $(avp(delay){s.int});
    if ($var(d) > 0) {
        async_ms_sleep("$var(d)");
        if (!t_relay()) { sl_reply_error(); }
        exit;
    }
    if (!t_relay()) { sl_reply_error(); }
    exit;
}
"""
"""The shape that the manual of Kamailio's module async gives it."""


class ShaperTests(ExampleCase):
    example = "shaper"

    def test_the_bucket_is_told_the_domain_of_the_caller(self) -> None:
        self.serve(b"0")
        self.call()
        self.assertEqual(self.urls(), ["GET http://127.0.0.1:8080/add?key=example.com"])

    def test_without_a_delay_a_request_goes_on_at_once(self) -> None:
        self.serve(b"0")
        self.assertEqual(self.call(), [200])

    def test_else_it_is_held_back_for_so_many_milliseconds(self) -> None:
        self.serve(b"250")
        self.assertEqual(self.call(), [])
        self.sip.advance(0.24)
        self.assertEqual(self.reached(), [])
        self.sip.advance(0.02)
        self.assertEqual((self.heard(), len(self.reached())), ([200], 1))

    def test_each_request_has_its_own_delay(self) -> None:
        delays = iter((b"0", b"0", b"200", b"400"))
        self.serve(lambda request: next(delays))
        for _ in range(4):
            self.call()
        reached = []
        for _ in range(5):
            reached.append(len(self.reached()))
            self.sip.advance(0.101)
        self.assertEqual(reached, [2, 2, 3, 3, 4])

    def test_without_the_bucket_nothing_is_shaped(self) -> None:
        self.serve(None)
        self.call()
        self.sip.advance(1)
        self.assertEqual(self.heard(), [200])
        self.assertTrue(self.logged("no shaping: 28, Timeout was reached"))


class ManualTests(ExampleCase):
    def relayed(self, delay: bytes, seconds: float) -> int:
        """How many requests have reached the other end after so long."""
        http = FakeHttp(delay)
        sip = Harness(AS_KAMAILIO_HAS_IT, provide={IHttpEngine: http})
        self.addCleanup(sip.close)
        bob = sip.peer("udp:192.0.2.2:5060")
        sip.peer("udp:192.0.2.1:5060").send("INVITE", "sip:bob@192.0.2.2")
        sip.advance(seconds)
        self.assertEqual(http.requests[0].url, b"http://192.0.2.80/bucket/add?key=example.com")
        return len(bob.received)

    def test_it_runs_as_it_is(self) -> None:
        self.assertEqual(self.relayed(b"0", 0.0), 1)
        self.assertEqual(self.relayed(b"300", 0.29), 0)
        self.assertEqual(self.relayed(b"300", 0.31), 1)
