"""held: what a server keeps for each call whose script waits: the kinds of objects, and the lines that made them.

    python -m bench.held [sleep route http] [--calls 2000] [--lines 30]

Calls are placed in this process, without a network, with an INVITE of 534 bytes each; the HTTP server that they ask in
`http` never answers. Told are, per call: how many objects of each kind, and their bytes; and how many bytes that each
line of ours has made are still there. With `--lines 0`: the memory of the process, which is what counts in the end.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tracemalloc
from collections import Counter
from collections.abc import Iterable

from twisted.internet.defer import Deferred
from zope.interface import implementer

from bench.bench_call import Bench, request
from bench.process import resident
from bench.table import table
from sipapp.interfaces.http import HttpRequest, HttpResponse, IHttpEngine
from sipapp.interfaces.transport import Flow

HEAD = """
debug=0
suspend_timeout=3600
loadmodule "tm" loadmodule "sl" loadmodule "pv" loadmodule "textops" loadmodule "async" loadmodule "http_client"
modparam("http_client", "backend", "*=>in_flight=0") modparam("http_client", "connection_timeout", 3600)
request_route {
    if (is_method("ACK")) { t_check_trans(); exit; }
    %s
    t_reply("404", "Not Found");
}
route[GO_ON] { t_reply("404", "Not Found"); }
"""

WAITS = {
    "sleep": 'async_sleep("3600");',
    "route": 'async_route("GO_ON", "3600");',
    "http": 'http_client_query("http://192.0.2.9/?u=$fU", "$var(body)");',
}


@implementer(IHttpEngine)
class Silent:
    """Never answers."""

    def send(self, request: HttpRequest) -> Deferred[HttpResponse]:
        return Deferred()

    def close(self) -> Deferred[None]:
        raise NotImplementedError


class Measured(Bench):
    """A server of which every call waits."""

    def __init__(self, kind: str) -> None:
        super().__init__(HEAD % WAITS[kind], Silent())

    def place(self, numbers: Iterable[int]) -> None:
        """Each of them, a thousand in a second."""
        for number in numbers:
            self.receive(request("INVITE", number), self._flow())
            if not number % 1000:
                self.clock.advance(1)
        self.clock.advance(2)
        self.sender.sent = []

    def _flow(self) -> Flow:
        """As of a datagram: with an address of its own."""
        return Flow(self.socket, "".join(["192.0.2.", "1"]), 5060)


def kinds() -> tuple[Counter[str], Counter[str]]:
    """How many objects there are of each kind that the collector knows, and their bytes."""
    count: Counter[str] = Counter()
    size: Counter[str] = Counter()
    for one in gc.get_objects():
        name = type(one).__qualname__
        count[name] += 1
        size[name] += sys.getsizeof(one)
    return count, size


def by_kind(server: Measured, calls: int) -> list[tuple[str, object]]:
    gc.collect()
    count, size = kinds()
    server.place(range(1, calls + 1))
    gc.collect()
    more, larger = kinds()
    more.subtract(count)
    larger.subtract(size)
    rows: list[tuple[str, object]] = []
    for name, number in more.most_common():
        if number >= calls / 2:
            rows.append((name, f"{number / calls:5.1f} {larger[name] / calls:7.0f} B"))
    total = sum(more.values()) / calls, sum(larger.values()) / calls
    return [("objects per call that the collector knows", f"{total[0]:5.1f} {total[1]:7.0f} B"), *rows]


def by_line(server: Measured, calls: int, lines: int) -> list[tuple[str, object]]:
    tracemalloc.start(1)
    before = tracemalloc.take_snapshot()
    server.place(range(calls + 1, 2 * calls + 1))
    gc.collect()
    after = tracemalloc.take_snapshot()
    tracemalloc.stop()
    found = [one for one in after.compare_to(before, "lineno") if one.count_diff >= calls / 2]
    total = sum(one.size_diff for one in found)
    rows: list[tuple[str, object]] = [("bytes per call, by the line that made them", f"{total / calls:12.0f} B")]
    for one in sorted(found, key=lambda one: -one.size_diff)[:lines]:
        frame = one.traceback[0]
        rows.append(
            (
                "/".join(frame.filename.split("/")[-2:]) + f":{frame.lineno}",
                f"{one.count_diff / calls:5.1f} {one.size_diff / calls:7.0f} B",
            )
        )
    return rows


def measure(kind: str, calls: int, lines: int) -> None:
    server = Measured(kind)
    server.place(range(-200, 0))
    if not lines:
        gc.freeze()
        before = resident()
        server.place(range(1, calls + 1))
        print(table([(f"{kind}: memory of one call (kB)", f"{(resident() - before) / calls / 1000:.2f}")]))
        return
    print(kind, table(by_kind(server, calls)), table(by_line(server, calls, lines)), sep="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", default=list(WAITS))
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--lines", type=int, default=30)
    given = parser.parse_args()
    for kind in given.kinds:
        measure(kind, given.calls, given.lines)


if __name__ == "__main__":
    main()
