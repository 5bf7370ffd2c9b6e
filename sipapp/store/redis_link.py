# -*- test-case-name: tests.store.test_redis -*-
"""redis_link: two connections to a Redis server that live and die together: one is asked, the other one listens."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from hashlib import sha1
from typing import Any

from twisted.internet.defer import Deferred

from sipapp.errors import RedisError
from sipapp.redis import ErrorReply, RedisServer, Reply
from sipapp.redis.protocol import Connection
from sipapp.store.redis_scripts import APPLY, CLAIM, READ, RELEASE, RENEW, netstrings

PORTION = b"1000"
"""How many items are read at a time."""

_ELSEWHERE = ("MOVED ", "ASK ", "TRYAGAIN ", "CLUSTERDOWN ", "READONLY ")
"""How a server says that it is not the master, or not at this moment."""

_SHA = {script: sha1(script).hexdigest().encode() for script in (APPLY, CLAIM, READ, RELEASE, RENEW)}


class RedisLink:
    """`heard` is given what comes from the channel, `lost` why the link is of no use any more, once."""

    def __init__(
        self,
        server: RedisServer,
        channel: bytes,
        heard: Callable[[bytes], None],
        lost: Callable[[RedisLink, str], None],
    ) -> None:
        self._server = server
        self._channel = channel
        self._heard = heard
        self._lost: Callable[[RedisLink, str], None] | None = lost
        self._connections: list[Connection] = []

    async def open(self) -> None:
        """Raises RedisError."""
        for _ in range(2):
            connection = await self._server.connect()
            self._connections.append(connection)
            connection.whenDisconnected().addCallback(lambda one: self.abort(one.why_lost))
        asking, listening = self._connections
        if asking.transport.getPeer() != listening.transport.getPeer():
            raise RedisError("another server is the master now")
        await self._server.on(listening, [(b"SUBSCRIBE", self._channel)])
        Deferred.fromCoroutine(self._listen(listening)).addErrback(self._failed)
        for script, sha in _SHA.items():
            if await self.ask(b"SCRIPT", b"LOAD", script) != sha:
                raise RedisError("it takes no scripts")

    async def _listen(self, connection: Connection) -> None:
        while True:
            message = await connection.replyQueue.get()
            if isinstance(message, Exception):
                return
            if self._lost is None:
                return
            if isinstance(message, list) and message[0] == b"message":
                self._heard(message[2])

    def _failed(self, failure: Any) -> None:
        self.abort(failure.getErrorMessage())

    # -- asking

    async def ask(self, *command: bytes) -> Reply:
        """The reply. Raises RedisError: there is none, or it is an error."""
        if not self._connections:
            raise RedisError("closed")
        (reply,) = await self._server.on(self._connections[0], [command])
        if isinstance(reply, ErrorReply):
            why = reply.decode(errors="replace")
            if why.startswith(_ELSEWHERE):
                self.abort(why)
            raise RedisError(why)
        return reply

    async def call(self, script: bytes, key: bytes, *arguments: bytes) -> Reply:
        """What one of our scripts answers. Raises RedisError."""
        return await self.ask(b"EVALSHA", _SHA[script], b"1", key, *arguments)

    def send(self, prefix: bytes, arguments: Sequence[bytes]) -> None:
        """Have a batch of changes applied; that it was is heard from the channel."""
        if self._connections:
            reply = self._connections[0].execute_command(b"EVALSHA", _SHA[APPLY], b"1", prefix, *arguments)
            reply.addCallbacks(self._checked, lambda _: None)

    def _checked(self, reply: Reply) -> None:
        if isinstance(reply, ErrorReply):
            self.abort(reply.decode(errors="replace"))

    async def read(self, key: bytes) -> AsyncIterator[list[bytes]]:
        """The items of a hash: [key, item, key, item...], portion by portion. Raises RedisError."""
        cursor = b"0"
        while True:
            cursor, found = await self.call(READ, key, cursor, PORTION)
            yield netstrings(found)
            if cursor == b"0":
                return

    # -- the end

    def abort(self, why: str) -> None:
        """It is of no use any more."""
        lost, self._lost = self._lost, None
        connections, self._connections = self._connections, []
        for connection in connections:
            connection.abort()
        if lost is not None:
            lost(self, why)
