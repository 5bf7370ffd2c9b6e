"""counting: what it costs to count together with other workers.

    python -m bench.counting [--messages 200000] [--limit 1000] [--statistics 300]

A message is one `push` of a pipe with this limit (a second, in intervals of 10 s): of a process by itself, and of one
that shares the pipe with others by lmdb, below the limit and above it. A telling is all statistics looked at, a seventh
of them changed, and told to one other worker; a read is what `$stat()` does. The least of five times.
"""

from __future__ import annotations

import argparse
import tempfile
import timeit
from collections.abc import Callable

from twisted.internet.task import Clock

from bench.table import table
from sipapp.modules.ratelimit.pipes import Algorithm, Pipe
from sipapp.modules.ratelimit.shared import Shared
from sipapp.statistics import Statistics
from sipapp.store.lmdb import LmdbStore
from sipapp.store.mapped import MEGABYTE
from sipapp.workers.counts import Counts
from sipapp.workers.figures import INTERVAL, WorkerFigures
from tests.workers.wired import Wired

PIPES_INTERVAL = 10


def least(work: Callable[[], object], count: int) -> float:
    """µs each."""
    return min(timeit.repeat(work, number=count, repeat=5)) / count * 1e6


def pipes(messages: int, limit: int) -> list[tuple[str, float]]:
    pipe = Pipe()
    pipe.algorithm, pipe.limit = Algorithm.TAILDROP, limit
    rows = [("a message, alone", least(lambda: pipe.push(PIPES_INTERVAL, 0), messages))]
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        clock = Clock()
        store = LmdbStore(f"{folder}/tables", 64 * MEGABYTE, clock)
        store.start()
        shared = Shared(store.table(b"ratelimit", 21), [pipe], PIPES_INTERVAL, clock)
        for where, most in (("below the limit", limit * PIPES_INTERVAL // 2), ("above the limit", messages)):

            def begin(most: int = most) -> None:
                clock.rightNow += PIPES_INTERVAL
                pipe.tick(PIPES_INTERVAL, 0)
                shared.begin()
                pipe.untold = 2 * limit * PIPES_INTERVAL if most == messages else 0
                shared.tell(pipe)

            took = timeit.repeat(lambda: pipe.push(PIPES_INTERVAL, 0), begin, number=most, repeat=5)
            rows.append((f"a message, shared, {where}", min(took) / most * 1e6))
        store.stop()
    return rows


def figures(count: int) -> list[tuple[str, float]]:
    wired, statistics = Wired(2), Statistics()
    told, _ = (WorkerFigures(wired.links[number], wired.reactor) for number in (1, 2))
    statistics.elsewhere = Counts(statistics, told)
    counters = [statistics.counter("core", f"statistic_{number}") for number in range(count)]
    told.start()

    def tell() -> None:
        for counter in counters[::7]:
            counter.value += 1
        wired.reactor.advance(INTERVAL)
        wired.carry()

    return [
        (f"a telling of {count} statistics", least(tell, 200)),
        ("a read of one", least(lambda: statistics.total(counters[0]), 10_000)),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=200_000)
    parser.add_argument("--limit", type=int, default=1000)
    parser.add_argument("--statistics", type=int, default=300)
    options = parser.parse_args()
    rows = pipes(options.messages, options.limit) + figures(options.statistics)
    print(table([(f"{name} (µs)", f"{took:.2f}") for name, took in rows]))


if __name__ == "__main__":
    main()
