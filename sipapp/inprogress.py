# -*- test-case-name: tests.test_inprogress -*-
"""inprogress: messages whose script waits, so that a retransmission does not run it twice: requests where no tm keeps
them, and responses before they reach their transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zope.interface import implementer

from sipapp.interfaces.server import ISuspension
from sipapp.message.request import Request
from sipapp.message.response import Response
from sipapp.script.runtime import Context

if TYPE_CHECKING:
    from sipapp.server import Server


@implementer(ISuspension)
class RequestsInProgress:
    """The keys of the requests that are suspended right now."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.keys: set[tuple[bytes, ...]] = set()  # the same object for ever

    def __contains__(self, request: Request) -> bool:
        return _key(request) in self.keys

    def suspending(self, ctx: Context) -> bool:
        if not isinstance(ctx.message, Request):
            return False
        self.keys.add(_key(ctx.message))
        return True

    def over(self, ctx: Context) -> None:
        """The run has ended; whatever comes now is new."""
        if isinstance(ctx.message, Request):
            self.keys.discard(_key(ctx.message))

    def waits_long(self, ctx: Context) -> None:
        ctx.forget()

    def caller_gone(self, ctx: Context) -> None:
        self.over(ctx)
        if ctx.run is not None:
            ctx.run.cancel()

    def suspended_too_long(self, ctx: Context) -> None:
        self.over(ctx)
        self._server.router.refuse(ctx.message, 408, b"Request Timeout")


class ResponsesInProgress:
    """Responses whose reply_route waits, and those of the same branch that came meanwhile: they go one by one."""

    def __init__(self) -> None:
        self._queues: dict[tuple[bytes, bytes], list[Response]] = {}  # the first is the one whose script waits

    def takes(self, response: Response) -> bool:
        """Whether its turn has not come, or it is one of them that came again."""
        if not self._queues:
            return False
        queue = self._queues.get(_branch(response))
        if queue is None:
            return False
        if all(response.raw != other.raw for other in queue):
            queue.append(response)
        return True

    def waits(self, response: Response) -> None:
        """The script of a response waits."""
        self._queues.setdefault(_branch(response), [response])

    def over(self, response: Response) -> list[Response]:
        """It has ended: whose turn it is now, in order."""
        return self._queues.pop(_branch(response), [response])[1:] if self._queues else []


def _branch(response: Response) -> tuple[bytes, bytes]:
    """What all responses to one branch of a request have in common. RFC 3261 §17.1.3."""
    via = response.via
    assert via is not None  # validate.check() has seen to it
    return via.branch or b"", response.method


def _key(request: Request) -> tuple[bytes, ...]:
    """What a retransmission repeats. RFC 3261 §17.2.3."""
    via = request.via
    assert via is not None  # validate.check() has seen to it
    return (via.branch or b"", via.host, request.call_id, request.first(b"cseq") or b"", request.method)
