"""What an HTTP request costs, by each engine: CPU of the client's process per request, the server's left out.

python bench/bench_http.py [REQUESTS]

Prints one line for each engine, kind of connection and number of requests at a time: µs of CPU per request, requests a
second. The server is that of the integration tests, in a process of its own.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred

from sipapp.interfaces.http import HttpRequest, HttpResponse, IHttpEngine, Profile
from tests.integration.webserver import WebServer
from tests.served import Standin


def engines(reactor: Any) -> dict[str, IHttpEngine]:
    from sipapp.http.engine import TreqEngine

    def lookup(kind: str, name: str) -> tuple[str, ...]:
        return ()

    found: dict[str, Any] = {"treq": TreqEngine(reactor, lookup)}
    try:
        from sipapp.http.curl import CurlEngine
    except ImportError:
        return found
    return {**found, "curl": CurlEngine(reactor, lookup)}


class Load:
    """So many requests, some at a time."""

    def __init__(self, engine: IHttpEngine, make: Callable[[], HttpRequest], count: int, at_a_time: int) -> None:
        self.engine = engine
        self.make = make
        self.left = count
        self.open = at_a_time
        self.done: Deferred[None] = Deferred()
        for _ in range(at_a_time):
            self.next(None)

    def next(self, response: HttpResponse | None) -> None:
        assert response is None or response.status == 200
        if self.left:
            self.left -= 1
            self.engine.send(self.make()).addCallbacks(self.next, self.done.errback)
            return
        self.open -= 1
        if not self.open:
            self.done.callback(None)


async def measure(count: int, web: WebServer, reactor: Any) -> None:
    for name, engine in engines(reactor).items():
        for kind, profile, port, at_a_time, share in (
            ("kept", Profile(), "http", 1, 1.0),
            ("kept", Profile(), "http", 50, 1.0),
            ("new", Profile(keep=False), "http", 50, 0.5),
            ("kept TLS", Profile(ca_file=web.ca), "https", 50, 1.0),
        ):
            url = web.url("ok", port).encode()

            def make(url: bytes = url, profile: Profile = profile) -> HttpRequest:
                return HttpRequest(b"GET", url, profile=profile)

            await Load(engine, make, 100, at_a_time).done  # connections, caches
            number = int(count * share)
            cpu, began = time.process_time(), time.perf_counter()
            await Load(engine, make, number, at_a_time).done
            cpu, took = time.process_time() - cpu, time.perf_counter() - began
            sys.stdout.write(
                f"{name:5} {kind:9} {at_a_time:3} at a time: {cpu / number * 1e6:6.0f} µs CPU, {number / took:6.0f}/s\n"
            )
        await engine.close()


def main(count: int = 2000) -> None:
    from twisted.internet import reactor as installed
    from twisted.internet.defer import ensureDeferred
    from twisted.python.failure import Failure

    reactor: Any = installed

    def over(result: Any) -> None:
        if isinstance(result, Failure):
            result.printTraceback()
        reactor.stop()

    with Standin() as holder:
        web = WebServer(holder)
        reactor.callWhenRunning(lambda: ensureDeferred(measure(count, web, reactor)).addBoth(over))
        reactor.run()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
