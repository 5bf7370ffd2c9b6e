"""sipapp.modules.http_client."""

from __future__ import annotations

from typing import Any

from sipapp.errors import ConfigError
from sipapp.interfaces.http import HttpRequest, HttpResponse, IHttpClient, IHttpEngine
from sipapp.testing.http import FakeHttp
from tests.modules.talk import TalkCase

ALICE = 'modparam("http_client", "httpcon", "c=>http://alice:secret@192.0.2.80/base")'
URL = "http://192.0.2.80/x"


def echo(request: HttpRequest) -> bytes:
    """What was asked, as a text of several lines."""
    fields = b"|".join(b"%b=%b" % field for field in request.fields if field[0] != b"User-Agent")
    return b"%b %b [%b] %b\nline2" % (request.method, request.url, request.body or b"", fields)


class HttpClientCase(TalkCase):
    modules = "tm http_client"

    def with_http(self, answer: Any, body: str, head: str = "", **facts: Any) -> list[str]:
        """What a script says whose HTTP requests get these answers."""
        self.http = FakeHttp(answer)
        return self.run_script(body, head=head, provide={IHttpEngine: self.http}, **facts)

    def statistic(self, name: str) -> Any:
        found = self.sip.server.statistics.find(name, "httpclient")
        assert found is not None
        return found.value

    def query(self, answer: Any, call: str = f'http_client_query("{URL}", "$var(r)")', head: str = "") -> list[str]:
        return self.with_http(answer, f'$var(r) = "old"; $var(c) = {call}; say("$var(c) $var(r)");', head)


class QueryTests(HttpClientCase):
    def test_the_first_line_of_the_body_is_the_result(self) -> None:
        self.assertEqual(self.query(b"hello body\nline2"), ["200 hello body"])

    def test_query_result_0_gives_all_of_it(self) -> None:
        said = self.with_http(
            b"a\nb",
            f'http_client_query("{URL}", "$var(r)"); say("$(var(r){{s.len}})");',
            'modparam("http_client", "query_result", 0)',
        )
        self.assertEqual(said, ["3"])

    def test_statuses_are_return_codes_and_server_errors_have_no_body(self) -> None:
        for status, code in ((204, "204"), (302, "302"), (404, "404"), (500, "500")):
            answer = HttpResponse(status, b"", [], b"text", URL.encode())
            self.assertEqual(self.query(answer), [f"{code} text" if status < 500 else f"{code}"], status)

    def test_curls_numbers_are_return_codes_and_empty_the_result(self) -> None:
        for code in (1, 3, 6, 7, 28, 35, 47, 52, 56, 60):
            self.assertEqual(self.query(code), [f"{code}"])

    def test_connection_refused_is_true(self) -> None:
        said = self.with_http(7, f'if (http_client_query("{URL}", "$var(r)")) {{ say("true"); }}')
        self.assertEqual(said, ["true"])

    def test_a_password_in_a_url_is_not_logged(self) -> None:
        self.query(7, 'http_client_query("http://alice:secret@192.0.2.80/x", "$var(r)")')
        self.assertTrue(self.logged("(url: http://192.0.2.80/x)"))
        self.assertFalse(self.logged("secret"))

    def test_an_empty_url_is_minus_1_and_leaves_the_result_alone(self) -> None:
        self.assertEqual(self.query(b"x", 'http_client_query($null, "$var(r)")'), ["-1 old"])

    def test_data_makes_it_a_post_of_a_form(self) -> None:
        said = self.query(echo, f'http_client_query("{URL}", "a=$rm", "$var(r)")')
        self.assertEqual(said, [f"200 POST {URL} [a=OPTIONS] Content-Type=application/x-www-form-urlencoded"])

    def test_empty_data_makes_it_a_get_and_header_lines_are_sent(self) -> None:
        said = self.query(echo, f'http_client_query("{URL}", "", "X-A: 1\\r\\nX-B: 2", "$var(r)")')
        self.assertEqual(said, [f"200 GET {URL} [] X-A=1|X-B=2"])

    def test_get_has_a_body_and_any_method_may_be_asked_for(self) -> None:
        said = self.query(echo, f'http_client_get("{URL}", "b", "X-A: 1", "$var(r)")')
        self.assertEqual(said, [f"200 GET {URL} [b] Content-Type=application/x-www-form-urlencoded|X-A=1"])
        said = self.query(echo, f'http_client_request("DELETE", "{URL}", "", "", "$var(r)")')
        self.assertEqual(said, [f"200 DELETE {URL} []"])

    def test_http_2_is_asked_of_the_engine(self) -> None:
        self.query(b"", f'http_client_request_v2pk("GET", "{URL}", "", "", "$var(r)")')
        self.assertEqual(self.http.requests[0].profile.http_version, 5)

    def test_requests_name_the_server_as_user_agent(self) -> None:
        self.query(b"")
        agent = dict(self.http.requests[0].fields)[b"User-Agent"]
        self.assertEqual(agent.split()[0], b"sipapp")
        self.query(b"", head='modparam("http_client", "useragent", "me")')
        self.assertEqual(dict(self.http.requests[0].fields)[b"User-Agent"], b"me")

    def test_what_is_too_long_for_query_maxdatasize_is_not_read(self) -> None:
        self.query(b"", head='modparam("http_client", "query_maxdatasize", 10)')
        self.assertEqual((self.http.requests[0].most, self.http.requests[0].truncate), (10, True))

    def test_a_wrong_result_variable_is_a_load_error(self) -> None:
        self.assertRaises(ConfigError, self.query, b"", f'http_client_query("{URL}", "$rm")')


