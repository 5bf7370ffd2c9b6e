"""sipapp.http.curl: what it asks of the reactor; tests.integration.test_http has it speak to a server."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import HttpError
from sipapp.http.ready import AT_ONCE
from sipapp.interfaces.http import HttpRequest, HttpResponse, Profile

CurlEngine: Any = None
SPARE: Any = 0
if find_spec("pycurl"):
    from sipapp.http.curl import SPARE, CurlEngine

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-A: 1\r\n\r\nbody"


class Reactor(Clock):
    """Time, and the descriptors that somebody watches."""

    def __init__(self) -> None:
        super().__init__()
        self.readers: set[Any] = set()
        self.writers: set[Any] = set()
        self.addReader = self.readers.add
        self.removeReader = self.readers.discard
        self.addWriter = self.writers.add
        self.removeWriter = self.writers.discard

    def turn(self) -> None:
        """What is due runs, and every watched descriptor is told that it may go on."""
        self.advance(0)
        for watch in [*self.writers]:
            watch.doWrite()
        for watch in [*self.readers]:
            watch.doRead()


class CurlTests(SynchronousTestCase):
    skip = None if find_spec("pycurl") else "pycurl is not installed"

    def setUp(self) -> None:
        self.reactor = Reactor()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(5)
        self.addCleanup(self.listener.close)
        self.port = self.listener.getsockname()[1]
        self.names: dict[str, tuple[str, ...]] = {}
        self.engine = CurlEngine(self.reactor, lambda kind, name: self.names.get(name, ()) if kind == "A" else ())
        self.addCleanup(self.engine.close)
        self.asked: list[Deferred[HttpResponse]] = []
        self.addCleanup(lambda: [asked.addErrback(lambda failure: None) for asked in self.asked])

    def send(self, host: str = "127.0.0.1", method: bytes = b"GET", **facts: Any) -> Deferred[HttpResponse]:
        self.request = HttpRequest(method, f"http://{host}:{self.port}/a?b=c".encode(), **facts)
        self.asked.append(self.engine.send(self.request))
        return self.asked[-1]

    def accepted(self) -> socket.socket:
        """The connection that was made."""
        for _ in range(3):
            self.reactor.turn()
        connection, _ = self.listener.accept()
        connection.settimeout(5)
        self.addCleanup(connection.close)
        return connection

    def received(self, connection: socket.socket, end: bytes = b"\r\n\r\n") -> bytes:
        data = b""
        while not data.endswith(end):
            self.reactor.turn()
            data += connection.recv(65536)
        return data

    def result(self, asked: Deferred[HttpResponse]) -> Any:
        """The answer, or the error."""
        found: list[Any] = []
        asked.addBoth(found.append)
        for _ in range(1000):
            if found:
                break
            self.reactor.turn()
        return getattr(found[0], "value", found[0])

    def test_a_request_as_it_goes_out(self) -> None:
        self.send(method=b"POST", body=b"x=1", fields=[(b"X-A", b"1"), (b"Content-Length", b"99"), (b"X-B", b"")])
        lines = self.received(self.accepted(), b"x=1").split(b"\r\n")
        self.assertEqual((lines[0], lines[-1]), (b"POST /a?b=c HTTP/1.1", b"x=1"))
        names = sorted(line.partition(b":")[0] for line in lines[1:-2])
        self.assertEqual(names, [b"Accept", b"Accept-Encoding", b"Content-Length", b"Host", b"X-A", b"X-B"])
        self.assertIn(b"Content-Length: 3", lines)

    def test_other_methods_are_sent_as_they_are(self) -> None:
        for method, body in ((b"DELETE", None), (b"GET", b"x"), (b"PUT", b"x"), (b"POST", None)):
            self.send(method=method, body=body, profile=Profile(keep=False))
            data = self.received(self.accepted(), b"\r\n\r\n" + (body or b""))
            self.assertEqual(data.split()[0], method)

    def test_an_answer_as_it_comes_in(self) -> None:
        asked = self.send()
        connection = self.accepted()
        self.received(connection)
        connection.sendall(b"HTTP/1.1 103 Early\r\nX-B: 1\r\n\r\n" + ANSWER)
        found = self.result(asked)
        self.assertEqual((found.status, found.reason, found.body, found.version), (200, b"OK", b"body", b"HTTP/1.1"))
        self.assertEqual((found.first(b"x-a"), found.first(b"x-b")), (b"1", None))
        self.assertTrue(self.request.connected)

    def test_a_connection_is_kept_for_the_next_request(self) -> None:
        asked = self.send()
        connection = self.accepted()
        for _ in range(2):
            self.received(connection)
            connection.sendall(ANSWER)
            self.assertEqual(self.result(asked).status, 200)
            asked = self.send()
        self.assertTrue(self.received(connection))

    def test_a_kept_one_that_is_closed_on_us_is_replaced(self) -> None:
        asked = self.send()
        connection = self.accepted()
        self.received(connection)
        connection.sendall(ANSWER)
        self.result(asked)
        asked = self.send(method=b"POST", body=b"x")
        self.received(connection, b"x")
        connection.close()
        second = self.accepted()
        self.received(second, b"x")
        second.sendall(ANSWER)
        self.assertEqual(self.result(asked).status, 200)

    def test_names_are_those_of_the_server(self) -> None:
        self.names["example.com"] = ("127.0.0.1",)
        self.send("example.com")
        self.assertIn(b"Host: example.com:", self.received(self.accepted()))

    def test_a_name_without_an_address_is_6_and_of_a_proxy_5(self) -> None:
        self.assertEqual(self.result(self.send("example.org")).code, 6)
        self.assertEqual(self.result(self.send(profile=Profile(proxy="example.org:80"))).code, 5)

    def test_cancelling_closes_the_connection(self) -> None:
        asked = self.send()
        connection = self.accepted()
        self.received(connection)
        asked.cancel()
        self.failureResultOf(asked, CancelledError)
        self.assertEqual(connection.recv(1), b"")
        self.assertEqual((self.reactor.readers, self.reactor.writers), (set(), set()))

    def test_cancelling_a_lookup_asks_nobody(self) -> None:
        engine: Any = CurlEngine(self.reactor, lambda kind, name: Deferred())
        asked = engine.send(HttpRequest(b"GET", b"http://example.com/"))
        asked.cancel()
        self.failureResultOf(asked, CancelledError)
        engine.close()

    def test_what_is_too_long_is_cut_or_23(self) -> None:
        for truncate in (True, False):
            asked = self.send(most=2, truncate=truncate, profile=Profile(keep=False))
            connection = self.accepted()
            self.received(connection)
            connection.sendall(ANSWER)
            found = self.result(asked)
            self.assertEqual(found.body if truncate else found.code, b"bo" if truncate else 23)

    def test_what_cannot_be_set_is_told(self) -> None:
        found = self.result(self.send(profile=Profile(interface="192.0.2.99")))
        self.assertIsInstance(found, HttpError)
        self.assertEqual((found.code, found.connecting), (45, True))

    def test_closing_gives_up_what_is_under_way(self) -> None:
        asked = self.send()
        self.accepted()
        self.successResultOf(self.engine.close())
        self.failureResultOf(asked, CancelledError)
        self.assertEqual((self.reactor.readers, self.reactor.getDelayedCalls()), (set(), []))

    def test_so_many_are_told_in_one_turn_and_the_others_in_the_next_ones(self) -> None:
        many = AT_ONCE + 5
        told: list[Any] = []
        for _ in range(many):
            self.send(profile=Profile(keep=False)).addErrback(told.append)
        connections: list[socket.socket] = []
        while len(connections) < many:
            self.reactor.turn()
            connections.append(self.listener.accept()[0])
        for connection in connections:
            connection.close()
        most = 0
        while len(told) < many:
            before = len(told)
            self.reactor.turn()
            most = max(most, len(told) - before)
        self.assertEqual(most, AT_ONCE)

    def test_they_are_told_within_what_has_them_send_together(self) -> None:
        told: list[Any] = []

        @contextmanager
        def together() -> Iterator[None]:
            told.append("begin")
            yield
            told.append("end")

        self.engine.close()
        self.engine = CurlEngine(self.reactor, lambda kind, name: (), together)
        asked: Deferred[Any] = self.send().addCallback(lambda response: told.append(response.status))
        connection = self.accepted()
        self.received(connection)
        told.clear()
        connection.sendall(ANSWER)
        self.result(asked)
        self.assertEqual(told[-3:], ["begin", 200, "end"])

    def test_handles_beyond_the_first_ones_end_with_their_requests(self) -> None:
        made: list[Any] = []
        for _ in range(SPARE + 2):
            self.send(profile=Profile(keep=False))
        made += self.engine._running
        for asked in self.asked:
            asked.cancel()
        self.assertEqual(self.engine._spare, made[:SPARE])

    def test_what_libcurl_refuses_costs_no_handle(self) -> None:
        for _ in range(2):
            self.failureResultOf(self.send(profile=Profile(http_version=99)), HttpError)
        self.assertEqual(len(self.engine._spare), 1)

    def test_one_that_another_has_given_up_when_it_was_over_is_told_nothing_else(self) -> None:
        both = [self.send(profile=Profile(keep=False)) for _ in range(2)]
        told: list[str] = []

        def first(_: Any, other: Deferred[HttpResponse]) -> None:
            told.append("answered")
            other.cancel()
            self.third = self.send(profile=Profile(keep=False))

        for one, other in (both, both[::-1]):
            one.addCallbacks(first, lambda failure: told.append(failure.type.__name__), callbackArgs=(other,))
        connections = [self.accepted(), self.accepted()]
        for connection in connections:
            self.received(connection)
            connection.sendall(ANSWER)
        while len(told) < 2:
            self.reactor.turn()
        self.assertEqual(sorted(told), ["CancelledError", "answered"])
        self.assertNoResult(self.third)
