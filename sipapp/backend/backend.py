# -*- test-case-name: tests.backend.test_backend -*-
"""backend: calls to one backend: so many at a time, a queue for the rest, a circuit breaker, a deadline."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any, TypeVar

from twisted.internet.defer import CancelledError, Deferred, fail
from twisted.python.failure import Failure

from sipapp.backend.breaker import Breaker, State
from sipapp.backend.limits import OTHERS, Limits
from sipapp.errors import BackendBusy, BackendTimeout, CircuitOpen
from sipapp.log import Logger

if TYPE_CHECKING:
    from sipapp.statistics import Statistics

log = Logger()

_T = TypeVar("_T")

MOST = 1000
"""Backends without limits of their own that are remembered; of more, those that nobody asks anything are forgotten."""


def _is_failure(result: Any) -> bool:
    return isinstance(result, Failure)


_NEVER = inf


class _Call:
    """One call, queued or under way, and the wheel's entry for its time limit. `outer` is what its caller waits for."""

    __slots__ = ("_backend", "due", "inner", "outer", "slot", "start", "ticket", "timed_out")

    def __init__(self, backend: Backend, start: Callable[[], Deferred[Any]]) -> None:
        self._backend = backend
        self.start: Callable[[], Deferred[Any]] | None = start
        self.due = _NEVER
        self.slot = 0
        self.outer: Deferred[Any] | None = None
        self.inner: Deferred[Any] | None = None
        self.ticket = -1
        self.timed_out = False

    def expired(self) -> None:
        """The wheel: it has taken too long."""
        self.due = _NEVER
        self._backend.call_is_late(self)

    def over(self) -> Deferred[Any] | None:
        """Let go of everything, for the wheel may keep it for a while; who waited for it."""
        self.due = _NEVER
        outer, self.outer = self.outer, None
        self.inner = self.start = None
        return outer


class Backend:
    """`failed(result)` tells which results, Failures among them, speak against the backend; all Failures by itself.

    What a caller cancels is not counted.
    """

    def __init__(
        self, name: str, wheel: Any, limits: Limits | None = None, failed: Callable[[Any], bool] = _is_failure
    ) -> None:
        self.name = name
        self.limits = limits or Limits()
        self.breaker = Breaker(self.limits)
        self.in_flight = 0
        self.calls = 0
        self.failures = 0
        self.timeouts = 0
        self.refused = 0
        self._wheel = wheel
        self._failed = failed
        self._queue: deque[_Call] = deque()

    @property
    def queued(self) -> int:
        return len(self._queue)

    @property
    def state(self) -> State:
        return self.breaker.state

    def call(self, start: Callable[[], Deferred[_T]], timeout: float = 0.0) -> Deferred[_T]:
        """Call `start` when it is its turn; what it answers in the end.

        timeout: s from now, 0 for none. Fails with CircuitOpen, BackendBusy, BackendTimeout, or as the call does.
        """
        limits = self.limits
        full = 0 < limits.in_flight <= self.in_flight
        if full and len(self._queue) >= limits.queue:
            self.refused += 1
            return fail(BackendBusy(self.name, f"{self.in_flight} calls in flight, {len(self._queue)} queued"))
        call = _Call(self, start)
        if full:
            if self.state is State.OPEN:
                self.refused += 1
                return fail(CircuitOpen(self.name))
            self._queue.append(call)
        else:
            call.ticket = self.breaker.admit(self._wheel.seconds())
            if call.ticket < 0:
                self.refused += 1
                return fail(CircuitOpen(self.name))
        outer: Deferred[_T] = Deferred(partial(self._cancelled, call))
        call.outer = outer
        if timeout > 0:
            call.due = self._wheel.seconds() + timeout
            self._wheel.start(call)
        if not full:
            self._begin(call)
        return outer

    # -- one call

    def _begin(self, call: _Call) -> None:
        self.calls += 1
        self.in_flight += 1
        start, call.start = call.start, None
        assert start is not None
        try:
            call.inner = start()
        except Exception:
            call.inner = fail()
        call.inner.addBoth(self._over, call)

    def _over(self, result: Any, call: _Call) -> None:
        """It has ended, one way or another: make room, tell the caller."""
        self.in_flight -= 1
        outer = call.over()
        withdrawn = outer is None or (
            not call.timed_out and isinstance(result, Failure) and result.check(CancelledError)
        )
        if withdrawn:
            self.breaker.withdrawn(call.ticket)
        else:
            self._count(call, call.timed_out or self._failed(result))
        self._next()
        if outer is None:
            return
        if call.timed_out:
            outer.errback(BackendTimeout(self.name))
        else:
            outer.callback(result)

    def _count(self, call: _Call, failed: bool) -> None:
        before = self.state
        self.failures += failed
        if self.breaker.ended(call.ticket, failed, self._wheel.seconds()):
            log.warn(
                "backend {name}: too many failures, nothing is asked for {time} s",
                name=self.name,
                time=self.limits.open_time,
            )
            self._refuse_queued()
        elif before is not self.state:
            log.info("backend {name}: answers again", name=self.name)

    def _next(self) -> None:
        """Begin what is queued, as far as there is room."""
        while self._queue and (not self.limits.in_flight or self.in_flight < self.limits.in_flight):
            ticket = self.breaker.admit(self._wheel.seconds())
            if ticket < 0:
                return self._refuse_queued()
            call = self._queue.popleft()
            call.ticket = ticket
            self._begin(call)
        return None

    def _refuse_queued(self) -> None:
        while self._queue:
            call = self._queue.popleft()
            self.refused += 1
            outer = call.over()
            assert outer is not None
            outer.errback(CircuitOpen(self.name))

    def call_is_late(self, call: _Call) -> None:
        """The time limit of a call is over."""
        self.timeouts += 1
        call.timed_out = True
        if call.inner is not None:
            call.inner.cancel()
            return
        self._queue.remove(call)
        outer = call.over()
        assert outer is not None
        outer.errback(BackendTimeout(self.name, queued=True))

    def _cancelled(self, call: _Call, _: Deferred[Any]) -> None:
        """Whoever called does not want it any more; the Deferred fails with CancelledError by itself."""
        call.outer = None
        if call.inner is not None:
            call.inner.cancel()
            return
        self._queue.remove(call)
        call.over()


