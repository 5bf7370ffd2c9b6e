"""sipapp.modules.rest_client."""

from __future__ import annotations

from typing import Any

from sipapp.errors import ConfigError
from sipapp.interfaces.http import HttpRequest, HttpResponse, IHttpEngine
from sipapp.testing.http import FakeHttp
from tests.modules.talk import TalkCase

URL = "http://192.0.2.80/x"
JSON = HttpResponse(404, b"", [(b"Content-Type", b"application/json")], b"{}", URL.encode())
GET = f'rest_get("{URL}", $avp(b), $avp(t), $avp(c))'
SHOW = 'say("$rc b=$avp(b) t=$avp(t) c=$avp(c)");'


def connected(request: HttpRequest) -> None:
    """A server that takes the connection, and never answers."""
    request.connected = True


class RestClientCase(TalkCase):
    modules = "tm rest_client"

    def with_http(self, answer: Any, body: str, head: str = "", **facts: Any) -> list[str]:
        self.http = FakeHttp(answer)
        return self.run_script(body, head=head, provide={IHttpEngine: self.http}, **facts)

    def said_after(self, seconds: float) -> list[bytes]:
        """What the last message says after so long."""
        self.sip.advance(seconds)
        said: list[bytes] = self.alice.messages[-1].values(b"x-said")
        return said


class GetTests(RestClientCase):
    def test_an_answer_of_any_status_is_1(self) -> None:
        self.assertEqual(self.with_http(JSON, f"{GET}; {SHOW}"), ["1 b={} t=application/json c=404"])

    def test_results_may_be_left_out(self) -> None:
        self.assertEqual(self.with_http(JSON, f'rest_get("{URL}", $avp(b)); {SHOW}'), ["1 b={} t=<null> c=<null>"])
        said = self.with_http(JSON, f'async(rest_get("{URL}", $avp(b), , $avp(c)), r);', routes=AsyncTests.ROUTES)
        self.assertEqual(said, ["1 b={} t=<null> c=404"])

    def test_what_cannot_be_had_leaves_the_body_alone(self) -> None:
        for error, code in ((7, -1), (6, -10), (1, -10), (23, -10), (56, -10)):
            said = self.with_http(error, f'$avp(b) = "old"; {GET}; {SHOW}')
            self.assertEqual(said, [f"{code} b=old t=<null> c=0"], error)

    def test_an_empty_body_is_a_new_value(self) -> None:
        said = self.with_http(b"", f'$avp(b) = "old"; {GET}; say("[$(avp(b)[0])][$(avp(b)[1])]");')
        self.assertEqual(said, ["[][old]"])

    def test_an_answer_that_takes_longer_than_curl_timeout_is_minus_3(self) -> None:
        self.with_http(connected, f"{GET}; {SHOW}", 'modparam("rest_client", "curl_timeout", 2)')
        self.assertEqual(self.said_after(2), [b"-3 b= t= c=0"])
        self.assertEqual(self.http.cancelled, 1)

    def test_a_connection_that_takes_as_long_is_minus_2(self) -> None:
        self.with_http(None, f"{GET}; {SHOW}", 'modparam("rest_client", "curl_timeout", 2)')
        self.assertEqual(self.said_after(2), [b"-2 b=<null> t=<null> c=0"])

    def test_the_engine_is_told_of_the_parameters(self) -> None:
        names = {"connection_timeout": 3, "max_transfer_size": 2, "ssl_verifypeer": 0, "ssl_verifyhost": 0}
        head = "\n".join(f'modparam("rest_client", "{name}", {value})' for name, value in names.items())
        self.with_http(b"", GET + ";", head + '\nmodparam("rest_client", "ssl_capath", "/ca")')
        request = self.http.requests[0]
        self.assertEqual((request.most, request.truncate, request.profile.connect_timeout), (2048, False, 3.0))
        profile = request.profile
        self.assertEqual((profile.verify_peer, profile.verify_host, profile.ca_path), (False, False, "/ca"))

    def test_beyond_max_async_transfers_requests_wait_for_their_turn(self) -> None:
        self.with_http(None, f"{GET}; {SHOW}", 'modparam("rest_client", "max_async_transfers", 1)')
        self.ask()
        self.assertEqual(len(self.http.requests), 1)
        self.http.finish(b"1")
        self.assertEqual(len(self.http.requests), 2)

    def test_while_another_connects_it_is_minus_4_where_that_is_wanted(self) -> None:
        self.with_http(None, f"{GET}; {SHOW}", 'modparam("rest_client", "no_concurrent_connects", 1)')
        self.assertEqual(self.ask()[0].split()[0], "-4")
        self.http.requests[0].connected = True
        self.assertEqual(self.ask(), [])


