# -*- test-case-name: tests.workers.test_standin -*-
"""standin: while a worker is missing for some time, the supervisor reads its sockets for those that do its work."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from sipapp.interfaces.transport import Flow, Socket
from sipapp.transport.counters import Counters
from sipapp.workers.handover import Links
from sipapp.workers.kinds import DUTIES, MESSAGE
from sipapp.workers.ownership import Ownership
from sipapp.workers.places import Place
from sipapp.workers.transport import WorkerPort


class StandIn:
    """`routes`: who does the work of each worker, by its number; [0] means nothing."""

    def __init__(self, places: list[Place], links: Links, workers: int, mark: bytes, reactor: Any) -> None:
        self.routes = list(range(workers + 1))
        self._places = places
        self._links = links
        self._owner = Ownership(0, workers, mark).of
        self._reactor = reactor
        self._missing: dict[int, list[WorkerPort]] = {}

    def miss(self, worker: int, there: Iterable[int]) -> None:
        """This worker will be missing for some time; `there` are those that serve."""
        if worker not in self._missing:
            self._missing[worker] = []
            self._route(there)
            places = enumerate(self._places)
            self._missing[worker] = [self._read(n, place, worker) for n, place in places if len(place.sockets) > 1]

    def back(self, worker: int, there: Iterable[int]) -> None:
        """It serves again."""
        ports = self._missing.pop(worker, None)
        if ports is not None:
            for port in ports:
                port.close()
            self._route(there)

    def _route(self, there: Iterable[int]) -> None:
        """The next one that serves does it."""
        able = [worker for worker in there if worker not in self._missing]
        for worker in range(1, len(self.routes)):
            behind = [other for other in able if other > worker] or able or [worker]
            self.routes[worker] = behind[0] if worker in self._missing else worker
        self._links.tell(able, DUTIES, self.routes)

    def _read(self, index: int, place: Place, worker: int) -> WorkerPort:
        address = Socket(place.endpoint.proto, place.endpoint.host, place.endpoint.port)
        own = place.sockets[worker - 1].dup()
        port = WorkerPort(own, address, partial(self._pass_on, index), self._reactor, Counters())
        port.flush = self._links.flush
        port.start()
        return port

    def _pass_on(self, index: int, data: bytes, flow: Flow) -> None:
        owner = self.routes[self._owner(data) or 1]
        if owner not in self._missing:
            item = (MESSAGE, data, index, flow.host, flow.port, self._reactor.seconds())
            self._links.put(owner, item, len(data))

    def close(self) -> None:
        for ports in self._missing.values():
            for port in ports:
                port.close()
        self._missing = {}
