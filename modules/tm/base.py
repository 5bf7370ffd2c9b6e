# -*- test-case-name: tests.modules.tm.test_base -*-
"""base: what all parts of tm share: the server, the clock, the parameters in seconds, and runs of the script."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred

from sipapp.interfaces.route import RouteType
from sipapp.interfaces.server import IServer
from sipapp.interfaces.transport import Socket
from sipapp.log import Logger
from sipapp.message.draft import Draft, Outbound
from sipapp.module.reply import owed
from sipapp.modules.tm.counts import Counts
from sipapp.modules.tm.parameters import Parameters
from sipapp.modules.tm.table import Table
from sipapp.modules.tm.times import Times
from sipapp.script.runtime import FAILED, Context, Route

if TYPE_CHECKING:
    from sipapp.errors import TransportError
    from sipapp.message.response import Response
    from sipapp.modules.tm.branch import Branch
    from sipapp.modules.tm.suspend import Held
    from sipapp.modules.tm.transaction import Transaction

log = Logger()


class Base(Parameters):
    """The state of the module."""

    def set_up(self, server: IServer) -> None:
        """Read the parameters once; times become s."""
        self.server = server
        self.transport: Any = server.transport
        self.transactions: Any = server.transactions
        self.wheel: Any = server.wheel
        self.seconds: Callable[[], float] = server.clock.seconds
        self.table = Table(server.worker, server.workers)
        self.counts = Counts()
        self.forwarded = server.statistics.counter("core", "fwd_requests")
        self.dropped = server.statistics.counter("core", "drop_requests")
        self.listeners: list[Any] = []
        self.unacknowledged: dict[Any, Transaction] = {}
        self.outbounds: dict[Socket, Outbound] = {}  # the last one by each socket: nearly always the next one, too
        self.times = Times(self)
        config = server.config
        self.max_branches: int = config.max_branches
        self.failover: bool = bool(config.use_dns_failover)
        self.udp_mtu: int = config.udp_mtu
        self.udp_mtu_try_proto: str | None = (config.udp_mtu_try_proto or "").lower() or None
        self.onsend: Route | None = server.script.onsend_route
        self.onsend_reply = self.onsend if config.onsend_route_reply else None
        self.failover_codes = self.failover_statuses()

    if TYPE_CHECKING:  # what parts of tm ask of those that come later

        def take_response(self, branch: Branch, response: Response) -> None: ...
        def branch_timed_out(self, branch: Branch) -> None: ...
        def branch_not_sent(self, branch: Branch, error: TransportError) -> None: ...
        def timer_c(self, branch: Branch) -> None: ...
        def made_up(self, branch: Branch, status: int) -> None: ...
        def give_up_held(self, t: Transaction) -> Held | None: ...

    # -- runs of the script

    def context(self, t: Transaction, route_type: RouteType, draft: Draft | None = None) -> Context:
        """A run about the request of a transaction; its draft starts from what t_relay() saw."""
        if draft is None:
            draft = t.draft.fork() if t.draft is not None else Draft()
            draft.reply_fields, draft.reply_body = t.reply_fields[:], t.reply_body
        ctx = Context(self.server, t.request, draft, route_type, t.avps)
        t.lend(ctx)
        draft.flags = t.message_flags
        draft.xflags = t.message_xflags
        return ctx

    def run(self, route: Route, ctx: Context) -> Deferred[None] | None:
        """Run a route; None where it has ended already, else what fires when it has. Cancelling ends it."""
        ended: list[bool] = []
        waiter: list[Deferred[None]] = []

        def done(ctx: Context, code: int) -> None:
            ended.append(True)
            if waiter:
                waiter[0].callback(None)

        self.server.execute(route, ctx, done)
        if ended:
            return None
        run = ctx.run
        waiter.append(Deferred(lambda _: run.cancel() if run is not None else None))
        return waiter[0]

    def broke(self, t: Transaction, ctx: Context) -> bool:
        """Whether a run that decides on a branch has failed or was ended: then nothing is sent, and the caller is told
        why should nobody have anything better."""
        if FAILED not in ctx.extra:
            return False
        t.delayed = owed(ctx.extra[FAILED])
        return True

    def tell(self, event: str, *facts: Any) -> None:
        """Tell the listeners; one that fails hurts nobody else."""
        for listener in self.listeners:
            heard = getattr(listener, event, None)
            if heard is not None:
                try:
                    heard(*facts)
                except Exception:
                    log.failure("{listener!r} failed on {event}", listener=listener, event=event)

    def forget(self, t: Transaction) -> None:
        """A transaction is over."""
        if not self.table.remove(t):
            return
        self.counts.deleted += 1
        if t.held is not None:
            self.give_up_held(t)
        if t.ack_tags is not None:
            self.unacknowledged.pop(t.ack_tags, None)
        if self.listeners:
            self.tell("transaction_ended", t, t.request)
        t.cut()

    def routes(self, kind: str) -> dict[str, Route]:
        """The compiled routes of a kind: `failure_routes`."""
        found: dict[str, Route] = getattr(self.server.script, kind)
        return found
