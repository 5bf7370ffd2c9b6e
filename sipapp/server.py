# -*- test-case-name: tests.interfaces.test_server -*-
"""server: what is running: clock, transport, transactions, the loaded modules and the compiled script."""

from __future__ import annotations

import os
from typing import Any

from twisted.internet.defer import Deferred, ensureDeferred, maybeDeferred
from zope.interface import Interface, implementer

from sipapp.assemble import Assembly
from sipapp.collector import Collector
from sipapp.errors import ConfigError, LocalError, TransportError
from sipapp.faked import faked_request
from sipapp.ids import IIdSource, RandomIds
from sipapp.inprogress import RequestsInProgress
from sipapp.interfaces.route import RouteType
from sipapp.interfaces.rpc import IRpc
from sipapp.interfaces.server import IAfterStart, IServer, ISuspension
from sipapp.interfaces.sql import ISqlEngine
from sipapp.interfaces.store import IStore
from sipapp.interfaces.threads import IThreads
from sipapp.interfaces.transaction import ITransactionLayer
from sipapp.interfaces.transport import ITransportLayer
from sipapp.log import Logger, follow
from sipapp.message.draft import Draft
from sipapp.routing import Router
from sipapp.rpc.dispatch import Dispatcher
from sipapp.rpc.unix import RpcSocket
from sipapp.script.run import Done, execute
from sipapp.script.runtime import Context, Route
from sipapp.script.suspended import Suspended
from sipapp.stalls import Stalls
from sipapp.statistics import Statistics
from sipapp.store.open import open_store
from sipapp.threads import Threads
from sipapp.transaction.layer import TransactionLayer
from sipapp.transaction.wheel import Wheel
from sipapp.transport.layer import TransportLayer

log = Logger()


@implementer(IServer)
class Server:
    """One server: made from an assembled script, then started and stopped once."""

    worker = workers = 1
    begins = True

    def __init__(self, assembly: Assembly, reactor: Any, *, clock: Any = None, ids: Any = None) -> None:
        assert assembly.program is not None
        self.assembly = assembly
        self.config = assembly.config
        self.registry = assembly.registry
        self.modules = assembly.modules
        self._started: list[Any] = []  # those of them that stop() has to end
        self.script = assembly.program
        self.reactor = reactor
        self.clock = clock or reactor
        self.ids = ids or RandomIds()
        self.wheel = Wheel(self.clock)
        self.statistics = Statistics(self.worker == 1)
        self.suspended = Suspended(self)
        self.router = Router(self)
        self.transport = self.make_transport()
        self.store: IStore = open_store(
            self.config.store, self.clock, self.reactor, self.transport.lookup, self.statistics
        )
        self.transactions = TransactionLayer(self.wheel, self.transport, self.ids)
        self.threads = Threads(self.reactor, self.config.blocking_threads)
        self.stalls: Stalls | None = None
        self.collector = Collector(self.clock, self._load)
        self.rpc_socket: RpcSocket | None = None
        self.running = False
        self._services: dict[Any, Any] = {
            IServer: self,
            ITransportLayer: self.transport,
            ITransactionLayer: self.transactions,
            IIdSource: self.ids,
            IStore: self.store,
            IThreads: self.threads,
            IRpc: Dispatcher(self.registry.commands),
        }
        for module in self.modules.values():
            for interface in module.provides:
                self._services.setdefault(interface, module)
        self._services.setdefault(ISuspension, RequestsInProgress(self))

    def make_transport(self) -> TransportLayer:
        return TransportLayer(self.reactor, self.router, self.config, clock=self.clock)

    # -- what modules ask

    def get(self, interface: type[Interface]) -> Any:
        found = self._services.get(interface)
        if found is None:
            raise LocalError(f"nobody provides {interface.__name__}")
        return found

    def find(self, interface: type[Interface]) -> Any | None:
        return self._services.get(interface)

    def execute(self, route: Route, ctx: Context, done: Done | None = None) -> None:
        execute(route, ctx, done)

    def event_route(self, name: str) -> Route | None:
        return self.script.event_routes.get(name)

    def background(self) -> Context:
        """A context for what runs beside the calls: on a made-up request, with no transaction."""
        request = faked_request(self.transport.sockets[0], self.clock.seconds())
        return Context(self, request, Draft(), RouteType.EVENT)

    # -- its life

    def provide(self, interface: type[Interface], provider: Any) -> None:
        """Let `provider` be what `get(interface)` answers."""
        self._services[interface] = provider

    async def start(self, bind: bool = True) -> None:
        """Take the sockets (without `bind` they are there already), start the modules in the order of the script,
        then listen.

        Raises whatever kept one of them from starting.
        """
        follow(self.config)
        if bind:
            self.transport.bind()
        await _settled(self.store.start())
        for module in self.modules.values():
            await self._start(module)
        self.router.start()
        for module in sorted(self.modules.values(), key=lambda module: module.name == "core"):  # the core last
            if IAfterStart.providedBy(module):
                await _settled(module.started())
        if bind:
            self.transport.listen()
            self.wheel.together = self.transport.together
            self.listen_for_operators()
            self._watch_for_stalls()
            self.collector.start()
        self.running = True

    def listening(self) -> str:
        """The sockets, for the log."""
        return " ".join(socket.text.decode() for socket in self.transport.sockets)

    def listen_for_operators(self) -> None:
        path = self.config.rpc_socket
        if path:
            path = os.path.join(self.config.rundir, path)
            self.rpc_socket = RpcSocket(path, self.get(IRpc), self.reactor)
            self.rpc_socket.listen()

    def _load(self) -> int:
        """How many requests are under way."""
        return max(len(self.transactions.servers), len(self.suspended))

    def _watch_for_stalls(self) -> None:
        if self.config.stall_warn_ms > 0:
            counter = self.statistics.counter("core", "stalls")
            self.stalls = Stalls(self.config.stall_warn_ms / 1000, self.script.files, counter)
            self.suspended.watch = self.router.watch = self.wheel.watch = self.stalls
            self.transport.watched_by(self.stalls)
            self.stalls.watch()

    async def _start(self, module: Any) -> None:
        try:
            await _settled(module.start(self))
        except ConfigError as error:
            raise self.assembly.located(error) from error
        self._started.append(module)

    async def stop(self) -> None:
        """Answer what is suspended with 503, stop the modules that have started, in reverse order, close everything."""
        self.running = False
        if self.rpc_socket is not None:
            await _settled(self.rpc_socket.close())
        self.suspended.shut_down()
        # Databases last, wherever they were loaded: the others may still write to them.
        modules = self._started[::-1]
        modules.sort(key=ISqlEngine.providedBy)
        for module in modules:
            try:
                await _settled(module.stop())
            except Exception:
                log.failure("module {name} did not stop", name=module.name)
        self.threads.stop()
        self.collector.stop()
        if self.stalls is not None:
            self.stalls.stop()
        try:
            await _settled(self.transport.close())
        except TransportError as why:
            log.warn("{why}", why=why)
        await _settled(self.store.stop())
        follow(None)


async def _settled(answer: Any) -> Any:
    """A start() or stop() may be plain, a coroutine or answer a Deferred."""
    if isinstance(answer, Deferred):
        return await answer
    if hasattr(answer, "__await__"):
        return await ensureDeferred(answer)
    return await maybeDeferred(lambda: answer)