class WaitingTests(HttpClientCase):
    def test_the_script_waits_for_the_answer_and_nobody_else_does(self) -> None:
        ask = f'$var(x) = "kept"; http_client_query("{URL}", "$var(r)"); say("$var(x) $rc $var(r)");'
        body = f'if (is_method("INVITE")) {{ {ask} t_reply(404, "x"); exit; }}'
        self.http = FakeHttp(None)
        self.serve(body, provide={IHttpEngine: self.http})
        self.assertEqual(self.ask("INVITE"), [])
        self.assertEqual(self.ask("OPTIONS"), [])
        self.assertEqual(self.alice.statuses, [100, 200])
        self.http.finish(b"late")
        self.sip.advance(0)
        self.assertEqual(self.alice.statuses, [100, 200, 404])
        self.assertEqual(self.alice.messages[-1].values(b"x-said"), [b"kept 200 late"])

    def test_connection_timeout_is_28(self) -> None:
        self.query(None, head='modparam("http_client", "connection_timeout", 2)')
        self.sip.advance(1.9)
        self.assertEqual(self.alice.statuses, [])
        self.sip.advance(0.1)
        self.assertEqual(self.alice.messages[-1].values(b"x-said"), [b"28"])
        self.assertEqual(self.http.cancelled, 1)

    def test_timeout_mode_2_counts_milliseconds(self) -> None:
        head = 'modparam("http_client", "connection_timeout", 300)\nmodparam("http_client", "timeout_mode", 2)'
        self.query(None, head=head)
        self.sip.advance(0.3)
        self.assertEqual(self.alice.messages[-1].values(b"x-said"), [b"28"])

    def test_a_cancel_closes_the_connection(self) -> None:
        self.http = FakeHttp(None)
        body = f'if (is_method("CANCEL")) {{ t_relay(); exit; }} http_client_query("{URL}", "$var(r)");'
        self.serve(body, provide={IHttpEngine: self.http})
        self.alice.send("INVITE")
        self.sip.advance(0.1)
        self.alice.cancel()
        self.sip.advance(0)
        self.assertEqual(self.http.cancelled, 1)
        self.assertIn(487, self.alice.statuses)

    def test_async_goes_on_in_its_route_with_the_code(self) -> None:
        routes = 'route[r] { say("$rc $avp(b)"); t_reply(404, "x"); }'
        said = self.with_http(b"body", f'async(http_client_query("{URL}", "$avp(b)"), r);', routes=routes)
        self.assertEqual(said, ["200 body"])

    def test_the_time_limit_of_async_is_28(self) -> None:
        routes = 'route[r] { say("$rc [$avp(b)]"); t_reply(404, "x"); }'
        self.with_http(None, f'async(http_client_query("{URL}", "$avp(b)"), r, 1);', routes=routes)
        self.sip.advance(1)
        self.assertEqual(self.alice.messages[-1].values(b"x-said"), [b"28 []"])
        self.assertEqual(self.http.cancelled, 1)

    def test_launch_reports_the_code(self) -> None:
        routes = 'route[r] { xlog("L_ERR", "reported $rc $avp(b)\\n"); }'
        self.modules = "tm xlog http_client"
        self.with_http(7, f'launch(http_client_query("{URL}", "$avp(b)"), r);', routes=routes)
        self.assertTrue(self.logged("reported 7"))
        self.assertEqual(self.alice.statuses, [200])


