# -*- test-case-name: tests.workers.test_supervisor -*-
"""supervisor: the process of a server with several workers: it holds the sockets, starts the workers, and another one
where one has died.

One more process than workers has the script read and waits: whoever dies is replaced at once. The first worker is up
before the others begin, and the last to stop: what is loaded and saved once, it does.
"""

from __future__ import annotations

import os
import secrets
import sys
from typing import Any

from twisted.internet.defer import Deferred, DeferredList

from sipapp.assemble import Assembly
from sipapp.errors import LocalError
from sipapp.log import Logger, follow
from sipapp.rpc.unix import RpcSocket
from sipapp.transport.listen import plan
from sipapp.transport.settings import Settings
from sipapp.workers.asking import Asking
from sipapp.workers.handover import Links, channel
from sipapp.workers.operators import Operators
from sipapp.workers.places import Place, release, take
from sipapp.workers.process import WorkerProcess
from sipapp.workers.setup import Role, Setup, plain
from sipapp.workers.shared import SharedStore
from sipapp.workers.standin import StandIn

log = Logger()

SOON = 5.0
"""s: a worker that dies within this time of its beginning will probably do so again."""

AT_ONCE = 5
"""Deaths in a row, each so soon, after which a worker still begins again at once: somebody may have killed it."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0
"""s before it begins again after the next one; doubled each time."""

_OWN = 3  # the first descriptor of a child that is not a standard one


class Supervisor:
    """`assembly` is the script, checked; `options` those of the command line, with the whole path of the script."""

    def __init__(self, assembly: Assembly, options: dict[str, Any], reactor: Any) -> None:
        self.assembly = assembly
        self.config = assembly.config
        self.workers: int = assembly.config.children
        self._options = options
        self._path = os.pathsep.join(os.path.abspath(folder) for folder in sys.path)  # what we import, workers can
        self._reactor = reactor
        self._started: Deferred[None] = Deferred()
        self._sockets = ""
        self._places: list[Place] = []
        self._channels: list[Any] = []
        self._store: SharedStore | None = None
        self._spare: list[WorkerProcess] = []  # those that have read the script
        self._running: dict[int, WorkerProcess] = {}
        self._all: dict[WorkerProcess, None] = {}
        self._wanted: list[int] = []
        self._begun: set[int] = set()
        self._failures: dict[int, int] = {}
        self._standin: StandIn | None = None
        self._announced = False
        self._stopping = False
        self._gone: dict[WorkerProcess, Deferred[None]] = {}
        self.links: Links | None = None
        self._rpc_socket: RpcSocket | None = None

    # -- beginning

    async def start(self) -> None:
        """Take the sockets, start the workers; done when all of them serve.

        Raises ConfigErrors: an address that cannot be had. LocalError: why a worker does not serve.
        """
        follow(self.config)
        self._store = SharedStore(self.config)
        settings = Settings.of(self.config)
        self._places = take(plan(settings), settings, self.workers)
        self._channels = [channel() for _ in range(self.workers + 1)]
        outboxes = {number: outbox.dup() for number, (_, outbox) in enumerate(self._channels) if number}
        self.links = Links(0, self._channels[0][0].dup(), outboxes, self._reactor)
        self.links.start()
        self._setup, self._descriptors = self._describe()
        mark = self._setup.mark.encode()
        self._standin = StandIn(self._places, self.links, self.workers, mark, self._reactor)
        self._wanted = list(range(1, self.workers + 1))
        for _ in range(self.workers + 1):
            self._spawn()
        await self._started
        self._listen_for_operators()

    def _listen_for_operators(self) -> None:
        path = self.config.rpc_socket
        if path:
            assert self.links is not None
            asking = Asking(self.links, self._reactor)
            rpc = Operators(asking, self.there, self.spares, self.assembly.registry.commands, self._reactor)
            self._rpc_socket = RpcSocket(os.path.join(self.config.rundir, path), rpc, self._reactor)
            self._rpc_socket.listen()

    def there(self) -> list[int]:
        """The workers that serve."""
        return [number for number, process in sorted(self._running.items()) if process.is_up]

    def spares(self) -> list[int]:
        """The ids of the processes that wait for a role."""
        return [process.pid for process in self._spare]

    def listening(self) -> str:
        """The sockets, for the log."""
        return self._sockets

    def _describe(self) -> tuple[Setup, dict[int, int]]:
        """What the workers are told, and which of our descriptors are which of theirs."""
        handed: dict[int, int] = {}

        def hand(one: Any) -> int:
            number = _OWN + len(handed)
            handed[number] = one.fileno()
            return number

        options = self._options
        assert self._store is not None
        setup = Setup(
            config=options["config"],
            defines=options["defines"],
            mpath=options["mpath"],
            listen=options["listen"],
            workers=self.workers,
            mark=secrets.token_hex(4),
            store=self._store.url,
            endpoints=[plain(place.endpoint) for place in self._places],
            descriptors=[[hand(made) for made in place.sockets] for place in self._places],
            inboxes=[hand(inbox) for inbox, _ in self._channels],
            outboxes=[hand(outbox) for _, outbox in self._channels],
        )
        return setup, handed

    def _spawn(self) -> None:
        """One more process."""
        process = WorkerProcess(self, self._setup)
        self._all[process] = None
        self._reactor.spawnProcess(
            process,
            sys.executable,
            [sys.executable, "-m", "sipapp.workers.worker", self._options["config"]],
            env={**os.environ, "PYTHONPATH": self._path},
            childFDs={0: "w", 1: "r", 2: "r", **self._descriptors},
        )

    # -- what the processes say

    def ready(self, process: WorkerProcess) -> None:
        self._spare.append(process)
        self._assign()
        self._announce()

    def _assign(self) -> None:
        """Roles for those that wait for one; the first worker's before all others'."""
        while self._spare and self._wanted and not self._stopping:
            number = self._wanted[0]
            if number > 1 and 1 not in self._begun:
                return
            self._wanted.pop(0)
            process = self._spare.pop(0)
            self._running[number] = process
            assert self._standin is not None
            routes = [*self._standin.routes]
            routes[number] = number
            process.begin(Role(number, number not in self._begun, routes))
            if number == 1 and 1 not in self._begun:
                return

    def up(self, process: WorkerProcess, sockets: str) -> None:
        number = process.worker
        process.since = self._reactor.seconds()
        if number in self._begun:
            log.warn("worker {number} serves again, process {pid}", number=number, pid=process.pid)
        self._begun.add(number)
        assert self._standin is not None
        self._standin.back(number, self.there())
        self._sockets = sockets
        self._assign()
        self._announce()

    def _announce(self) -> None:
        """The server has started when all serve, and the spare one is there."""
        if not self._announced and self._spare and len(self.there()) == self.workers:
            self._announced = True
            self._started.callback(None)

    def ended(self, process: WorkerProcess, why: str) -> None:
        self._all.pop(process, None)
        gone = self._gone.pop(process, None)
        if gone is not None:
            gone.callback(None)
        number = process.worker
        if self._stopping:
            return
        if not self._announced:
            self._stopping = True
            self._started.errback(LocalError(why))
            return
        if process in self._spare:
            self._spare.remove(process)
        lived = self._reactor.seconds() - process.since if process.since else 0.0
        failures = 0 if lived > SOON else self._failures.get(number, 0) + 1
        self._failures[number] = failures
        late = failures - AT_ONCE
        pause = 0.0 if late <= 0 else min(FIRST_PAUSE * 2 ** (late - 1), LONGEST_PAUSE)
        log.error("{name} (process {pid}) has ended: {why}", name=process.name, pid=process.pid, why=why)
        if number:
            del self._running[number]
            if pause:
                log.error("worker {number} begins again in {pause} s", number=number, pause=pause)
            if pause or not self._spare:
                assert self._standin is not None
                self._standin.miss(number, self.there())
            self._reactor.callLater(pause, self._want, number)
        self._reactor.callLater(pause, self._spawn_unless_stopping)

    def _want(self, number: int) -> None:
        self._wanted.append(number)
        self._assign()

    def _spawn_unless_stopping(self) -> None:
        if not self._stopping:
            self._spawn()

    # -- the end

    async def stop(self) -> None:
        """End the workers in good order, the first one last."""
        self._stopping = True
        if self._rpc_socket is not None:
            await self._rpc_socket.close()
        first = self._running.get(1)
        await self._end([process for process in self._all if process is not first])
        if first is not None and first in self._all:
            await self._end([first])
        if self._standin is not None:
            self._standin.close()
        if self.links is not None:
            self.links.close()
        for inbox, outbox in self._channels:
            inbox.close()
            outbox.close()
        release(self._places)
        if self._store is not None:
            self._store.remove()
        follow(None)

    async def _end(self, processes: list[WorkerProcess]) -> None:
        waiting = []
        for process in processes:
            gone = self._gone[process] = Deferred()
            waiting.append(gone)
            process.signal("TERM" if process.worker else "KILL")
        patience = self._reactor.callLater(max(self.config.exit_timeout, 1), self._kill, processes)
        await DeferredList(waiting)
        if patience.active():
            patience.cancel()

    def _kill(self, processes: list[WorkerProcess]) -> None:
        for process in processes:
            if process in self._all:
                log.error("{name} does not end, it is killed", name=process.name)
                process.signal("KILL")
