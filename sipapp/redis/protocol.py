# -*- test-case-name: tests.redis.test_protocol -*-
"""protocol: one connection to a Redis server: txredisapi's, with replies that keep their types."""

from __future__ import annotations

from typing import Any

from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost
from txredisapi import RedisProtocol


class Status(bytes):
    """A status reply: OK, QUEUED, PONG."""


class ErrorReply(bytes):
    """The server's no: `ERR unknown command ...`."""


Reply = Any
"""bytes (a string), Status, ErrorReply, int, None (nil), or a list of those."""


class Connection(RedisProtocol):  # type: ignore[misc]
    """Replies come in the order of the commands; a wait that is cancelled has its reply thrown away."""

    MAX_LENGTH = 1 << 20  # bytes of a status or an error

    def __init__(self) -> None:
        super().__init__(charset=None, convertNumbers=False)
        self.why_lost = "the connection is lost"

    def connectionLost(self, why: Any) -> None:
        self.why_lost = _told(why.value)
        super().connectionLost(why)

    def lineReceived(self, line: str) -> None:
        kind = line[:1]
        if kind not in ("+", "-"):
            super().lineReceived(line)
            return
        text = line[1:].encode("utf-8", "surrogateescape")
        reply = Status(text) if kind == "+" else ErrorReply(text)
        if self.multi_bulk.pending:
            self.handleMultiBulkElement(reply)
        else:
            self.replyReceived(reply)

    @property
    def pending(self) -> int:
        """Replies that are awaited."""
        return len(self.replyQueue.waiting)

    def abort(self) -> None:
        """It is of no use any more: what waits on it fails."""
        if self.transport is not None:
            self.transport.abortConnection()


def _told(why: BaseException) -> str:
    """What ended a connection. OpenSSL tells in tuples, the last of each in words."""
    if isinstance(why, (ConnectionDone, ConnectionLost, ConnectionAborted)):
        return "the connection is lost"
    words = why.args[0] if why.args else None
    if isinstance(words, list) and all(isinstance(one, tuple) for one in words):
        return "TLS: " + (", ".join(str(one[-1]) for one in words) or "the handshake was broken off")
    return f"TLS: {why}"