_GAUGES: Mapping[str, tuple[Callable[[Backend], int], str]] = {
    "in_flight": (lambda one: one.in_flight, "calls under way"),
    "queued": (lambda one: one.queued, "calls that wait for their turn"),
    "calls": (lambda one: one.calls, "calls made"),
    "failures": (lambda one: one.failures, "calls that failed"),
    "timeouts": (lambda one: one.timeouts, "calls that did not end in time"),
    "refused": (lambda one: one.refused, "calls not made: the queue was full or the circuit open"),
    "circuit": (lambda one: int(one.state), "0: closed, 1: trying again, 2: open"),
}


class Backends:
    """The backends of a module, by name, with the limits that its parameter `backend` gives them.

    In the statistics, in the group of the module's name: one gauge each of `_GAUGES` for all together
    (`backend_in_flight`), and for each backend with limits of its own (`NAME_in_flight`).
    """

    def __init__(
        self,
        wheel: Any,
        statistics: Statistics,
        group: str,
        definitions: Iterable[str | tuple[str, Limits]] = (),
        failed: Callable[[Any], bool] = _is_failure,
    ) -> None:
        """definitions: as in `Limits.parse`, or what it answers. Raises ConfigError: a wrong one."""
        parsed = dict(Limits.parse(one) if isinstance(one, str) else one for one in definitions)
        self._wheel = wheel
        self._failed = failed
        self._others = parsed.pop(OTHERS, Limits())
        self._named = {name: Backend(name, wheel, limits, failed) for name, limits in parsed.items()}
        self._made: dict[str, Backend] = {}
        for key, (read, doc) in _GAUGES.items():
            total = max if key == "circuit" else sum
            statistics.gauge(group, f"backend_{key}", partial(self._total, total, read), f"all backends: {doc}")
            for name, backend in self._named.items():
                statistics.gauge(group, f"{name}_{key}", partial(read, backend), f"{name}: {doc}")

    def get(self, name: str) -> Backend:
        """The backend of this name."""
        found = self._named.get(name) or self._made.get(name)
        if found is None:
            if len(self._made) >= MOST:
                self._forget_idle()
            found = self._made[name] = Backend(name, self._wheel, self._others, self._failed)
        return found

    def all(self) -> list[Backend]:
        """Every backend that there is now."""
        return [*self._named.values(), *self._made.values()]

    def _forget_idle(self) -> None:
        self._made = {name: one for name, one in self._made.items() if one.in_flight or one.queued}

    def _total(self, total: Callable[..., int], read: Callable[[Backend], int]) -> int:
        return total((0, *(read(one) for one in self.all())))
