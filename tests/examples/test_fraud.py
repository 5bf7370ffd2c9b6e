"""etc/examples/fraud: calls that are reported while they are set up."""

from __future__ import annotations

import json

from tests.examples.http import ExampleCase

EXPENSIVE = "sip:+882123@192.0.2.2"


class FraudTests(ExampleCase):
    example = "fraud"

    def test_an_expensive_call_is_reported_and_does_not_wait(self) -> None:
        self.serve(None)
        self.assertEqual(self.call(EXPENSIVE), [200])
        request = self.http.requests[0]
        self.assertEqual(self.urls(), ["POST http://127.0.0.1:8080/calls"])
        self.assertEqual(json.loads(request.body or b""), {"from": "alice", "to": "+882123", "address": "192.0.2.1"})
        self.assertIn((b"Content-Type", b"application/json"), request.fields)

    def test_other_calls_are_not(self) -> None:
        self.serve(None)
        self.call()
        self.assertEqual(self.urls(), [])

    def test_who_shall_be_blocked_gets_no_further_call(self) -> None:
        self.serve(b"block\n")
        self.assertEqual(self.call(EXPENSIVE), [200])
        self.assertEqual(self.call(), [200, 403])
        self.sip.advance(3700)
        self.assertEqual(self.call(), [200, 403, 200])

    def test_who_shall_not_does(self) -> None:
        self.serve(b"fine\n")
        self.call(EXPENSIVE)
        self.assertEqual(self.call(), [200, 200])

    def test_a_report_that_fails_is_counted(self) -> None:
        self.serve(503)
        self.call(EXPENSIVE)
        self.assertTrue(self.logged("call of alice not reported: 503, HTTP result code"))
        found = self.sip.server.statistics.find("fraud_failed")
        assert found is not None
        self.assertEqual(found.value, 1)

    def test_a_slow_service_gets_twenty_at_a_time(self) -> None:
        self.serve(None)
        for _ in range(30):
            self.call(EXPENSIVE)
        self.assertEqual((len(self.heard()), len(self.http.requests)), (30, 20))
