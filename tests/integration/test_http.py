"""Scripts that make HTTP requests: every function, by itself and all at once, whatever the server does."""

from __future__ import annotations

import re
import time
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from twisted.trial.unittest import SynchronousTestCase

from tests.integration.webserver import WebServer
from tests.served import Caller, Served, Standin

SCRIPT = Path(__file__).with_name("requests.cfg").read_text(encoding="utf-8")

AT_ONCE = 1.0
"""s within which whoever does not wait for a web server is answered, on a busy machine."""

DEADLINE = 2.0
"""s that every request has."""


class Place:
    """A web server, and a sipapp that asks it."""

    def __init__(self, engine: str) -> None:
        self.holder = Standin.until_exit()
        self.web = WebServer(self.holder)
        values: dict[str, Any] = {name.upper(): port for name, port in self.web.ports.items()}
        self.sip = Served(self.holder, SCRIPT, ENGINE=engine, CA=self.web.ca, **values)


@cache
def place(engine: str) -> Place:
    """Started for the first test that wants it."""
    return Place(engine)


class Said(NamedTuple):
    """An answer: after how long (s), its status, the return code, and what else the script had."""

    at: float
    status: int
    code: str
    http_status: str
    note: str  # content type; $http_err
    body: str


# What the server does: path, port of it.
DOES = {
    "ok": ("ok", "http"),
    "empty": ("empty", "http"),
    "204": ("empty/204", "http"),
    "404": ("status/404/lost", "http"),
    "500": ("status/500/broken", "http"),
    "dead": ("ok", "dead"),
    "no connection": ("ok", "hang"),
    "no answer": ("hang", "http"),
    "no body": ("head", "http"),
    "drip": ("drip", "http"),
    "late": ("delay/4000/ok", "http"),
    "slow": ("delay/300/ok", "http"),
    "reset": ("reset", "http"),
    "close": ("close", "http"),
    "garbage": ("garbage", "http"),
    "short": ("short", "http"),
    "stream": ("stream", "http"),
    "chunked": ("chunked", "http"),
    "gzip": ("gzip", "http"),
    "big": ("big/4000", "http"),
    "loop": ("redirect/1", "http"),
}
BODY = "hello body\nline2"

# http_client: the return code (that of curl, measured), and the body.
CURL: dict[str, tuple[int, str]] = {
    "ok": (200, BODY),
    "empty": (200, ""),
    "204": (204, ""),
    "404": (404, "lost"),
    "500": (500, ""),
    "dead": (7, ""),
    "no connection": (28, ""),
    "no answer": (28, ""),
    "no body": (28, ""),
    "drip": (28, ""),
    "late": (28, ""),
    "slow": (200, BODY),
    "reset": (56, ""),
    "close": (52, ""),
    "garbage": (1, ""),
    "short": (18, ""),
    "stream": (200, "to the end"),
    "chunked": (200, "first second"),
    "gzip": (200, BODY),
    "big": (200, "x" * 4000),
    "loop": (302, "moved"),
}
CURL_FUNCTIONS = ("query", "post", "headers", "get", "request", "async_query")

# rest_client: 1 for an answer, else what it says of curl's.
REST = {"dead": -1, "no connection": -2, "no answer": -3, "no body": -3, "drip": -3, "late": -3}
REST_FUNCTIONS = ("rest_get", "rest_post", "rest_put", "async_rest")

# http_async_client: $http_err where there is no answer.
ERRORS = {
    7: "Couldn't connect to server",
    28: "TIMEOUT",
    56: "Failure when receiving data from the peer",
    52: "Server returned nothing (no headers, no data)",
    1: "Unsupported protocol",
    18: "Transferred a partial file",
}


def said(at: float, message: str) -> Said:
    """What an answer says."""
    found = re.search("^X-Said: (.*?)\r?$", message, re.MULTILINE)
    code, http_status, note, body = found[1].split("|", 3) if found else ("", "", "", "")
    status = int(message.split()[1]) if message else 0
    return Said(at, status, code, http_status, note, "" if body == "<null>" else bytes.fromhex(body).decode())


def expected(function: str, what: str) -> tuple[str, str]:
    """The return code and the body."""
    code, body = CURL[what]
    if function in CURL_FUNCTIONS:
        return str(code), body
    if function in REST_FUNCTIONS:
        answered = code >= 100
        return str(1 if answered else REST.get(what, -10)), "broken" if what == "500" else body if answered else ""
    return str(int(code >= 100)), "broken" if what == "500" else body


