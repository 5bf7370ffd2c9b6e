# -*- test-case-name: tests.script.test_suspended -*-
"""suspended: every script that waits, how many may, for how long, and what all that waiting cost."""

from __future__ import annotations

from array import array
from bisect import bisect
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, islice, takewhile
from math import inf
from time import time
from typing import TYPE_CHECKING, Any, NamedTuple

from sipapp.errors import SuspendedTooLong, TooManySuspended
from sipapp.log import Logger

if TYPE_CHECKING:
    from sipapp.interfaces.server import IServer
    from sipapp.script.run import Run
    from sipapp.script.runtime import Context

log = Logger()

FORGET_AFTER = 1.0
"""s: a run that has waited so long keeps nothing that can be had again. Most are over before, and never pay for it."""

AT_ONCE = 200
"""How many runs are gone through before the reactor gets its turn: less than a ms of work."""

_EVERY = 0.1  # s: not oftener than so are they looked at
_STEPS = 10  # histogram buckets a decade: each is a quarter wider than the one before
_FASTEST = 0.0001  # s; everything below is in the first bucket
_BUCKETS = 8 * _STEPS  # up to 10000 s
_EDGES = [_FASTEST * 10.0 ** (number / _STEPS) for number in range(_BUCKETS)]  # s: where each ends


class Waits:
    """What one function's waits came to.

    Many are as long as the one before, so they are counted together until one is not: half of what `ended` costs.
    """

    __slots__ = (
        *("_bucket", "_buckets", "_from", "_same", "_to"),
        *("cancelled", "errors", "finished", "running", "started", "timeouts"),
    )

    def __init__(self) -> None:
        self.started = 0
        self.running = 0
        self.finished = 0
        self.timeouts = 0
        self.cancelled = 0
        self.errors = 0
        self._buckets = array("L", [0]) * (_BUCKETS + 1)  # no objects, which would lie all over memory
        self._same = 0  # how many have been as long as the last one, in `_bucket`, and are to be counted there
        self._bucket = 0
        self._from = self._to = 0.0  # s

    def ended(self, outcome: str, seconds: float) -> None:
        """outcome: finished, timeouts, cancelled or errors."""
        self.running -= 1
        if outcome == "finished":
            self.finished += 1
        else:
            setattr(self, outcome, getattr(self, outcome) + 1)
        if not self._from <= seconds < self._to:
            self._count()
            self._bucket = number = bisect(_EDGES, seconds)
            self._from = _EDGES[number - 1] if number else -inf
            self._to = _EDGES[number] if number < _BUCKETS else inf
        self._same += 1

    def _count(self) -> None:
        self._buckets[self._bucket] += self._same
        self._same = 0

    def percentile(self, share: float) -> float:
        """The time (s) within which this share of the waits was over: 0.95 for p95. To the next bucket's edge."""
        self._count()
        wanted = share * sum(self._buckets)
        for number, count in enumerate(self._buckets):
            wanted -= count
            if wanted <= 0 < count:
                return float(_FASTEST * 10.0 ** (number / _STEPS))
        return 0.0


class Waiting(NamedTuple):
    """One suspended script, as an operator may see it."""

    id: int
    call_id: str
    method: str
    route: str
    function: str
    place: str  # app.cfg:12:5
    since: str  # of the wall clock
    age: float  # s
    deadline: str | None  # when suspend_timeout, or a limit of its own, ends it


