"""sipapp.testing.http."""

from __future__ import annotations

from twisted.internet.defer import CancelledError
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import HttpError
from sipapp.interfaces.http import HttpRequest, HttpResponse
from sipapp.testing.http import FakeHttp

REQUEST = HttpRequest(b"GET", b"http://example.com/")


class FakeHttpTests(SynchronousTestCase):
    def test_bytes_are_the_body_of_a_200(self) -> None:
        found = self.successResultOf(FakeHttp(b"x").send(REQUEST))
        self.assertEqual((found.status, found.body), (200, b"x"))

    def test_a_number_is_a_status_or_an_error(self) -> None:
        self.assertEqual(self.successResultOf(FakeHttp(404).send(REQUEST)).status, 404)
        self.assertEqual(self.failureResultOf(FakeHttp(7).send(REQUEST), HttpError).value.code, 7)

    def test_a_callable_answers_each_request(self) -> None:
        answer = HttpResponse(204, b"", [], b"", b"")
        http = FakeHttp(lambda request: answer)
        self.assertIs(self.successResultOf(http.send(REQUEST)), answer)
        self.assertEqual(http.requests, [REQUEST])

    def test_none_waits_to_be_finished(self) -> None:
        http = FakeHttp(None)
        asked = http.send(REQUEST)
        self.assertNoResult(asked)
        http.finish(b"late")
        self.assertEqual(self.successResultOf(asked).body, b"late")

    def test_what_is_cancelled_is_counted(self) -> None:
        http = FakeHttp(None)
        asked = http.send(REQUEST)
        asked.cancel()
        self.failureResultOf(asked, CancelledError)
        self.assertEqual((http.cancelled, http.pending), (1, []))

    def test_it_can_be_closed(self) -> None:
        http = FakeHttp()
        self.successResultOf(http.close())
        self.assertTrue(http.closed)
