# -*- test-case-name: tests.test_collector -*-
"""collector: when Python's garbage collector may stop the server.

What the server makes for a call goes when its last reference does; the collector is for the few cycles that exceptions
leave. What is made at the start stays, and is never looked at again.
"""

from __future__ import annotations

import gc

YOUNG, MIDDLE, OLD = 50_000, 20, 100
"""How many new objects, collections of the young and of the middle generation cause the next one."""


def hold() -> None:
    """While the server starts nothing becomes garbage: collect nothing."""
    gc.disable()


def settle() -> None:
    """The server has started: what there is now stays for good."""
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
    gc.enable()
