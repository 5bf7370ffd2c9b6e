# -*- test-case-name: tests.modules.cfgutils.test_memory -*-
"""memory: what Kamailio's memory reports have become: one kind of memory, and what the process uses of it."""

from __future__ import annotations

from sipapp.log import Logger
from sipapp.module import script_function
from sipapp.module.memory import kinds, usage

log = Logger()


class Memory:
    """Reports to the log. A Python process has no private and shared pools: both names tell the same."""

    @script_function(["pkg_status", "shm_status"])
    def memory_status(self) -> int:
        """Log how much memory the process holds."""
        log.info("memory: {usage}", usage=usage())
        return 1

    @script_function(["pkg_summary", "shm_summary"])
    def memory_summary(self) -> int:
        """Log the kinds of objects of which there are most."""
        for kind, count in kinds()[:20]:
            log.info("memory: {count} x {kind}", count=count, kind=kind)
        return 1
