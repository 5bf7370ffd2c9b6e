# -*- test-case-name: tests.integration.test_redis -*-
"""protocol: one connection to a Redis server: txredisapi's, with replies that keep their types."""

from __future__ import annotations

from typing import Any

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
