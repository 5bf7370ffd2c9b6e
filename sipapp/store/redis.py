# -*- test-case-name: tests.store.test_redis -*-
"""redis: tables that several servers share by a Redis server: each has a copy of them, which it asks.

What is changed here goes out in batches, numbered; every batch comes back by the channel, and with it what came of it.
A batch that has not come back when the link is lost is sent once more over the next one: by its number the Redis
server knows whether it had it already. While there is no link, the copies are all there is.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from zope.interface import implementer

from sipapp.errors import RedisError
from sipapp.interfaces.store import IStore
from sipapp.log import Logger
from sipapp.redis import Address, RedisServer
from sipapp.statistics import Statistics
from sipapp.store.changes import State
from sipapp.store.redis_claims import RedisClaims
from sipapp.store.redis_link import RedisLink
from sipapp.store.redis_scripts import RELEASE, netstrings
from sipapp.store.redis_table import RedisTable
from sipapp.store.shared_locks import SharedLocks

log = Logger()

MOST, SIZE = 500, 1 << 18
"""Changes in a batch, and bytes of them: Redis gives up who has too much to hear."""

WINDOW = 16
"""Batches that may be on their way."""

BEAT = 5.0
"""Seconds between signs of life: batches without changes, and longest time that one may take to come back."""

PAUSES = (0.2, 0.5, 1.0, 2.0)
"""Seconds before the link is made anew; the last one counts for all that follow."""

LAST = 3.0
"""Seconds for what is still to be sent when the server stops."""


@implementer(IStore)
class RedisStore:
    """The tables whose keys in the Redis server begin with `prefix`."""

    shared = True

    def __init__(
        self,
        address: Address,
        prefix: bytes,
        clock: Any,
        reactor: Any,
        lookup: Any,
        trust: Any,
        statistics: Statistics,
    ) -> None:
        self.address = address
        self.prefix = prefix
        self._clock = clock
        self._reactor = reactor
        self._server = RedisServer(reactor, address, lookup, command_timeout=BEAT, trust=trust)
        self.origin = os.urandom(8).hex().encode()
        self.link: RedisLink | None = None  # while it can be used
        self._tables: dict[bytes, RedisTable] = {}
        self._claims: dict[bytes, RedisClaims] = {}
        self._dirty: dict[RedisTable, None] = {}
        self._batch = 0
        self._sent: dict[int, list[bytes]] = {}  # batches that have not come back
        self._releases: list[tuple[bytes, bytes]] = []  # locks to be let go behind what is to be sent: (key, token)
        self._sequence = -1  # how many batches of everybody the tables here have
        self._behind: list[tuple[int, Deferred[None]]] = []  # who waits until they have so many
        self._flushing: Any = None
        self._beating: Any = None
        self._beaten = 0  # the batch of the last sign of life
        self._retry: Any = None
        self._failures = 0
        self._linking: Deferred[None] | None = None
        self._early: list[bytes] | None = None  # what was heard while the tables are being read
        self._epoch = b""  # what the Redis server has as long as it does not lose its data
        self._idle: Deferred[None] | None = None
        self._count(statistics)

    def _count(self, statistics: Statistics) -> None:
        self._lost_links = statistics.counter("store", "lost_links", "times that the Redis server got out of reach")
        statistics.gauge("store", "linked", lambda: int(self.link is not None), "1: the Redis server can be reached")
        statistics.gauge("store", "unsent", lambda: self.unsent, "items with changes that nobody else may know")

    @property
    def unsent(self) -> int:
        """How many items have changes that nobody else may know."""
        return sum(table.unsent for table in self._tables.values())

    # -- IStore

    def start(self) -> Deferred[None]:
        """Where the Redis server cannot be reached, the tables are empty until it can."""
        return self._connect()

    def table(self, name: bytes, lifetime: int = 0, renew: bool = True) -> RedisTable:
        table = self._table(name)
        if not table.defined:
            table.define(lifetime, renew)
        return table

    def _table(self, name: bytes) -> RedisTable:
        found = self._tables.get(name)
        if found is None:
            claims = self._claims[name] = RedisClaims(self, name, self._clock)
            found = RedisTable(name, self._clock, SharedLocks(self._clock, claims), self._changed)
            found.linked = self.link is not None
            self._tables[name] = found
        return found

    def stop(self) -> Deferred[None]:
        """What was changed is sent, if that is possible soon."""
        for claims in self._claims.values():
            claims.stop()
        self._flush()
        self._send([])  # when this has come back, all that went out before it has been done
        self._cancel(self._retry, self._beating, self._flushing)
        for table in self._tables.values():
            table.stop()
        self._idle = Deferred()
        self._reactor.callLater(0, self._end_if_idle)
        alarm = self._reactor.callLater(LAST, self._end)
        self._idle.addCallback(lambda _: self._cancel(alarm))
        return self._idle

    def _end_if_idle(self) -> None:
        if self.link is None or self.idle:
            self._end()

    def _end(self) -> None:
        idle, self._idle = self._idle, None
        if idle is None:
            return
        if self.unsent:
            log.error("store: {count} changes have not reached {where}", count=self.unsent, where=str(self.address))
        self._tables.clear()
        if self._linking is not None:
            self._linking.cancel()
        link, self.link = self.link, None
        if link is not None:
            link.abort("the end")
        self._server.close()
        idle.callback(None)

    def _cancel(self, *calls: Any) -> None:
        for call in calls:
            if call is not None and call.active():
                call.cancel()

    # -- the link

    def _connect(self) -> Deferred[None]:
        linking = self._linking = Deferred.fromCoroutine(self._make_link())
        linking.addErrback(self._not_linked)
        return linking.addCallback(self._made)

    def _made(self, _: None) -> None:
        self._linking = None

    def _not_linked(self, failure: Any) -> None:
        if failure.check(CancelledError):
            return
        if failure.check(RedisError) is None:
            log.failure("store: {where}", failure, where=str(self.address))
        elif not self._failures:
            log.error("{why}; going on with what is here", why=failure.getErrorMessage())
        self._again()

    def _again(self) -> None:
        pause = PAUSES[min(self._failures, len(PAUSES) - 1)]
        self._failures += 1
        if self._idle is None:
            self._retry = self._reactor.callLater(pause, self._connect)

    async def _make_link(self) -> None:
        """Raises RedisError."""
        self._early = []
        link = RedisLink(self._server, self.prefix + b"changes", self._heard, self._lost)
        try:
            await link.open()
            await self._check_epoch(link)
            sequence = int(await link.ask(b"GET", self.prefix + b"sequence") or 0)
            self._use(link)
            await self._read_all(link)
        except BaseException as why:
            link.abort(str(why))
            raise
        early, self._early = self._early, None
        self._reached(sequence)
        for message in early:
            self._heard(message)
        if self.link is not link:
            raise RedisError(f"{self.address}: lost at once")
        if self._failures:
            log.info("store: {where} is there again", where=str(self.address))
        self._failures = self._beaten = 0
        self._beat()
        self._flush()

    async def _check_epoch(self, link: RedisLink) -> None:
        """Where the Redis server has lost its data, it gets what the copies have."""
        key = self.prefix + b"epoch"
        await link.ask(b"SET", key, os.urandom(8).hex().encode(), b"NX")
        epoch = await link.ask(b"GET", key)
        if self._epoch and epoch != self._epoch:
            log.warn("store: {where} has lost its data: it gets what is here", where=str(self.address))
            self._sent.clear()
            for table in self._tables.values():
                table.forget()
                self._dirty[table] = None
        self._epoch = epoch

    def _use(self, link: RedisLink) -> None:
        """Changes go out by this link now: first those that may have got lost with the last one."""
        self.link = link
        self._sequence = -1  # until all has been read
        for table in self._tables.values():
            table.linked = True
        for arguments in self._sent.values():
            link.send(self.prefix, arguments)

    async def _read_all(self, link: RedisLink) -> None:
        """Have the tables as they are there. What is heard meanwhile is newer, and learnt when all is read."""
        for name in await link.ask(b"SMEMBERS", self.prefix + b"tables"):
            table = self._table(name)
            found: set[bytes] = set()
            async for texts in link.read(self.prefix + b"table:" + name):
                for key, data in zip(texts[::2], texts[1::2], strict=True):
                    table.learn(key, State.unpacked(data), 0)
                found.update(texts[::2])
            table.forgo(found)

    def _lost(self, link: RedisLink, why: str) -> None:
        if link is not self.link:
            return
        self.link = None
        self._lost_links.add()
        self._cancel(self._beating)
        for table in self._tables.values():
            table.linked = False
        behind, self._behind = self._behind, []
        for _, waiting in behind:
            waiting.callback(None)
        if self._idle is not None:
            self._end()
        elif self._linking is None:
            log.error("store: {where}: {why}; going on with what is here", where=str(self.address), why=why)
            self._again()

    def _beat(self) -> None:
        """A sign of life, to come back before the next one: both connections work."""
        if self._beaten in self._sent and self.link is not None:
            self.link.abort(f"no answer in {BEAT:g} s")
            return
        self._beating = self._reactor.callLater(BEAT, self._beat)
        self._beaten = self._send([])
        for claims in self._claims.values():
            claims.renew()

    # -- what is changed here

    def _changed(self, table: RedisTable) -> None:
        self._dirty[table] = None
        self._flush_soon()

    def _flush_soon(self) -> None:
        if self._flushing is None and self.link is not None:
            self._flushing = self._clock.callLater(0, self._flush)

    def release(self, key: bytes, token: bytes) -> None:
        """Let a lock go, behind all that was changed before. Without a token: whoever has it."""
        if token or self.link is not None:
            self._releases.append((key, token))
            self._flush_soon()

    def _let_go(self) -> None:
        while self._releases and self.link is not None:
            words = [word for release in self._releases[:MOST] for word in release]
            del self._releases[:MOST]
            released = Deferred.fromCoroutine(self.link.call(RELEASE, self.prefix, self.prefix + b"changes", *words))
            released.addErrback(lambda _: None)  # their time will be over

    @property
    def idle(self) -> bool:
        """Whatever was changed has come back."""
        return not self._sent and not any(table.dirty for table in self._dirty)

    def _flush(self) -> None:
        self._cancel(self._flushing)
        self._flushing = None
        while self._dirty and self.link is not None and len(self._sent) < WINDOW:
            table = next(iter(self._dirty))
            if table.dirty:
                self._send(table.take(self._batch + 1, MOST, SIZE))
            if not table.dirty:
                del self._dirty[table]
        if not self._dirty:
            self._let_go()

    def _send(self, texts: Iterable[bytes]) -> int:
        self._batch += 1
        head = (self.prefix + b"changes", self.origin, b"%d" % self._batch, b"%d" % self._clock.seconds())
        arguments = self._sent[self._batch] = [*head, *texts]
        if self.link is not None:
            self.link.send(self.prefix, arguments)
        return self._batch

    # -- what is heard

    def _heard(self, message: bytes) -> None:
        if self._early is not None:
            self._early.append(message)
            return
        try:
            origin, *texts = netstrings(message)
            if origin == b"unlock":
                self._unlocked(*texts)
            else:
                self._learn(origin == self.origin, *texts)
        except ValueError as why:
            log.error("store: not understood: {why}", why=str(why))

    def _unlocked(self, name: bytes, token: bytes) -> None:
        for claims in self._claims.values():
            claims.unlocked(name, token)

    def caught_up(self, sequence: int) -> Deferred[None] | None:
        """Fires when the tables here have so many batches of everybody, or there is no link any more; None: they do."""
        if self._sequence >= sequence or self.link is None:
            return None
        waiting: Deferred[None] = Deferred()
        self._behind.append((sequence, waiting))
        return waiting

    def _reached(self, sequence: int) -> None:
        self._sequence = sequence
        if self._behind:
            behind, self._behind = self._behind, []
            for wanted, waiting in behind:
                if wanted <= sequence:
                    waiting.callback(None)
                else:
                    self._behind.append((wanted, waiting))

    def _learn(self, mine: bool, batch: bytes, again: bytes, sequence: bytes, *texts: bytes) -> None:
        number = int(batch) if mine else 0
        for at in range(0, len(texts), 4):
            name, key, kind, data = texts[at : at + 4]
            table = self._table(name)
            if kind == b"c":
                if mine or not again:
                    table.emptied(number)
                continue
            table.learn(key, State.unpacked(data) if kind == b"p" else None, number)
            if kind == b"x" and mine:
                table.tell(key, State.unpacked(data).value)
        if int(sequence) > self._sequence:
            self._reached(int(sequence))
        if mine:
            self._sent.pop(number, None)
            if self._early is None:
                self._flush()
            if self._idle is not None and self.idle:
                self._end()
