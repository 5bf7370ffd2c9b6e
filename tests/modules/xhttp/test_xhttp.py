"""sipapp.modules.xhttp, asked by a real HTTP client and by hand."""

from __future__ import annotations

import socket
from http.client import HTTPConnection

from twisted.trial.unittest import SynchronousTestCase

from tests.modules.talk import TalkCase
from tests.served import Caller, Served, Standin

SCRIPT = """
listen=udp:127.0.0.1:@PORT@
listen=tcp:127.0.0.1:@PORT@
loadmodule "sl" loadmodule "pv" loadmodule "textops" loadmodule "cfgutils" loadmodule "xlog" loadmodule "xhttp"
modparam("xhttp", "url_skip", "^/skipped")

request_route { sl_send_reply("200", "OK"); }

event_route[xhttp:request] {
    switch ($(hu{url.path})) {
    case "/hello":
        append_to_reply("X-Method: $rm\\r\\n");
        xhttp_reply("200", "OK", "text/html", "hello $si $(hu{url.querystring})");
        break;
    case "/body":   xhttp_reply("201", "Created", "text/plain", "$rb"); break;
    case "/wait":   usleep("300000"); xhttp_reply("200", "OK", "text/plain", "waited"); break;
    case "/twice":
        xhttp_reply("200", "OK", "", "");
        if (!xhttp_reply("200", "OK", "", "")) { xlog("L_WARN", "answered already\\n"); }
        break;
    case "/none":   exit;
    default:        xhttp_reply("404", "Not Found", "text/plain", "nothing here\\n");
    }
}
"""


class ServedTests(SynchronousTestCase):
    served: Served | None = None

    def setUp(self) -> None:
        cls = type(self)
        if cls.served is None:
            cls.served = Served(Standin.until_exit(), SCRIPT)
        self.port = cls.served.port
        self.client = HTTPConnection("127.0.0.1", self.port, timeout=5)
        self.addCleanup(self.client.close)

    def get(self, url: str, method: str = "GET", body: bytes | None = None) -> tuple[int, bytes]:
        self.client.request(method, url, body)
        self.answer = self.client.getresponse()
        return self.answer.status, self.answer.read()

    def test_the_route_answers_and_knows_who_asks_for_what(self) -> None:
        self.assertEqual(self.get("/hello?a=1"), (200, b"hello 127.0.0.1 a=1"))
        self.assertEqual(self.answer.getheader("Content-Type"), "text/html")
        self.assertEqual(self.answer.getheader("X-Method"), "GET")

    def test_a_connection_serves_several_requests(self) -> None:
        self.assertEqual(self.get("/hello"), (200, b"hello 127.0.0.1 "))
        own = self.client.sock.getsockname()
        self.assertEqual(self.get("/body", "POST", b"x" * 5000), (201, b"x" * 5000))
        self.assertEqual(self.get("/else"), (404, b"nothing here\n"))
        self.assertEqual(self.client.sock.getsockname(), own)

    def test_the_route_may_wait_and_nobody_else_does(self) -> None:
        self.client.request("GET", "/wait")
        took, status = Caller(self, self.port).ask("OPTIONS")
        self.assertEqual(status, 200)
        self.assertLess(took, 0.25)
        self.assertEqual(self.client.getresponse().read(), b"waited")

    def test_a_route_without_an_answer_is_answered_for(self) -> None:
        self.assertEqual(self.get("/none"), (500, b"no answer\n"))

    def test_there_is_one_answer(self) -> None:
        self.assertEqual(self.get("/twice"), (200, b""))
        assert self.served is not None
        self.served.wait_for("answered already")

    def test_who_says_close_and_old_clients_are_disconnected(self) -> None:
        for request in (b"GET /hello HTTP/1.1\r\nConnection: close\r\n\r\n", b"GET /hello HTTP/1.0\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", self.port), 5) as raw:
                raw.sendall(request)
                received = b""
                while piece := raw.recv(4096):
                    received += piece
            self.assertTrue(received.startswith(b"HTTP/1.1 200 OK\r\n"), received)
            self.assertIn(b"\r\nConnection: close\r\n", received)

    def test_a_chunked_body_is_not_understood(self) -> None:
        with socket.create_connection(("127.0.0.1", self.port), 5) as raw:
            raw.sendall(b"POST /body HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
            self.assertTrue(raw.recv(4096).startswith(b"HTTP/1.1 501 "))

    def test_sip_goes_on_beside_it(self) -> None:
        self.assertEqual(Caller(self, self.port, "tcp").ask("OPTIONS")[1], 200)


class StartTests(TalkCase):
    modules = "xhttp"

    def test_the_route_is_needed(self) -> None:
        with self.assertRaises(Exception) as caught:
            self.serve("")
        self.assertIn("event_route[xhttp:request] is missing", str(caught.exception))
