# -*- test-case-name: tests.module.test_memory -*-
"""memory: what the process uses, for the modules that report it under Kamailio's names."""

from __future__ import annotations

import gc
import os
import resource
import sys
from collections import Counter
from typing import NamedTuple


class Usage(NamedTuple):
    """Bytes, but for `objects`: how many things the collector looks after."""

    used: int
    most: int  # so far
    total: int  # of the machine
    objects: int


def usage() -> Usage:
    """What this process holds now."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    page = resource.getpagesize()
    try:
        with open("/proc/self/statm", "rb") as statm:
            used = int(statm.read().split()[1]) * page
    except OSError:
        used = most
    return Usage(used, most, os.sysconf("SC_PHYS_PAGES") * page, len(gc.get_objects()))


def kinds(like: str = "") -> list[tuple[str, int]]:
    """The kinds of objects whose name has `like` in it, with their numbers, the most frequent first."""
    names = (f"{type(thing).__module__}.{type(thing).__qualname__}" for thing in gc.get_objects())
    return Counter(name for name in names if like in name).most_common()
