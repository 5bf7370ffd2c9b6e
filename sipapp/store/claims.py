# -*- test-case-name: tests.store.test_processes -*-
"""claims: which process has the lock of a key, in an lmdb file: a queue for each key, its first process has it.

A process that waits looks every few milliseconds whether it has become the first; where the first one has died, it is
taken out of the queue.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from hashlib import blake2b
from pathlib import Path
from struct import Struct
from typing import Any

from lmdb import Transaction

from sipapp.log import Logger
from sipapp.store.mapped import Full, Mapped
from sipapp.store.shared_locks import SharedLocks

log = Logger()

_OWNER = Struct(">IQ")

INTERVAL = 0.005
"""Seconds between two looks."""

ALIVE = 100
"""Every so many looks a process is asked whether the first in the queue still lives."""


def _started(process: int) -> int:
    """When a process was started, in ticks of the kernel; 0: there is none of this number."""
    with suppress(OSError):
        return int(Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()[19])
    return 0


def owner() -> bytes:
    """This process: numbers of processes are used again, but not in the same tick."""
    return _OWNER.pack(os.getpid(), _started(os.getpid()))


def lives(other: bytes) -> bool:
    """The process is still there."""
    process: int
    started: int
    process, started = _OWNER.unpack(other)
    return _started(process) == started


class Claims:
    """Those of this process in one table."""

    def __init__(self, mapped: Mapped, name: bytes, clock: Any) -> None:
        self._mapped = mapped
        self._name = name
        self._clock = clock
        self._rows = mapped.database(b"locks")
        self._me = owner()
        self._queued: set[bytes] = set()  # keys in whose queue this process stands
        self._waiting: set[bytes] = set()  # those of them of which it is not the first
        self._alarm: Any = None
        self._looks = 0
        self._locks: SharedLocks | None = None

    def join(self, locks: SharedLocks) -> None:
        self._locks = locks

    # -- IClaims

    def take(self, key: bytes) -> bool:
        if self._change(key, partial(_enter, me=self._me)):
            self._queued.add(key)
            return True
        self._queued.add(key)
        self._wait_for(key)
        return False

    def give(self, key: bytes, again: bool) -> bool:
        had = self._change(key, partial(_leave, me=self._me, again=again))
        self._waiting.discard(key)
        if not again:
            self._queued.discard(key)
        elif not had:
            self._wait_for(key)
        return had

    def force(self, key: bytes) -> None:
        self._change(key, _without_first)

    def stop(self) -> None:
        if self._alarm is not None and self._alarm.active():
            self._alarm.cancel()
        for key in list(self._queued):
            self.give(key, False)

    # -- waiting

    def _wait_for(self, key: bytes) -> None:
        self._waiting.add(key)
        self.watch()

    def watch(self) -> None:
        if self._alarm is None or not self._alarm.active():
            self._alarm = self._clock.callLater(INTERVAL, self._look)

    def _look(self) -> None:
        assert self._locks is not None
        self._looks += 1
        queued = self._locks.queued()
        with self._mapped.begin(self._rows) as reading:
            queues = {key: _owners(reading.get(self._row(key))) for key in (*self._waiting, *queued)}
        for key in list(self._waiting):
            self._look_at(key, queues[key], self._locks)
        for key in queued:
            if queues[key][:1] != [self._me]:
                self._locks.lost(key)
        if self._waiting or self._locks.queued():
            self.watch()

    def _look_at(self, key: bytes, queue: list[bytes], locks: SharedLocks) -> None:
        if not locks.wanted(key):
            self.give(key, False)
            return
        dead = bool(queue) and not self._looks % ALIVE and not lives(queue[0])
        if dead:
            log.warn("table {name}: a lock is free: who held it has died", name=self._name.decode(errors="replace"))
        first = queue[:1] == [self._me]
        if dead or self._me not in queue:
            first = self._change(key, partial(_enter, me=self._me, gone=queue[0] if dead else b""))
        if first:
            self._waiting.discard(key)
            locks.granted(key)

    # -- rows

    def _row(self, key: bytes) -> bytes:
        return blake2b(b"%d:%b%b" % (len(self._name), self._name, key), digest_size=24).digest()

    def _change(self, key: bytes, change: Callable[[list[bytes]], None]) -> bool:
        """Change the queue; whether this process is then the first."""
        try:
            return self._mapped.remove(self._rows, self._rewrite, self._row(key), change)
        except Full as why:
            log.error("a lock: {why}", why=str(why))
            return True  # rather together than never

    def _rewrite(self, writing: Transaction[bytes], row: bytes, change: Callable[[list[bytes]], None]) -> bool:
        queue = _owners(writing.get(row))
        change(queue)
        if queue:
            writing.put(row, b"".join(queue))
        else:
            writing.delete(row)
        return queue[:1] == [self._me]


def _owners(data: bytes | None) -> list[bytes]:
    size = _OWNER.size
    return [data[start : start + size] for start in range(0, len(data), size)] if data else []


def _enter(queue: list[bytes], me: bytes, gone: bytes = b"") -> None:
    if gone and queue[:1] == [gone]:
        del queue[0]
    if me not in queue:
        queue.append(me)


def _leave(queue: list[bytes], me: bytes, again: bool) -> None:
    if me in queue:
        queue.remove(me)
    if again:
        queue.append(me)


def _without_first(queue: list[bytes]) -> None:
    del queue[:1]
