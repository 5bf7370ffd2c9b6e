# -*- test-case-name: tests.modules.htable.test_htable -*-
"""htable: hash tables that all runs of the script share, with expiry, loaded from databases if wanted."""

from __future__ import annotations

from twisted.internet.defer import Deferred
from zope.interface import implementer

from sipapp.interfaces.server import IAfterStart, IServer
from sipapp.interfaces.store import IStore
from sipapp.log import Logger
from sipapp.module import modparam, module
from sipapp.modules.htable.commands import Commands
from sipapp.modules.htable.items import Items
from sipapp.modules.htable.iterators import Iterators
from sipapp.modules.htable.locking import Locking
from sipapp.modules.htable.matching import Matching
from sipapp.modules.htable.variables import Variables

log = Logger()


@implementer(IAfterStart)
@module("htable")
class Htable(Variables, Items, Matching, Iterators, Locking, Commands):
    """Its parts."""

    event_routes = {
        "htable:mod-init": "The tables are there, and nobody calls yet: the place to fill them. `drop` keeps the "
        "server from starting.",
        "htable:expired:<table>": "An item's time is over; $shtrecord(key) and $shtrecord(value) are what it was.",
        "htable:reloaded:<table>": "A table was read from its database again.",
    }

    enable_dmq: int = modparam(default=0, doc="1: replicate tables by DMQ; without effect, there is no DMQ")
    dmq_init_sync: int = modparam(default=0, doc="1: ask the peers for their items at the start; without effect")
    dmq_peer_id: str = modparam(default="htable", doc="the peers' name; without effect")

    async def start(self, server: IServer) -> None:
        self.server = server
        self.clock = server.clock
        for table in self.tables.values():
            table.open(server.get(IStore))
        if self.enable_dmq or any(table.definition.dmqreplicate for table in self.tables.values()):
            log.warn("htable: there is no DMQ: tables are not replicated")
        await self.start_persistence(server)
        self.watch()

    def started(self) -> Deferred[None] | None:
        return self.initialise()

    async def stop(self) -> None:
        for table in self.tables.values():
            if table.reload is not None and table.reload.active():
                table.reload.cancel()
        await self.stop_persistence()
