# -*- test-case-name: tests.modules.test_kex -*-
"""kex: script and branch flags, the next hop, the log level; core statistics and their RPC commands."""

from __future__ import annotations

from zope.interface import implementer

from sipapp.interfaces import IBeforeScript, IServer
from sipapp.module import module
from sipapp.modules.kex.core import Core
from sipapp.modules.kex.counters import Counters
from sipapp.modules.kex.flags import Flags
from sipapp.modules.kex.memory import Memory
from sipapp.modules.kex.stats import StatisticsCommands


@implementer(IBeforeScript)
@module("kex")
class Kex(Flags, Core, Counters, StatisticsCommands, Memory):
    """What Kamailio's core has in a module."""

    def start(self, server: IServer) -> None:
        self.server = server
        self.config = server.config
        self.transport = server.transport
        self.debug = server.config.debug
        self.statistics = server.statistics
        self.start_ids()
        self.start_counters(server.statistics)
        self.start_memory(server.statistics)
