"""sipapp.modules.http_async_client."""

from __future__ import annotations

from typing import Any

from sipapp.errors import ConfigError
from sipapp.interfaces.http import HttpResponse, IHttpEngine
from sipapp.testing.http import FakeHttp
from tests.modules.talk import TalkCase

URL = "http://192.0.2.80/x"
QUERY = f'http_async_query("{URL}", "R");'
FOUND = HttpResponse(404, b"Not There", [(b"X-A", b"1"), (b"X-A", b"2"), (b"Via", b"1.1 proxy")], b"body", URL.encode())


class AsyncClientCase(TalkCase):
    modules = "tm xlog http_async_client"

    def with_http(self, answer: Any, body: str, route: str = "", head: str = "", **facts: Any) -> list[str]:
        """What a script says whose HTTP requests get these answers; `route` is what route[R] does before it answers."""
        self.http = FakeHttp(answer)
        routes = f'route[R] {{ {route} t_reply("404", "R"); }}'
        return self.run_script(body, head=head, routes=routes, provide={IHttpEngine: self.http}, **facts)

    def later(self, seconds: float) -> list[bytes]:
        """What the last message says after so long."""
        self.sip.advance(seconds)
        said: list[bytes] = self.alice.messages[-1].values(b"x-said")
        return said

    def statistic(self, name: str) -> Any:
        found = self.sip.server.statistics.find(name, "http_async_client")
        assert found is not None
        return found.value


class QueryTests(AsyncClientCase):
    def test_with_a_transaction_the_script_goes_on_in_the_route(self) -> None:
        said = self.with_http(
            b"yes", '$var(v) = "kept"; t_newtran();' + QUERY + 'say("never");', 'say("$http_ok $http_rb $var(v)");'
        )
        self.assertEqual(said, ["1 yes kept"])
        self.assertEqual(self.alice.statuses, [404])

    def test_without_a_transaction_it_returns_1_and_the_route_runs_beside(self) -> None:
        said = self.with_http(None, QUERY + 'say("$rc");', 'xlog("L_ERR", "beside $http_rb $rm $ci\\n");')
        self.assertEqual(said, ["1"])
        self.http.finish(b"late")
        self.assertTrue(self.logged("beside late OPTIONS 123"))
        self.assertEqual(self.alice.statuses, [200])

    def test_suspend_0_goes_on_even_with_a_transaction(self) -> None:
        said = self.with_http(
            None,
            f't_newtran(); $http_req(suspend) = 0; {QUERY} say("$rc"); t_reply("480", "x"); exit;',
            'xlog("L_ERR", "beside\\n");',
        )
        self.assertEqual(said, ["1"])
        self.http.finish(b"")
        self.assertTrue(self.logged("beside"))

    def test_an_unknown_route_is_minus_1_and_nothing_waits(self) -> None:
        said = self.with_http(
            b"",
            f'$var(n) = "N"; t_newtran(); http_async_query("{URL}", "$var(n)"); say("$rc"); t_reply("480", "x"); exit;',
        )
        self.assertEqual(said, ["-1"])
        self.assertEqual(self.http.requests, [])

    def test_the_time_out_is_500_ms_by_itself(self) -> None:
        self.with_http(None, "t_newtran();" + QUERY, 'say("$http_ok $http_err $http_rs");')
        self.sip.advance(0.499)
        self.assertEqual(self.alice.statuses, [])
        self.assertEqual(self.later(0.001), [b"0 TIMEOUT <null>"])
        self.assertEqual((self.statistic("timeouts"), self.statistic("errors")), (1, 0))

    def test_a_refused_connection_has_curls_text(self) -> None:
        said = self.with_http(7, "t_newtran();" + QUERY, 'say("$http_ok $http_err");')
        self.assertEqual(said, ["0 Couldn't connect to server"])
        self.assertEqual((self.statistic("requests"), self.statistic("errors")), (1, 1))

    def test_a_cancel_closes_the_connection_and_the_route_never_runs(self) -> None:
        self.http = FakeHttp(None)
        body = 'if (is_method("CANCEL")) { t_relay(); exit; } t_newtran(); $http_req(timeout) = 9000;' + QUERY
        routes = 'route[R] { xlog("L_ERR", "ran\\n"); }'
        self.serve(body, routes=routes, provide={IHttpEngine: self.http})
        self.alice.send("INVITE")
        self.sip.advance(0.1)
        self.alice.cancel()
        self.sip.advance(10)
        self.assertEqual(self.http.cancelled, 1)
        self.assertIn(487, self.alice.statuses)
        self.assertFalse(self.logged("ran"))

    def test_a_query_in_the_route_of_a_query_waits_again(self) -> None:
        self.http = FakeHttp(b"one")
        first = f'route[R] {{ say("$http_rb"); http_async_query("{URL}", "S"); }}'
        routes = first + ' route[S] { say("two"); t_reply("404", "x"); }'
        said = self.run_script("t_newtran();" + QUERY, routes=routes, provide={IHttpEngine: self.http})
        self.assertEqual(said, ["one", "two"])


