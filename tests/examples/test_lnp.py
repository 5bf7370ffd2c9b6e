"""etc/examples/lnp: calls routed by where their numbers live now."""

from __future__ import annotations

from sipapp.interfaces.http import HttpRequest
from tests.examples.http import ExampleCase

NUMBER = "sip:+4930123456@192.0.2.2"


class LnpTests(ExampleCase):
    example = "lnp"

    def test_a_ported_number_gets_its_routing_number(self) -> None:
        self.serve(b"+49301999\n")
        self.assertEqual(self.call(NUMBER), [200])
        self.assertEqual(self.urls(), ["GET http://127.0.0.1:8080/lnp/4930123456"])
        self.assertEqual(self.reached(), ["sip:+4930123456;rn=+49301999;npdi@192.0.2.2"])

    def test_one_that_was_never_ported_is_marked_as_looked_up(self) -> None:
        self.serve(404)
        self.call(NUMBER)
        self.assertEqual(self.reached(), ["sip:+4930123456;npdi@192.0.2.2"])

    def test_the_second_server_is_asked_where_the_first_fails(self) -> None:
        self.serve(lambda request: 503 if b":8080" in request.url else b"+49301999")
        self.call(NUMBER)
        self.assertEqual([url.split("/")[2] for url in self.urls()], ["127.0.0.1:8080", "127.0.0.1:8081"])
        self.assertEqual(self.reached(), ["sip:+4930123456;rn=+49301999;npdi@192.0.2.2"])

    def test_without_the_service_calls_go_where_they_went_before(self) -> None:
        self.serve(7)
        self.assertEqual(self.call(NUMBER), [200])
        self.assertEqual(self.reached(), [NUMBER])
        self.assertTrue(self.logged("no LNP for +4930123456: 7, Couldn't connect to server"))

    def test_a_service_that_hangs_costs_two_seconds(self) -> None:
        self.serve(None)
        self.assertEqual(self.call(NUMBER), [])
        self.sip.advance(1.9)
        self.assertEqual(self.heard(), [])
        self.sip.advance(0.1)
        self.assertEqual((self.heard(), self.reached()), ([200], [NUMBER]))

    def test_a_service_that_keeps_failing_is_left_alone(self) -> None:
        self.serve(7)
        for _ in range(12):
            self.call(NUMBER)
        self.assertEqual(len(self.http.requests), 20)

    def test_a_caller_who_hangs_up_takes_the_question_back(self) -> None:
        self.serve(None)
        self.call(NUMBER)
        self.alice.cancel()
        self.sip.advance(0)
        self.assertEqual((self.http.cancelled, sorted(self.heard()), self.reached()), (1, [200, 487], []))

    def test_names_are_not_asked_for(self) -> None:
        def never(request: HttpRequest) -> bytes:
            raise AssertionError(request.url)

        self.serve(never)
        self.assertEqual(self.call(), [200])
