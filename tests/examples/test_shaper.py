"""etc/examples/shaper: requests that wait as long as a leaky bucket says."""

from __future__ import annotations

from tests.examples.http import ExampleCase


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
