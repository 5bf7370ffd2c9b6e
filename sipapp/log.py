# -*- test-case-name: tests.test_log -*-
"""log: twisted.logger with Kamailio's levels: what nobody would see is not even made into an event.

`debug` of the script sets the verbosity: 3 shows debug lines, 2 info, 1 notices, 0 warnings, -1 errors only.
"""

from __future__ import annotations

from collections.abc import Callable
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


def verbose() -> bool:
    """Lines at INFO are shown: what only they tell is worth finding out."""
    shown: bool = _shown.debug >= 2
    return shown


def _nowhere() -> str:
    return ""


_where: Callable[[], str] = _nowhere


def locate(where: Callable[[], str]) -> None:
    """Let `where` tell the place in the script that is being run, "" for none: all but debug lines then name it."""
    global _where
    _where = where


module_levels: dict[str, int] = {}
"""What some modules show, in place of `debug`, by their names; `core` is whatever belongs to no module."""


def _module(namespace: str) -> str:
    """The module that a logger is of: `sipapp.modules.tm.relay` is tm's."""
    inside = namespace.removeprefix("sipapp.modules.")
    return "core" if inside is namespace else inside.partition(".")[0].rstrip("_")


_PLACES = {"at", "site"}


class Logger(_Logger):
    """`log = Logger()` at the top of a file, as with twisted.logger."""

    def emit(self, level: Any, format: str | None = None, **facts: Any) -> None:
        severity = given = facts.get("severity")
        if severity is None:
            severity = SEVERITIES[level]
        if severity > (module_levels.get(_module(self.namespace), _shown.debug) if module_levels else _shown.debug):
            return
        if "log_system" not in facts:  # what stands in brackets before the text of each line
            # xlog() says what it wants to say, and "at" or "site" are in the text.
            place = ""
            if severity <= 2 and given is None and not facts.keys() & _PLACES:
                place = _where() or facts.get("waited", "")  # a backend's answer comes while no script is running
            word = WORDS.get(severity, "DEBUG")
            facts["log_system"] = f"{word} {self.namespace.removeprefix('sipapp.')}{place and ' '}{place}"
        super().emit(level, format, **facts)