class Suspended:
    """All runs that wait: `suspend_max` at most, each for `suspend_timeout` (s) at most, 0 for ever.

    They are in the order in which they began to, so the first is the next that is overdue. Most are over while they are
    young; the others become old, and forget what they can."""

    def __init__(self, server: IServer) -> None:
        self._server = server
        self._seconds = server.clock.seconds
        self._old: dict[Run, bool] = {}  # all of them began before any of the young ones
        self._young: dict[Run, bool] = {}
        self._streams: dict[Any, dict[Run, None]] = {}  # those whose message came by a stream, by its connection
        self._alarm: Any = None
        self._due = 0.0  # s: when it goes off
        self._reminder: Any = None  # of the young ones
        self.functions: dict[str, Waits] = {}
        self._step = server.workers  # so that an id is one script's, in whatever worker it waits
        self._last = server.worker - self._step
        self.watch: Any = None  # sipapp.stalls.Stalls, where somebody wants to know

    def __len__(self) -> int:
        return len(self._old) + len(self._young)

    def __iter__(self) -> Iterator[Run]:
        """The longest first."""
        return chain(self._old, self._young)

    # -- what the driver tells

    def enter(self, run: Run) -> None:
        """A run begins to wait. Raises TooManySuspended."""
        site = run.site
        name = site.function if site is not None else "?"
        waits = self.functions.get(name)
        if waits is None:
            waits = self.functions[name] = Waits()
        run.waits = waits
        waits.started += 1
        waits.running += 1
        server = self._server
        config = server.config
        seconds = self._seconds
        run.since = since = seconds()
        young = self._young
        suspended = len(self._old) + len(young)
        if suspended >= config.suspend_max:
            raise TooManySuspended(suspended)
        young[run] = True
        if self._reminder is None:
            self._reminder = server.clock.callLater(FORGET_AFTER, self._forget)
        flow = run.ctx.message.flow
        if flow is not None and flow.connection is not None:
            self._streams.setdefault(flow.connection, {})[run] = None
        if not run.id:
            self._last = run.id = self._last + self._step
        timeout = config.suspend_timeout
        if timeout > 0 and (self._alarm is None or since + timeout < self._due):  # less than when that was set
            self._wake(since + timeout)

    def leave(self, run: Run, outcome: str) -> None:
        """It waits no more. A failure after the time limit of async() is a time-out."""
        if not self._young.pop(run, False):
            self._old.pop(run, False)
        if self._streams:
            self._leave_stream(run)
        seconds = self._seconds
        run.waits.ended("timeouts" if run.interrupted else outcome, seconds() - run.since)

    def _leave_stream(self, run: Run) -> None:
        flow = run.ctx.message.flow
        connection = None if flow is None else flow.connection
        runs = self._streams.get(connection)
        if runs is not None:
            runs.pop(run, None)
            if not runs:
                del self._streams[connection]

    def on_stream(self, connection: Any) -> list[Run]:
        """Those whose request came by this connection."""
        return [run for run in self._streams.get(connection, ()) if run.kept is not None]

    def _forget(self) -> None:
        """Have those forget that have waited for a while; come back for the others."""
        clock = self._server.clock
        limit = clock.seconds() - FORGET_AFTER
        for run in list(takewhile(lambda run: run.since <= limit, islice(self._young, AT_ONCE))):
            del self._young[run]
            self._old[run] = True
            if run.kept is not None:
                run.kept.waits_long(run.ctx)
        self._reminder = None
        for run in self._young:
            later = max(_EVERY, run.since - limit) if run.since > limit else 0.0
            self._reminder = clock.callLater(later, self._forget)
            break

    # -- too long

    def _sweep(self) -> None:
        """End whatever is overdue; come back for the next."""
        clock = self._server.clock
        timeout = self._server.config.suspend_timeout
        self._alarm = None
        if timeout <= 0:
            return
        now = clock.seconds()
        for run in list(takewhile(lambda run: run.since + timeout <= now, self)):
            if run.since + timeout <= now:  # the end of another may have been what it waited for: it waits anew
                self._end(run)
        for run in self:
            self._wake(run.since + timeout)
            break

    def _wake(self, due: float) -> None:
        """Look for those that are overdue then, and not at another time."""
        clock = self._server.clock
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm, self._due = clock.callLater(max(0.0, due - clock.seconds()), self._sweep), due

    def _end(self, run: Run) -> None:
        if run.over:  # another that shared its request has been ended, and it with that
            return
        ctx = run.ctx
        call_id = getattr(ctx.message, "call_id", b"").decode(errors="replace")
        log.warn(
            "{site}: ended after {timeout} s (suspend_timeout), call {call_id}",
            site=str(run.site),
            timeout=self._server.config.suspend_timeout,
            call_id=call_id,
        )
        if run.route.kind == "launch":
            run.interrupt()  # the call has taken too long: its report route is told so
        elif run.kept is None:
            run.abort(SuspendedTooLong(str(run.site)), "timeouts")
        else:
            run.cancel("timeouts")
            run.kept.suspended_too_long(ctx)

    def shut_down(self) -> None:
        """End all: their requests are answered with 503. Those that keep a request come first: a branch_route, say, is
        part of one, and must not go on when that ends."""
        for run in sorted(self, key=lambda run: run.kept is None):
            run.abort(TooManySuspended(len(self), "the server goes down"))
        for alarm in (self._alarm, self._reminder):
            if alarm is not None:
                alarm.cancel()
        self._alarm = self._reminder = None

    # -- what operators ask

    def end(self, number: int) -> bool:
        """End the script with this id: its request is answered with 503. False: there is none."""
        found = next((run for run in self if run.id == number), None)
        if found is not None:
            found.abort(TooManySuspended(len(self), "ended by async.cancel"))
        return found is not None

    def rows(self) -> Iterator[Waiting]:
        """Every suspended script, the longest first."""
        now = self._server.clock.seconds()
        today = time() - now
        for run in self:
            site = run.site
            message = run.ctx.message
            until = self._deadline(run)
            yield Waiting(
                run.id,
                getattr(message, "call_id", b"").decode(errors="replace"),
                getattr(message, "method", b"").decode(errors="replace"),
                site.route if site is not None else str(run.route),
                site.function if site is not None else "?",
                str(site.at) if site is not None else "?",
                _time_of_day(today + run.since),
                now - run.since,
                None if until is None else _time_of_day(today + until),
            )

    def _deadline(self, run: Run) -> float | None:
        timeout = self._server.config.suspend_timeout
        ends = [until for until in (run.until, run.since + timeout if timeout > 0 else 0.0) if until]
        return min(ends, default=None)


def _time_of_day(seconds: float) -> str:
    """2026-11-22T09:30:01.250+00:00"""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def waited(ctx: Context) -> str:
    """Where in the script this run waits, as a log line names it: `app.cfg:20`; "" where it does not wait."""
    site = ctx.run.site if ctx.run is not None else None
    return "" if site is None else f"{site.at.file}:{site.at.line}"
