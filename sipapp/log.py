# -*- test-case-name: tests.test_log -*-
"""log: twisted.logger with Kamailio's levels: what nobody would see is not even made into an event.

`debug` of the script sets the verbosity: 3 shows debug lines, 2 info, 1 notices, 0 warnings, -1 errors only.
"""

from __future__ import annotations

from typing import Any

from twisted.logger import Logger as _Logger
from twisted.logger import LogLevel

SEVERITIES = {
    LogLevel.debug: 3,
    LogLevel.info: 2,
    LogLevel.warn: 0,
    LogLevel.error: -1,
    LogLevel.critical: -2,
}
"""Twisted's levels as Kamailio's numbers. A NOTICE (1) is an info event with `severity=1`."""

WORDS = {
    3: "DEBUG",
    2: "INFO",
    1: "NOTICE",
    0: "WARNING",
    -1: "ERROR",
    -2: "CRITICAL",
    -3: "CRITICAL",
    -4: "BUG",
    -5: "ALERT",
}


class _Usual:
    """Until a script says otherwise."""

    debug = 2


_shown: Any = _Usual


def follow(config: Any) -> None:
    """Show lines up to `config.debug`, whatever that is at the time; None: as at first."""
    global _shown
    _shown = _Usual if config is None else config


class Logger(_Logger):
    """`log = Logger()` at the top of a file, as with twisted.logger."""

    def emit(self, level: Any, format: str | None = None, **facts: Any) -> None:
        severity = facts.get("severity")
        if severity is None:
            severity = SEVERITIES[level]
        if severity > _shown.debug:
            return
        # What stands in brackets before the text of each line.
        facts.setdefault("log_system", f"{WORDS.get(severity, 'DEBUG')} {self.namespace.removeprefix('sipapp.')}")
        super().emit(level, format, **facts)
