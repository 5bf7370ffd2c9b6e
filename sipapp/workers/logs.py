# -*- test-case-name: tests.workers.test_logs -*-
"""logs: what a worker has to say goes through its standard output to the supervisor, which logs it as its own.

A line that begins with MARK is JSON: an event of the log, or news of the worker; any other is what somebody printed.
"""

from __future__ import annotations

import json
import os
from typing import Any

from twisted.logger import ILogObserver, LogLevel, eventAsText, globalLogPublisher
from zope.interface import implementer

MARK = b"\x1e"

_LEVELS = {level.name: level for level in LogLevel.iterconstants()}


@implementer(ILogObserver)
class Pipe:
    """The worker's end."""

    def __init__(self, descriptor: int = 1) -> None:
        self._descriptor = descriptor

    def __call__(self, event: dict[str, Any]) -> None:
        try:
            text = eventAsText(event, includeTimestamp=False, includeSystem=False)
        except Exception as why:
            text = f"an event that cannot be formatted: {why}"
        level = event.get("log_level")
        namespace = event.get("log_namespace", "")
        if namespace.startswith("twisted.") and level is LogLevel.info:
            return  # of ports, signals and the reactor: the supervisor says the same
        self.report(
            {
                "time": event.get("log_time", 0.0),
                "level": "info" if level is None else level.name,
                "namespace": namespace,
                "system": event.get("log_system") or namespace,
                "text": text,
            }
        )

    def report(self, facts: dict[str, Any]) -> None:
        """One line. Waits for a supervisor that is too slow, and for nothing else."""
        line = MARK + json.dumps(facts, default=str).encode() + b"\n"
        while line:
            try:
                line = line[os.write(self._descriptor, line) :]
            except (BrokenPipeError, BlockingIOError):
                return


def publish(facts: dict[str, Any], worker: str) -> None:
    """The supervisor's end: log an event of a worker."""
    globalLogPublisher(
        {
            "log_time": facts["time"],
            "log_level": _LEVELS.get(facts["level"], LogLevel.info),
            "log_namespace": facts["namespace"],
            "log_system": f"{facts['system']} {worker}",
            "log_format": "{text}",
            "text": facts["text"],
        }
    )