class SendTests(AsyncClientCase):
    def test_send_never_waits(self) -> None:
        body = f't_newtran(); http_async_send("{URL}", "R"); say("$rc"); t_reply("480", "x"); exit;'
        said = self.with_http(None, body)
        self.assertEqual((said, self.alice.statuses), (["1"], [480]))

    def test_xdata_is_there_in_the_route(self) -> None:
        self.with_http(b"", f'http_async_send_xdata("{URL}", "R", "for $rm");', 'xlog("L_ERR", "data $http_xdata\\n");')
        self.assertTrue(self.logged("data for OPTIONS"))

    def test_the_name_of_a_request_is_known_after_the_call_and_in_the_route(self) -> None:
        said = self.with_http(b"", QUERY + 'say("$http_req_id");', 'xlog("L_ERR", "id $http_req_id\\n");')
        self.assertTrue(self.logged("id " + said[0]))
        self.assertEqual(said[0].split("-")[1], "1")

    def test_stop_gives_up_what_is_asked_beside(self) -> None:
        self.with_http(
            None, f'http_async_send("{URL}", "R");', head=('modparam("http_async_client", "connection_timeout", 0)')
        )
        self.sip.close()
        self.assertEqual((self.http.cancelled, self.http.closed), (1, True))


class RequestTests(AsyncClientCase):
    def ask_with(self, *assignments: str, head: str = "") -> Any:
        """The request that these assignments make."""
        self.with_http(b"", " ".join(assignments) + QUERY, head=head)
        return self.http.requests[0]

    def test_a_body_makes_it_a_post(self) -> None:
        request = self.ask_with('$http_req(body) = "a=1";')
        self.assertEqual((request.method, request.body), (b"POST", b"a=1"))
        self.assertEqual(dict(request.fields)[b"Content-Type"], b"application/x-www-form-urlencoded")

    def test_a_method_may_be_any_of_five(self) -> None:
        self.assertEqual(self.ask_with('$http_req(method) = "PUT"; $http_req(body) = "x";').method, b"PUT")
        self.assertEqual(self.ask_with('$http_req(method) = "STEAL";').method, b"GET")
        self.assertTrue(self.logged("unsupported method"))

    def test_each_hdr_adds_one(self) -> None:
        fields = self.ask_with('$http_req(hdr) = "X-A: 1"; $http_req(hdr) = "X-B: 2";').fields
        self.assertEqual([one for one in fields if one[0].startswith(b"X-")], [(b"X-A", b"1"), (b"X-B", b"2")])

    def test_the_rest_is_handed_on(self) -> None:
        request = self.ask_with(
            '$http_req(timeout) = 800; $http_req(username) = "alice"; $http_req(password) = "secret";',
            '$http_req(authmethod) = 2; $http_req(follow_redirect) = 1; $http_req(tls_ca_path) = "/ca";',
            '$http_req(tls_client_cert) = "/c"; $http_req(tls_client_key) = "/k"; $http_req(keepalive) = 1;',
            "$http_req(ka-idle) = 10; $http_req(ka-interval) = 5; $http_req(http_version) = 5;",
        )
        self.assertEqual(request.timeout, 0.8)
        self.assertEqual((request.user, request.password, request.authentication), (b"alice", b"secret", 2))
        self.assertEqual(request.redirects, 30)
        profile = request.profile
        self.assertEqual((profile.ca_path, profile.certificate, profile.key), ("/ca", "/c", "/k"))
        self.assertEqual((profile.keepalive, profile.http_version), ((10, 5), 5))

    def test_what_is_said_is_for_one_request_only(self) -> None:
        self.with_http(b"", f'$http_req(body) = "x"; {QUERY} {QUERY}')
        self.assertEqual([one.body for one in self.http.requests], [b"x", None])

    def test_null_takes_it_back(self) -> None:
        self.assertIsNone(self.ask_with('$http_req(body) = "x"; $http_req(all) = $null;').body)
        self.assertEqual(self.ask_with("$http_req(timeout) = 9; $http_req(timeout) = $null;").timeout, 0.5)

    def test_a_value_of_the_wrong_type_is_logged_and_changes_nothing(self) -> None:
        self.assertEqual(self.ask_with('$http_req(timeout) = "9";').timeout, 0.5)
        self.assertTrue(self.logged("invalid value type for $http_req(timeout)"))

    def test_an_unknown_key_is_a_load_error(self) -> None:
        self.assertRaises(ConfigError, self.ask_with, "$http_req(timout) = 9;")

    def test_parameters_are_the_defaults(self) -> None:
        names = {"tls_verify_host": 0, "tls_verify_peer": 0, "tls_version": 6, "authmethod": 1, "tcp_keepalive": 1}
        head = "\n".join(f'modparam("http_async_client", "{name}", {value})' for name, value in names.items())
        request = self.ask_with("", head=head)
        self.assertEqual((request.profile.verify_host, request.profile.verify_peer), (False, False))
        self.assertEqual((request.profile.tls_version, request.profile.keepalive), (6, (0, 0)))
        self.assertEqual(request.authentication, 1)


