# -*- test-case-name: tests.workers.test_serving -*-
"""serving: the server of one worker: what the script makes of it, on sockets that it has inherited."""

from __future__ import annotations

from typing import Any

from sipapp.assemble import Assembly
from sipapp.interfaces.figures import IFigures
from sipapp.interfaces.rpc import IRpc
from sipapp.server import Server
from sipapp.transport.layer import TransportLayer
from sipapp.workers.asking import Asking, Joined
from sipapp.workers.counts import Counts
from sipapp.workers.figures import WorkerFigures
from sipapp.workers.handover import Links
from sipapp.workers.ids import WorkerIds
from sipapp.workers.kinds import DUTIES, HELLO
from sipapp.workers.ownership import Ownership
from sipapp.workers.setup import Role
from sipapp.workers.transport import Places, WorkerTransport


class WorkerServer(Server):
    """As Server. RPC commands that come to this worker are asked of all."""

    def __init__(
        self, assembly: Assembly, reactor: Any, role: Role, ownership: Ownership, links: Links, own: Places
    ) -> None:
        self._own, self._ownership, self.links = own, ownership, links
        self.worker, self.workers = role.worker, ownership.count
        self.begins = role.begins
        super().__init__(assembly, reactor, ids=WorkerIds(ownership))
        self._route(role.routes)
        links.handlers[DUTIES] = self._route
        self._figures = WorkerFigures(links, reactor)
        self.provide(IFigures, self._figures)
        self.statistics.elsewhere = Counts(self.statistics, self._figures)
        self._introduce = links.handlers[HELLO]
        links.handlers[HELLO] = self._greet
        local: IRpc = self.get(IRpc)
        self.statistics.gauge("workers", "handed_over", links.sent, "messages and the like given to other workers")
        self.statistics.gauge("workers", "taken_over", lambda: links.received, "those that others have given")
        self.statistics.gauge("workers", "lost", links.dropped, "those that were too many to be given")
        self.asking = Asking(links, reactor, local)
        everybody = list(range(1, ownership.count + 1))
        self.provide(IRpc, Joined(self.asking, lambda: everybody, self.registry.commands))

    def make_transport(self) -> TransportLayer:
        return WorkerTransport(
            self.reactor,
            self.router,
            self.config,
            clock=self.clock,
            own=self._own,
            ownership=self._ownership,
            links=self.links,
        )

    def _route(self, routes: list[int]) -> None:
        assert isinstance(self.transport, WorkerTransport)
        self.transport.routes = list(routes)

    def _greet(self, who: int) -> None:
        """A worker has begun."""
        self._introduce(who)
        self._figures.introduce(who)

    async def start(self, bind: bool = True) -> None:
        """The others learn that there is a new worker once it serves."""
        await super().start(bind)
        self.links.start()
        self.links.tell(self.links.everybody(), HELLO, self.worker)
        self._figures.start()

    def listen_for_operators(self) -> None:
        """The supervisor has the RPC socket."""

    async def stop(self) -> None:
        await super().stop()
        self._figures.stop()
        self.links.close()
