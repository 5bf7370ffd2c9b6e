# -*- test-case-name: tests.module.test_windows -*-
"""windows: stretches of time that begin together in all processes and on all machines: by the clock, from 1970 on."""

from __future__ import annotations

from typing import Any

CLOSE = 0.001
"""Seconds by which a timer may be early."""


def window(clock: Any, length: int) -> int:
    """The number of the present one; length: s."""
    return int((clock.seconds() + CLOSE) // length)


def until_next(clock: Any, length: int) -> float:
    """Seconds until the next one begins."""
    left: float = -clock.seconds() % length
    return left if left > CLOSE else left + length