class AsyncTests(RestClientCase):
    ROUTES = "route[r] { " + SHOW + ' t_reply(404, "x"); }'

    def test_the_route_finds_code_and_results(self) -> None:
        said = self.with_http(JSON, f"async({GET}, r);", routes=self.ROUTES)
        self.assertEqual(said, ["1 b={} t=application/json c=404"])

    def test_the_time_limit_of_async_is_minus_3(self) -> None:
        self.with_http(connected, f"async({GET}, r, 1);", routes=self.ROUTES)
        self.assertEqual(self.said_after(1), [b"-3 b= t= c=0"])
        self.assertEqual(self.http.cancelled, 1)

    def test_launch_reports_what_failed_at_once(self) -> None:
        self.modules = "tm xlog rest_client"
        routes = 'route[r] { xlog("L_ERR", "reported $rc $param(1)\\n"); }'
        self.with_http(7, f'launch({GET}, r, "p $rm");', routes=routes)
        self.assertTrue(self.logged("reported -1 p OPTIONS"))

    def test_a_cancel_closes_the_connection(self) -> None:
        self.http = FakeHttp(None)
        body = f'if (is_method("CANCEL")) {{ t_relay(); exit; }} async({GET}, r);'
        self.serve(body, routes=self.ROUTES, provide={IHttpEngine: self.http})
        self.alice.send("INVITE")
        self.sip.advance(0.1)
        self.alice.cancel()
        self.sip.advance(0)
        self.assertEqual(self.http.cancelled, 1)
        self.assertIn(487, self.alice.statuses)


class SendTests(RestClientCase):
    def test_post_and_put_send_a_body(self) -> None:
        for name, method in (("rest_post", b"POST"), ("rest_put", b"PUT")):
            said = self.with_http(JSON, f'{name}("{URL}", "a=$rm", $avp(b)); {SHOW}')
            self.assertEqual(said, ["1 b={} t=<null> c=<null>"])
            request = self.http.requests[0]
            self.assertEqual((request.method, request.body), (method, b"a=OPTIONS"))

    def test_a_content_type_may_stand_before_the_results(self) -> None:
        said = self.with_http(JSON, f'rest_put("{URL}", "x", "text/x", $avp(b), $avp(t), $avp(c)); {SHOW}')
        self.assertEqual(said, ["1 b={} t=application/json c=404"])
        self.assertIn((b"Content-Type", b"text/x"), self.http.requests[0].fields)
        call = f'rest_post("{URL}", "x", , $avp(b), , $avp(c))'
        said = self.with_http(JSON, f"async({call}, r);", routes=AsyncTests.ROUTES)
        self.assertEqual(said, ["1 b={} t=<null> c=404"])

    def test_header_lines_go_with_the_next_request_only(self) -> None:
        self.with_http(b"", f'rest_append_hf("X-A: 1"); rest_append_hf("X-B: 2"); {GET}; {GET};')
        sent = [[one for one in request.fields if one[0].startswith(b"X-")] for request in self.http.requests]
        self.assertEqual(sent, [[(b"X-A", b"1"), (b"X-B", b"2")], []])

    def test_a_tls_domain_is_for_the_next_request_only(self) -> None:
        head = 'modparam("rest_client", "client_tls", "dom1=>certificate=/c;key=/k;ca=/a")'
        self.with_http(b"", f'rest_init_client_tls("dom1"); {GET}; {GET};', head)
        seen = [(one.profile.certificate, one.profile.key, one.profile.ca_file) for one in self.http.requests]
        self.assertEqual(seen, [("/c", "/k", "/a"), (None, None, None)])

    def test_an_unknown_tls_domain_is_minus_1(self) -> None:
        self.assertEqual(self.with_http(b"", 'rest_init_client_tls("dom1"); say("$rc");'), ["-1"])

    def test_http2_alone_is_refused_where_the_engine_has_none(self) -> None:
        head = 'modparam("rest_client", "engine", "treq") modparam("rest_client", "curl_http_version", 5)'
        why = self.assertRaises(ConfigError, self.with_http, b"", "", head)
        self.assertIn("needs the engine curl", str(why))

    def test_a_malformed_tls_domain_is_a_load_error(self) -> None:
        self.assertRaises(ConfigError, self.with_http, b"", "", 'modparam("rest_client", "client_tls", "dom1")')


class TransformationTests(RestClientCase):
    def test_escape_and_unescape(self) -> None:
        said = self.with_http(
            b"", '$var(x) = "a b/ü"; say("$(var(x){rest.escape}) $(var(x){rest.escape}{rest.unescape})");'
        )
        self.assertEqual(said, ["a%20b%2F%C3%BC a b/ü"])

    def test_stop_closes_idle_connections(self) -> None:
        self.with_http(b"", "")
        self.sip.close()
        self.assertTrue(self.http.closed)
