# -*- test-case-name: tests.modules.test_timer -*-
"""timer: routes that run from time to time, switched on and off by the script.

@timer.timer.NAME.enabled   1 while the timer is on, 0 while it is off
@timer.executed             the name of the timer whose route runs; undefined in other routes

While a timer's route runs, waits included, it is not started again: a time that comes meanwhile is left out.
"""

from __future__ import annotations

import re
from typing import Any

from zope.interface import implementer

from sipapp.interfaces.server import IAfterStart, IServer
from sipapp.module import ConfigError, Context, RouteType, Value, modparam, module, script_function
from sipapp.script.select_parts import Reader
from sipapp.script.selects import Steps, offer

EXECUTED = "timer"
"""`ctx.extra[EXECUTED]`: the timer whose route runs."""

_definition = re.compile(
    r"(\w+)=[ \t]*([^,]*?)[ \t]*,[ \t]*(\d+)[ \t]*(?:,[ \t]*(slow|fast)?[ \t]*(?:,[ \t]*(enable)?[ \t]*)?)?",
    re.ASCII | re.IGNORECASE,
).fullmatch


class Timer:
    """`NAME=ROUTE,milliseconds,slow|fast,enable`."""

    __slots__ = ("alarm", "enable", "interval", "name", "route", "running", "server")

    def __init__(self, name: str, route: str, interval: float, enable: bool) -> None:
        self.name = name
        self.route = route
        self.interval = interval  # s
        self.enable = enable  # when the server starts
        self.server: Any = None
        self.alarm: Any = None
        self.running = False

    @classmethod
    def parse(cls, text: str) -> Timer:
        """Raises ConfigError."""
        found = _definition(text)
        if found is None or not found[2] or not int(found[3]):
            raise ConfigError(f"not NAME=ROUTE,milliseconds,slow|fast,enable: {text!r}")
        return cls(found[1], found[2], int(found[3]) / 1000, bool(found[5]))

    @property
    def on(self) -> bool:
        return self.alarm is not None and bool(self.alarm.active())

    def switch(self, on: bool) -> None:
        """Begin after the interval, or stop; the route that runs goes on to its end."""
        if on and not self.on:
            self.alarm = self.server.clock.callLater(self.interval, self._run)
        elif not on and self.on:
            self.alarm.cancel()

    def _run(self) -> None:
        self.switch(True)
        if self.running:
            return
        self.running = True
        ctx = self.server.background()
        ctx.route_type = RouteType.REQUEST
        ctx.extra[EXECUTED] = self
        self.server.execute(self.server.script.routes[self.route], ctx, self._done)

    def _done(self, ctx: Context, code: int) -> None:
        self.running = False


@implementer(IAfterStart)
@module("timer")
class TimerModule:
    """Timers by name."""

    declare_timer: list[Timer] = modparam(
        default=(),
        parse="declared",
        doc="a timer: 'NAME=ROUTE,milliseconds,slow,enable'; `fast` instead of `slow` makes no difference here; "
        "without `enable` it is off until timer_enable()",
    )

    def declared(self, text: str) -> Timer:
        """Raises ConfigError."""
        timer = Timer.parse(text)
        if any(other.name == timer.name for other in self.declare_timer):
            raise ConfigError(f"timer '{timer.name}' already exists")
        return timer

    def start(self, server: IServer) -> None:
        for timer in self.declare_timer:
            if timer.route not in server.script.routes:
                raise ConfigError(f'modparam("timer", "declare_timer"): there is no route[{timer.route}]')
            timer.server = server
        self.first = server.worker == 1

    def started(self) -> None:
        """Those that are to run from the start begin, in one worker."""
        for timer in self.declare_timer:
            if timer.enable and self.first:
                timer.switch(True)

    def stop(self) -> None:
        for timer in self.declare_timer:
            timer.switch(False)

    def timer(self, name: bytes) -> Timer:
        """The timer that a call names. Raises ConfigError: there is none."""
        for timer in self.declare_timer:
            if timer.name.encode() == name:
                return timer
        raise ConfigError(f"timer '{name.decode(errors='replace')}' not declared")

    @script_function(parse={"timer_id": "timer"})
    def timer_enable(self, timer_id: Timer, enable_disable: int) -> int:
        """timer_enable(name, 1): let a timer run, first after its interval; timer_enable(name, 0): stop it."""
        timer_id.switch(enable_disable != 0)
        return 1


def select(steps: Steps) -> Reader | None:
    """What reads @timer followed by these steps."""
    if steps == [b"executed"]:
        return _executed
    if len(steps) == 3 and steps[0] == b"timer" and steps[2] == b"enabled" and isinstance(steps[1], bytes):
        return _enabled(steps[1].decode())
    return None


def _executed(ctx: Context) -> Value:
    timer = ctx.extra.get(EXECUTED)
    return None if timer is None else timer.name.encode()


def _enabled(name: str) -> Reader:
    def read(ctx: Context) -> Value:
        timers: list[Timer] = ctx.server.modules["timer"].declare_timer
        return next((b"1" if timer.on else b"0" for timer in timers if timer.name == name), None)

    return read


offer("timer", select)
