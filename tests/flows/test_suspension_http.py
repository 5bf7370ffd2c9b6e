"""Scripts that wait for web servers of memory; what real ones do is in tests/integration."""

from __future__ import annotations

from typing import Any

from sipapp.interfaces.http import HttpRequest, HttpResponse, IHttpEngine
from sipapp.testing.http import FakeHttp
from tests.flows.waiting import TIMERS, WaitingTestCase

URL = "http://192.0.2.80"
SLOW = 2.0  # s


def web(request: HttpRequest) -> Any:
    """A web server that answers /STATUS with that status, /ok with two lines, and /slow not at all. Nobody listens at
    192.0.2.81, and there is no such host as "nowhere"."""
    if request.url.startswith(b"http://192.0.2.81"):
        return 7
    if request.url.startswith(b"http://nowhere"):
        return 6
    what = request.url.rpartition(b"/")[2].partition(b"?")[0]
    if what == b"slow":
        return None
    if not what.isdigit():
        return HttpResponse(200, b"OK", [(b"Content-Type", b"text/plain")], b"hello body\nline2", request.url)
    return HttpResponse(int(what), b"", [], b"" if what == b"204" else b"text", request.url)


class HttpTestCase(WaitingTestCase):
    def play_http(self, module: str, script: str, head: str = TIMERS) -> None:
        self.http = FakeHttp(web)
        self.play(script, head, modules=(module,), provide={IHttpEngine: self.http})


class ClientTests(HttpTestCase):
    """http_client: the script goes on at the next statement."""

    def query(self, url: str) -> list[str]:
        """What a script says of its return code and result; then it answers 404."""
        self.play_http(
            "http_client",
            f"""request_route {{
                if (is_method("MESSAGE")) {{ sl_send_reply("200","OK"); exit; }}
                $var(b) = "old"; $var(rc) = http_client_query("{url}", "$var(b)");
                xlog("$var(rc) [$var(b)]\\n"); t_newtran(); t_reply("404","x");
            }}""",
            TIMERS + 'modparam("http_client", "connection_timeout", 2)\n',
        )
        self.options(0)
        return self.said()

    def test_the_return_code_is_the_status_and_the_result_the_first_line(self) -> None:
        """G-61."""
        self.assertEqual(self.query(f"{URL}/ok"), ["200 [hello body]"])
        self.assertEqual(self.query(f"{URL}/404"), ["404 [text]"])
        self.assertEqual(self.query(f"{URL}/500"), ["500 []"])
        self.assertEqual(self.query(f"{URL}/204"), ["204 []"])

    def test_a_slow_server_is_28_after_connection_timeout_and_others_are_served_meanwhile(self) -> None:
        """G-61, improved."""
        self.assertEqual(self.query(f"{URL}/slow"), [])
        self.sip.advance(1)
        self.dave.send("MESSAGE")
        self.sip.advance(0)
        self.assertEqual(self.dave.received, [(1.0, 200)])
        self.sip.advance(5)
        self.assertEqual((self.said(), self.answers), (["28 []"], [(SLOW, 404, b"x")]))
        self.assertEqual((self.http.cancelled, self.waiting), (1, 0))

    def connect(self, cons: str) -> list[str]:
        self.play_http(
            "http_client",
            """request_route {
                $var(rc) = http_connect("con1", "/echo?a=1", "$var(b)");
                xlog("$var(rc) $(var(b){s.len})\\n"); t_newtran(); t_reply("404","x");
            }""",
            TIMERS + cons,
        )
        self.options(0)
        return self.said()

    def test_a_connection_has_a_base_and_credentials(self) -> None:
        """G-62."""
        con = 'modparam("http_client", "httpcon", "con1=>http://user:pass@192.0.2.80/base")\n'
        self.assertEqual(self.connect(con), ["200 16"])
        request = self.http.requests[0]
        self.assertEqual((request.method, request.url), (b"GET", b"http://192.0.2.80/base/echo?a=1"))
        self.assertEqual((request.user, request.password), (b"user", b"pass"))

    def test_a_connection_that_fails_has_another(self) -> None:
        """G-62."""
        cons = """
            modparam("http_client", "httpcon", "con2=>http://192.0.2.80/two")
            modparam("http_client", "httpcon", "con1=>http://192.0.2.81/one;failover=con2")
        """
        self.assertEqual(self.connect(cons), ["200 16"])
        asked = [request.url for request in self.http.requests]
        self.assertEqual(asked, [b"http://192.0.2.81/one/echo?a=1", b"http://192.0.2.80/two/echo?a=1"])


