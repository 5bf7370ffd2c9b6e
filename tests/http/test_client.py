"""sipapp.http.client."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.backend import Limits
from sipapp.errors import HttpError
from sipapp.http.client import HttpClient
from sipapp.interfaces.http import BASIC, HttpRequest, HttpResponse, IHttpEngine
from sipapp.testing.http import FakeHttp
from tests.modules.stage import Server

URL = b"http://example.com/a"


def moved(status: int, location: bytes) -> HttpResponse:
    return HttpResponse(status, b"", [(b"Location", location)], b"moved", URL)


class ClientCase(SynchronousTestCase):
    def make(self, answer: Any, *limits: tuple[str, Limits]) -> None:
        self.http = FakeHttp(answer)
        self.server = Server(provide={IHttpEngine: self.http})
        self.client = HttpClient(self.server, "group", limits)

    def ask(self, **facts: Any) -> Any:
        return self.client.request(HttpRequest(**{"method": b"GET", "url": URL, **facts}))

    def code(self, **facts: Any) -> int:
        why = self.failureResultOf(self.ask(**facts), HttpError).value
        self.connecting = why.connecting
        return int(why.code)


class RequestTests(ClientCase):
    def test_an_answer_comes_back(self) -> None:
        self.make(b"body")
        self.assertEqual(self.successResultOf(self.ask()).body, b"body")

    def test_a_wrong_url_is_not_asked_for(self) -> None:
        self.make(b"")
        self.assertEqual((self.code(url=b"ftp://x/"), self.http.requests), (1, []))

    def test_the_time_out_is_28_and_tells_whether_there_was_a_connection(self) -> None:
        self.make(None)
        asked = [self.ask(timeout=2.0), self.ask(timeout=2.0)]
        self.http.requests[1].connected = True
        self.server.clock.advance(2)
        found = [self.failureResultOf(one, HttpError).value for one in asked]
        self.assertEqual([(why.code, why.connecting) for why in found], [(28, True), (28, False)])

    def test_limits_are_those_of_the_host_and_port_unless_the_request_names_others(self) -> None:
        self.make(None, ("example.com:80", Limits(in_flight=1, queue=0)))
        held = self.ask()
        self.assertEqual((self.code(), self.connecting), (7, True))
        self.assertNoResult(self.ask(backend="other"))
        self.assertNoResult(held)

    def test_an_open_circuit_is_7(self) -> None:
        self.make(503, ("*", Limits(failure_rate=50, min_calls=1)))
        self.assertEqual(self.successResultOf(self.ask()).status, 503)
        self.assertEqual((self.code(), len(self.http.requests)), (7, 1))

    def test_a_404_does_not_speak_against_a_server(self) -> None:
        self.make(404, ("*", Limits(failure_rate=50, min_calls=1)))
        self.successResultOf(self.ask())
        self.assertEqual(self.successResultOf(self.ask()).status, 404)

    def test_closing_closes_the_engine(self) -> None:
        self.make(b"")
        self.successResultOf(self.client.close())
        self.assertTrue(self.http.closed)


class RedirectTests(ClientCase):
    def redirected(self, status: int, location: bytes = b"/b", **facts: Any) -> HttpRequest:
        """The request that a redirection leads to."""
        self.make(lambda request: moved(status, location) if request.url == URL else b"here")
        self.assertEqual(self.successResultOf(self.ask(**{"redirects": 5, **facts})).body, b"here")
        return self.http.requests[1]

    def test_it_is_not_followed_unless_that_is_wanted(self) -> None:
        self.make(moved(302, b"/b"))
        self.assertEqual(self.successResultOf(self.ask()).body, b"moved")

    def test_a_relative_location_is_on_the_same_server(self) -> None:
        self.assertEqual(self.redirected(302).url, b"http://example.com/b")

    def test_a_post_becomes_a_get(self) -> None:
        for status in (301, 302, 303):
            request = self.redirected(status, method=b"POST", body=b"x", fields=[(b"Content-Type", b"t"), (b"X", b"1")])
            self.assertEqual((request.method, request.body, request.fields), (b"GET", None, [(b"X", b"1")]))

    def test_but_not_by_307_and_308_and_where_the_method_was_named(self) -> None:
        for status, fixed in ((307, False), (308, False), (302, True)):
            request = self.redirected(status, method=b"POST", body=b"x", fixed_method=fixed)
            self.assertEqual((request.method, request.body), (b"POST", b"x"))

    def test_another_host_does_not_learn_who_we_are(self) -> None:
        fields = [(b"Authorization", b"Bearer t"), (b"Cookie", b"c"), (b"X", b"1")]
        request = self.redirected(302, b"http://example.org/", user=b"alice", password=b"secret", fields=fields)
        self.assertEqual((request.user, request.fields), (None, [(b"X", b"1")]))
        self.assertEqual(self.redirected(302, user=b"alice", fields=fields).user, b"alice")

    def test_one_too_many_is_47(self) -> None:
        self.make(moved(302, b"/b"))
        self.assertEqual((self.code(redirects=3), len(self.http.requests)), (47, 4))

    def test_elsewhere_than_http_is_1(self) -> None:
        self.make(moved(302, b"file:///etc/passwd"))
        self.assertEqual(self.code(redirects=3), 1)


class AuthenticationTests(ClientCase):
    CHALLENGE = HttpResponse(401, b"", [(b"WWW-Authenticate", b'Basic realm="x"')], b"who?", URL)

    def answer(self, request: HttpRequest) -> Any:
        known = (b"Authorization", b"Basic YWxpY2U6c2VjcmV0") in request.fields
        return b"welcome" if known else self.CHALLENGE

    def test_a_challenge_is_answered(self) -> None:
        self.make(self.answer)
        self.assertEqual(self.successResultOf(self.ask(user=b"alice", password=b"secret")).body, b"welcome")
        self.assertEqual(len(self.http.requests), 2)

    def test_a_second_one_is_the_answer(self) -> None:
        self.make(self.answer)
        self.assertEqual(self.successResultOf(self.ask(user=b"alice", password=b"wrong")).status, 401)
        self.assertEqual(len(self.http.requests), 2)

    def test_basic_alone_needs_none(self) -> None:
        self.make(self.answer)
        self.successResultOf(self.ask(user=b"alice", password=b"secret", authentication=BASIC))
        self.assertEqual(len(self.http.requests), 1)

    def test_user_and_password_may_stand_in_the_url(self) -> None:
        self.make(self.answer)
        self.assertEqual(self.successResultOf(self.ask(url=b"http://alice:secret@example.com/a")).body, b"welcome")
