# -*- test-case-name: tests.modules.test_rtimer -*-
"""rtimer: routes that run from time to time.

The routes of a timer run one after another. While they do, waits included, the timer does not start them again: a
round that would have begun meanwhile is left out. A timer with `mode=3` starts three rounds each time, beside each
other, as Kamailio's three processes would.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from zope.interface import implementer

from sipapp.interfaces.server import IAfterStart, IServer
from sipapp.log import Logger
from sipapp.module import ConfigError, Context, RouteType, modparam, module, pseudo_variable
from sipapp.module.definitions import number, pairs
from sipapp.script.runtime import Route

log = Logger()

WORKER = "rtimer"
"""`ctx.extra[WORKER]`: the number of the round, of those that run beside each other."""


@dataclass(slots=True)
class Timer:
    """`name=x;interval=10;mode=1`: a timer and its routes."""

    name: str
    interval: float  # s
    mode: int = 0  # how many rounds run beside each other; 0 is 1
    routes: list[Route] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Job:
    """`timer=x;route=NAME`."""

    timer: Timer
    route: str


class Round:
    """The routes of a timer, run again and again."""

    def __init__(self, server: IServer, timer: Timer, worker: int) -> None:
        self.server = server
        self.timer = timer
        self.worker = worker
        self.running = False
        self.alarm: Any = None

    def wait(self) -> None:
        """Begin after the timer's interval."""
        self.alarm = self.server.clock.callLater(self.timer.interval, self._begin)

    def stop(self) -> None:
        if self.alarm is not None and self.alarm.active():
            self.alarm.cancel()

    def _begin(self) -> None:
        self.wait()
        if self.running:
            log.debug("rtimer {name}: still busy, this time is left out", name=self.timer.name)
            return
        self.running = True
        self._run(0)

    def _run(self, number: int) -> None:
        if number == len(self.timer.routes):
            self.running = False
            return
        ctx = self.server.background()
        ctx.route_type = RouteType.REQUEST
        ctx.extra[WORKER] = self.worker
        self.server.execute(self.timer.routes[number], ctx, lambda ctx, code: self._run(number + 1))


@implementer(IAfterStart)
@module("rtimer")
class Rtimer:
    """Timers and what they run."""

    default_interval: int = modparam(
        default=120, minimum=1, unit="s", doc="interval of the timers defined behind this that have none of their own"
    )
    timers: list[Timer] = modparam(
        default=(),
        name="timer",
        parse="timer",
        doc="a timer: 'name=x;interval=10;mode=1'. interval: in s, or in microseconds: '100000u'. mode: how many "
        "rounds run beside each other; 0 is 1",
    )
    jobs: list[Job] = modparam(
        default=(), name="exec", parse="job", doc="a route for a timer defined before: 'timer=x;route=NAME'"
    )

    def timer(self, text: str) -> Timer:
        """A timer that the script defines. Raises ConfigError."""
        facts = {name.lower(): value for name, value in reversed(pairs(text))}
        name, interval = facts.get("name", ""), facts.get("interval", "")
        if not name:
            raise ConfigError("invalid timer name")
        if self._find(name) is not None:
            raise ConfigError(f"duplicate timer with same name: {name}")
        micro = interval[-1:] in ("u", "U")
        amount = number("interval", interval.rstrip("uU")) if interval else 0
        mode = number("mode", facts.get("mode", "0"))
        if not amount:
            return Timer(name, self.default_interval, mode)
        return Timer(name, amount / 1e6 if micro else amount, mode)

    def job(self, text: str) -> Job:
        """A route that a timer runs. Raises ConfigError."""
        facts = {name.lower(): value for name, value in pairs(text)}
        found = self._find(facts.get("timer", ""))
        if found is None:
            raise ConfigError(f"timer not found - name: {facts.get('timer', '')}")
        if not facts.get("route"):
            raise ConfigError("no route")
        return Job(found, facts["route"])

    def _find(self, name: str) -> Timer | None:
        return next((timer for timer in self.timers if timer.name.lower() == name.lower()), None)

    def start(self, server: IServer) -> None:
        self.server = server
        self.rounds: list[Round] = []
        for job in self.jobs:
            route = server.script.routes.get(job.route)
            if route is None:
                raise ConfigError(f'modparam("rtimer", "exec"): there is no route[{job.route}]')
            # Kamailio runs the youngest first.
            job.timer.routes.insert(0, route)

    def started(self) -> None:
        """The timers begin, in one worker."""
        if self.server.worker > 1:
            return
        self.rounds = [
            Round(self.server, timer, worker)
            for timer in self.timers
            if timer.routes
            for worker in range(timer.mode or 1)
        ]
        for one in self.rounds:
            one.wait()

    def stop(self) -> None:
        for one in self.rounds:
            one.stop()

    @pseudo_variable("rtimer_worker", integer=True)
    def pv_rtimer_worker(self, ctx: Context) -> int:
        """$rtimer_worker: the number of the round, from 0, of those that run beside each other."""
        worker: int = ctx.extra.get(WORKER, 0)
        return worker
