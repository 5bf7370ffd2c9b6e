# -*- test-case-name: tests.module.test_syslog -*-
"""syslog: levels and facilities as scripts name them, for modules that write log lines of a script's own."""

from __future__ import annotations

from typing import Any

from twisted.logger import LogLevel

from sipapp.errors import ConfigError

ALERT, BUG, CRITICAL, CRIT, ERROR, WARNING, NOTICE, INFO, DEBUG = range(-5, 4)

_NAMES = "AUTH AUTHPRIV CRON DAEMON FTP KERN LPR MAIL NEWS SYSLOG USER UUCP"

FACILITIES = frozenset(f"LOG_{name}" for name in [*_NAMES.split(), *(f"LOCAL{number}" for number in range(8))])

_LEVELS = {
    **dict.fromkeys((ALERT, BUG, CRITICAL, CRIT), LogLevel.critical),
    ERROR: LogLevel.error,
    WARNING: LogLevel.warn,
    NOTICE: LogLevel.info,
    INFO: LogLevel.info,
    DEBUG: LogLevel.debug,
}


def facility(name: str) -> str:
    """LOG_LOCAL0 and the like, in upper case. Raises ConfigError."""
    found = name.upper()
    if found not in FACILITIES:
        raise ConfigError(f"no syslog facility: {found!r}")
    return found


def log_level(severity: int) -> Any:
    """Twisted's level of Kamailio's number."""
    return _LEVELS[min(max(severity, ALERT), DEBUG)]
