# -*- test-case-name: tests.testing.test_http -*-
"""http: servers of memory, in place of the HTTP engine: `Harness(text, provide={IHttpEngine: FakeHttp(answer)})`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, fail, succeed
from zope.interface import implementer

from sipapp.errors import HttpError
from sipapp.interfaces.http import HttpRequest, HttpResponse, IHttpEngine

Answer = HttpResponse | bytes | int | None
"""An answer; the body of a 200; the status of one without a body, below 100 curl's number of a failure; None: none
comes by itself."""


@implementer(IHttpEngine)
class FakeHttp:
    """`answer(request)` says what is answered; without it, everything is 200 and empty.

    `requests` are those that came; `pending` those without an answer, for `finish`; `cancelled` counts those that
    were given up.
    """

    def __init__(self, answer: Callable[[HttpRequest], Answer] | Answer = b"") -> None:
        self._answer = answer
        self.requests: list[HttpRequest] = []
        self.pending: list[Deferred[HttpResponse]] = []
        self.cancelled = 0
        self.closed = False

    def send(self, request: HttpRequest) -> Deferred[HttpResponse]:
        self.requests.append(request)
        answer = self._answer(request) if callable(self._answer) else self._answer
        if answer is None:
            self.pending.append(Deferred(self._cancel))
            return self.pending[-1]
        return _outcome(request, answer)

    def finish(self, answer: Answer, number: int = 0) -> None:
        """Answer one of those that are pending."""
        waiting = self.pending.pop(number)
        _outcome(self.requests[-1], answer).addCallbacks(waiting.callback, waiting.errback)

    def _cancel(self, waiting: Deferred[Any]) -> None:
        self.cancelled += 1
        self.pending.remove(waiting)

    def close(self) -> Deferred[None]:
        self.closed = True
        return succeed(None)


def _outcome(request: HttpRequest, answer: Answer) -> Deferred[HttpResponse]:
    if isinstance(answer, HttpResponse):
        return succeed(answer)
    if isinstance(answer, bytes):
        return succeed(HttpResponse(200, b"OK", [], answer, request.url))
    assert answer is not None
    if answer < 100:
        return fail(HttpError(answer, f"failure {answer}"))
    return succeed(HttpResponse(answer, b"Status %d" % answer, [], b"", request.url))