class ConnectTests(HttpClientCase):
    def test_the_path_is_joined_to_that_of_the_connection(self) -> None:
        for path, url in (
            ('"x"', b"http://192.0.2.80/base/x"),
            ('"/x?a=1"', b"http://192.0.2.80/base/x?a=1"),
            ("$null", b"http://192.0.2.80/base"),
        ):
            self.query(b"", f'http_connect("c", {path}, "$var(r)")', ALICE)
            self.assertEqual(self.http.requests[0].url, url)

    def test_user_and_password_are_those_of_the_connection(self) -> None:
        self.query(b"", 'http_connect("c", "x", "$var(r)")', ALICE)
        self.assertEqual((self.http.requests[0].user, self.http.requests[0].password), (b"alice", b"secret"))

    def test_the_whole_body_is_the_result(self) -> None:
        body = 'http_connect("c", "x", "$var(r)"); say("$(var(r){s.len})");'
        self.assertEqual(self.with_http(b"a\nb", body, ALICE), ["3"])

    def test_data_is_posted_with_its_content_type(self) -> None:
        self.query(b"", 'http_connect("c", "x", "text/xml", "m=$rm", "$var(r)")', ALICE)
        request = self.http.requests[0]
        self.assertEqual((request.method, request.body), (b"POST", b"m=OPTIONS"))
        self.assertIn((b"Content-Type", b"text/xml"), request.fields)

    def test_without_data_it_is_a_get(self) -> None:
        self.query(b"", 'http_connect("c", "x", $null, $null, "$var(r)")', ALICE)
        self.assertEqual((self.http.requests[0].method, self.http.requests[0].body), (b"GET", None))

    def test_raw_data_is_sent_as_it_stands(self) -> None:
        self.query(b"", 'http_connect_raw("c", "x", "text/xml", "m=$rm", "$var(r)")', ALICE)
        self.assertEqual(self.http.requests[0].body, b"m=$rm")

    def test_an_unknown_connection_is_minus_1_and_empties_the_result(self) -> None:
        self.assertEqual(self.query(b"", 'http_connect("d", "x", "$var(r)")', ALICE), ["-1"])
        self.assertEqual(self.http.requests, [])

    def test_failover_is_tried_once(self) -> None:
        head = "\n".join(
            f'modparam("http_client", "httpcon", "{definition}")'
            for definition in (
                "a=>http://192.0.2.1;failover=b",
                "b=>http://192.0.2.2;failover=c",
                "c=>http://192.0.2.3",
            )
        )
        answers = {b"http://192.0.2.1/x": 503, b"http://192.0.2.2/x": 7, b"http://192.0.2.3/x": 200}
        said = self.query(lambda request: answers[request.url], 'http_connect("a", "x", "$var(r)")', head)
        self.assertEqual((said, len(self.http.requests)), (["7"], 2))
        said = self.query(lambda request: answers[request.url], 'http_connect("b", "x", "$var(r)")', head)
        self.assertEqual((said, len(self.http.requests)), (["200"], 2))

    def test_failover_to_nobody_is_a_start_error(self) -> None:
        head = 'modparam("http_client", "httpcon", "a=>http://192.0.2.1;failover=b")'
        self.assertRaises(ConfigError, self.query, b"", 'http_connect("a", "x", "$var(r)")', head)

    def test_redirects_are_followed_only_where_that_is_wanted(self) -> None:
        def answer(request: HttpRequest) -> HttpResponse:
            if request.url.endswith(b"/x"):
                return HttpResponse(302, b"", [(b"Location", b"/y")], b"moved", request.url)
            return HttpResponse(200, b"", [], b"here", request.url)

        head = "\n".join(
            f'modparam("http_client", "httpcon", "{definition}")'
            for definition in ("a=>http://192.0.2.1", "b=>http://192.0.2.1;httpredirect=1")
        )
        self.assertEqual(self.query(answer, 'http_connect("a", "x", "$var(r)")', head), ["302 moved"])
        body = (
            'http_connect("b", "x", "$var(r)"); say("$rc $var(r)"); http_get_redirect("b", "$var(u)"); say("$var(u)");'
        )
        self.assertEqual(self.with_http(answer, body, head), ["200 here", "http://192.0.2.1/y"])

    def test_no_request_yet_no_redirect(self) -> None:
        self.assertEqual(self.query(b"", 'http_get_redirect("c", "$var(r)")', ALICE), ["1"])
        self.assertEqual(self.query(b"", 'http_get_redirect("d", "$var(r)")', ALICE), ["-1"])