class AsyncClientTests(HttpTestCase):
    """http_async_client: the script goes on in a named route."""

    def query(self, url: str, before: str = "t_newtran();", head: str = TIMERS) -> None:
        self.play_http(
            "http_async_client",
            f"""request_route {{
                {before} http_async_query("{url}", "ANSWER");
                xlog("on $rc\\n"); sl_send_reply("202","on");
            }}
            route[ANSWER] {{ xlog("$http_ok $http_rs $http_err $rU\\n"); t_reply("404","x"); }}""",
            head,
        )
        self.options(0)

    def test_any_response_is_ok(self) -> None:
        """G-63."""
        for path, status in (("ok", 200), ("404", 404), ("500", 500)):
            self.query(f"{URL}/{path}")
            self.assertEqual((self.said(), self.answers), ([f"1 {status} <null> bob"], [(0.0, 404, b"x")]))

    def test_a_refused_connection_is_not(self) -> None:
        """G-63."""
        self.query("http://192.0.2.81/")
        self.assertEqual(self.said(), ["0 <null> Couldn't connect to server bob"])

    def test_what_is_slower_than_500_ms_timed_out(self) -> None:
        """G-63."""
        self.query(f"{URL}/slow")
        self.sip.advance(5)
        self.assertEqual((self.said(), self.answers), (["0 <null> TIMEOUT bob"], [(0.5, 404, b"x")]))

    def test_without_a_transaction_the_script_goes_on(self) -> None:
        """G-63."""
        self.query(f"{URL}/ok", before="")
        self.sip.advance(1)
        self.assertEqual(self.answers, [(0.0, 202, b"on")])
        self.assertIn("on 1", self.said())
        self.assertEqual([line for line in self.said() if "bob" in line], [])  # the route has a made-up request

    def test_its_time_out_counts_and_not_fr_timer(self) -> None:
        """G-64, improved: the deadline of the call itself."""
        head = TIMERS.replace('"fr_timer", 3000', '"fr_timer", 4000')
        head += 'modparam("http_async_client", "connection_timeout", 10000)\n'
        self.query(f"{URL}/slow", head=head)
        self.sip.advance(20)
        self.assertEqual((self.said(), self.answers), (["0 <null> TIMEOUT bob"], [(10.0, 404, b"x")]))


class RestTests(HttpTestCase):
    """rest_client, within async() and launch()."""

    def get(self, url: str, rest: str = "") -> list[str]:
        self.play_http(
            "rest_client",
            f"""request_route {{ async(rest_get("{url}", $avp(b), $avp(ct), $avp(code)), r{rest}); }}
            route[r] {{ xlog("$rc $avp(code)\\n"); t_reply("404","x"); }}""",
        )
        self.options(0)
        return self.said()

    def test_any_response_is_1(self) -> None:
        """G-69."""
        self.assertEqual(self.get(f"{URL}/ok"), ["1 200"])
        self.assertEqual(self.get(f"{URL}/404"), ["1 404"])

    def test_failures_have_numbers(self) -> None:
        """G-69."""
        self.assertEqual(self.get("http://192.0.2.81/"), ["-1 0"])
        self.assertEqual(self.get("http://nowhere/"), ["-10 0"])
        self.assertEqual(self.answers, [(0.0, 404, b"x")])

    def test_the_third_argument_of_async_is_a_limit(self) -> None:
        """G-69, improved: to the moment."""
        self.assertEqual(self.get(f"{URL}/slow", ", 1"), [])
        self.http.requests[0].connected = True
        self.sip.advance(5)
        self.assertEqual((self.said(), self.answers), (["-3 0"], [(1.0, 404, b"x")]))

    def test_a_launched_call_that_fails_is_reported(self) -> None:
        """G-75, improved."""
        self.play_http(
            "rest_client",
            """request_route { launch(rest_get("http://192.0.2.81/", $avp(b)), rep); sl_send_reply("200","OK"); }
            route[rep] { xlog("$rc\\n"); }""",
        )
        self.options(1)
        self.assertEqual((self.said(), self.answers), (["-1"], [(0.0, 200, b"OK")]))
