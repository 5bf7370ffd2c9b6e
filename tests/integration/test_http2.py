"""HTTP/2 by libcurl, with a real server: versions, many calls on one connection, and calls in trouble."""

from __future__ import annotations

import re
import time
from importlib.util import find_spec

from twisted.trial.unittest import SynchronousTestCase

from tests.integration.http2 import SLOW, Http2Server
from tests.integration.webserver import WebServer
from tests.served import Caller, Served, Standin

SCRIPT = """
listen=udp:127.0.0.1:@PORT@
loadmodule "tm" loadmodule "sl" loadmodule "pv" loadmodule "textops"
loadmodule "http_client" loadmodule "http_async_client" loadmodule "rest_client"
modparam("http_client|http_async_client|rest_client", "engine", "curl")
modparam("http_client", "connection_timeout", 2)
modparam("http_client", "cacert", "@CA@")
modparam("http_client", "keep_connections", 1)
modparam("http_client", "query_result", 0)
modparam("http_async_client", "connection_timeout", 2000)
modparam("http_async_client", "tls_verify_peer", 0)
modparam("rest_client", "curl_timeout", 2)
modparam("rest_client", "curl_http_version", 4)
modparam("rest_client", "client_tls", "test=>ca=@CA@")

request_route {
    if (is_method("ACK")) { t_check_trans(); exit; }
    if (is_method("CANCEL")) { t_relay(); exit; }
    if (is_method("MESSAGE")) { sl_send_reply("200", "OK"); exit; }
    t_newtran();
    $avp(u) = $hdr(X-Url);
    switch ($hdr(X-Fn)) {
    case "v2pk": $avp(rc) = http_client_request_v2pk("GET", "$avp(u)", "", "", "$avp(r)"); break;
    case "post": $avp(rc) = http_client_request_v2pk("POST", "$avp(u)", "a=1", "X-A: 1", "$avp(r)"); break;
    case "query": $avp(rc) = http_client_query("$avp(u)", "$avp(r)"); break;
    case "rest": rest_init_client_tls("test"); $avp(rc) = rest_get("$avp(u)", $avp(r)); break;
    default:
        $http_req(http_version) = $(hdr(X-Fn){s.int});
        http_async_query("$avp(u)", "ANSWER");
    }
    route(SAY);
}
route[ANSWER] { $avp(rc) = $http_rs; $avp(r) = $http_rb; route(SAY); }
route[SAY] {
    append_to_reply("X-Out: $avp(rc) $(avp(r){s.len}) $(avp(r){s.substr,0,9})\\r\\n");
    t_reply("480", "Done");
    exit;
}
"""


class Http2Tests(SynchronousTestCase):
    skip = None if find_spec("pycurl") else "pycurl is not installed"
    web: Http2Server | None = None
    sip: Served
    old: WebServer  # knows nothing of HTTP/2

    def setUp(self) -> None:
        cls = type(self)
        if cls.web is None:
            holder = Standin.until_exit()
            web = Http2Server(holder)
            cls.old = WebServer(holder)
            cls.sip = Served(holder, SCRIPT, CA=web.ca)
            cls.web = web
        self.server = cls.web

    def begin(self, function: str, url: str, method: str = "OPTIONS") -> Caller:
        made = Caller(self, self.sip.port)
        made.send(method, "bob", f"X-Fn: {function}", f"X-Url: {url}")
        return made

    def out(self, caller: Caller) -> tuple[float, str]:
        at, message = caller.final()
        found = re.search(r"^X-Out: (.*?)\r$", message, re.MULTILINE)
        return at, found[1] if found else message

    def ask(self, function: str, url: str) -> str:
        """The code, the version and the start of the port: `200 7 2 40123`."""
        return self.out(self.begin(function, url))[1]

    def version(self, function: str, url: str) -> str:
        return self.ask(function, url).split()[2]

    def test_prior_knowledge_without_tls(self) -> None:
        for function in ("v2pk", "post", "5"):
            self.assertRegex(self.ask(function, self.server.url("ok")), "^200 [67] 2 ")
        self.assertEqual(self.ask("v2pk", self.server.url("nothing")), "404 4 lost")
        self.assertEqual(self.ask("v2pk", self.server.url("big")), "200 300000 xxxxxxxxx")

    def test_a_server_that_offers_it_in_tls_is_asked_by_it_if_that_is_wanted(self) -> None:
        url = self.server.url("ok", "tls")
        found = [self.version(function, url) for function in ("v2pk", "rest", "4", "3", "query", "2", "0")]
        self.assertEqual(found, ["2", "2", "2", "2", "1.1", "1.1", "1.1"])

    def test_a_server_that_does_not_is_asked_as_ever(self) -> None:
        for function in ("4", "3", "1"):
            self.assertEqual(self.ask(function, self.old.url("ok", "https")).split()[0], "200")
            self.assertEqual(self.ask(function, self.old.url("ok")).split()[0], "200")

    def test_prior_knowledge_of_what_is_not_so_is_an_error(self) -> None:
        self.assertIn(self.ask("v2pk", self.old.url("ok")).split()[0], ("16", "52", "55", "56"))

    def test_calls_share_one_connection_and_none_waits_for_another(self) -> None:
        callers = [self.begin("v2pk", self.server.url("slow")) for _ in range(20)]
        found = [self.out(caller) for caller in callers]
        self.assertEqual({out.split()[0] for _, out in found}, {"200"})
        self.assertEqual(len({out.split()[-1] for _, out in found}), 1, found)
        self.assertLess(max(at for at, _ in found), SLOW + 1.5)

    def test_no_answer_in_time_no_connection_and_nobody_there(self) -> None:
        asked = {
            "28": self.begin("v2pk", self.server.url("hang")),
            "28 ": self.begin("v2pk", f"http://127.0.0.1:{self.old.ports['hang']}/"),
            "7": self.begin("v2pk", f"http://127.0.0.1:{self.old.ports['dead']}/"),
        }
        self.assertEqual(Caller(self, self.sip.port).ask("MESSAGE")[1], 200)
        for code, caller in asked.items():
            at, out = self.out(caller)
            self.assertEqual(out.split()[0], code.strip())
            self.assertLess(at, 3.5)

    def test_cancel_ends_a_stream_and_no_other(self) -> None:
        other = self.begin("v2pk", self.server.url("slow"))
        path = f"hang-{time.monotonic()}"
        given_up = self.begin("v2pk", self.server.url(path), "INVITE")
        self.assertIn(" 100 ", given_up.receive()[1])
        self.assertEqual(self.ask("v2pk", self.server.url("ok")).split()[0], "200")
        given_up.cancel()
        statuses = sorted(given_up.final()[1].split()[1] for _ in range(2))
        self.assertEqual(statuses, ["200", "487"])
        self.assertEqual(self.out(other)[1].split()[0], "200")
        end = time.monotonic() + 5
        while (gone := self.ask("v2pk", self.server.url(f"gone/{path}"))) != "200 3 yes" and time.monotonic() < end:
            pass
        self.assertEqual(gone, "200 3 yes")

    def test_a_server_that_was_started_again_is_asked_again(self) -> None:
        url = self.server.url("ok")
        self.assertEqual(self.ask("v2pk", url).split()[0], "200")
        self.server.stop()
        try:
            self.assertEqual(self.ask("v2pk", url).split()[0], "7")
        finally:
            self.server.start()
        self.assertEqual(self.ask("v2pk", url).split()[0], "200")