class VariableTests(HttpClientCase):
    def test_curlerror_is_the_text_of_a_number_or_of_a_variable(self) -> None:
        said = self.with_http(
            7, f'$var(c) = http_client_query("{URL}", "$var(r)"); say("$curlerror($var(c)), $curlerror(404)");'
        )
        self.assertEqual(said, ["Couldn't connect to server, HTTP result code"])

    def test_header_fields_of_the_answer_are_kept_where_that_is_wanted(self) -> None:
        answer = HttpResponse(200, b"", [(b"X-Token", b"t1")], b"", URL.encode())
        ask = f'http_client_query("{URL}", "$var(r)");'
        self.assertEqual(self.with_http(answer, ask + 'say("$httprhdr(x-token)");'), ["<null>"])
        set_ = 'http_client_response_headers_set("1");'
        self.assertEqual(self.with_http(answer, set_ + ask + 'say("$httprhdr(x-token)");'), ["t1"])
        head = 'modparam("http_client", "response_headers", 1)'
        self.assertEqual(self.with_http(answer, ask + 'say("$httprhdr(x-token)");', head), ["t1"])
        clear = 'http_client_response_headers_clear("");'
        self.assertEqual(self.with_http(answer, ask + clear + 'say("$httprhdr(x-token)");', head), ["<null>"])


class OperationTests(HttpClientCase):
    def test_listcon_shows_no_password(self) -> None:
        self.query(b"", head=ALICE)
        self.assertEqual(
            self.sip.rpc("httpclient.listcon"),
            [
                {
                    "NAME": "c",
                    "SCHEMA": "http",
                    "URI": "192.0.2.80/base",
                    "USERNAME": "alice",
                    "PASSWORD": "***",
                    "FAILOVER": "",
                    "TIMEOUT": 4,
                }
            ],
        )

    def test_counters_tell_200_from_the_rest(self) -> None:
        self.query(404, head=ALICE)
        values = {name: self.statistic(name) for name in ("connections", "connok", "connfail")}
        self.assertEqual(values, {"connections": 1, "connok": 0, "connfail": 1})

    def test_an_open_circuit_is_7_at_once(self) -> None:
        head = 'modparam("http_client", "backend", "*=>failure_rate=50;min_calls=2")'
        self.assertEqual(self.query(503, head=head), ["503"])
        self.ask()
        self.assertEqual(self.ask(), ["7"])
        self.assertEqual(len(self.http.requests), 2)
        self.assertEqual(self.sip.rpc("httpclient.backends")[0]["circuit"], "open")

    def test_a_connection_may_have_limits_of_its_own(self) -> None:
        head = ALICE + '\nmodparam("http_client", "backend", "c=>in_flight=1;queue=0")'
        self.query(None, 'http_connect("c", "x", "$var(r)")', head)
        self.assertEqual(self.ask(), ["7"])
        self.assertEqual(self.statistic("c_in_flight"), 1)

    def test_other_modules_get_the_client_by_its_interface(self) -> None:
        self.query(b"body")
        asked = self.sip.server.get(IHttpClient).request(HttpRequest(b"GET", URL.encode()))
        self.assertEqual(self.successResultOf(asked).body, b"body")

    def test_stop_closes_idle_connections(self) -> None:
        self.query(b"")
        self.sip.close()
        self.assertTrue(self.http.closed)
