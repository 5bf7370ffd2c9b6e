"""backend: a script module that stands in for databases and web services: it answers when and how chance has it."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

from twisted.internet.defer import Deferred, succeed

from sipapp.errors import ScriptError
from sipapp.module import ANY, Context, IServer, module, script_function


@module("backend")
class Backend:
    """For simulations: what scripts wait for, and a tally of what ran."""

    def start(self, server: IServer) -> None:
        self.clock = server.clock
        self.chance = Random(0)
        self.open: dict[Deferred[int], Any] = {}  # what nobody has answered yet
        self.ran: Counter[tuple[str, str, str]] = Counter()  # Call-ID, CSeq, branch -> runs of request_route

    @script_function(routes=ANY)
    def ran_once(self, ctx: Context) -> int:
        """Note that request_route runs for this request."""
        request = ctx.message
        branch = request.via.branch if request.via is not None else b""
        cseq = request.first(b"cseq") or b""
        self.ran[request.call_id.decode(), cseq.decode(), (branch or b"").decode()] += 1
        return 1

    @script_function(routes=ANY)
    def lookup(self) -> Deferred[int]:
        """1 or a failure, mostly soon, sometimes at once, late, or never."""
        kind = self.chance.random()
        if kind < 0.1:
            return succeed(self._result())
        answer: Deferred[int] = Deferred(self._cancelled)
        if kind < 0.95:
            delay = self.chance.expovariate(2.0) if kind < 0.85 else self.chance.uniform(3.0, 15.0)
            self.open[answer] = self.clock.callLater(delay, self._answer, answer)
        else:
            self.open[answer] = None
        return answer

    @script_function(routes=ANY)
    async def look_twice(self) -> int:
        """A coroutine of two lookups."""
        await self.lookup()
        return await self.lookup()

    def _result(self) -> int:
        return 1 if self.chance.random() < 0.7 else -1

    def _answer(self, answer: Deferred[int]) -> None:
        del self.open[answer]
        if self.chance.random() < 0.1:
            answer.errback(ScriptError("the backend is sorry"))
        else:
            answer.callback(self._result())

    def _cancelled(self, answer: Deferred[int]) -> None:
        """Mostly it gives up; sometimes its answer comes all the same, too late."""
        call = self.open.pop(answer, None)
        if call is None or not call.active():
            return
        if self.chance.random() < 0.3:
            self.clock.callLater(0.1, lambda: None if answer.called else answer.callback(1))
        call.cancel()