class AnswerTests(AsyncClientCase):
    def answer(self, text: str) -> str:
        """A text evaluated in the route of an answer."""
        return self.with_http(FOUND, "t_newtran();" + QUERY, f'say("{text}");')[0]

    def test_status_reason_and_body(self) -> None:
        self.assertEqual(self.answer("$http_ok $http_rs $http_rr $http_rb $http_bs"), "1 404 Not There body 4")

    def test_header_fields_by_name_and_index(self) -> None:
        self.assertEqual(self.answer("$http_hdr(x-a) $(http_hdr(X-A)[1]) $(http_hdr(X-A)[-1])"), "1 2 2")
        self.assertEqual(self.answer("$(http_hdr(X-A)[*]) $http_hdr(Via) $http_hdr(No)"), "1,2 1.1 proxy <null>")

    def test_the_whole_message(self) -> None:
        self.assertEqual(self.answer("$http_ml $(http_mb{s.substr,0,22})"), "62 HTTP/1.1 404 Not There")

    def test_times_are_microseconds(self) -> None:
        self.assertEqual(self.answer("$http_time(total) $http_time(connect)"), "0 0")

    def test_an_empty_body_is_no_null(self) -> None:
        said = self.with_http(b"", "t_newtran();" + QUERY, 'if ($http_rb == "") { say("empty $http_bs"); }')
        self.assertEqual(said, ["empty 0"])

    def test_outside_of_its_route_everything_is_null(self) -> None:
        self.assertEqual(self.with_http(b"", 'say("$http_ok$http_rs$http_xdata");'), ["<null><null><null>"])