class HttpCase(SynchronousTestCase):
    engine = "treq"

    @property
    def place(self) -> Place:
        return place(self.engine)

    def caller(self) -> Caller:
        return Caller(self, self.place.sip.port)

    def ask(self, function: str, url: str) -> Said:
        caller = self.caller()
        caller.send("OPTIONS", "bob", f"X-Fn: {function}", f"X-Url: {url}")
        return said(*caller.final())

    def ask_all(self, asked: dict[tuple[str, str], str]) -> dict[tuple[str, str], Said]:
        """Ask for all at once, and somebody who waits for nothing all the while; key -> answer."""
        caller, other = self.caller(), self.caller()
        begun = {}
        for (function, what), url in asked.items():
            call_id = caller.send("OPTIONS", "bob", f"X-Fn: {function}", f"X-Url: {url}")
            begun[call_id] = (function, what, time.monotonic())
        found: dict[tuple[str, str], Said] = {}
        end = time.monotonic() + DEADLINE + 10
        while len(found) < len(asked) and time.monotonic() < end:
            at, status = other.ask("OPTIONS")
            self.assertEqual(status, 200)
            self.longest = max(self.longest, at)
            while (message := caller.receive(0.02)[1]) and time.monotonic() < end:
                call_id = re.search("^Call-ID: (.*?)\r?$", message, re.MULTILINE)[1]  # type: ignore[index]
                if not message.startswith("SIP/2.0 1"):
                    function, what, since = begun[call_id]
                    found[function, what] = said(time.monotonic() - since, message)
        return found

    longest = 0.0  # s that somebody waited who asks no web server


class TableTests(HttpCase):
    def check_all(self, functions: tuple[str, ...]) -> dict[tuple[str, str], Said]:
        web = self.place.web
        asked = {(f, what): web.url(path, port) for f in functions for what, (path, port) in DOES.items()}
        found = self.ask_all(asked)
        wrong = {}
        for key in asked:
            answer = found.get(key)
            got = None if answer is None else (answer.code, answer.body)
            if got != expected(*key):
                wrong[key] = (answer, expected(*key))
        self.assertEqual(wrong, {})
        self.assertLess(self.longest, AT_ONCE)
        late = {key: answer.at for key, answer in found.items() if answer.at > DEADLINE + AT_ONCE}
        self.assertEqual(late, {})
        early = {
            what
            for (_, what), answer in found.items()
            if expected("query", what)[0] == "28" and answer.at < DEADLINE - 0.2
        }
        self.assertEqual(early, set())
        return found

    def test_http_client_returns_what_curl_says(self) -> None:
        self.check_all(CURL_FUNCTIONS)

    def test_rest_client_returns_what_opensips_does(self) -> None:
        self.check_all(REST_FUNCTIONS)

    def test_http_async_query_goes_on_in_its_route_with_any_answer_or_none(self) -> None:
        found = self.check_all(("http_async",))
        notes = {what: found["http_async", what].note for what, (code, _) in CURL.items() if code < 100}
        self.assertEqual(notes, {what: ERRORS[CURL[what][0]] for what in notes})


