# -*- test-case-name: tests.test_inprogress -*-
"""inprogress: requests whose script waits, where no tm keeps them: so that a retransmission does not run it twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zope.interface import implementer

from sipapp.interfaces.server import ISuspension
from sipapp.message.request import Request
from sipapp.script.runtime import Context

if TYPE_CHECKING:
    from sipapp.server import Server


@implementer(ISuspension)
class RequestsInProgress:
    """The keys of the requests that are suspended right now."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._keys: set[tuple[bytes, ...]] = set()

    def __contains__(self, request: Request) -> bool:
        return bool(self._keys) and _key(request) in self._keys

    def suspending(self, ctx: Context) -> None:
        if isinstance(ctx.message, Request):
            self._keys.add(_key(ctx.message))

    def over(self, ctx: Context) -> None:
        """The run has ended; whatever comes now is new."""
        if self._keys and isinstance(ctx.message, Request):
            self._keys.discard(_key(ctx.message))

    def suspended_too_long(self, ctx: Context) -> None:
        self.over(ctx)
        self._server.router.refuse(ctx.message, 408, b"Request Timeout")


def _key(request: Request) -> tuple[bytes, ...]:
    """What a retransmission repeats. RFC 3261 §17.2.3."""
    via = request.via
    assert via is not None  # validate.check() has seen to it
    return (via.branch or b"", via.host, request.call_id, request.first(b"cseq") or b"", request.method)
