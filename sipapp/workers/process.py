# -*- test-case-name: tests.workers.test_process -*-
"""process: one process of a worker, as the supervisor sees it."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any, Protocol

from twisted.internet.error import ProcessExitedAlready
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure

from sipapp.log import Logger
from sipapp.workers.logs import MARK, publish
from sipapp.workers.setup import Role, Setup, line

log = Logger()

LONGEST = 1 << 20  # bytes of a line


class Boss(Protocol):
    """Who started it."""

    def ready(self, process: WorkerProcess) -> None:
        """It has read the script, and waits for its role."""

    def up(self, process: WorkerProcess, sockets: str) -> None:
        """It serves."""

    def ended(self, process: WorkerProcess, why: str) -> None:
        """It is gone."""


class WorkerProcess(ProcessProtocol):
    """`worker` is its number once it has a role, 0 before. `reason`: what it said of its failure."""

    def __init__(self, boss: Boss, setup: Setup) -> None:
        self._boss = boss
        self._setup = setup
        self._text = {1: b"", 2: b""}
        self.worker = 0
        self.is_up = False
        self.pid = 0
        self.reason = ""
        self.since = 0.0  # when it was up (s of the clock)

    @property
    def name(self) -> str:
        return f"worker {self.worker}" if self.worker else "spare worker"

    def connectionMade(self) -> None:
        self.pid = self.transport.pid  # type: ignore[union-attr]
        self.transport.write(line(self._setup))  # type: ignore[union-attr]

    def begin(self, role: Role) -> None:
        """Give it its role."""
        self.worker = role.worker
        self.transport.write(line(role))  # type: ignore[union-attr]

    def signal(self, name: str) -> None:
        """Send it a signal, TERM or KILL, if it still lives."""
        with suppress(ProcessExitedAlready):
            self.transport.signalProcess(name)  # type: ignore[union-attr]

    def childDataReceived(self, childFD: int, data: bytes) -> None:
        *lines, rest = (self._text[childFD] + data).split(b"\n")
        if len(rest) > LONGEST:
            lines.append(rest)
            rest = b""
        self._text[childFD] = rest
        for one in lines:
            self._heard(one)

    def _heard(self, text: bytes) -> None:
        if text.startswith(MARK):
            try:
                self._reported(json.loads(text[len(MARK) :]))
                return
            except (ValueError, KeyError):
                pass  # cut off where it died
        if text:
            log.warn("{name} says: {text}", name=self.name, text=text.decode(errors="replace"))

    def _reported(self, facts: dict[str, Any]) -> None:
        state = facts.get("state")
        if state is None:
            publish(facts, self.name)
        elif state == "ready":
            self._boss.ready(self)
        elif state == "up":
            self.is_up = True
            self._boss.up(self, facts["sockets"])
        else:
            self.reason = facts["why"]

    def processEnded(self, reason: Failure) -> None:
        for text in self._text.values():
            self._heard(text)
        self.is_up = False
        self._boss.ended(self, self.reason or reason.getErrorMessage())
