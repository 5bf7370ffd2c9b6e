# -*- test-case-name: tests.script.test_parallel -*-
"""parallel: several statements of one script at once, each driven by itself, all on the same context.

What a member may have for itself, it has: $rc, what it waits for, what is to be undone should it be cancelled. The
rest is the script's: variables, the message, flags.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from sipapp.script.run import Run
from sipapp.script.runtime import UNDO, CallSite, Context, ScriptExit, ScriptJump

RESULTS = "parallel"
"""`ctx.extra[RESULTS]`: what $rc(1), $rc(2), ... are: the return code of each statement of the last parallel block,
None for one that did not come to its end."""

FAILED = -1
TIMED_OUT = -2
"""What the block itself returns where not all, or with `first` none, have succeeded; where its time was over."""

Start = Callable[[], Coroutine[Any, Any, int]]


async def parallel(ctx: Context, site: CallSite, starts: tuple[Start, ...], first: bool, seconds: float | None) -> int:
    """Run all of them; answers the block's return code when it is over.

    first: at the first that returns more than 0 the others are cancelled. seconds: how long it may take (s).
    Raises what one of them has ended the script with: exit, a jump into another route, a bug.
    """
    assert ctx.run is not None
    group = Group(ctx, first, len(starts))
    ctx.extra[RESULTS] = group.codes
    try:
        group.start(starts)
        if not group.over:
            ctx.run.site = site
            await group.wait(seconds)
        ctx.extra[RESULTS] = group.codes  # those of an inner block may stand there
        return group.conclude()
    finally:
        group.dissolve()


class Group:
    """The members of one parallel block."""

    __slots__ = ("alarm", "codes", "ctx", "error", "first", "joined", "left", "members", "over", "run", "timed_out")

    def __init__(self, ctx: Context, first: bool, count: int) -> None:
        self.ctx = ctx
        self.run: Run = ctx.run  # type: ignore[assignment]
        self.first = first
        self.codes: list[int | None] = [None] * count
        self.left = count
        self.members: list[Member] = []
        self.over = False
        self.timed_out = False
        self.error: BaseException | None = None
        self.joined: Deferred[None] | None = None
        self.alarm: Any = None

    def start(self, starts: tuple[Start, ...]) -> None:
        """Begin one after the other, each until it waits; none any more once the block is over."""
        for number, start in enumerate(starts):
            member = Member(self, number, start())
            self.members.append(member)
            member.start()
            if self.over:
                break

    def wait(self, seconds: float | None) -> Deferred[None]:
        """Fires when the block is over, after `seconds` (s) at the latest; to cancel it is to cancel all that the
        members wait for."""
        if seconds is not None:
            clock = self.ctx.server.clock
            self.run.until = clock.seconds() + seconds
            self.alarm = clock.callLater(seconds, self.time_out)
        self.joined = Deferred(lambda _: self._stop())
        return self.joined

    def ended(self, number: int, outcome: int | BaseException) -> None:
        """A member has come to its end: with a return code, or with what ends the script."""
        self.left -= 1
        if isinstance(outcome, int):
            self.codes[number] = outcome
            if self.left and not (self.first and outcome > 0):
                return
        else:
            self.error = outcome
        self._finish()

    def time_out(self) -> None:
        """The block has taken too long: what is still open is cancelled."""
        self.timed_out = True
        self._finish()

    def _finish(self) -> None:
        self._stop()
        joined, self.joined = self.joined, None
        if joined is not None:
            joined.callback(None)

    def _stop(self) -> None:
        self.over = True
        for member in self.members:
            member.stop()

    def conclude(self) -> int:
        """The block's return code. Raises what has ended the script."""
        for member in self.members:
            if member.undo:
                self.ctx.extra.setdefault(UNDO, []).extend(member.undo)
        error, self.error = self.error, None
        if error is not None:
            raise error
        good = [code is not None and code > 0 for code in self.codes]
        if any(good) if self.first else all(good):
            return 1
        return TIMED_OUT if self.timed_out else FAILED

    def dissolve(self) -> None:
        """Whatever became of it, leave nothing for the collector."""
        self.run.until = 0.0
        self.members = []
        self.joined = None
        if self.alarm is not None and self.alarm.active():
            self.alarm.cancel()
        self.alarm = None


class Member(Run):
    """The driver of one statement. While it runs it stands in for the run of the whole script."""

    __slots__ = ("group", "number", "rc", "undo")

    def __init__(self, group: Group, number: int, coroutine: Coroutine[Any, Any, int]) -> None:
        super().__init__(group.run.route, group.ctx, None, coroutine)
        self.group = group
        self.number = number
        self.rc = group.ctx.rc
        self.undo: list[Callable[[], None]] | None = None

    @property
    def kept(self) -> Any:
        """Who keeps the request: asked once for all members."""
        return self.group.run.kept

    @kept.setter
    def kept(self, keeper: Any) -> None:
        # The driver's constructor comes here too, before there is a group.
        if keeper is not None:
            self.group.run.kept = keeper

    def start(self) -> None:
        self._go(None)

    def _go(self, result: Any) -> None:
        """One step, with what is the member's own in its place."""
        ctx = self.ctx
        extra = ctx.extra
        run, rc, undo = ctx.run, ctx.rc, extra.pop(UNDO, None)
        ctx.run, ctx.rc = self, self.rc
        if self.undo:
            extra[UNDO] = self.undo
        try:
            ended = self._step(result)
        finally:
            self.rc, self.undo = ctx.rc, extra.pop(UNDO, None)
            ctx.rc = rc
            if ctx.run is self:  # else the whole script has been ended meanwhile
                ctx.run = run
            if undo:
                extra[UNDO] = undo
        if ended is not None and not self.over:
            self.over = True
            self.coroutine = None
            self.group.ended(self.number, ended)

    def _step(self, result: Any) -> int | BaseException | None:
        """Send a result in, until the statement waits (None) or ends."""
        leaving, self.leaving = self.leaving, None
        if leaving is not None and not isinstance(result, Failure):
            result = Failure(ScriptJump(leaving.leave()))  # the whole script leaves, with the members' clean-up
        while (coroutine := self.coroutine) is not None:
            try:
                if isinstance(result, Failure):
                    awaited = result.throwExceptionIntoGenerator(coroutine)
                else:
                    awaited = coroutine.send(result)
            except StopIteration as end:
                code: int = end.value
                return code
            except (ScriptExit, ScriptJump, Exception) as error:
                return error
            if self.over:  # stopped by what it called
                self.coroutine = None
                self._discard(awaited, coroutine)
                return None
            result = self._wait(awaited)
            if result is None:
                return None
        return None

    def stop(self) -> None:
        """Cancel what it waits for; nothing of it runs any more but its clean-up."""
        if self.over:
            return
        self.over = True
        waiting, self.waiting = self.waiting, None
        if waiting is None:
            return  # it is running right now: its next wait is its last
        coroutine, self.coroutine = self.coroutine, None
        self.ctx.server.suspended.leave(self, "cancelled")
        waiting.cancel()
        self._close(coroutine)

    def _close(self, coroutine: Coroutine[Any, Any, int] | None) -> None:
        extra = self.ctx.extra
        outer, mine = extra.pop(UNDO, None), self.undo
        self.undo = None
        if mine:
            extra[UNDO] = mine
        super()._close(coroutine)
        if outer:
            extra[UNDO] = outer

    # The whole script, for whoever ends the run of this context.

    def cancel(self, outcome: str = "cancelled") -> None:
        self.group.run.cancel(outcome)

    def abort(self, error: Exception, outcome: str = "cancelled") -> None:
        self.group.run.abort(error, outcome)
