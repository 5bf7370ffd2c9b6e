# -*- test-case-name: tests.module.test_sleep -*-
"""sleep: what a function answers that waits for a time: a `pause` of the script, or a Deferred that owns its alarm."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred

from sipapp.interfaces.server import IServer
from sipapp.script.pause import Pause, new_pause

_EXACT = 0.1
"""Below so many seconds the 10 ms of the wheel are too coarse: a call of the reactor costs more, and is on time."""


def pause(server: IServer, seconds: float) -> Wait:
    """What a script function answers: 1 after `seconds`, in the form that takes least."""
    if seconds < _EXACT:
        return Sleep(server, seconds)
    made = new_pause(server.clock.seconds() + seconds)
    server.wheel.start(made)
    return made


class Sleep(Deferred[int]):
    """Fires with 1 after `seconds`. Cancelling it stops the alarm as well."""

    def __init__(self, server: IServer, seconds: float) -> None:
        super().__init__(_stop)
        self.alarm: Any
        if seconds < _EXACT:
            self.alarm = server.clock.callLater(max(seconds, 0.0), self.callback, 1)
        else:
            self.alarm = server.wheel.at(server.clock.seconds() + seconds, self.callback, 1)


def _stop(sleep: Any) -> None:
    sleep.alarm.cancel()


Wait = Deferred[int] | Pause
"""Fires with 1; it may be cancelled, and awaited."""