class ConnectionTests(HttpCase):
    def check(self, function: str, path: str, code: int, body: str) -> None:
        answer = self.ask(function, path)
        self.assertEqual((answer.code, answer.body), (str(code), body))

    def test_connections(self) -> None:
        self.check("up", "ok", 200, BODY)
        self.check("dead", "ok", 7, "")
        self.check("over", "ok", 200, BODY)
        self.check("hang", "ok", 28, "")
        self.check("kept", "redirect/3", 200, self.ask("kept", "redirect/3").body)
        self.check("kept", "redirect/31", 47, "")
        self.check("kept", "elsewhere/ftp", 1, "")

    def test_the_log_names_the_line_of_the_script_that_asked(self) -> None:
        for function, call in (("query", 'http_client_query("$avp(u)", "$avp(r)")'), ("rest_get", "rest_get(")):
            url = self.place.web.url(f"named/{function}", "dead")
            self.ask(function, url)
            number = next(number for number, line in enumerate(SCRIPT.splitlines(), 1) if call in line)
            self.assertRegex(self.place.sip.log, rf"client \S*app\.cfg:{number}\] .*\(url: {re.escape(url)}\)")

    def test_user_and_password(self) -> None:
        self.check("up", "basic", 200, "welcome")
        self.check("up", "digest", 200, "welcome")

    def test_what_is_sent(self) -> None:
        sent = self.ask("raw", "echo").body
        self.assertIn('"method": "POST"', sent)
        self.assertIn('"body": "$rm"', sent)
        self.assertIn('"content-type": "text/x"', sent)
        self.assertIn('"user-agent": "sipapp', sent)

    def test_a_proxy_is_asked_for_the_whole_url(self) -> None:
        self.assertIn('"path": "http://www.example.com/echo"', self.ask("proxied", "echo").body)

    def test_tls(self) -> None:
        web = self.place.web
        self.check("tls", "ok", 200, BODY)
        self.check("query", web.url("ok", "https"), 200, BODY)
        self.check("query", web.url("ok", "https").replace("127.0.0.1", "localhost"), 200, BODY)
        self.assertEqual(self.ask("rest_get", web.url("ok", "https")).code, "-10")  # it does not trust the certificate

    def test_no_such_host_and_no_such_scheme(self) -> None:
        self.check("query", "ftp://192.0.2.1/", 1, "")
        self.check("query", "http://192.0.2.1:port/", 3, "")


class GivenUpTests(HttpCase):
    def test_cancel_reaches_the_connection(self) -> None:
        web = self.place.web
        functions = (
            "query",
            "request",
            "up",
            "kept",
            "rest_get",
            "rest_put",
            "async_query",
            "async_rest",
            "http_async",
        )
        paths = {}
        for function in functions:
            paths[function] = f"/hang?{function}-{time.monotonic()}"
            self.cancel(function, paths[function] if function in ("up", "kept") else web.url(paths[function][1:]))
        end = time.monotonic() + 5
        while (missing := set(paths.values()) - set(web.seen()["given_up"])) and time.monotonic() < end:
            pass
        self.assertEqual(missing, set())

    def cancel(self, function: str, url: str) -> None:
        """An INVITE that waits for a web server is cancelled: 487 at once."""
        caller = self.caller()
        caller.send("INVITE", "bob", f"X-Fn: {function}", f"X-Url: {url}")
        self.assertIn(" 100 ", caller.receive()[1])
        end = time.monotonic() + 5
        path = url[url.index("/hang") :]
        while (
            f"hang?{path.partition('?')[2]}" not in " ".join(self.place.web.seen()["seen"]) and time.monotonic() < end
        ):
            pass
        begun = time.monotonic()
        caller.cancel()
        statuses = {caller.receive()[1][8:11], caller.receive()[1][8:11]}
        self.assertEqual(statuses, {"200", "487"}, function)
        self.assertLess(time.monotonic() - begun, AT_ONCE)

    def test_launch_and_send_report_beside_the_call(self) -> None:
        sip, web = self.place.sip, self.place.web
        for function, what, line in (
            ("launch", "ok", "reported: 200 "),
            ("launch", "dead", "reported: 7 "),
            ("http_send", "404", "beside: 1 404"),
            ("http_send", "dead", "beside: 0 <null> Couldn't connect to server"),
        ):
            before = sip.log.count(line)
            answer = self.ask(function, web.url(*DOES[what]))
            self.assertEqual(answer.code, "1")
            sip.wait_for(line, times=before + 1)

    def test_a_server_that_was_started_again_is_asked_again(self) -> None:
        web = self.place.web
        for function, good, down in (
            ("kept", "200", "7"),
            ("query", "200", "7"),
            ("rest_get", "1", "-1"),
            ("http_async", "1", "0"),
        ):
            url = "ok" if function == "kept" else web.url("ok")
            self.assertEqual(self.ask(function, url).code, good)
            web.stop()
            try:
                self.assertEqual(self.ask(function, url).code, down)
            finally:
                web.start()
            self.assertEqual(self.ask(function, url).code, good)


NO_CURL = None if find_spec("pycurl") else "pycurl is not installed"


class CurlTableTests(TableTests):
    engine = "curl"
    skip = NO_CURL


class CurlConnectionTests(ConnectionTests):
    engine = "curl"
    skip = NO_CURL


class CurlGivenUpTests(GivenUpTests):
    engine = "curl"
    skip = NO_CURL
