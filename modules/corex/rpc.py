# -*- test-case-name: tests.modules.corex.test_rpc -*-
"""rpc: the log level, and what Kamailio's memory reports have become."""

from __future__ import annotations

from pathlib import Path

from sipapp.interfaces.server import IServer
from sipapp.log import Logger
from sipapp.module import rpc_command
from sipapp.module.memory import kinds, usage

log = Logger()


class Rpc:
    """RPC commands alone. A Python process has no private and shared pools: pkg and shm tell the same."""

    server: IServer

    @rpc_command("corex.debug")
    def rpc_debug(self, level: int | None = None) -> dict[str, int]:
        """The log level; with a number (-5 to 3), set it and answer the old one too."""
        old = self.server.config.debug
        if level is None:
            return {"debug": old}
        self.server.config.debug = level
        return {"old": old, "new": level}

    @rpc_command("corex.shm_status")
    def rpc_status(self) -> None:
        """Log how much memory the process holds."""
        log.info("memory: {usage}", usage=usage())

    @rpc_command("corex.shm_summary", "corex.pkg_summary")
    def rpc_summary(self, selector: str = "", value: int = 0) -> None:
        """Log the kinds of objects of which there are most. The arguments choose among Kamailio's processes: here is
        one."""
        for kind, count in kinds()[:20]:
            log.info("memory: {count} x {kind}", count=count, kind=kind)

    @rpc_command("shm.info")
    def rpc_info(self) -> dict[str, object]:
        """What manages the memory, and how much the machine has (bytes)."""
        return {"name": "python", "size": usage().total}

    @rpc_command("shm.stats")
    def rpc_stats(self) -> dict[str, int]:
        """The memory of the process (bytes); `fragments` are the objects that the collector looks after."""
        now = usage()
        return {
            "total": now.total,
            "free": now.total - now.used,
            "used": now.used,
            "real_used": now.used,
            "max_used": now.most,
            "fragments": now.objects,
        }

    @rpc_command("shm.report")
    def rpc_report(self) -> dict[str, object]:
        """shm.stats, and the ten kinds of objects of which there are most."""
        return {**self.rpc_stats(), "kinds": dict(kinds()[:10])}

    @rpc_command("shm.rprint")
    def rpc_print(self, filename: str, filter: str) -> None:
        """Write the kinds of objects whose name has `filter` in it to a file, with their numbers."""
        Path(filename).write_text("".join(f"{count} {kind}\n" for kind, count in kinds(filter)))
