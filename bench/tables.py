"""tables: what an operation on a shared table costs, and what an item takes of the memory, by store.

    python -m bench.tables [--items 1000000] [--store memory,lmdb,redis] [--lifetime 3600]

Every item, a key of 14 bytes and a text of 11, is put, to be there for `lifetime` s (0: for ever), then read; then
10,000 counters are added to in turn. Told are µs of processor time for each, until others can see what was written; the
loop itself does not count. An item's memory is the process's (memory), the file's (lmdb), or that of a copy and of the
Redis server, which is started for it (redis): another process starts with its items, and tells how long it has to work
until it has them.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection
from typing import Any

from twisted.internet.defer import maybeDeferred
from twisted.internet.task import deferLater, react

from bench.process import resident
from bench.table import table
from sipapp.collector import trim
from sipapp.interfaces.store import IStore
from sipapp.store.open import open_store
from tests.integration.redis import Redis
from tests.served import Standin

Rows = list[tuple[str, object]]

PORTION = 500  # operations in one turn of the reactor
STRIDE = 7919  # a prime: keys do not come in the order of their bytes
COUNTERS = 10_000
AHEAD = COUNTERS - PORTION  # changes that wait to be sent at most: two of one counter would go as one
SIZE = 4096  # MB that the file may grow to


def key(number: int, items: int) -> bytes:
    return b"sip:u%09d" % (number * STRIDE % items)


async def measured(reactor: Any, store: IStore, work: Callable[[int], object], count: int) -> float:
    """µs of processor time for each `work(number)`, until whatever it writes has arrived."""
    began = time.process_time()
    for start in range(0, count, PORTION):
        for number in range(start, min(start + PORTION, count)):
            work(number)
        await arrival(reactor, store, AHEAD)
    await arrival(reactor, store, 0)
    return (time.process_time() - began) / count * 1e6


async def arrival(reactor: Any, store: IStore, most: int) -> None:
    """Until no more changes than these are on their way to others; one turn of the reactor in any case."""
    await deferLater(reactor, 0)
    while getattr(store, "unsent", 0) > most:
        await deferLater(reactor, 0.001)


async def operations(reactor: Any, store: IStore, items: int, lifetime: int) -> Rows:
    texts, numbers = store.table(b"texts", lifetime), store.table(b"numbers", lifetime)
    loop = await measured(reactor, store, lambda number: key(number, items), items)
    before = resident()
    put = await measured(reactor, store, lambda number: texts.put(key(number, items), b"t%010d" % number), items)
    held = resident() - before
    get = await measured(reactor, store, lambda number: texts.get(key(number, items)), items)
    add = await measured(reactor, store, lambda number: numbers.add(key(number, COUNTERS), 1, 0), items)
    rows: Rows = [(f"{name} (µs)", f"{took - loop:.1f}") for name, took in (("put", put), ("get", get), ("add", add))]
    return [*rows, ("memory of an item (bytes)", f"{held / items:.0f}")]


async def copying(store: IStore, items: int) -> Rows:
    before, began = resident(), time.process_time()
    await maybeDeferred(store.start)
    trim()
    return [
        ("memory of an item in a copy (bytes)", f"{(resident() - before) / items:.0f}"),
        ("a start that reads all, processor time (s)", f"{time.process_time() - began:.1f}"),
    ]


async def work(reactor: Any, url: str, items: int, lifetime: int, copy: bool, answer: Connection) -> None:
    store = open_store(url, reactor, reactor)
    if copy:
        rows = await copying(store, items)
    else:
        await maybeDeferred(store.start)
        rows = await operations(reactor, store, items, lifetime)
        if url.startswith("lmdb:"):
            file = os.stat(url[len("lmdb:") :].partition("?")[0])
            rows[-1] = ("memory of an item, in the file (bytes)", f"{file.st_blocks * 512 / items:.0f}")
    answer.send(rows)
    await maybeDeferred(store.stop)


def alone(url: str, items: int, lifetime: int, copy: bool = False) -> Rows:
    """In a process of its own."""
    ours, theirs = Pipe()
    process = Process(target=react, args=(work, (url, items, lifetime, copy, theirs)), daemon=True)
    process.start()
    theirs.close()
    rows: Rows = ours.recv()
    process.join()
    return rows


def measure(kind: str, items: int, lifetime: int) -> Rows:
    if kind == "memory":
        return alone("memory:", items, lifetime)
    if kind == "lmdb":
        return alone(f"lmdb:/dev/shm/sipapp-bench-{os.getpid()}?size={SIZE}", items, lifetime)
    with Standin() as holder:
        redis = Redis(holder)
        url = f"redis://127.0.0.1:{redis.port}"
        before = used(redis)
        rows = alone(url, items, lifetime)[:-1]
        rows.append(("memory of an item, in Redis (bytes)", f"{(used(redis) - before) / items:.0f}"))
        return rows + alone(url, items, lifetime, copy=True)


def used(redis: Redis) -> int:
    """Bytes that the server has for its data."""
    return int(dict(line.split(":") for line in redis.cli("INFO", "memory").splitlines()[1:])["used_memory"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--store", default="memory,lmdb,redis")
    parser.add_argument("--lifetime", type=int, default=3600, help="s")
    given = parser.parse_args()
    for kind in given.store.split(","):
        print(kind, table(measure(kind, given.items, given.lifetime)), sep="\n", end="\n\n", flush=True)


if __name__ == "__main__":
    main()
